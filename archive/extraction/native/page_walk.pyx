# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The walk over a page that finds its blocks: what `_Walk` in `blocks.py` does, on libxml2's own nodes.

To ask lxml for an element, its name, an attribute costs more than all that is done with the answer. Here elements are
made for what is kept alone, and what needs a look at attributes is left to the functions that the walk is given.
"""

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    Py_UNICODE_ISALNUM,
    Py_UNICODE_ISSPACE,
)
from libc.stdlib cimport free, realloc
from libc.string cimport strcmp, strstr
from lxml.includes.etreepublic cimport _Document, _Element, elementFactory, import_lxml__etree, tailOf, textOf
from lxml.includes.tree cimport XML_ELEMENT_NODE, xmlAttr, xmlChar, xmlNode

cdef extern from "<string.h>" nogil:
    const char* strcasestr(const char*, const char*)

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()

#: What an element is by its name, as bits; `blocks.py` says which names have them.
cdef enum:
    HIDDEN = 1 << 0
    DIALOG = 1 << 1
    FOR_THE_EYE = 1 << 2
    INLINE = 1 << 3
    MARKED = 1 << 4
    LINED = 1 << 5
    BREAK = 1 << 6
    CELL = 1 << 7
    ROW = 1 << 8
    LINK = 1 << 9
    BOLD = 1 << 10
    PREFORMATTED = 1 << 11
    CODE = 1 << 12
bits = {
    "hidden": HIDDEN, "dialog": DIALOG, "for_the_eye": FOR_THE_EYE, "inline": INLINE, "marked": MARKED, "lined": LINED,
    "break": BREAK, "cell": CELL, "row": ROW, "link": LINK, "bold": BOLD, "preformatted": PREFORMATTED, "code": CODE,
}
#: Marks that each run notes at most, as in blocks.py, and names that are remembered.
cdef enum:
    MOST_MARKED = 40
    REMEMBERED = 256


cdef class Walk:
    """One pass over a page. `names` has the bits of elements' names, `ask` the functions of `blocks.py` that look at
    elements and texts, `is_hidden` tells of elements with attributes, and of all if `each`; `most` is the number of
    blocks behind which it ends."""

    cdef dict names
    cdef object is_hidden, ask, block_type
    cdef bint each
    cdef Py_ssize_t most
    cdef _Document document
    cdef list out, pieces, anchors, marks, marked
    cdef xmlNode* marked_nodes[MOST_MARKED]
    cdef xmlNode** open_nodes
    cdef bint* parted
    cdef Py_ssize_t depth, room
    cdef xmlNode* start
    cdef bint after, breaks, is_lined
    cdef Py_ssize_t links, bold
    cdef int in_links, in_bold, in_preformatted, in_code
    cdef xmlNode* ended
    cdef xmlNode* row
    # Names, known by their places in memory, and what their elements are: a page has few.
    cdef const xmlChar* remembered[REMEMBERED]
    cdef int kinds[REMEMBERED]

    def __init__(self, dict names, ask, is_hidden, bint each, Py_ssize_t most):
        self.names, self.ask, self.is_hidden, self.each, self.most = names, ask, is_hidden, each, most
        self.out, self.marked, self.block_type = [], [], ask.TextBlock
        self.pieces, self.anchors, self.marks = [], [], []

    def __dealloc__(self):
        free(self.open_nodes)
        free(self.parted)

    def blocks(self, _Element root not None):
        """The blocks, one more than the most where there are as many."""
        cdef xmlNode* node = root._c_node
        cdef xmlNode* child
        cdef bint is_hidden
        self.document = root._doc
        self.push(node)
        while node:
            is_hidden = self.hides(node)
            if not is_hidden:
                self.enter(node)
                child = _element(node.children)
                if child:
                    node = child
                    if len(self.out) > self.most:
                        break
                    continue
            node = self.behind(node, root._c_node, is_hidden)
        self.flush()
        return self.out

    cdef xmlNode* behind(self, xmlNode* node, xmlNode* root, bint is_hidden) except? NULL:
        """Leave an element, and those that it is the last of; the next one."""
        cdef xmlNode* following
        cdef object text
        while True:
            if is_hidden:
                text = tailOf(node)
                if text:
                    self.add(text, node, True)
                is_hidden = False
            elif node != root:
                self.leave(node)
            if node == root or len(self.out) > self.most:
                return NULL
            following = _element(node.next)
            if following:
                return following
            node = node.parent

    cdef int kind(self, xmlNode* node) except -1:
        cdef size_t place = (<size_t>node.name ^ <size_t>node.name >> 8) % REMEMBERED
        if node.ns:
            return 0
        if self.remembered[place] != node.name:
            self.kinds[place] = self.names.get((<const char*>node.name).decode("utf-8"), 0)
            self.remembered[place] = node.name
        return self.kinds[place]

    cdef object element(self, xmlNode* node):
        return elementFactory(self.document, node)

    cdef int hides(self, xmlNode* node) except -1:
        cdef int kind
        cdef xmlAttr* attribute = node.properties
        cdef const char* name
        if self.each:
            return self.is_hidden(self.element(node))
        kind = self.kind(node)
        if kind & HIDDEN and not kind & DIALOG:
            return True
        while attribute:
            name = <const char*>attribute.name
            if kind & DIALOG or strcmp(name, b"hidden") == 0 or (strcmp(name, b"style") == 0 and _may_hide(attribute)):
                return self.is_hidden(self.element(node))
            if kind & FOR_THE_EYE and (strcmp(name, b"aria-hidden") == 0 or strcmp(name, b"class") == 0):
                if strcmp(name, b"class") or _may_be_control(attribute):
                    return self.is_hidden(self.element(node))
            if kind & FOR_THE_EYE and strcmp(name, b"role") == 0 and _is_back_link(attribute):
                return self.is_hidden(self.element(node))
            attribute = attribute.next
        return kind & DIALOG

    cdef int flows(self, xmlNode* node, int kind) except -1:
        """Whether an element flows within a line."""
        cdef xmlAttr* attribute = node.properties
        if not kind & INLINE:
            return False
        while attribute:
            if strcmp(<const char*>attribute.name, b"style") == 0:
                return self.ask.is_inline(self.element(node))
            attribute = attribute.next
        return True

    cdef int count(self, xmlNode* node, int kind, int by) except -1:
        self.in_links += by if kind & LINK else 0
        self.in_bold += by if kind & BOLD else 0
        self.in_preformatted += by if kind & PREFORMATTED else 0
        if kind & CODE:
            self.in_code += by
            if node.properties != NULL and self.ask.keeps_lines(self.element(node)):
                self.in_preformatted += by
        return 0

    cdef int enter(self, xmlNode* node) except -1:
        cdef int kind = self.kind(node)
        cdef object text
        self.count(node, kind, 1)
        if kind & BREAK:
            self.line_break()
        elif self.flows(node, kind):
            if self.ended:
                self.keep_apart(node)
        else:
            self.enter_block(node, kind)
        if kind & MARKED or (self.in_preformatted and self.ask.is_number(self.element(node))):
            self.mark(node, kind)
        text = textOf(node)
        if text:
            self.add(text, node, False)
        return 0

    cdef int enter_block(self, xmlNode* node, int kind) except -1:
        if self.ends_line(kind):
            return 0
        if self.row:
            if kind & CELL:
                self.pieces.append(self.ask.CELL)
                self.mark(node, kind)
            return 0
        self.part()
        self.push(node)
        if kind & ROW:
            if self.ask.is_data_row(self.element(node)):
                self.row = node
        elif kind & PREFORMATTED:
            self.is_lined = self.ask.is_lined(self.element(node))
        return 0

    cdef int leave(self, xmlNode* node) except -1:
        cdef int kind = self.kind(node)
        cdef object text
        self.count(node, kind, -1)
        if self.marked and self.marked_nodes[len(self.marked) - 1] == node:
            self.marked.pop().end = len(self.pieces)
        if self.open_nodes[self.depth - 1] == node:
            self.flush()
            self.depth -= 1
            if node == self.row:
                self.row = NULL
        else:
            self.ends_line(kind)
        self.ended = node
        text = tailOf(node)
        if text:
            self.add(text, node, True)
        return 0

    cdef int push(self, xmlNode* node) except -1:
        if self.depth == self.room:
            self.room = 2 * self.room + 64
            self.open_nodes = <xmlNode**>realloc(self.open_nodes, self.room * sizeof(xmlNode*))
            self.parted = <bint*>realloc(self.parted, self.room * sizeof(bint))
            if not self.open_nodes or not self.parted:
                raise MemoryError
        self.open_nodes[self.depth] = node
        self.parted[self.depth] = False
        self.depth += 1
        return 0

    cdef int mark(self, xmlNode* node, int kind) except -1:
        cdef object element = self.element(node)
        if kind & LINK:
            self.anchors.append(element)
        if len(self.marked) == MOST_MARKED:
            return 0
        self.marked_nodes[len(self.marked)] = node
        mark = self.ask.Mark(element, len(self.pieces))
        self.marked.append(mark)
        self.marks.append(mark)
        return 0

    cdef int line_break(self) except -1:
        if self.in_preformatted:
            self.pieces.append(self.ask.BREAK)
        elif self.breaks:
            self.part()
        elif self.pieces:
            self.pieces.append(self.ask.BREAK)
            self.breaks = True
        return 0

    cdef int ends_line(self, int kind) except -1:
        if not (self.in_preformatted and self.is_lined and kind & LINED):
            return False
        if self.pieces and not self.pieces[len(self.pieces) - 1].endswith(self.ask.BREAK):
            self.pieces.append(self.ask.BREAK)
        return True

    cdef int keep_apart(self, xmlNode* node) except -1:
        if not self.pieces or self.in_preformatted or self.in_code:
            return 0
        before = self.element(self.ended)
        element = self.element(node)
        if before.getnext() is element and self.ask.stand_apart(before, self.pieces[len(self.pieces) - 1], element):
            self.pieces.append(" ")
        return 0

    cdef int add(self, str text, xmlNode* place, bint after) except -1:
        self.ended = NULL
        self.pieces.append(self.ask.kept(text) if self.in_preformatted else text)
        if _is_space(text):
            return 0
        self.breaks = False
        if not self.start:
            self.start, self.after = place, after
        if self.in_links:
            self.links += len(text)
        if self.in_bold:
            self.bold += len(text)
        return 0

    cdef int part(self) except -1:
        self.parted[self.depth - 1] = True
        return self.flush()

    cdef int flush(self) except -1:
        self.ended = NULL
        if not self.start:
            self.pieces.clear()
            self.anchors.clear()
            self.marks.clear()
        else:
            self.close()
            self.pieces, self.anchors, self.marks = [], [], []
            self.start, self.links, self.bold = NULL, 0, 0
        self.breaks = False
        if self.marked:
            self.marked = [self.ask.Mark(mark.element, 0) for mark in self.marked]
            self.marks.extend(self.marked)
        return 0

    cdef int close(self) except -1:
        cdef str text = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        cdef Py_ssize_t top = self.depth - 1
        text = _folded(text) or self.ask.visible_text([text])
        if not _has_word(text):
            return 0
        block = (
            text,
            self.element(self.open_nodes[top]),
            not self.parted[top],
            self.element(self.start),
            self.after,
            self.links,
            self.bold,
            tuple(self.anchors),
            self.marks if self.marks else (),
            self.pieces if self.marks else (),
        )
        # As fast as any tuple is made.
        self.out.append(tuple.__new__(self.block_type, block))
        return 0


cdef xmlNode* _element(xmlNode* node) noexcept:
    """The first element from a node on."""
    while node and node.type != XML_ELEMENT_NODE:
        node = node.next
    return node


cdef bint _may_be_control(xmlAttr* attribute) noexcept:
    """Whether a class may be one of asides.py's CONTROLS, or call its element what links a heading to itself."""
    cdef const char* value
    if not attribute.children:
        return False
    if attribute.children.next:
        return True
    value = <const char*>attribute.children.content
    return value and (
        strstr(value, b"mw-editsection")
        or strstr(value, b"noprint")
        or strstr(value, b"headerlink")
        or strstr(value, b"foot")
        or strstr(value, b"backlink")
        or strstr(value, b"anchor")
        or strstr(value, b"margin-toggle")
        or strstr(value, b"hidden")
        or strstr(value, b"sr-only")
        or strstr(value, b"reader-")
        or strstr(value, b"hash-link")
    )


