# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The blocks of a page's record: what `block_forms.py` and `set_apart` in `inline.py` do, on libxml2's own nodes."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject_GenericSetAttr
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_1BYTE_KIND,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    Py_UNICODE_ISSPACE,
)
from libc.string cimport strcmp
from lxml.includes.etreepublic cimport _Element, attributeValueFromNsName, import_lxml__etree, namespacedName
from lxml.includes.tree cimport XML_ELEMENT_NODE, xmlNode

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()

#: Characters of a plain address: hardly one is longer.
cdef enum:
    SHORT = 500


cdef class _Kind:
    """One kind of a record's parts: it makes them as `Frozen.built` does."""

    cdef object kind
    cdef set names

    def __init__(self, kind, set names):
        self.kind, self.names = kind, names

    cdef object built(self, dict fields):
        made = object.__new__(self.kind)
        PyObject_GenericSetAttr(made, "__dict__", fields)
        PyObject_GenericSetAttr(made, "__pydantic_fields_set__", self.names)
        PyObject_GenericSetAttr(made, "__pydantic_extra__", None)
        PyObject_GenericSetAttr(made, "__pydantic_private__", None)
        return made


cdef class Parts:
    """The parts of one page's record. `ask` has the functions of `block_forms.py`, `forms` is what the rows and items of
    the page have been so far, and `addresses` where its links lead. Names are known by their places in memory: the
    blocks hold the page."""

    cdef object ask, forms, addresses
    cdef object link, caption, heading, item, paragraph, other, row
    cdef str origin
    cdef dict kinds, names, plain
    cdef _Kind blocks, links, spans

    def __init__(self, ask, forms, addresses):
        self.ask, self.forms, self.addresses, self.origin = ask, forms, addresses, addresses.origin
        self.blocks, self.links, self.spans = (_Kind(kind, ask.names_of(kind)) for kind in (ask.Block, ask.Link, ask.Span))
        self.kinds, self.link, self.caption = ask.SPAN_KINDS, ask.SPAN_KINDS["a"], ask.Label.CAPTION
        kinds, self.names, self.plain = ask.BlockKind, {}, dict.fromkeys(ask.Block.model_fields)
        self.heading, self.item, self.paragraph = kinds.HEADING, kinds.LIST_ITEM, kinds.PARAGRAPH
        self.other, self.row = kinds.OTHER, kinds.TABLE_ROW

    def of(self, blocks, verdicts, places):
        """The blocks with these verdicts at these places."""
        return [self.block(block, verdict, where) for block, verdict, where in zip(blocks, verdicts, places, strict=True)]

    cdef object block(self, block, verdict, where):
        cdef _Element element
        cdef str text
        cdef dict fields = self.plain.copy(), cells = None
        text, element, _, _, _, _, _, _, marks, pieces = <tuple>block
        fields["label"], fields["rule"], fields["confidence"] = <tuple>verdict
        fields["xpath"], setting, item = <tuple>where
        fields["links"], fields["spans"], cells = self.told(text, marks, pieces) if marks else ((), (), None)
        if "\n" in text or (marks and _is(element._c_node, b"tr")):
            kind = self.forms.kind(block, where, fields["label"])
        else:
            kind = self.kind(setting.kind, item, fields["label"])
        fields["kind"], fields["text"], fields["depth"] = kind, text, setting.depth
        if kind is self.heading:
            fields["level"] = setting.level
        elif kind is self.item:
            fields["number"] = self.number(element)
        elif kind is self.row:
            fields["cells"] = self.forms.columns(element, cells)
        return self.blocks.built(fields)

    cdef object kind(self, kind, item, label):
        """The kind of a block that is no row and no verse."""
        if item is not None:
            if kind is self.item and item in self.forms.begun:
                return self.paragraph
            self.forms.begun.add(item)
        is_caption = label is self.caption and (kind is self.paragraph or kind is self.other)
        return self.ask.BlockKind.CAPTION if is_caption else kind

    cdef object number(self, _Element element):
        """The number of the item that an element stands in. Most lists have no order."""
        cdef xmlNode* node = element._c_node
        while node.type == XML_ELEMENT_NODE and self.name(node) not in self.ask.ITEMS:
            node = node.parent
        is_ordered = node.type == XML_ELEMENT_NODE and self.name(node.parent) == "ol"
        return self.forms.number(element) if is_ordered else None

    cdef tuple told(self, str whole, marks, pieces):
        """The links of a block, its spans, and the texts of its cells."""
        cdef list links = [], spans = []
        cdef dict cells = {}
        cdef str text
        cdef _Element element
        for mark, (start, end) in zip(marks, _places(whole, pieces, marks)):
            element, text = mark.element, whole[start:end]
            kind = self.kind_of(element, text)
            if _is(element._c_node, b"td") or _is(element._c_node, b"th"):
                cells[element] = text
            if kind is None or not text:
                continue
            if kind is self.link:
                href = self.led(attributeValueFromNsName(element._c_node, NULL, b"href") or "")
                if href is None:
                    continue
                links.append(self.links.built({"text": text, "href": href}))
                if text == whole:
                    continue
            spans.append(self.spans.built({"kind": kind, "start": start, "end": end}))
        return tuple(links), tuple(spans), cells

    cdef object kind_of(self, _Element element, str text):
        """The kind of a part. Most are links."""
        if _is(element._c_node, b"a"):
            return self.link
        kind = self.kinds.get(self.name(element._c_node))
        return self.ask.number_in(text, element) if kind is None else kind

    cdef object led(self, str href):
        """Where a link leads, as `Addresses` finds it. To ask that takes ten times as long, and most are plain."""
        if 1 < len(href) < SHORT and _is_plain(href):
            if href.startswith("/"):
                if self.origin and not href.startswith("//") and "/." not in href:
                    return self.origin + href
            elif href.startswith(("http://", "https://", "mailto:")) and "[" not in href:
                return href
        return self.addresses[href]

    cdef str name(self, xmlNode* node):
        if node.ns:
            return namespacedName(node)
        found = self.names.get(<size_t>node.name)
        if found is None:
            found = self.names[<size_t>node.name] = (<const char*>node.name).decode("utf-8")
        return found


