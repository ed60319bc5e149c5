# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Elements by what their attributes or their texts hold: what `attributes.py` does, on libxml2's own nodes."""

from cpython.unicode cimport PyUnicode_AsUTF8
from libc.string cimport strchr, strcmp, strlen, strncmp, strstr
from lxml.includes.etreepublic cimport _Element, attributeValue, elementFactory, import_lxml__etree, textOf
from lxml.includes.tree cimport XML_ELEMENT_NODE, XML_TEXT_NODE, xmlAttr, xmlChar, xmlNode

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()

#: Of how many parts and of how many elements' names it is asked at once, as `attributes.py` has it, and names that it
#: remembers.
cdef enum:
    MOST = 31
    REMEMBERED = 256


def holding(_Element root not None, parts, tags, is_one):
    """The elements of these names, or of all, with an attribute in which its part stands, in page order. With
    `is_one`, those alone of which it is true, and none that they hold."""
    return _Search(parts, tags).of(root, is_one)


cdef class _Search:
    """What is asked. `remembered` are names, known by their places in memory, and `meant` is what is asked of each: a
    bit for each part, and one for elements. A page has few names, and looks for each a thousand times."""

    cdef object held
    cdef int parts, tags
    cdef const char* text
    cdef const char* names[MOST]
    cdef const char* said[MOST]
    cdef const char* elements[MOST]
    cdef const xmlChar* remembered[REMEMBERED]
    cdef unsigned int meant[REMEMBERED]

    def __init__(self, parts, tags):
        assert len(parts) <= MOST and len(tags) <= MOST
        self.held = parts, tags
        for name, part in parts:
            self.names[self.parts], self.said[self.parts] = PyUnicode_AsUTF8(name), PyUnicode_AsUTF8(part)
            if not name:
                self.text = self.said[self.parts]
            self.parts += 1
        for tag in tags:
            self.elements[self.tags] = PyUnicode_AsUTF8(tag)
            self.tags += 1

    cdef list of(self, _Element root, is_one):
        cdef list found = []
        cdef xmlNode* node = root._c_node
        cdef bint is_skipped
        while node:
            is_skipped = False
            if self.is_asked(node) and self.holds(node):
                element = elementFactory(root._doc, node)
                if is_one is None or is_one(element):
                    found.append(element)
                    is_skipped = is_one is not None
            node = _next(node, root._c_node, is_skipped)
        return found

    cdef bint is_asked(self, xmlNode* node) noexcept:
        if node.type != XML_ELEMENT_NODE:
            return False
        return not self.tags or (not node.ns and self.meaning(node.name) >> MOST)

    cdef bint holds(self, xmlNode* node) except -1:
        cdef xmlAttr* attribute = node.properties
        cdef unsigned int meaning
        cdef int number
        while attribute:
            meaning = self.meaning(attribute.name) if not attribute.ns else 0
            for number in range(self.parts if meaning else 0):
                if meaning >> number & 1 and _has(node, attribute, self.said[number]):
                    return True
            attribute = attribute.next
        return self.text and _says(node, self.text)

    cdef unsigned int meaning(self, const xmlChar* name) noexcept:
        cdef size_t place = (<size_t>name ^ <size_t>name >> 8) % REMEMBERED
        cdef unsigned int meaning = 0
        cdef int number
        if self.remembered[place] != name:
            for number in range(self.parts):
                meaning |= <unsigned int>(strcmp(<const char*>name, self.names[number]) == 0) << number
            for number in range(self.tags):
                meaning |= <unsigned int>(strcmp(<const char*>name, self.elements[number]) == 0) << MOST
            self.remembered[place], self.meant[place] = name, meaning
        return self.meant[place]


cdef xmlNode* _next(xmlNode* node, xmlNode* root, bint is_skipped) noexcept:
    """The node behind another one, in page order; behind all that it holds, if that is skipped."""
    if node.type == XML_ELEMENT_NODE and node.children and not is_skipped:
        return node.children
    while node != root and not node.next:
        node = node.parent
    return NULL if node == root else node.next


cdef bint _says(xmlNode* node, const char* part) except -1:
    cdef xmlNode* text = node.children
    if not text:
        return False
    if text.next or text.type != XML_TEXT_NODE:
        said = textOf(node)
        return said is not None and part.decode("utf-8") in said
    return _stands(part, <const char*>text.content)


cdef bint _stands(const char* part, const char* text) noexcept:
    """Whether a part stands in a text. In a long one its first sign is found faster than all of it."""
    cdef size_t size = strlen(part)
    while text and size and strncmp(text, part, size):
        text = strchr(text + 1, part[0]) if text[0] else NULL
    return text != NULL


cdef bint _has(xmlNode* node, xmlAttr* attribute, const char* part) except -1:
    if not attribute.children:
        return not part[0]
    if attribute.children.next:
        return <bytes>part in attributeValue(node, attribute).encode("utf-8", "replace")
    return strstr(<const char*>attribute.children.content, part) != NULL
