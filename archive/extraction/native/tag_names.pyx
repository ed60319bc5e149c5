# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""A page as lexbor writes it, written for libxml2 in one pass over its bytes: what `parsing.py` does with expressions.

Whatever is rare is left to these: scripts that speak of scripts in comments, `<plaintext>`, names with `<` in them.
"""

from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stdlib cimport free, malloc
from libc.string cimport memchr, memcmp, memcpy, strlen

from archive.extraction.native.names cimport is_one

#: As `names.pxd` reads them.
cdef const char* VOID = (
    b"area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr "
)
cdef const char* RAW = b"style xmp iframe noembed noframes "
cdef const char* SCRIPT = b"script "
cdef const char* PLAINTEXT = b"plaintext "
#: The noncharacter of `parsing.py` that stands for a comment.
cdef const char* PARTED = b"\xef\xb7\x90"


class Odd(Exception):
    """The page holds what is left to expressions."""


cdef struct Page:
    const char* text
    Py_ssize_t size
    char* out
    Py_ssize_t written


def renamed(str markup not None):
    """The markup without comments and document type, no markup in texts that have none, each void element with `/>`,
    and `x` before each name. None for a page that is left to expressions."""
    cdef Page page
    page.text = PyUnicode_AsUTF8AndSize(markup, &page.size)
    # The longest that becomes of a character is `&amp;`; what is not written takes no memory.
    page.out = <char*>malloc(5 * page.size + 8)
    if not page.out:
        raise MemoryError
    page.written = 0
    try:
        _write(&page)
        return page.out[: page.written]
    except Odd:
        return None
    finally:
        free(page.out)


cdef int _write(Page* page) except -1:
    cdef Py_ssize_t at = 0, end
    cdef bint is_begun = False
    while at < page.size:
        end = _find(page, at, c"<")
        _copy(page, at, end)
        at = end
        if at == page.size:
            break
        if page.text[at + 1] == b"/":
            _add(page, b"</x", 3)
            at += 2
        elif _begins(page, at, b"<!--"):
            end = _behind_comments(page, at)
            if at and page.text[at - 1] != b">" and end < page.size and page.text[end] != b"<":
                _add(page, PARTED, 3)
            at = end
        elif not is_begun and not page.written and _is_doctype(page, at):
            is_begun = True
            end = _find(page, at, c">")
            if _find(page, at + 1, c"<") < end:
                raise Odd
            at = end + 1
        else:
            at = _element(page, at)
    return 0


cdef Py_ssize_t _element(Page* page, Py_ssize_t at) except -1:
    """Write an element's start tag, with its text where no markup counts in that; return where it ends."""
    cdef Py_ssize_t name = at + 1, behind = name, end, text
    while behind < page.size and page.text[behind] != b" " and page.text[behind] != b">":
        behind += 1
    cdef bint is_void = is_one(page.text + name, behind - name, VOID)
    cdef bint is_raw = is_one(page.text + name, behind - name, RAW)
    cdef bint is_script = is_one(page.text + name, behind - name, SCRIPT)
    _add(page, b"<x", 2)
    if is_one(page.text + name, behind - name, PLAINTEXT):
        raise Odd
    if not is_void and not is_raw and not is_script:
        return name
    end = _behind_attributes(page, behind)
    if end == page.size or page.text[end] != b">":
        return name
    if _find(page, name, c"<") < end:
        raise Odd
    if is_void:
        _copy(page, name, end)
        _add(page, b"/>", 2)
        return end + 1
    text = end + 1
    end = _script_end(page, text) if is_script else _raw_end(page, text, page.text + name, behind - name)
    if end < 0:
        return name
    _copy(page, name, text)
    _escape(page, text, end)
    return end


cdef Py_ssize_t _behind_attributes(const Page* page, Py_ssize_t at) noexcept:
    """Where attributes end, each a space, a name, `=` and a value in quotation marks."""
    cdef Py_ssize_t place
    while at < page.size and page.text[at] == b" ":
        place = at + 1
        # A name has a character at least, and may begin with `=`.
        while True:
            if place >= page.size or page.text[place] == b" " or page.text[place] == b">":
                return at
            place += 1
            if page.text[place] == b"=" and page.text[place + 1] == b'"':
                break
        place = _find(page, place + 2, c'"')
        if place == page.size:
            return at
        at = place + 1
    return at


