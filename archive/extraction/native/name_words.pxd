"""The words in a name such as `article-bodyText2`, as the expressions in `cues` and `features/elements.py` find them."""

from cpython.unicode cimport PyUnicode_READ, Py_UNICODE_ISDECIMAL


cdef inline bint is_capital(Py_UCS4 sign) noexcept:
    return u"A" <= sign <= u"Z"


cdef inline bint is_small(Py_UCS4 sign) noexcept:
    return u"a" <= sign <= u"z"


cdef inline Py_ssize_t word_end(int kind, const void* data, Py_ssize_t at, Py_ssize_t size, bint is_counted) noexcept:
    """Where the word ends that begins here; here where none does. Numbers are words where they are counted."""
    cdef Py_ssize_t end = at
    while end < size and is_capital(PyUnicode_READ(kind, data, end)):
        end += 1
    if end < size and is_small(PyUnicode_READ(kind, data, end)):
        # The last of several capitals belongs to the small letters behind it.
        if end - at > 1:
            return end - 1
        while end < size and is_small(PyUnicode_READ(kind, data, end)):
            end += 1
    elif end == at and is_counted:
        while end < size and Py_UNICODE_ISDECIMAL(PyUnicode_READ(kind, data, end)):
            end += 1
    return end
