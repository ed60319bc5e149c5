# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""A page's tree as lexbor has it, copied for lxml node by node: what `parsing.py` does by way of markup.

Both libraries are asked through their own functions, found where Python has loaded them; of lexbor's structures nothing
is known here. Whatever markup would change is left to it: names that it cuts, texts that it would read as tags.
"""

from libc.string cimport memchr, memcpy, strlen
from lxml.includes.etreepublic cimport _ElementTree, adoptExternalDocument, elementFactory, import_lxml__etree
from lxml.includes.tree cimport XML_TEXT_NODE, xmlAttr, xmlChar, xmlDict, xmlDoc, xmlNode
from posix.dlfcn cimport RTLD_LAZY, dlopen, dlsym

from lxml import etree
from selectolax import lexbor

from archive.extraction.native.names cimport is_one

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()

#: Levels, characters of a name, and texts that comments part, beyond which a page is left to markup.
cdef enum:
    DEEPEST = 1000
    LONGEST = 90
    MOST_PARTS = 1000
#: Bytes of a text that libxml2 keeps within its node, and of white space that it keeps once for all, as its parser does.
#: It takes less memory, and all that walks the tree later is faster.
cdef enum:
    WITHIN = 16
    BLANK = 60
#: Kinds of lexbor's nodes, as the DOM numbers them.
cdef enum:
    ELEMENT = 1
    TEXT = 3
    COMMENT = 8
#: As `names.pxd` reads them: without an end tag; with a text in which no markup counts; not of HTML.
cdef const char* VOID = (
    b"area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr "
)
cdef const char* RAW = b"script style xmp iframe noembed noframes "
cdef const char* FOREIGN = b"svg math "

ctypedef void* (*_Step)(void*) noexcept nogil
ctypedef int (*_Kind)(void*) noexcept nogil
ctypedef char* (*_Text)(void*, size_t*) noexcept nogil
ctypedef xmlDoc* (*_NewDocument)(const char*, const char*) noexcept nogil
ctypedef xmlDict* (*_NewDictionary)() noexcept nogil
ctypedef const xmlChar* (*_Look)(xmlDict*, const char*, int) noexcept nogil
ctypedef xmlNode* (*_NewElement)(xmlDoc*, void*, const xmlChar*, const char*) noexcept nogil
ctypedef xmlAttr* (*_NewAttribute)(xmlDoc*, const xmlChar*, const char*) noexcept nogil
ctypedef xmlNode* (*_NewText)(xmlDoc*, const char*, int) noexcept nogil
ctypedef void (*_Join)(xmlNode*, const char*, int) noexcept nogil
ctypedef xmlChar* (*_Double)(const char*) noexcept nogil


cdef void* _function(library, const char* name) except NULL:
    """A function of a loaded library, or of one that it is linked with."""
    cdef bytes path = library.__file__.encode()
    cdef void* loaded = dlopen(path, RTLD_LAZY)
    cdef void* found = dlsym(loaded, name) if loaded else NULL
    if not found:
        raise ImportError(f"{library.__name__} shows no {name.decode()}")
    return found


cdef _Kind type_of = <_Kind>_function(lexbor, b"lxb_dom_node_type_noi")
cdef _Step first_child = <_Step>_function(lexbor, b"lxb_dom_node_first_child_noi")
cdef _Step next_node = <_Step>_function(lexbor, b"lxb_dom_node_next_noi")
cdef _Step first_attribute = <_Step>_function(lexbor, b"lxb_dom_element_first_attribute_noi")
cdef _Step next_attribute = <_Step>_function(lexbor, b"lxb_dom_element_next_attribute_noi")
cdef _Text name_of_element = <_Text>_function(lexbor, b"lxb_dom_element_qualified_name")
cdef _Text name_of_attribute = <_Text>_function(lexbor, b"lxb_dom_attr_qualified_name")
cdef _Text value_of = <_Text>_function(lexbor, b"lxb_dom_attr_value_noi")
cdef _Text text_of = <_Text>_function(lexbor, b"lxb_dom_node_text_content")
cdef _NewDocument new_document = <_NewDocument>_function(etree, b"htmlNewDocNoDtD")
cdef _NewDictionary new_dictionary = <_NewDictionary>_function(etree, b"xmlDictCreate")
cdef _Look look_up = <_Look>_function(etree, b"xmlDictLookup")
cdef _NewElement new_element = <_NewElement>_function(etree, b"xmlNewDocNodeEatName")
cdef _NewAttribute new_attribute = <_NewAttribute>_function(etree, b"xmlNewDocProp")
cdef _NewText new_text = <_NewText>_function(etree, b"xmlNewDocTextLen")
cdef _Join join = <_Join>_function(etree, b"xmlNodeAddContentLen")
cdef _Double doubled = <_Double>_function(etree, b"xmlStrdup")


class Odd(Exception):
    """The page holds what is left to markup."""


def copied(size_t root, contents, parser):
    """The tree below an element of lexbor's, given by its address; None for a page that is left to markup. `contents`
    tells the addresses of what templates hold, by theirs; `parser` makes the elements' classes."""
    cdef xmlDoc* document = new_document(NULL, NULL)
    cdef _ElementTree tree
    if not document:
        raise MemoryError
    # From here on lxml frees it.
    tree = adoptExternalDocument(document, parser, True)
    document.encoding = doubled(b"UTF-8")
    document.dict = new_dictionary()
    if not document.dict:
        raise MemoryError
    try:
        _Copy(contents).write(<void*>root, document)
    except Odd:
        return None
    return elementFactory(tree._doc, document.children)


