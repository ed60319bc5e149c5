# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What stands around a page's blocks and in their first elements: what `features/markup.py` asks of lxml, on libxml2's
own nodes."""

from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, strcmp, strlen, strstr
from lxml.includes.etreepublic cimport _Element, import_lxml__etree
from lxml.includes.tree cimport (
    XML_COMMENT_NODE,
    XML_ELEMENT_NODE,
    XML_ENTITY_REF_NODE,
    XML_PI_NODE,
    xmlAttr,
    xmlNode,
)

from archive.extraction.native.names cimport is_one

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()

#: As in markup.py: children beyond which places are not looked for, and nodes of a parent and of a block that are
#: looked through.
cdef enum:
    MANY = 400
    BESIDE = 40
    WITHIN = 9
#: As `names.pxd` reads them.
cdef const char* PICTURES = b"img picture video svg "
cdef const char* FORMS = b"form input textarea select "
cdef const char* TELLING = b"time em i "
#: Columns of `surroundings`.
cdef enum:
    COLUMNS = 7


def surroundings(list elements not None, const Py_ssize_t[::1] own, float[:, ::1] out):
    """Write what `_surroundings` finds into `out`, zeros before, one row a block. `own` are the numbers of the blocks'
    elements; the root's is 0."""
    cdef Py_ssize_t row
    # An element may have many children and many blocks: it is looked at once.
    cdef float** known = <float**>calloc(len(elements), sizeof(float*))
    if not known:
        raise MemoryError
    try:
        if out.shape[1] != COLUMNS or out.shape[0] != own.shape[0]:
            raise ValueError("each block needs a row of seven columns")
        for row in range(own.shape[0]):
            if known[own[row]]:
                memcpy(&out[row, 0], known[own[row]], COLUMNS * sizeof(float))
            else:
                _surround((<_Element?>elements[own[row]])._c_node, own[row] == 0, &out[row, 0])
                known[own[row]] = &out[row, 0]
    finally:
        free(known)


cdef void _surround(xmlNode* node, bint is_root, float* out) noexcept:
    cdef xmlNode* before = _before(node)
    cdef Py_ssize_t children = 0, alike = 0, place = 0
    cdef xmlNode* child = _node(node.children)
    while child:
        children += 1
        child = _node(child.next)
    out[0] = <float>children
    out[5] = before == NULL
    out[6] = before != NULL and _is(before, b"hr ")
    if is_root:
        return
    children = 0
    child = _node(node.parent.children)
    while child and children <= MANY:
        if child == node:
            place = children
        children += 1
        alike += child.type == XML_ELEMENT_NODE and child.ns == node.ns and strcmp(
            <const char*>child.name, <const char*>node.name
        ) == 0
        child = _node(child.next)
    if children <= MANY:
        out[1] = <float>alike
        out[2] = <float>(<double>place / children)
    _look_beside(node.parent, out + 3)


cdef void _look_beside(xmlNode* parent, float* out) noexcept:
    """Whether there are pictures and forms among an element's first nodes, itself included."""
    cdef xmlNode* node = parent
    cdef int seen = 0
    while node and seen < BESIDE:
        if _is(node, PICTURES):
            out[0] = 1
        elif _is(node, FORMS):
            out[1] = 1
        node = _following(node, parent)
        seen += 1


def telling(list blocks not None):
    """Whether one of each block's first elements may be a time, stand in italics or name an author."""
    cdef xmlNode* top
    cdef xmlNode* node
    cdef int seen
    cdef bint found
    cdef list out = []
    for block in blocks:
        # The text, the element, whether that is the block's alone, where the block starts.
        top = node = (<_Element?>(block[1] if block[2] else block[3]))._c_node
        seen, found = 0, False
        while node and seen < WITHIN and not found:
            found = _is(node, TELLING) or _names_author(node)
            node = _following(node, top) if block[2] else NULL
            seen += 1
        out.append(found)
    return out


cdef bint _names_author(xmlNode* node) noexcept:
    cdef xmlAttr* attribute = node.properties if node.type == XML_ELEMENT_NODE else NULL
    cdef xmlNode* value
    while attribute:
        value = attribute.children
        # A value of several parts is put together elsewhere.
        if value and (value.next or (value.content and strstr(<const char*>value.content, b"author"))):
            return True
        attribute = attribute.next
    return False


cdef bint _is(xmlNode* node, const char* names) noexcept:
    return node.type == XML_ELEMENT_NODE and not node.ns and is_one(
        <const char*>node.name, strlen(<const char*>node.name), names
    )


cdef xmlNode* _following(xmlNode* node, xmlNode* top) noexcept:
    """The next of what lxml iterates over, within `top`."""
    cdef xmlNode* found = _node(node.children) if node.type == XML_ELEMENT_NODE else NULL
    while not found and node != top:
        found = _node(node.next)
        node = node.parent
    return found


cdef xmlNode* _node(xmlNode* node) noexcept:
    """The first from here on that lxml shows as a child."""
    while node and not _is_shown(node):
        node = node.next
    return node


cdef xmlNode* _before(xmlNode* node) noexcept:
    node = node.prev
    while node and not _is_shown(node):
        node = node.prev
    return node


cdef bint _is_shown(xmlNode* node) noexcept:
    return (
        node.type == XML_ELEMENT_NODE
        or node.type == XML_COMMENT_NODE
        or node.type == XML_PI_NODE
        or node.type == XML_ENTITY_REF_NODE
    )