cdef bint _is_back_link(xmlAttr* attribute) noexcept:
    return attribute.children and strcmp(<const char*>attribute.children.content, b"doc-backlink") == 0


cdef bint _may_hide(xmlAttr* attribute) noexcept:
    """Whether a style may hide its element."""
    cdef const char* value
    if not attribute.children or attribute.children.next:
        return True
    value = <const char*>attribute.children.content
    # `hidden` is found in capitals and with `ı`, too.
    return value and (strcasestr(value, b"none") or strcasestr(value, b"dden"))


cdef str _folded(str text):
    """A text with its white space folded, as `visible_text` makes it; None where more is to be done."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at, start = 0, end = PyUnicode_GET_LENGTH(text)
    cdef Py_UCS4 sign
    cdef bint is_behind = False, is_ragged = False
    while start < end and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, start)):
        start += 1
    while end > start and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, end - 1)):
        end -= 1
    for at in range(start, end):
        sign = PyUnicode_READ(kind, data, at)
        # The stand-ins for white space, and what is shown as nothing: see `runs.py`.
        if sign <= 4 or sign == 0xAD or sign == 0x200B or sign == 0x2060 or sign == 0xFEFF:
            return None
        if Py_UNICODE_ISSPACE(sign):
            is_ragged = is_ragged or is_behind or sign != u" "
            is_behind = True
        else:
            is_behind = False
    return " ".join(text.split()) if is_ragged else text[start:end]


cdef bint _is_space(str text) noexcept:
    """Whether a text that is not empty is white space."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at
    for at in range(PyUnicode_GET_LENGTH(text)):
        if not Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
            return False
    return True


cdef bint _has_word(str text) noexcept:
    """Whether a text has a letter, a digit or an underscore."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at
    cdef Py_UCS4 sign
    for at in range(PyUnicode_GET_LENGTH(text)):
        sign = PyUnicode_READ(kind, data, at)
        if Py_UNICODE_ISALNUM(sign) or sign == u"_":
            return True
    return False
