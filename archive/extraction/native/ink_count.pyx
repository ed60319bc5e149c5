# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Which characters of a text are shown and no white space: what `runs.ink` and `inline.py` count."""

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    Py_UNICODE_ISSPACE,
)


def ink(str piece not None):
    """How many characters of a piece are shown and no white space, stand-ins for it included."""
    cdef int kind = PyUnicode_KIND(piece)
    cdef void* data = PyUnicode_DATA(piece)
    cdef Py_ssize_t at, found = 0
    cdef Py_UCS4 sign
    for at in range(PyUnicode_GET_LENGTH(piece)):
        sign = PyUnicode_READ(kind, data, at)
        found += not (
            1 <= sign <= 4
            or sign == u"\xad"
            or sign == u"\u200b"
            or sign == u"\u2060"
            or sign == u"\ufeff"
            or Py_UNICODE_ISSPACE(sign)
        )
    return found


def inked(str text not None):
    """The places of what is no white space in a text."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at
    cdef list found = []
    for at in range(PyUnicode_GET_LENGTH(text)):
        if not Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
            found.append(at)
    return found