cdef Py_ssize_t _behind_comments(const Page* page, Py_ssize_t at) noexcept:
    """Where the comments end that follow each other from here."""
    cdef Py_ssize_t place
    while _begins(page, at, b"<!--"):
        place = at + 4
        while True:
            place = _find(page, place, c"-")
            if place == page.size:
                return page.size
            if _begins(page, place, b"-->"):
                break
            place += 1
        at = place + 3
    return at


cdef Py_ssize_t _raw_end(const Page* page, Py_ssize_t at, const char* name, Py_ssize_t size) noexcept:
    """Where an element's end tag begins; -1 where it has none."""
    while True:
        at = _find(page, at, c"<")
        if at == page.size:
            return -1
        if page.text[at + 1] == b"/" and page.size - at > size + 2 and page.text[at + 2 + size] == b">":
            if memcmp(page.text + at + 2, name, size) == 0:
                return at
        at += 1


cdef Py_ssize_t _script_end(const Page* page, Py_ssize_t at) except -1:
    """Where a script's end tag begins."""
    cdef bint is_escaped = False
    while True:
        at = _find(page, at, c"<")
        if at == page.size:
            raise Odd
        if _begins(page, at, b"<!--"):
            is_escaped = True
        elif page.text[at + 1] == b"/" and _is_script(page, at + 2):
            if not _begins(page, at, b"</script>"):
                raise Odd
            return at
        elif is_escaped and _is_script(page, at + 1):
            raise Odd
        at += 1


cdef int _is_script(const Page* page, Py_ssize_t at) except -1:
    """Whether a tag's name is `script`, in letters of either case."""
    cdef const char* name = b"script"
    cdef int place
    cdef unsigned char sign
    for place in range(7):
        sign = page.text[at + place] if at + place < page.size else 0
        if sign >= 0x80:
            # The long s is an s to an expression.
            raise Odd
        if place == 6:
            return sign == b" " or sign == b"/" or sign == b">" or 9 <= sign <= 13 or 28 <= sign <= 31
        if sign | 0x20 != name[place]:
            return False
    return False


cdef bint _is_doctype(const Page* page, Py_ssize_t at) noexcept:
    cdef const char* name = b"<!doctype"
    cdef int place
    if page.size - at < 9 or page.text[at + 1] != b"!" or _find(page, at, c">") == page.size:
        return False
    for place in range(2, 9):
        if page.text[at + place] | 0x20 != name[place]:
            return False
    return True


cdef bint _begins(const Page* page, Py_ssize_t at, const char* sign) noexcept:
    cdef Py_ssize_t size = strlen(sign)
    return page.size - at >= size and memcmp(page.text + at, sign, size) == 0


cdef Py_ssize_t _find(const Page* page, Py_ssize_t at, int sign) noexcept:
    """The next place of a character, or the end."""
    if at >= page.size:
        return page.size
    cdef const char* found = <const char*>memchr(page.text + at, sign, page.size - at)
    return found - page.text if found else page.size


cdef void _copy(Page* page, Py_ssize_t start, Py_ssize_t end) noexcept:
    _add(page, page.text + start, end - start)


cdef void _add(Page* page, const char* text, Py_ssize_t size) noexcept:
    memcpy(page.out + page.written, text, size)
    page.written += size


cdef void _escape(Page* page, Py_ssize_t start, Py_ssize_t end) noexcept:
    """Write a text so that none of it is markup."""
    cdef Py_ssize_t at
    cdef char sign
    for at in range(start, end):
        sign = page.text[at]
        if sign == b"&" or sign == b"<" or sign == b">":
            _copy(page, start, at)
            start = at + 1
            if sign == b"&":
                _add(page, b"&amp;", 5)
            elif sign == b"<":
                _add(page, b"&lt;", 4)
            else:
                _add(page, b"&gt;", 4)
    _copy(page, start, end)
