# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Where blocks lie: what `_Paths` in `xpaths.py` does, on libxml2's own nodes, for pages without shadow roots."""

from libc.string cimport strcmp
from lxml.includes.etreepublic cimport _Document, _Element, elementFactory, import_lxml__etree, namespacedName
from lxml.includes.tree cimport (
    XML_CDATA_SECTION_NODE,
    XML_ELEMENT_NODE,
    XML_TEXT_NODE,
    xmlAttr,
    xmlChar,
    xmlNode,
)

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()


#: Names of an element's children that are counted; more are left to Python.
cdef enum:
    MOST_NAMES = 32


cdef class _Place:
    """An element on the way to a block: where it stands, its children on that way, and its path once that is asked for.
    `times` and `kind` say which of the children of its name it is, and of its parent's names which; `texts` counts the
    text nodes of its parent up to the first with something to see behind it."""

    cdef xmlNode* node
    cdef _Place above
    cdef list children
    cdef str tag, name, step
    cdef bint is_followed
    cdef Py_ssize_t times, kind, texts
    cdef tuple found


cdef class Paths:
    """The paths of a page's blocks. `ask` has the functions of `xpaths.py`, `inline` the names of elements that flow
    within a line, and `longest` counts the characters of the longest path. Nodes and names are known by their places in
    memory: the blocks hold the page."""

    cdef object ask
    cdef frozenset inline, items
    cdef Py_ssize_t longest
    cdef _Document document
    cdef dict names, places, settings
    cdef list parents
    cdef bint has_slots

    def __init__(self, ask, frozenset inline, Py_ssize_t longest):
        self.ask, self.inline, self.longest, self.items = ask, inline, longest, ask.ITEMS
        self.names, self.places, self.settings, self.parents = {}, {}, {}, []

    def of(self, blocks):
        """Where each block is; None on a page with slots, and where blocks do not stand in page order."""
        cdef _Place place
        cdef list starts = []
        for block in blocks:
            place = self.note(block.element if block.whole else block.start)
            place.is_followed = place.is_followed or (block.after and not block.whole)
            starts.append(place)
        if self.has_slots:
            return None
        for place in self.parents:
            if not self.count(place):
                return None
            # Nothing is to go in a circle: that would wait for the collector.
            place.children = None
        made = self.ask.Located
        # As fast as any tuple is made.
        return [tuple.__new__(made, self.located(block, place)) for block, place in zip(blocks, starts, strict=True)]

    cdef _Place note(self, _Element element):
        """Note an element and all around it."""
        cdef _Place place = self.places.get(<size_t>element._c_node)
        cdef _Place first, below
        cdef xmlNode* node
        if place is not None:
            return place
        self.document = element._doc
        first = below = self.new(element._c_node)
        while (node := _parent(below.node)) != NULL:
            place = self.places.get(<size_t>node)
            below.above = place or self.new(node)
            if below.above.children is None:
                below.above.children = []
                self.parents.append(below.above)
            below.above.children.append(below)
            if place is not None:
                break
            below = below.above
        return first

    cdef _Place new(self, xmlNode* node):
        cdef _Place place = _Place.__new__(_Place)
        self.places[<size_t>node] = place
        place.node = node
        place.tag, place.name = self.named(node)
        self.has_slots = self.has_slots or place.tag == "slot"
        return place

    cdef tuple named(self, xmlNode* node):
        """The name of an element, and the step to one of that name."""
        if node.ns:
            return namespacedName(node), self.ask.name_of(namespacedName(node))
        found = self.names.get(<size_t>node.name)
        if found is None:
            tag = (<const char*>node.name).decode("utf-8")
            found = self.names[<size_t>node.name] = tag, self.ask.name_of(tag)
        return found

    cdef bint count(self, _Place parent) except -1:
        """Find the steps to an element's children; whether they could be found."""
        cdef const xmlChar* names[MOST_NAMES]
        cdef Py_ssize_t times[MOST_NAMES]
        cdef Py_ssize_t at = 0, known = 0, name = 0
        cdef xmlNode* child = _element(parent.node.children)
        cdef _Place place = parent.children[0]
        cdef bint is_followed = False
        while child:
            if child.ns:
                return False
            # Most stand beside others of their name.
            if not known or names[name] != child.name:
                name = _place_of(child.name, names, known)
                if name == MOST_NAMES:
                    return False
                if name == known:
                    names[known], times[known] = child.name, 0
                    known += 1
            times[name] += 1
            if place is not None and child == place.node:
                place.kind, place.times = name, times[name]
                is_followed = is_followed or place.is_followed
                at += 1
                place = parent.children[at] if at < len(parent.children) else None
            child = _element(child.next)
        if at < len(parent.children):
            return False
        for place in parent.children:
            place.step = f"{place.name}[{place.times}]" if times[place.kind] > 1 else place.name
        if is_followed:
            self.count_texts(parent)
        return True

    cdef int count_texts(self, _Place parent) except -1:
        cdef str nodes = _texts(parent.node, False)
        cdef Py_ssize_t at = 0, texts = len(nodes)
        cdef xmlNode* child = parent.node.children
        cdef _Place place
        while child and at < len(parent.children):
            if _is_counted(child):
                nodes = _texts(child, True)
                place = parent.children[at]
                if child == place.node:
                    place.texts = texts + self.ask.first(nodes)
                    at += 1
                texts += len(nodes)
            child = child.next
        return 0

    cdef tuple located(self, block, _Place place):
        if block.whole:
            return self.where(place)
        if block.after and place.above is not None:
            return self.text_in(self.where(place.above), place.texts)
        found = self.where(place)
        if not block.after and (block.start is block.element or not self.flows(place.node)):
            return self.text_in(found, self.ask.first(_texts(place.node, False)))
        return found

    cdef tuple where(self, _Place place):
        """Where an element is, written down from the root: deep pages must not recurse."""
        cdef list missing = []
        cdef tuple found
        while place is not None and place.found is None:
            missing.append(place)
            place = place.above
        found = tuple(self.ask.ROOT) if place is None else place.found
        for place in reversed(missing):
            found = place.found = self.below(found, place.tag, place.step or place.tag)
        return found

    cdef tuple below(self, tuple above, str tag, str step):
        cdef str path = f"{above[0]}/{step}"
        cdef dict inside = self.settings.get(<size_t><void*>above[1])
        if above[0] is None or len(path) > self.longest:
            return tuple(self.ask.FAR)
        if inside is None:
            inside = self.settings[<size_t><void*>above[1]] = {}
        setting = inside.get(tag)
        if setting is None:
            setting = inside[tag] = self.ask.set_in(above[1], tag)
        return (path, setting, path if tag in self.items else above[2] if setting.in_item else None)

    cdef tuple text_in(self, tuple found, Py_ssize_t number):
        return (f"{found[0]}/text()[{number}]", found[1], found[2]) if found[0] is not None else found

    cdef int flows(self, xmlNode* root) except -1:
        """Whether all that an element holds is inline."""
        cdef xmlNode* node = root.children
        while node:
            if _is_counted(node):
                if node.type != XML_ELEMENT_NODE or self.named(node)[0] not in self.inline:
                    return False
                if _attribute(node, b"style") and not self.ask.is_inline(elementFactory(self.document, node)):
                    return False
            if node.type == XML_ELEMENT_NODE and node.children:
                node = node.children
                continue
            while node != root and not node.next:
                node = node.parent
            if node == root:
                return True
            node = node.next
        return True


