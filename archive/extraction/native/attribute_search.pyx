# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Elements by what their attributes hold: what `holding` in `attributes.py` does, on libxml2's own nodes."""

from libc.string cimport strcmp, strstr
from lxml.includes.etreepublic cimport _Element, attributeValue, elementFactory, import_lxml__etree
from lxml.includes.tree cimport XML_ELEMENT_NODE, xmlAttr, xmlNode

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()


def holding(_Element root not None, list parts):
    """The elements with an attribute in which its part stands, in page order. `parts` are names and parts, as bytes."""
    cdef list found = []
    cdef xmlNode* node = root._c_node
    while node:
        if node.type == XML_ELEMENT_NODE:
            if node.properties and _holds(node, parts):
                found.append(elementFactory(root._doc, node))
            if node.children:
                node = node.children
                continue
        while node != root._c_node and not node.next:
            node = node.parent
        node = NULL if node == root._c_node else node.next
    return found


cdef int _holds(xmlNode* node, list parts) except -1:
    cdef bytes name, part
    cdef xmlAttr* attribute = node.properties
    while attribute:
        for name, part in parts:
            if strcmp(<const char*>attribute.name, name) == 0 and not attribute.ns:
                if _has(node, attribute, part):
                    return True
        attribute = attribute.next
    return False


cdef int _has(xmlNode* node, xmlAttr* attribute, bytes part) except -1:
    if not attribute.children:
        return not part
    if attribute.children.next:
        return part in attributeValue(node, attribute).encode("utf-8", "replace")
    return strstr(<const char*>attribute.children.content, part) != NULL