cdef bint _is(xmlNode* node, const char* name) noexcept:
    """Whether an element of no other namespace has this name."""
    return not node.ns and strcmp(<const char*>node.name, name) == 0


cdef bint _is_plain(str text) noexcept:
    """Whether all of a text are printable signs of ASCII, and none a space."""
    cdef Py_ssize_t at
    cdef Py_UCS4 sign
    if PyUnicode_KIND(text) != PyUnicode_1BYTE_KIND:
        return False
    for at in range(PyUnicode_GET_LENGTH(text)):
        sign = PyUnicode_READ(PyUnicode_1BYTE_KIND, PyUnicode_DATA(text), at)
        if not 32 < sign < 127:
            return False
    return True


cdef list _places(str text, pieces, marks):
    """Where the marks of a block begin and end in its text."""
    cdef Py_ssize_t first, last, at, count = len(pieces)
    cdef list counted = None, found = []
    cdef Py_ssize_t* shown = NULL
    cdef bint is_shown
    try:
        for mark in marks:
            first, last = mark.start, count if mark.end is None else mark.end
            if first == 0 and last == count:
                found.append((0, len(text)))
                continue
            if counted is None:
                at, counted, shown = 0, [0], _inked(text)
                for piece in pieces:
                    at += _ink(piece)
                    counted.append(at)
            first, last = counted[first], counted[last]
            is_shown = first < last
            found.append((shown[first] if is_shown else 0, shown[last - 1] + 1 if is_shown else 0))
        return found
    finally:
        PyMem_Free(shown)


cdef Py_ssize_t _ink(str piece):
    """How many characters of a piece are shown and no white space, stand-ins for it included."""
    cdef int kind = PyUnicode_KIND(piece)
    cdef void* data = PyUnicode_DATA(piece)
    cdef Py_ssize_t at, found = 0
    cdef Py_UCS4 sign
    for at in range(PyUnicode_GET_LENGTH(piece)):
        sign = PyUnicode_READ(kind, data, at)
        found += 32 < sign < 127 or not (
            1 <= sign <= 4
            or sign == u"\xad"
            or sign == u"\u200b"
            or sign == u"\u2060"
            or sign == u"\ufeff"
            or Py_UNICODE_ISSPACE(sign)
        )
    return found


cdef Py_ssize_t* _inked(str text) except NULL:
    """The places of what is no white space in a text."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at, count = 0, size = PyUnicode_GET_LENGTH(text)
    cdef Py_ssize_t* found = <Py_ssize_t*>PyMem_Malloc((size + 1) * sizeof(Py_ssize_t))
    if not found:
        raise MemoryError
    for at in range(size):
        if not Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
            found[count] = at
            count += 1
    return found
