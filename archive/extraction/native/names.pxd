"""Names that stand one after the other, each with a space behind it."""

from libc.string cimport memcmp


cdef inline bint is_one(const char* name, Py_ssize_t size, const char* names) noexcept:
    """Whether a name is among them."""
    cdef Py_ssize_t length
    while names[0]:
        length = 0
        while names[length] != b" ":
            length += 1
        if length == size and memcmp(names, name, size) == 0:
            return True
        names += length + 1
    return False
