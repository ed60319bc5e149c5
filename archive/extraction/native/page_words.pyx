# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The words of a page's blocks against what is known: stop words of its language, and what structured data states. It
is what `features/page_columns.py` and `stated.py` find with sets and counters."""

from cpython.dict cimport PyDict_Contains, PyDict_GetItem
from cpython.object cimport PyObject
from cpython.set cimport PySet_Contains
from cpython.unicode cimport (
    PyUnicode_GET_LENGTH,
    PyUnicode_READ_CHAR,
    Py_UNICODE_TODECIMAL,
)
from libc.stdlib cimport calloc, free
from libc.string cimport memset

#: Words of a block that are looked at, and the fewest that tell of stop words. Characters of a text that may be a date,
#: its numbers, their digits.
cdef enum:
    LOOKED_AT = 200
    FEWEST = 3
    DATED = 200
    NUMBERS = 12
    DIGITS = 6

#: The columns that are written.
cdef enum:
    LIKE_TITLE = 19
    IS_TITLE = 20
    LIKE_DESCRIPTION = 21
    HAS_AUTHOR = 22
    AUTHOR_SHARE = 23
    HAS_DATE = 24
    HAS_PUBLISHER = 25
    LIKE_CAPTION = 26
    STOP_WORDS = 32
    OPENS_WITH_AUTHOR = 33
    COLUMNS = 37


def fill(
    list blocks not None,
    list tokens not None,
    known not None,
    list dates not None,
    frozenset stop_words not None,
    double[:, ::1] out,
):
    """Write into `out`, zeros before, what each block repeats of what is `known` of the page, and its share of stop
    words. `dates` are years with their months and days."""
    cdef Known of = Known(known)
    cdef Py_ssize_t row
    if not (len(blocks) == len(tokens) == out.shape[0] and out.shape[1] == COLUMNS):
        raise ValueError("each block needs words and a row")
    for row in range(out.shape[0]):
        of.compare(tokens[row], &out[row, 0])
        out[row, STOP_WORDS] = _stop_share(tokens[row], stop_words)
        if dates:
            out[row, HAS_DATE] = _date_share(blocks[row][0], dates)


cdef class Known:
    """The sets of words that a page states, by number: titles, a description, authors, a publisher, captions."""

    cdef Py_ssize_t titles, authors, count
    cdef tuple names
    #: The numbers of the sets that hold a word.
    cdef dict holding
    #: The size of each set, and how much of a block's words it holds.
    cdef Py_ssize_t* sizes
    cdef Py_ssize_t* common
    cdef bint has_nameless

    def __cinit__(self, known):
        cdef list sets = [*known.titles, known.description, *known.authors, known.publisher, *known.captions]
        cdef Py_ssize_t number
        self.count, self.titles, self.names = len(sets), len(known.titles), known.authors
        self.authors = self.titles + 1 + len(self.names)
        self.has_nameless = not all(self.names)
        self.sizes = <Py_ssize_t*>calloc(2 * self.count, sizeof(Py_ssize_t))
        if not self.sizes:
            raise MemoryError
        self.common = self.sizes + self.count
        self.holding = {}
        for number in range(self.count):
            self.sizes[number] = len(sets[number])
            for word in sets[number]:
                self.holding.setdefault(word, []).append(number)

    def __dealloc__(self):
        free(self.sizes)

    cdef int compare(self, list words, double* out) except -1:
        cdef Py_ssize_t place, size = min(len(words), LOOKED_AT)
        # Of no author's words everything has all.
        out[HAS_AUTHOR] = self.has_nameless
        out[OPENS_WITH_AUTHOR] = self.has_nameless
        for place in range(size):
            if PyDict_Contains(self.holding, words[place]):
                self.weigh(frozenset(words[:size]), out)
                out[OPENS_WITH_AUTHOR] = self.opens(words)
                return 0
        if not words:
            out[IS_TITLE] = self.is_title(0)
        return 0

    cdef int weigh(self, frozenset found, double* out) except -1:
        """Compare words of which some are known."""
        cdef Py_ssize_t number, most = 0, count = len(found)
        cdef PyObject* sets
        memset(self.common, 0, self.count * sizeof(Py_ssize_t))
        for word in found:
            sets = PyDict_GetItem(self.holding, word)
            if sets:
                for number in <list>sets:
                    self.common[number] += 1
        for number in range(self.titles + 1, self.authors):
            most = max(most, self.common[number])
            if self.common[number] == self.sizes[number]:
                out[HAS_AUTHOR] = True
        out[AUTHOR_SHARE] = <double>most / count
        out[LIKE_TITLE] = self.likest(0, self.titles, count)
        out[IS_TITLE] = self.is_title(count)
        out[LIKE_DESCRIPTION] = self.likest(self.titles, self.titles + 1, count)
        number = self.authors
        out[HAS_PUBLISHER] = self.sizes[number] > 0 and self.common[number] == self.sizes[number]
        out[LIKE_CAPTION] = self.likest(number + 1, self.count, count)
        return 0

    cdef double likest(self, Py_ssize_t first, Py_ssize_t end, Py_ssize_t count) noexcept:
        cdef Py_ssize_t number, common
        cdef double best = 0
        for number in range(first, end):
            common = self.common[number]
            if common:
                best = max(best, <double>common / (self.sizes[number] + count - common))
        return best

    cdef bint is_title(self, Py_ssize_t count) noexcept:
        cdef Py_ssize_t number
        for number in range(self.titles):
            if self.sizes[number] == count and (not count or self.common[number] == count):
                return True
        return False

    cdef bint opens(self, list words) except -1:
        """Whether a text opens with an author's name."""
        for name in self.names:
            if not name or (words[0] in name and frozenset(words[: len(name)]) == name):
                return True
        return False


cdef double _stop_share(list words, frozenset stop_words) except -2:
    cdef Py_ssize_t place, found = 0, size = min(len(words), LOOKED_AT)
    if size < FEWEST or not stop_words:
        return -1
    for place in range(size):
        found += PySet_Contains(stop_words, words[place])
    return <double>found / size


cdef double _date_share(str text, list dates) except -1:
    """How many of year, month and day of a date stand in a text as numbers, at best."""
    cdef Py_ssize_t[NUMBERS] numbers
    cdef Py_ssize_t year, month, day, found
    cdef double best = 0
    found = _numbers_in(text, numbers)
    if not found:
        return 0
    for year, month, day in dates:
        if _is_among(year, numbers, found):
            best = max(best, (1 + _is_among(month, numbers, found) + _is_among(day, numbers, found)) / <double>3)
    return best


cdef Py_ssize_t _numbers_in(str text, Py_ssize_t* numbers) noexcept:
    """Write down the short ones of a text's first numbers."""
    cdef Py_ssize_t at = 0, size = PyUnicode_GET_LENGTH(text), start, value, seen = 0, found = 0
    if size >= DATED:
        return 0
    while at < size and seen < NUMBERS:
        start, value = at, 0
        while at < size and Py_UNICODE_TODECIMAL(PyUnicode_READ_CHAR(text, at)) >= 0:
            value = 10 * value + Py_UNICODE_TODECIMAL(PyUnicode_READ_CHAR(text, at)) if at - start < DIGITS else 0
            at += 1
        if at == start:
            at += 1
            continue
        seen += 1
        if at - start < DIGITS:
            numbers[found] = value
            found += 1
    return found


cdef bint _is_among(Py_ssize_t number, const Py_ssize_t* numbers, Py_ssize_t count) noexcept:
    cdef Py_ssize_t place
    for place in range(count):
        if numbers[place] == number:
            return True
    return False