cdef xmlNode* _element(xmlNode* node) noexcept:
    """The first element from a node on."""
    while node and node.type != XML_ELEMENT_NODE:
        node = node.next
    return node


cdef Py_ssize_t _place_of(const xmlChar* name, const xmlChar** names, Py_ssize_t known) noexcept:
    """Which of the known names one is; their number if none."""
    cdef Py_ssize_t at = 0
    while at < known and names[at] != name and strcmp(<const char*>names[at], <const char*>name):
        at += 1
    return at


cdef xmlNode* _parent(xmlNode* node) noexcept:
    return node.parent if node.parent and node.parent.type == XML_ELEMENT_NODE else NULL


cdef bint _is_counted(xmlNode* node) noexcept:
    """Whether lxml has an element, a comment or the like for a node."""
    return node.type != XML_TEXT_NODE and node.type != XML_CDATA_SECTION_NODE


cdef xmlAttr* _attribute(xmlNode* node, const char* name) noexcept:
    cdef xmlAttr* attribute = node.properties
    while attribute and strcmp(<const char*>attribute.name, name):
        attribute = attribute.next
    return attribute


cdef str _texts(xmlNode* node, bint after):
    """What `text_nodes` finds."""
    cdef xmlAttr* noted = NULL
    cdef xmlNode* text = node.next if after else node.children
    if node.type == XML_ELEMENT_NODE:
        noted = _attribute(node, b"TAIL-NODES" if after else b"TEXT-NODES")
    if noted and noted.children and noted.children.content[0]:
        return (<const char*>noted.children.content).decode("utf-8")
    while text and not _is_counted(text):
        if text.content[0]:
            return "x"
        text = text.next
    return ""
