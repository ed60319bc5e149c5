# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Whether a page puts only what can be shown into its tree: most do, and `charset.py` need not go through them."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE

#: Bytes that are looked at together, many in one step of the processor; digits of the longest reference.
cdef enum:
    TOGETHER = 32
    DIGITS = 6


def is_printable(bytes content not None):
    """Whether `printable_page` would leave a page in UTF-8 as it is. False may be said of such a page, too."""
    cdef const unsigned char* text = <const unsigned char*>PyBytes_AS_STRING(content)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(content)
    cdef Py_ssize_t at = 0, number, behind
    while at < size:
        behind = min(at + TOGETHER, size)
        if behind - at < TOGETHER or _may_be_odd(text + at):
            for number in range(at, behind):
                if _is_odd(text + number):
                    return False
        at = behind
    return True


cdef bint _may_be_odd(const unsigned char* text) noexcept:
    """Whether one of the next bytes begins a reference or a sign that is not shown, or may do so."""
    cdef unsigned char found = 0, sign
    cdef int at
    for at in range(TOGETHER):
        sign = text[at]
        found |= ((sign < 0x20) & (sign != 9) & (sign != 10) & (sign != 13)) | (sign == c"&")
        found |= (sign == 0x7F) | (sign == 0xC2) | (sign >= 0xEF)
    return found


cdef bint _is_odd(const unsigned char* text) noexcept:
    """Whether such a sign, or a reference to one, stands here. Bytes end with a NUL."""
    cdef unsigned char sign = text[0]
    if sign < 0x20 or sign == 0x7F:
        return sign != 9 and sign != 10 and sign != 13
    if sign == c"&":
        return text[1] == c"#" and not _is_shown(_referred(text + 2))
    if sign == 0xC2:
        return 0x80 <= text[1] <= 0x9F
    if sign == 0xEF:
        return (text[1] == 0xB7 and 0x90 <= text[2] <= 0xAF) or (text[1] == 0xBF and text[2] >= 0xBE)
    # The last two of each plane.
    return sign >= 0xF0 and text[1] & 0x0F == 0x0F and text[2] == 0xBF and text[3] >= 0xBE


cdef bint _is_shown(unsigned int code) noexcept:
    """Whether a character is one to see or white space that stays, as far as is easily said."""
    if code < 0xA0:
        return 0x20 <= code < 0x7F or code == 9 or code == 10 or code == 13
    return code < 0xD800 or (0xE000 <= code < 0xFDD0) or (0xFDF0 <= code < 0xFFFE)


cdef unsigned int _referred(const unsigned char* text) noexcept:
    """The character of a reference, 0 if it is not clear."""
    cdef unsigned int code = 0
    cdef int base = 16 if text[0] | 0x20 == c"x" else 10
    cdef int digit, digits = 0
    text += base == 16
    while digits <= DIGITS:
        digit = _digit(text[digits])
        if digit >= base:
            break
        code = base * code + digit
        digits += 1
    return code if 0 < digits <= DIGITS else 0


cdef int _digit(unsigned char sign) noexcept:
    """What a digit counts; more than any does for what is none."""
    if c"0" <= sign <= c"9":
        return sign - c"0"
    sign |= 0x20
    return sign - c"a" + 10 if c"a" <= sign <= c"f" else 99
