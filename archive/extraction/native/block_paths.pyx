# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Where blocks lie: what `_Paths` in `xpaths.py` does, on libxml2's own nodes, for pages without shadow roots."""

from libc.string cimport strcmp
from lxml.includes.etreepublic cimport _Document, _Element, elementFactory, import_lxml__etree, namespacedName
from lxml.includes.tree cimport (
    XML_CDATA_SECTION_NODE,
    XML_ELEMENT_NODE,
    XML_TEXT_NODE,
    xmlAttr,
    xmlNode,
)

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()


cdef class _Times:
    """How many children have a name, and the step to one of them."""

    cdef str name
    cdef Py_ssize_t count

    def __init__(self, str name):
        self.name, self.count = name, 0


cdef class Paths:
    """The paths of a page's blocks. `ask` has the functions of `xpaths.py`, `inline` the names of elements that flow
    within a line, and `longest` counts the characters of the longest path. Nodes and names are known by their places in
    memory: the blocks hold the page."""

    cdef object ask
    cdef frozenset inline, items
    cdef Py_ssize_t longest
    cdef _Document document
    cdef dict tags, families, steps, texts, known, settings
    cdef bint has_slots

    def __init__(self, ask, frozenset inline, Py_ssize_t longest):
        self.ask, self.inline, self.longest, self.items = ask, inline, longest, ask.ITEMS
        self.settings = {}
        self.tags, self.families, self.steps, self.texts, self.known = {}, {}, {}, {}, {}

    def of(self, blocks):
        """Where each block is; None on a page with slots."""
        cdef set followed = set()
        cdef _Element first
        for block in blocks:
            first = block.element if block.whole else block.start
            self.document = first._doc
            self.note(first._c_node)
            if block.after and not block.whole:
                followed.add(<size_t>first._c_node)
        if self.has_slots:
            return None
        for parent, wanted in self.families.items():
            self.count(<xmlNode*><size_t>parent, wanted)
            if not followed.isdisjoint(wanted):
                self.count_texts(<xmlNode*><size_t>parent, wanted)
        # As fast as any tuple is made.
        return [tuple.__new__(self.ask.Located, self.located(block)) for block in blocks]

    cdef int note(self, xmlNode* child) except -1:
        """Note an element and all around it, by their parents."""
        cdef set family
        cdef xmlNode* parent
        while True:
            self.has_slots = self.has_slots or self.tag(child) == "slot"
            parent = _parent(child)
            if not parent:
                return 0
            family = self.families.get(<size_t>parent)
            if family is None:
                family = self.families[<size_t>parent] = set()
            elif <size_t>child in family:
                return 0
            family.add(<size_t>child)
            child = parent

    cdef object tag(self, xmlNode* node):
        if node.ns:
            return namespacedName(node)
        key = <size_t>node.name
        found = self.tags.get(key)
        if found is None:
            found = self.tags[key] = (<const char*>node.name).decode("utf-8")
        return found

    cdef int count(self, xmlNode* parent, set wanted) except -1:
        """Find the steps from an element to some of its children."""
        cdef dict found = {}
        cdef list places = []
        cdef xmlNode* child = parent.children
        cdef const char* name = NULL
        cdef _Times times
        while child:
            if child.type == XML_ELEMENT_NODE:
                # Most stand beside others of their name.
                if not name or name != <const char*>child.name or child.ns:
                    name = NULL if child.ns else <const char*>child.name
                    tag = self.tag(child)
                    times = found.get(tag)
                    if times is None:
                        times = found[tag] = _Times(self.ask.name_of(tag))
                times.count += 1
                if <size_t>child in wanted:
                    places.append((<size_t>child, times, times.count))
            child = child.next
        for key, times, number in places:
            self.steps[key] = f"{times.name}[{number}]" if times.count > 1 else times.name
        return 0

    cdef int count_texts(self, xmlNode* parent, set wanted) except -1:
        cdef str nodes = _texts(parent, False)
        cdef Py_ssize_t texts = len(nodes)
        cdef xmlNode* child = parent.children
        while child:
            if _is_counted(child):
                nodes = _texts(child, True)
                if <size_t>child in wanted:
                    self.texts[<size_t>child] = texts + self.ask.first(nodes)
                texts += len(nodes)
            child = child.next
        return 0

    cdef tuple located(self, block):
        cdef _Element start = block.element if block.whole else block.start
        cdef xmlNode* node = start._c_node
        if block.whole:
            return self.where(node)
        if block.after and _parent(node) != NULL:
            found = self.where(_parent(node))
            return self.text_in(found, self.texts[<size_t>node])
        found = self.where(node)
        if not block.after and (start is block.element or not self.flows(node)):
            return self.text_in(found, self.ask.first(_texts(node, False)))
        return found

    cdef tuple where(self, xmlNode* node):
        """Where an element is, written down from the root."""
        cdef tuple found
        cdef list missing = []
        while node and <size_t>node not in self.known:
            missing.append(<size_t>node)
            node = _parent(node)
        found = self.known[<size_t>node] if node else tuple(self.ask.ROOT)
        for key in reversed(missing):
            tag = self.tag(<xmlNode*><size_t>key)
            found = self.known[key] = self.below(found, tag, self.steps.get(key, tag))
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
                if node.type != XML_ELEMENT_NODE or self.tag(node) not in self.inline:
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
