# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""What is set apart within the lines of blocks: what `set_apart` in `inline.py` does, on libxml2's own nodes."""

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    Py_UNICODE_ISSPACE,
)
from lxml.includes.etreepublic cimport _Element, attributeValueFromNsName, import_lxml__etree, namespacedName
from lxml.includes.tree cimport xmlNode

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()


cdef class Parts:
    """The parts of one page's blocks. `ask` has the functions of `inline.py`, `kinds` what elements are by their names,
    and `addresses` where the page's links lead. Names are known by their places in memory: the blocks hold the page."""

    cdef object ask, link, addresses
    cdef dict kinds, names

    def __init__(self, ask, dict kinds, addresses):
        self.ask, self.kinds, self.addresses = ask, kinds, addresses
        self.link, self.names = kinds["a"], {}

    def of(self, block):
        """The links of a block, its spans, and the texts of its cells."""
        cdef list links = [], spans = []
        cdef dict cells = {}
        cdef str whole = block.text, text, name
        cdef _Element element
        for mark, (start, end) in zip(block.marks, _places(whole, block.pieces, block.marks)):
            element, text = mark.element, whole[start:end]
            name = self.name(element._c_node)
            kind = self.kinds.get(name)
            if name == "td" or name == "th":
                cells[element] = text
            if kind is None:
                kind = self.ask.number_in(text, element)
            if kind is None or not text:
                continue
            if kind is self.link:
                href = self.addresses[attributeValueFromNsName(element._c_node, NULL, b"href") or ""]
                if href is None:
                    continue
                links.append(self.ask.Link.built({"text": text, "href": href}))
                if text == whole:
                    continue
            spans.append(self.ask.Span.built({"kind": kind, "start": start, "end": end}))
        return tuple(links), tuple(spans), cells

    cdef str name(self, xmlNode* node):
        if node.ns:
            return namespacedName(node)
        found = self.names.get(<size_t>node.name)
        if found is None:
            found = self.names[<size_t>node.name] = (<const char*>node.name).decode("utf-8")
        return found


cdef list _places(str text, pieces, marks):
    """Where the marks of a block begin and end in its text."""
    cdef Py_ssize_t first, last, at, count = len(pieces)
    cdef list counted = None, shown = None, found = []
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
        found.append((shown[first], shown[last - 1] + 1) if first < last else (0, 0))
    return found


cdef Py_ssize_t _ink(str piece):
    """How many characters of a piece are shown and no white space, stand-ins for it included."""
    cdef int kind = PyUnicode_KIND(piece)
    cdef void* data = PyUnicode_DATA(piece)
    cdef Py_ssize_t at, found = 0
    cdef Py_UCS4 sign
    for at in range(PyUnicode_GET_LENGTH(piece)):
        sign = PyUnicode_READ(kind, data, at)
        found += not (
            1 <= sign <= 4
            or sign == u"\xad"
            or sign == u"\u200b"
            or sign == u"\u2060"
            or sign == u"\ufeff"
            or Py_UNICODE_ISSPACE(sign)
        )
    return found


cdef list _inked(str text):
    """The places of what is no white space in a text."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at
    cdef list found = []
    for at in range(PyUnicode_GET_LENGTH(text)):
        if not Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
            found.append(at)
    return found
