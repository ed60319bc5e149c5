# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Where a page's blocks stand and what container they share: the sums of `features/page_columns.py`, in its order."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ
from libc.stdlib cimport calloc, free
from lxml.includes.etreepublic cimport _Element, import_lxml__etree
from lxml.includes.tree cimport xmlNode

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()

#: The first of each group of columns, and how many there are.
cdef enum:
    CONTAINER = 7
    PATH = 13
    REPEATED = 18
    LIKE_TITLE = 19
    WHOLE_PAGE = 27
    COLUMNS = 37


cdef struct Part:
    Py_ssize_t chars, words, links
    #: The level of a heading up to the third, and whether the block is all that its element holds.
    int heading
    bint whole, ends_sentence
    double weight


cdef struct Group:
    Py_ssize_t count, chars, words, links, sentences


def fill(
    list blocks not None,
    list tokens not None,
    const Py_ssize_t[::1] own,
    const Py_ssize_t[::1] parents,
    const Py_ssize_t[::1] places,
    const double[::1] shares,
    double[:, ::1] out,
):
    """Write what tells of places into `out`, zeros before, one row a block; how like the title each is stands there.
    `own` are the numbers of the blocks' elements, `shares` what an element and each one around it has of a block."""
    cdef Py_ssize_t row, total = 0, count = len(blocks), best
    cdef Part* parts
    if not (count and count == len(tokens) == own.shape[0] == places.shape[0] == out.shape[0] and out.shape[1] == COLUMNS):
        raise ValueError("each block needs words, an element, a place and a row")
    parts = <Part*>calloc(count, sizeof(Part))
    if not parts:
        raise MemoryError
    try:
        for row in range(count):
            _read(&parts[row], <tuple>blocks[row], len(tokens[row]))
            total += parts[row].words
        _positions(parts, total, out)
        best = _container(parts, own, parents, shares)
        if best >= 0:
            _against(parts, best, own, parents, out)
        _path_groups(parts, total, places, out)
        _repeated(blocks, out)
        _whole_page(parts, total, out)
    finally:
        free(parts)


cdef int _read(Part* part, tuple block, Py_ssize_t words) except -1:
    """What is counted of one block: its text, its element, whether that is its own, and the characters of its links."""
    cdef const char* name = <const char*>(<_Element?>block[1])._c_node.name
    cdef bint is_named = (<_Element>block[1])._c_node.ns == NULL
    cdef str text = block[0]
    part.chars, part.words, part.links = PyUnicode_GET_LENGTH(text), words, block[5]
    part.heading = name[1] - 48 if is_named and name[0] == b"h" and b"1" <= name[1] <= b"3" and not name[2] else 0
    part.whole, part.ends_sentence = block[2], _ends_sentence(text)
    part.weight = max(0.0, part.chars - 2.0 * part.links) * (1.0 if words > 8 or part.chars > 60 else 0.1)
    part.weight += 10 * _pauses(text)
    return 0


cdef bint _ends_sentence(str text) noexcept:
    cdef Py_ssize_t end = PyUnicode_GET_LENGTH(text)
    cdef Py_UCS4 last
    while end:
        last = PyUnicode_READ(PyUnicode_KIND(text), PyUnicode_DATA(text), end - 1)
        if last not in u'"”»':
            return last in u".!?…。"
        end -= 1
    return True


