# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""How many tags a page has and how long they are, in one pass each: what `nesting.py` asks expressions."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memchr

from archive.extraction.native.names cimport is_one

#: As `names.pxd` reads them.
cdef const char* FORMATS = b"b big code em font i nobr s small strike strong tt u "


def counted(bytes content not None):
    """How many tags that are no end tags a page has, and how many of formats."""
    cdef const char* text = PyBytes_AS_STRING(content)
    cdef const char* end = text + PyBytes_GET_SIZE(content)
    cdef Py_ssize_t elements = 0, formats = 0
    while True:
        text = <const char*>memchr(text, c"<", end - text)
        if not text:
            return elements, formats
        text += 1
        if text[0] != b"/":
            elements += 1
            formats += _is_format(text)


cdef bint _is_format(const char* text) noexcept:
    """Whether a tag is a format's; bytes end with a NUL."""
    cdef char name[8]
    cdef Py_ssize_t size = 0
    while size < 7 and (b"a" <= text[size] <= b"z" or b"A" <= text[size] <= b"Z"):
        name[size] = text[size] | 0x20
        size += 1
    if not size or not (_is_space(text[size]) or text[size] == b"/"):
        return False
    return is_one(name, size, FORMATS)


def long_tags(bytes content not None, Py_ssize_t size):
    """Where start tags of so many characters or more begin and end, as the HTML standard reads their attributes."""
    cdef const char* text = PyBytes_AS_STRING(content)
    cdef const char* end = text + PyBytes_GET_SIZE(content)
    cdef const char* start = text
    cdef const char* behind
    cdef list found = []
    while True:
        start = <const char*>memchr(start, c"<", end - start)
        if not start:
            return found
        if not (b"a" <= start[1] <= b"z" or b"A" <= start[1] <= b"Z"):
            start += 1
            continue
        behind = _behind_tag(start + 1, end)
        if behind - start >= size:
            found.append((start - text, behind - text))
        start = behind


cdef const char* _behind_tag(const char* at, const char* end) noexcept:
    while at < end and not (_is_space(at[0]) or at[0] == b">" or at[0] == b"/"):
        at += 1
    while at < end and at[0] != b">":
        if _is_space(at[0]) or at[0] == b"/" or at[0] == b"=":
            at += 1
        else:
            while at < end and not (_is_space(at[0]) or at[0] == b"=" or at[0] == b">" or at[0] == b"/"):
                at += 1
            at = _behind_value(at, end)
    return at


cdef const char* _behind_value(const char* name, const char* end) noexcept:
    """Where an attribute's value ends; where its name does, if it has none."""
    cdef const char* at = _behind_spaces(name, end)
    if at == end or at[0] != b"=":
        return name
    at = _behind_spaces(at + 1, end)
    if at == end or at[0] == b">":
        return name
    if at[0] == b'"' or at[0] == b"'":
        at = <const char*>memchr(at + 1, at[0], end - at - 1)
        return at + 1 if at else name
    while at < end and not (_is_space(at[0]) or at[0] == b">"):
        at += 1
    return at


cdef const char* _behind_spaces(const char* at, const char* end) noexcept:
    while at < end and _is_space(at[0]):
        at += 1
    return at


cdef bint _is_space(char sign) noexcept:
    return sign == b" " or 9 <= sign <= 13
