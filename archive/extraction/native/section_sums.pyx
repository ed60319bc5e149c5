# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What the boxes and sections around a page's blocks sum up to, and the headings above: what `section_rows` in
`features/neighbours.py` does with numpy, in single floats that are added in the same order."""

from libc.stdint cimport int64_t
from libc.stdlib cimport calloc, free
from libc.string cimport strlen
from lxml.includes.etreepublic cimport _Element, import_lxml__etree
from lxml.includes.tree cimport xmlNode

from archive.extraction.native.names cimport is_one

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()

#: Columns of what was said before the cues, of what a group has before its cues, and of a heading before its cues.
cdef enum:
    SAID = 5
    OF_GROUP = 7
    OF_HEADING = 2


cdef struct Group:
    Py_ssize_t size, first


def group_rows(const Py_ssize_t[::1] of not None, const int64_t[::1] bits, int names, float[:, :] said, float[:, :] out):
    """Write what `_group_rows` finds into `out`, but words, which are summed up and no more. `of` is the number of each
    row's group, `bits` are those of the groups' names."""
    cdef Py_ssize_t row, column, width = said.shape[1], cues = said.shape[1] - SAID, count = said.shape[0]
    cdef Group* groups
    cdef Group* group
    cdef float* sums
    if of.shape[0] != count or out.shape[0] != count or out.shape[1] != OF_GROUP + 2 * cues + names:
        raise ValueError("each block needs a group and a row")
    # There are no more groups than blocks.
    groups = <Group*>calloc(count, sizeof(Group) + width * sizeof(float))
    if not groups:
        raise MemoryError
    for row in range(count):
        group, sums = &groups[of[row]], <float*>&groups[count] + of[row] * width
        group.first = group.first if group.size else row
        group.size += 1
        for column in range(width):
            sums[column] += said[row, column]
    for row in range(count):
        group, sums = &groups[of[row]], <float*>&groups[count] + of[row] * width
        out[row, 0], out[row, 1] = group.size, sums[0]
        out[row, 2] = sums[1] / max(sums[2], <float>1)
        out[row, 3] = <float>(<double>sums[3] / group.size)
        out[row, 4] = <float>(<double>sums[4] / group.size)
        out[row, 5] = row - group.first
        out[row, 6] = <float>(<double>group.first / count)
        for column in range(cues):
            out[row, OF_GROUP + column] = <float>(<double>sums[SAID + column] / group.size)
            out[row, OF_GROUP + cues + column] = said[group.first, SAID + column]
        for column in range(names):
            out[row, OF_GROUP + 2 * cues + column] = bits[of[row]] >> column & 1
    free(groups)


def under_rows(list blocks not None, const Py_ssize_t[::1] section, float[:, :] said, Py_ssize_t reach, float[:, :] out):
    """Write what `_under` finds into `out`: of the last heading before each block in its section, if there is one up to
    so many blocks before."""
    cdef Py_ssize_t row, column, above, cues = said.shape[1] - SAID, count = said.shape[0]
    cdef int level
    cdef Py_ssize_t* last
    if len(blocks) != count or section.shape[0] != count or out.shape[0] != count or out.shape[1] != OF_HEADING + cues:
        raise ValueError("each block needs a section and a row")
    # The place behind the last heading of each section; there are no more sections than blocks.
    last = <Py_ssize_t*>calloc(count, sizeof(Py_ssize_t))
    if not last:
        raise MemoryError
    for row in range(count):
        above = last[section[row]] - 1
        if above < 0 or row - above > reach:
            out[row, :] = -1
        else:
            out[row, 0], out[row, 1] = row - above, _level((<_Element?>(<tuple>blocks[above])[1])._c_node)
            for column in range(cues):
                out[row, OF_HEADING + column] = said[above, SAID + column]
        if _level((<_Element?>(<tuple>blocks[row])[1])._c_node) >= 0:
            last[section[row]] = row + 1
    free(last)


cdef int _level(const xmlNode* node) noexcept:
    """As _LEVELS has it; -1 of what is no heading."""
    cdef const char* name = <const char*>node.name
    if node.ns:
        return -1
    if name[0] == b"h" and b"1" <= name[1] <= b"6" and not name[2]:
        return name[1] - 49
    return 6 if is_one(name, strlen(name), b"legend ") else 7 if is_one(name, strlen(name), b"summary ") else -1
