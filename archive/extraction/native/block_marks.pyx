# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What stands around a page's blocks and in their first elements: what `features/markup.py` asks of lxml, on libxml2's
own nodes."""

from libc.stdint cimport int64_t
from libc.string cimport memcpy, strcmp, strlen, strstr
from lxml.includes.etreepublic cimport _Element, attributeValue, import_lxml__etree
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

#: As in markup.py: children beyond which places are not looked for, nodes of a parent and of a block that are
#: looked through, and links of a block that are looked at.
cdef enum:
    MANY = 400
    BESIDE = 40
    WITHIN = 9
    ANCHORS = 12
#: As `names.pxd` reads them.
cdef const char* PICTURES = b"img amp-img picture video svg "
cdef const char* FORMS = b"form input textarea select "
cdef const char* TELLING = b"time em i "
#: Columns of `surroundings` and of `block_rows`, and of what links are.
cdef enum:
    COLUMNS = 7
    OF_BLOCK = 20
    LINKS = 11


cdef struct Family:
    #: An element, how many children it has, and whether pictures and forms are among its first nodes.
    xmlNode* parent
    Py_ssize_t children
    float[2] beside
    #: The child that was looked at, its place, and how many are of its name.
    xmlNode* child
    Py_ssize_t place, alike


def surroundings(list blocks not None, const Py_ssize_t[::1] own, float[:, ::1] out):
    """Write what `_surroundings` finds into `out`, zeros before, one row a block. `own` are the numbers of the blocks'
    elements; the root's is 0."""
    cdef Py_ssize_t row
    cdef Family family
    # An element may have many children and many blocks: it is looked at once.
    cdef dict known = {}
    if out.shape[1] != COLUMNS or not (out.shape[0] == own.shape[0] == len(blocks)):
        raise ValueError("each block needs a row of seven columns")
    family.parent = NULL
    for row in range(own.shape[0]):
        first = known.setdefault(own[row], row)
        if first < row:
            memcpy(&out[row, 0], &out[<Py_ssize_t>first, 0], COLUMNS * sizeof(float))
        else:
            _surround((<_Element?>(<tuple>blocks[row])[1])._c_node, own[row] == 0, &family, &out[row, 0])


cdef void _surround(xmlNode* node, bint is_root, Family* family, float* out) noexcept:
    cdef xmlNode* before = _before(node)
    out[0] = <float>_count(node)
    out[5] = before == NULL
    out[6] = before != NULL and _is(before, b"hr ")
    if is_root:
        return
    if family.parent != node.parent:
        family.parent, family.children, family.child = node.parent, _count(node.parent), NULL
        family.beside[0] = family.beside[1] = 0
        _look_beside(node.parent, family.beside)
    if family.children <= MANY:
        _place(node, family)
        out[1] = <float>family.alike
        out[2] = <float>(<double>family.place / family.children)
    out[3], out[4] = family.beside[0], family.beside[1]


cdef Py_ssize_t _count(const xmlNode* parent) noexcept:
    cdef Py_ssize_t children = 0
    cdef xmlNode* child = _node(parent.children)
    while child:
        children += 1
        child = _node(child.next)
    return children


cdef void _place(xmlNode* node, Family* family) noexcept:
    """Find the place of a child, mostly soon behind the one before, and count those of its name, mostly the same."""
    cdef bint is_counted = family.child != NULL and _is_alike(family.child, node)
    cdef xmlNode* child = family.child
    while child and child != node:
        child = _node(child.next)
        family.place += 1
    if not child:
        child, family.place = _node(node.parent.children), 0
        while child != node:
            child = _node(child.next)
            family.place += 1
    family.child = node
    if is_counted:
        return
    family.alike = 0
    child = _node(node.parent.children)
    while child:
        family.alike += child.type == XML_ELEMENT_NODE and _is_alike(child, node)
        child = _node(child.next)


cdef inline bint _is_alike(const xmlNode* one, const xmlNode* other) noexcept:
    return one.ns == other.ns and strcmp(<const char*>one.name, <const char*>other.name) == 0


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


def spread(list columns not None, tuple counts not None, float[:, ::1] out):
    """Write the lowest bits of columns into `out`, so many of each, one after the other."""
    cdef Py_ssize_t row, bit, count, start = 0
    cdef const int64_t[::1] bits
    for bits, count in zip(columns, counts):
        if bits.shape[0] != out.shape[0] or start + count > out.shape[1]:
            raise ValueError("there is no room for all bits")
        for row in range(out.shape[0]):
            for bit in range(count):
                out[row, start + bit] = bits[row] >> bit & 1
        start += count


def block_rows(
    list blocks not None,
    const int64_t[::1] around,
    int64_t link,
    Py_ssize_t longest,
    link_row,
    inside,
    float[:, ::1] out,
):
    """Write what `_block_rows` finds into `out`, zeros before, one row a block. `around` are the bits of the tags around
    each, `link` is that of a link; of a target so many characters are looked at; the functions tell of a block's
    targets, and of what stands in it."""
    cdef Py_ssize_t row, place, size
    cdef dict known = {}
    cdef tuple block, targets, found
    if out.shape[1] != OF_BLOCK or not (out.shape[0] == around.shape[0] == len(blocks)):
        raise ValueError("each block needs a row of twenty columns")
    for row in range(out.shape[0]):
        block = <tuple>blocks[row]
        # The text, the element, whether it is the block's alone, the start, its characters in links, in bold, the links.
        out[row, 0], out[row, 1] = block[2], len(block[7])
        targets = _targets(block, around[row] & link != 0, longest)
        if targets:
            found = known.get(targets)
            if found is None:
                found = known[targets] = link_row(targets)
            for place in range(LINKS):
                out[row, 2 + place] = found[place]
        if _is_telling(block):
            found = inside(blocks[row])
            for place in range(4):
                out[row, 2 + LINKS + place] = found[place]
        size = max(len(<str>block[0]), 1)
        out[row, OF_BLOCK - 3] = min(1.0, <double>block[5] / size)
        out[row, OF_BLOCK - 2] = min(1.0, <double>block[6] / size)
        out[row, OF_BLOCK - 1] = <Py_ssize_t>block[5] >= 0.9 * size


cdef tuple _targets(tuple block, bint is_linked, Py_ssize_t longest):
    cdef xmlNode* node = (<_Element?>block[1])._c_node.parent
    cdef _Element anchor
    if block[7]:
        return tuple([_address(anchor._c_node).strip()[:longest] for anchor in block[7][:ANCHORS]])
    while is_linked and node and node.type == XML_ELEMENT_NODE:
        if _is(node, b"a "):
            return (_address(node)[:longest],)
        node = node.parent
    return ()


cdef str _address(xmlNode* node):
    cdef xmlAttr* attribute = node.properties
    while attribute:
        if not attribute.ns and strcmp(<const char*>attribute.name, b"href") == 0:
            return attributeValue(node, attribute)
        attribute = attribute.next
    return ""


cdef bint _is_telling(tuple block) except -1:
    """Whether one of a block's first elements may be a time, stand in italics or name an author."""
    cdef xmlNode* top = (<_Element?>(block[1] if block[2] else block[3]))._c_node
    cdef xmlNode* node = top
    cdef int seen = 0
    while node and seen < WITHIN:
        if _is(node, TELLING) or _names_author(node):
            return True
        node = _following(node, top) if block[2] else NULL
        seen += 1
    return False


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