cdef class _Copy:
    """A document being written: `text` is that to which the next characters belong, `parts` says of which text nodes
    it was made, as `_count_texts` notes it."""

    cdef xmlDoc* document
    cdef xmlNode* text
    cdef object contents
    cdef dict held
    cdef str parts
    cdef bint is_parted
    cdef int foreign

    def __init__(self, contents):
        self.contents = contents

    cdef int write(self, void* root, xmlDoc* document) except -1:
        cdef void* node = root
        cdef void* open_nodes[DEEPEST]
        cdef xmlNode* parent = <xmlNode*>document
        cdef int depth = 0
        self.document = document
        while True:
            if node and type_of(node) == ELEMENT and depth < DEEPEST:
                parent = self.element(parent, node)
                open_nodes[depth] = node
                depth += 1
                node = self.inside(node, parent, depth)
                continue
            if node:
                self.add(parent, node, type_of(node))
            else:
                self.end_text(parent)
                parent = parent.parent
                if self.foreign == depth:
                    self.foreign = 0
                depth -= 1
                node = open_nodes[depth]
            if not depth:
                return 0
            node = next_node(node)

    cdef xmlNode* element(self, xmlNode* parent, void* node) except NULL:
        self.end_text(parent)
        if self.foreign:
            self.check(parent, NULL, 0)
        cdef size_t size = 0
        cdef const char* name = name_of_element(node, &size)
        cdef xmlNode* made = new_element(self.document, NULL, self.word(name, size, False), NULL)
        cdef void* attribute = first_attribute(node)
        if not made:
            raise MemoryError
        _append(parent, made)
        while attribute:
            self.attribute(made, attribute)
            attribute = next_attribute(attribute)
        return made

    cdef int attribute(self, xmlNode* element, void* attribute) except -1:
        cdef size_t size = 0, length = 0
        cdef const char* name = name_of_attribute(attribute, &size)
        cdef const char* value = value_of(attribute, &length)
        # lxml takes it for a namespace where the root's attributes are moved.
        if name[0] == b"{" and element == self.document.children:
            raise Odd
        return self.say(element, self.word(name, size, True), value, length)

    cdef int say(self, xmlNode* element, const xmlChar* name, const char* value, size_t size) except -1:
        """Add an attribute behind an element's others."""
        cdef xmlAttr* made = new_attribute(self.document, name, NULL)
        cdef xmlAttr* last = element.properties
        if not made:
            raise MemoryError
        while last and last.next:
            last = last.next
        made.parent, made.prev = element, last
        if last:
            last.next = made
        else:
            element.properties = made
        if not value:
            value = b""
        made.children = made.last = self.characters(value, size)
        made.children.parent = <xmlNode*>made
        return 0

    cdef void* inside(self, void* node, xmlNode* made, int depth) except? NULL:
        """What stands first in an element."""
        cdef const char* name = <const char*>made.name
        cdef size_t size = strlen(name)
        if is_one(name, size, b"template "):
            if self.held is None:
                self.held = self.contents()
            # In a drawing it is like any other element.
            return first_child(<void*><size_t>self.held.get(<size_t>node, <size_t>node))
        if is_one(name, size, b"plaintext "):
            raise Odd
        if not self.foreign and is_one(name, size, FOREIGN):
            self.foreign = depth
        return first_child(node)

    cdef int add(self, xmlNode* parent, void* node, int kind) except -1:
        """Add a text, or note that a comment parts two."""
        cdef size_t size = 0
        cdef const char* text = NULL
        if kind == TEXT:
            text = text_of(node, &size)
        elif kind != COMMENT:
            raise Odd
        if self.foreign:
            self.check(parent, text, size)
        self.is_parted = self.is_parted or not text
        if not size:
            return 0
        if self.text:
            self.join(text, size)
        else:
            self.text = self.characters(text, size)
            _append(parent, self.text)
        self.is_parted = False
        return 0

    cdef int check(self, xmlNode* parent, const char* text, size_t size) except -1:
        """Leave a page to markup that has an element, a comment or signs in what would hold none in HTML."""
        cdef const char* name = <const char*>parent.name
        if is_one(name, strlen(name), VOID):
            raise Odd
        if is_one(name, strlen(name), RAW):
            for sign in b"&<>\xc2":
                if not text or memchr(text, sign, size):
                    raise Odd
        return 0

    cdef int join(self, const char* data, size_t size) except -1:
        """Add to the text what stands behind a comment, or right behind it."""
        if not self.is_parted or memchr(data, c"\r", size):
            raise Odd
        self.parts = (self.parts or _part(<const char*>self.text.content)) + _part(data[:size])
        if len(self.parts) > MOST_PARTS:
            raise Odd
        # What it returns depends on libxml2's version.
        join(self.text, data, <int>size)
        return 0

    cdef int end_text(self, xmlNode* parent) except -1:
        cdef xmlNode* before
        if self.parts is not None:
            before = self.text.prev
            written = self.parts.encode()
            if before:
                self.say(before, look_up(self.document.dict, b"TAIL-NODES", -1), written, len(written))
            else:
                self.say(parent, look_up(self.document.dict, b"TEXT-NODES", -1), written, len(written))
            self.parts = None
        self.text = NULL
        return 0

    cdef xmlNode* characters(self, const char* data, size_t size) except NULL:
        cdef bint is_blank = size < BLANK and _is_blank(data, size)
        cdef bint is_apart = size >= WITHIN and not is_blank
        cdef xmlNode* made = new_text(self.document, data if is_apart else NULL, <int>size)
        if not made:
            raise MemoryError
        if size < WITHIN:
            made.content = <xmlChar*>memcpy(&made.properties, data, size)
        elif is_blank:
            made.content = <xmlChar*>look_up(self.document.dict, data, <int>size)
        if memchr(data, c"\r", size):
            _end_lines(<char*>made.content)
        return made

    cdef const xmlChar* word(self, const char* name, size_t size, bint is_attribute) except NULL:
        """A name in small letters, as the document's dictionary has it."""
        cdef char small[LONGEST]
        cdef size_t at
        cdef const xmlChar* found
        if size > LONGEST:
            raise Odd
        for at in range(size):
            if name[at] == b"<" or (not is_attribute and name[at] in b"\"'&"):
                raise Odd
            small[at] = name[at] | 0x20 if b"A" <= name[at] <= b"Z" else name[at]
        found = look_up(self.document.dict, small, <int>size)
        if not found:
            raise MemoryError
        return found


cdef void _append(xmlNode* parent, xmlNode* node) noexcept:
    node.parent, node.prev = parent, parent.last
    if parent.last:
        parent.last.next = node
    else:
        parent.children = node
    parent.last = node


cdef void _end_lines(char* text) noexcept:
    """Write each end of a line as one character, as a parser reads it."""
    cdef char* out = text
    cdef char sign, before = 0
    while text[0]:
        sign = text[0]
        if sign != b"\n" or before != b"\r":
            out[0] = b"\n" if sign == b"\r" else sign
            out += 1
        before = sign
        text += 1
    out[0] = 0


cdef bint _is_blank(const char* text, size_t size) noexcept:
    cdef size_t at
    for at in range(size):
        if text[at] != b" " and text[at] != b"\n" and text[at] != b"\t":
            return False
    return True


cdef str _part(bytes text):
    """The sign for a text node: whether it has something to see."""
    return "x" if text.decode("utf-8").strip() else "_"
