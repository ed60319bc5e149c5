# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The elements around a page's blocks, by number: what `Ancestors` in `features/elements.py` finds, on libxml2's own
nodes, and what elements hand down to those below them."""

from libc.stdint cimport int64_t, uint64_t
from libc.string cimport strcmp
from lxml.includes.etreepublic cimport (
    _Document,
    _Element,
    collectAttributes,
    elementFactory,
    import_lxml__etree,
    namespacedName,
)
from lxml.includes.tree cimport XML_ELEMENT_NODE, XML_TEXT_NODE, xmlAttr, xmlNode

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()


def numbered(list blocks not None):
    """The elements and the numbers of what is above each, the number of each block's, the looks, and the number of each
    element's look."""
    cdef dict numbers = {}
    cdef list elements = [], parents = [], own = [], look = []
    cdef Looks looks = Looks()
    cdef _Element element
    for block in blocks:
        element = (<tuple>block)[1]
        own.append(_number(element._doc, element._c_node, numbers, elements, parents))
    for element in elements:
        look.append(looks.number(element._c_node))
    return elements, parents, own, looks.known, look


def start_looks(list blocks not None):
    """The looks of the inline elements that blocks begin with, and each block's number among them; the first look is
    that of blocks which begin with none."""
    cdef Looks looks = Looks()
    cdef list numbers = []
    looks.known.append(("", ()))
    looks.nodes.append(0)
    for block in blocks:
        # The element, the start, whether the block stands behind it.
        of = <tuple>block
        numbers.append(0 if of[4] or of[3] is of[1] else looks.number((<_Element?>of[3])._c_node))
    return looks.known, numbers


cdef Py_ssize_t _number(_Document document, xmlNode* node, dict numbers, list elements, list parents) except -1:
    """The number of an element; it and those above it are numbered if they are not."""
    cdef list missing = []
    cdef Py_ssize_t number = 0
    # From the root down: deep pages must not recurse.
    while node and node.type == XML_ELEMENT_NODE:
        known = numbers.get(<size_t>node)
        if known is not None:
            number = known
            break
        missing.append(<size_t>node)
        node = node.parent
    for place in reversed(missing):
        parents.append(number)
        elements.append(elementFactory(document, <xmlNode*><size_t>place))
        number = numbers[place] = len(parents) - 1
    return number


cdef class Looks:
    """Tags with their attributes, each once, as far as what is in them is told by comparing bytes."""

    cdef list known, nodes
    #: The numbers of looks by a hash of their bytes.
    cdef dict hashed

    def __init__(self):
        self.known, self.nodes, self.hashed = [], [], {}

    cdef Py_ssize_t number(self, xmlNode* node) except -1:
        cdef uint64_t hash = _hash(node)
        cdef Py_ssize_t number
        alike = self.hashed.get(hash)
        if alike is None:
            alike = self.hashed[hash] = []
        for number in <list>alike:
            if _is_alike(node, <xmlNode*><size_t>self.nodes[number]):
                return number
        (<list>alike).append(len(self.known))
        self.nodes.append(<size_t>node)
        self.known.append((namespacedName(node), tuple(collectAttributes(node, 3)) if node.properties else ()))
        return len(self.known) - 1


cdef uint64_t _hash(const xmlNode* node) noexcept:
    """FNV-1a over an element's name and its attributes."""
    cdef uint64_t found = _mixed(<uint64_t>0xCBF29CE484222325, <const char*>node.name)
    cdef const xmlAttr* attribute = node.properties
    while attribute:
        found = _mixed(found, <const char*>attribute.name)
        found = _mixed(found, _value(attribute))
        attribute = attribute.next
    return found


cdef inline uint64_t _mixed(uint64_t found, const char* text) noexcept:
    while text and text[0]:
        found = (found ^ <unsigned char>text[0]) * <uint64_t>0x100000001B3
        text += 1
    return found * <uint64_t>0x100000001B3


cdef const char* _value(const xmlAttr* attribute) noexcept:
    """What an attribute holds, where that is one text; NULL where it holds nothing or more."""
    cdef const xmlNode* value = attribute.children
    return <const char*>value.content if value and not value.next and value.type == XML_TEXT_NODE else NULL


cdef bint _is_alike(const xmlNode* one, const xmlNode* other) noexcept:
    cdef const xmlAttr* left = one.properties
    cdef const xmlAttr* right = other.properties
    if one.ns != other.ns or strcmp(<const char*>one.name, <const char*>other.name) != 0:
        return False
    while left and right:
        if left.ns != right.ns or strcmp(<const char*>left.name, <const char*>right.name) != 0:
            return False
        if not _value(left) or not _value(right):
            # What holds nothing is alike; what holds more is put together elsewhere.
            if left.children or right.children:
                return False
        elif strcmp(_value(left), _value(right)) != 0:
            return False
        left, right = left.next, right.next
    return not left and not right


def hand_down(const Py_ssize_t[::1] parents not None, int64_t[::1] above, int64_t[::1] around, int64_t[::1] depth):
    """Add to the bits of each element those of the one above it, and to its depth."""
    cdef Py_ssize_t number, up
    for number in range(1, parents.shape[0]):
        up = parents[number]
        above[number] |= above[up]
        around[number] |= around[up]
        depth[number] += depth[up]