cdef Py_ssize_t _pauses(str text) noexcept:
    """How many sentences and clauses end within a text."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at, size = PyUnicode_GET_LENGTH(text), found = 0
    cdef Py_UCS4 sign
    for at in range(size):
        sign = PyUnicode_READ(kind, data, at)
        if sign == u"." or sign == u",":
            found += at + 1 < size and PyUnicode_READ(kind, data, at + 1) == u" "
        else:
            found += sign == u"。" or sign == u"、"
    return found


cdef void _positions(const Part* parts, Py_ssize_t total, double[:, ::1] out) noexcept:
    cdef Py_ssize_t row, count = out.shape[0], headline = 0, before = 0, above = 0, behind = 0
    cdef double score, best = 0
    for row in range(count):
        score = 1.5 * out[row, LIKE_TITLE]
        score += 0.8 if parts[row].heading == 1 else 0.3 if parts[row].heading == 2 else 0.0
        score = 0.0 if parts[row].words > 60 else score - 0.2 * (parts[row].links > 0)
        if not row or score > best:
            headline, best, behind = row, score, before
        before += parts[row].words
    before, total = 0, max(total, 1)
    for row in range(count):
        out[row, 0] = <double>row / count
        out[row, 1] = <double>before / total
        out[row, 2] = 1 - <double>before / total
        out[row, 3] = min(max(row - headline, -60), 60) if best > 0.5 else -99
        out[row, 4] = min(max(before - behind, -2000), 2000) if best > 0.5 else -2999
        out[row, 5] = row > headline and best > 0.5
        out[row, 6] = above
        before += parts[row].words
        above += parts[row].heading > 0


cdef Py_ssize_t _container(
    const Part* parts, const Py_ssize_t[::1] own, const Py_ssize_t[::1] parents, const double[::1] shares
) except -2:
    """The number of the element that holds most running text closely; -1 where nothing is held."""
    cdef Py_ssize_t row, at, level, best = -1
    cdef double* scores = <double*>calloc(parents.shape[0], sizeof(double))
    if not scores:
        raise MemoryError
    for row in range(own.shape[0]):
        at = _above(own[row], parents) if parts[row].whole else own[row]
        for level in range(shares.shape[0]):
            if at >= 0:
                scores[at] += parts[row].weight * shares[level]
                at = _above(at, parents)
    # Of equals the first that was met.
    for row in range(own.shape[0]):
        at = _above(own[row], parents) if parts[row].whole else own[row]
        for level in range(shares.shape[0]):
            if at >= 0:
                if best < 0 or scores[at] > scores[best]:
                    best = at
                at = _above(at, parents)
    free(scores)
    return best


cdef inline Py_ssize_t _above(Py_ssize_t number, const Py_ssize_t[::1] parents) noexcept:
    return parents[number] if number > 0 else -1


cdef int _against(
    const Part* parts, Py_ssize_t best, const Py_ssize_t[::1] own, const Py_ssize_t[::1] parents, double[:, ::1] out
) except -1:
    """Each block's part in the best container: within or not, how far it is, how much of all the container holds."""
    cdef Py_ssize_t row, at, first = -1, last = 0, span
    cdef double total = 0, held = 0
    cdef Py_ssize_t* up = <Py_ssize_t*>calloc(2 * parents.shape[0], sizeof(Py_ssize_t))
    cdef Py_ssize_t* steps = up + parents.shape[0]
    if not up:
        raise MemoryError
    _ways(best, parents, up, steps)
    for row in range(own.shape[0]):
        total += parts[row].weight
        if not up[own[row]]:
            held += parts[row].weight
            first, last = row if first < 0 else first, row
    first = max(first, 0)
    span = max(last - first, 1)
    for row in range(own.shape[0]):
        at = own[row]
        out[row, CONTAINER] = not up[at]
        out[row, CONTAINER + 1] = min(max(first - row, -40), 40)
        out[row, CONTAINER + 2] = min(max(row - last, -40), 40)
        out[row, CONTAINER + 3] = min(max(<double>(row - first) / span, -3.0), 3.0)
        out[row, CONTAINER + 4] = min(30, steps[at] + 2 * up[at])
        out[row, CONTAINER + 5] = held / (total or 1.0)
    free(up)
    return 0


cdef void _ways(Py_ssize_t best, const Py_ssize_t[::1] parents, Py_ssize_t* up, Py_ssize_t* steps) noexcept:
    cdef Py_ssize_t number, above, at = best, way = 0
    for number in range(parents.shape[0]):
        up[number] = -1
    while up[at] < 0:
        up[at] = way
        at, way = parents[at], way + 1
    for number in range(parents.shape[0]):
        if up[number] < 0:
            above = parents[number]
            up[number], steps[number] = up[above], steps[above] + 1


cdef int _path_groups(const Part* parts, Py_ssize_t total, const Py_ssize_t[::1] places, double[:, ::1] out) except -1:
    cdef Py_ssize_t row
    # There are no more places than blocks.
    cdef Group* groups = <Group*>calloc(places.shape[0], sizeof(Group))
    cdef Group* group
    if not groups:
        raise MemoryError
    for row in range(places.shape[0]):
        group = &groups[places[row]]
        group.count += 1
        group.chars += parts[row].chars
        group.words += parts[row].words
        group.links += parts[row].links
        group.sentences += parts[row].ends_sentence
    for row in range(places.shape[0]):
        group = &groups[places[row]]
        out[row, PATH] = min(group.count, 100)
        out[row, PATH + 1] = <double>group.words / group.count
        out[row, PATH + 2] = min(1.0, <double>group.links / max(group.chars, 1))
        out[row, PATH + 3] = <double>group.words / max(total, 1)
        out[row, PATH + 4] = <double>group.sentences / group.count
    free(groups)
    return 0


cdef int _repeated(list blocks, double[:, ::1] out) except -1:
    cdef dict times = {}
    cdef Py_ssize_t row
    for block in blocks:
        times[block[0]] = times.get(block[0], 0) + 1
    for row in range(out.shape[0]):
        out[row, REPEATED] = min(<Py_ssize_t>times[blocks[row][0]], 10)
    return 0


cdef void _whole_page(const Part* parts, Py_ssize_t total, double[:, ::1] out) noexcept:
    cdef Py_ssize_t row, count = out.shape[0], first = -1, last = -1, words = 0
    for row in range(count):
        if parts[row].chars > 140 and parts[row].links < 0.3 * parts[row].chars:
            words += parts[row].words
            first, last = row if first < 0 else first, row
    if first < 0:
        first, last = 0, count
    for row in range(count):
        out[row, WHOLE_PAGE] = total
        out[row, WHOLE_PAGE + 1] = count
        out[row, WHOLE_PAGE + 2] = <double>words / max(total, 1)
        out[row, WHOLE_PAGE + 3] = min(max(row - last, -50), 50)
        out[row, WHOLE_PAGE + 4] = min(max(row - first, -50), 50)
