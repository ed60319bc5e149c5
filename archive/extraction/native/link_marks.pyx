# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""What a block's links lead to: what `_link_features` in `features/markup.py` finds, each text looked through once."""

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_READ_CHAR,
    PyUnicode_Tailmatch,
)
from libc.stdint cimport uint32_t

#: As in markup.py: the numbers of the features.
cdef enum:
    AUTHOR = 0
    TAG = 1
    SHARE = 2
    SOCIAL = 3
    LEGAL = 4
    MAIL = 5
    PHONE = 6
    PAGE = 7
    NOWHERE = 8
    OTHER_HOST = 9
    DEPTH = 10
    FEATURES = 11
    #: What a word stands for.
    IS_SHARED = 1
    IS_LEGAL = 2


cdef class LinkMarks:
    """What links are told apart by: functions that look for something in a text, words that hint at sharing and legal
    ones, and a function that gives the host of an address."""

    cdef object author, tag, share, social, host_of
    #: The words by their first letter, with what they stand for, and the second letters of those, as bits of their
    #: last five.
    cdef dict words
    cdef uint32_t[128] seconds

    def __init__(self, tuple searches not None, shared not None, legal not None, host_of not None):
        self.author, self.tag, self.share, self.social = searches
        self.host_of, self.words = host_of, {}
        for words, kind in ((shared, IS_SHARED), (legal, IS_LEGAL)):
            for word in words:
                self.words.setdefault(word[0], []).append((word, kind))
                self.seconds[<unsigned char>ord(word[0])] |= <uint32_t>1 << (ord(word[1]) & 31)

    def row(self, str host not None, tuple targets not None):
        """The features of link targets on a page of that host."""
        cdef str joined = " ".join(targets), lower = joined.lower(), target
        cdef int words = self.words_in(lower)
        cdef list found = [False] * FEATURES
        found[AUTHOR] = self.author(lower) is not None
        found[TAG] = self.tag(lower) is not None
        found[SHARE] = words & IS_SHARED != 0 and self.share(joined) is not None
        found[LEGAL] = words & IS_LEGAL != 0
        found[MAIL] = "mailto:" in joined
        found[PHONE] = "tel:" in joined
        found[DEPTH] = 0
        for target in targets:
            self.look_at(target, host, found)
        return tuple(found)

    cdef int look_at(self, str target, str host, list found) except -1:
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(target), depth
        cdef Py_UCS4 first = PyUnicode_READ_CHAR(target, 0) if size else u"#"
        cdef bint is_path = first == u"/" or target.startswith("http")
        if size < 2 and first == u"#" or target.startswith("javascript:"):
            found[NOWHERE] = True
        if size > 1 and "#" in target:
            found[PAGE] = True
        if host and not found[OTHER_HOST] and is_path and target.startswith(("http:", "https:", "//")):
            named = self.host_of(_before_path(target))
            found[OTHER_HOST] = bool(named) and not named.endswith(host)
        if (first == u"h" or first == u"H") and not found[SOCIAL]:
            found[SOCIAL] = self.social(target) is not None
        if is_path:
            depth = target.rstrip("/").count("/") + target.count("-")
            if depth > <Py_ssize_t>found[DEPTH]:
                found[DEPTH] = depth
        return 0

    cdef int words_in(self, str text) except -1:
        """What kinds of words stand in a text."""
        cdef int kind = PyUnicode_KIND(text), found = 0
        cdef void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t at, size = PyUnicode_GET_LENGTH(text)
        cdef uint32_t first, second
        for at in range(size - 1):
            first, second = PyUnicode_READ(kind, data, at), PyUnicode_READ(kind, data, at + 1)
            if first < 128 and self.seconds[first] >> (second & 31) & 1:
                for word, of in <list>self.words[chr(first)]:
                    if PyUnicode_Tailmatch(text, word, at, size, -1) == 1:
                        found |= <int>of
        return found


cdef str _before_path(str target):
    """What stands before the third slash."""
    cdef Py_ssize_t at, size = PyUnicode_GET_LENGTH(target), slashes = 0
    for at in range(size):
        slashes += PyUnicode_READ_CHAR(target, at) == u"/"
        if slashes == 3:
            return target[:at]
    return target
