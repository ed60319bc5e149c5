# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Elements by what their attributes hold: what `holding` in `attributes.py` does, on libxml2's own nodes."""

from libc.string cimport strcmp, strstr
from lxml.includes.etreepublic cimport _Element, attributeValue, elementFactory, import_lxml__etree
from lxml.includes.tree cimport XML_ELEMENT_NODE, xmlAttr, xmlNode

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()


#: Of how many attributes it is asked at once, at most.
cdef enum:
    MOST = 16


cdef struct Asked:
    # One attribute: its name and what is to stand in it.
    const char* name
    const char* part


def holding(_Element root not None, list parts):
    """The elements with an attribute in which its part stands, in page order. `parts` are names and parts, as bytes, of
    at most sixteen attributes."""
    cdef list found = []
    cdef xmlNode* node = root._c_node
    cdef Asked[MOST] asked
    cdef int number, count = len(parts)
    assert count <= MOST
    for number in range(count):
        asked[number].name, asked[number].part = parts[number][0], parts[number][1]
    while node:
        if node.type == XML_ELEMENT_NODE:
            if node.properties and _holds(node, asked, count):
                found.append(elementFactory(root._doc, node))
            if node.children:
                node = node.children
                continue
        while node != root._c_node and not node.next:
            node = node.parent
        node = NULL if node == root._c_node else node.next
    return found


cdef int _holds(xmlNode* node, Asked* asked, int count) except -1:
    cdef xmlAttr* attribute = node.properties
    cdef int number
    while attribute:
        for number in range(count):
            # Most names differ in their first letter.
            if (<const char*>attribute.name)[0] != asked[number].name[0] or attribute.ns:
                continue
            if not strcmp(<const char*>attribute.name, asked[number].name) and _has(node, attribute, asked[number].part):
                return True
        attribute = attribute.next
    return False


cdef int _has(xmlNode* node, xmlAttr* attribute, const char* part) except -1:
    if not attribute.children:
        return not part[0]
    if attribute.children.next:
        return <bytes>part in attributeValue(node, attribute).encode("utf-8", "replace")
    return strstr(<const char*>attribute.children.content, part) != NULL
