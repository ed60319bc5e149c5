# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The elements around a page's blocks, by number: what `Ancestors` in `features/elements.py` finds, on libxml2's own
nodes, and what is summed up over them."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ_CHAR
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, strchr, strcmp, strlen
from lxml.includes.etreepublic cimport (
    _Element,
    attributeValue,
    import_lxml__etree,
    namespacedName,
)
from lxml.includes.tree cimport XML_ELEMENT_NODE, XML_TEXT_NODE, xmlAttr, xmlNode

from archive.extraction.native.name_words cimport is_capital, word_end
from archive.extraction.native.names cimport is_one

# Raises where another version of lxml is installed than this was compiled for.
import_lxml__etree()


#: Attributes whose words are looked at, as `names.pxd` reads them, and what they begin with.
cdef const char* TELLING = (
    b"class id role itemprop data-testid data-component data-module data-type aria-label rel property "
)
cdef const char* INITIALS = b"cirdap"
#: As in elements.py and cues: characters of an attribute that are looked at, names in it, characters of a name.
cdef enum:
    CHARACTERS = 400
    NAMES = 20
    OF_NAME = 80


def numbered(list blocks not None):
    """The numbers of what is above each element, the number of each block's, the looks, and the number of each
    element's look."""
    cdef dict numbers = {}
    cdef list parents = [], own = [], look = []
    cdef Looks looks = Looks()
    for block in blocks:
        own.append(_number((<_Element?>(<tuple>block)[1])._c_node, numbers, parents))
    # As they were numbered.
    for node in numbers:
        look.append(looks.number(<xmlNode*><size_t>node))
    return parents, own, looks.known, look


def start_looks(list blocks not None):
    """The looks of the inline elements that blocks begin with, and each block's number among them; the first look is
    that of blocks which begin with none."""
    cdef Looks looks = Looks()
    cdef list numbers = []
    cdef tuple block
    cdef Py_ssize_t place
    looks.known.append(("", ()))
    looks.nodes.append(0)
    for place in range(len(blocks)):
        # The text, the element, whether it is the block's alone, the start, whether the block stands behind that.
        block = <tuple>blocks[place]
        numbers.append(0 if block[4] or block[3] is block[1] else looks.number((<_Element?>block[3])._c_node))
    return looks.known, numbers


cdef Py_ssize_t _number(xmlNode* node, dict numbers, list parents) except -1:
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
        number = numbers[place] = len(parents) - 1
    return number


cdef class Looks:
    """Tags with their telling attributes, each once, as far as comparing bytes tells them apart."""

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
        self.known.append((namespacedName(node), _told(node)))
        return len(self.known) - 1


cdef tuple _told(xmlNode* node):
    cdef xmlAttr* attribute = _telling(node.properties)
    cdef list found = []
    while attribute:
        found.append(((<const char*>attribute.name).decode("ascii"), attributeValue(node, attribute)))
        attribute = _telling(attribute.next)
    return tuple(found)


cdef xmlAttr* _telling(xmlAttr* attribute) noexcept:
    """The first from here on that is looked at."""
    cdef const char* name
    while attribute:
        name = <const char*>attribute.name
        if strchr(INITIALS, name[0]) and not attribute.ns and is_one(name, strlen(name), TELLING):
            return attribute
        attribute = attribute.next
    return NULL


cdef uint64_t _hash(const xmlNode* node) noexcept:
    cdef xmlAttr* attribute = _telling(node.properties)
    cdef uint64_t found = _mixed(0, <const char*>node.name)
    while attribute:
        found = _mixed(found, <const char*>attribute.name)
        found = _mixed(found, _value(attribute))
        attribute = _telling(attribute.next)
    return found


cdef inline uint64_t _mixed(uint64_t found, const char* text) noexcept:
    """A hash with a text mixed in, eight bytes at a time (after FNV-1a)."""
    cdef size_t left = strlen(text) if text else 0
    cdef uint64_t part
    while left >= 8:
        memcpy(&part, text, 8)
        found = (found ^ part) * <uint64_t>0x100000001B3
        found ^= found >> 32
        text, left = text + 8, left - 8
    part = left
    if left:
        memcpy(&part, text, left)
    return (found ^ part) * <uint64_t>0x9E3779B97F4A7C15


cdef const char* _value(const xmlAttr* attribute) noexcept:
    """What an attribute holds, where that is one text; NULL where it holds nothing or more."""
    cdef const xmlNode* value = attribute.children
    return <const char*>value.content if value and not value.next and value.type == XML_TEXT_NODE else NULL


cdef bint _is_alike(const xmlNode* one, const xmlNode* other) noexcept:
    cdef xmlAttr* left = _telling(one.properties)
    cdef xmlAttr* right = _telling(other.properties)
    if one.ns != other.ns or strcmp(<const char*>one.name, <const char*>other.name) != 0:
        return False
    while left and right:
        if strcmp(<const char*>left.name, <const char*>right.name) != 0:
            return False
        if not _value(left) or not _value(right):
            # What holds nothing is alike; what holds more is put together elsewhere.
            if left.children or right.children:
                return False
        elif strcmp(_value(left), _value(right)) != 0:
            return False
        left, right = _telling(left.next), _telling(right.next)
    return not left and not right


cdef class MarkupWords:
    """Words that hint at groups, which they have as bits."""

    cdef dict groups
    #: The lengths, as bits, of the words that begin with each letter: most words of names are none of them.
    cdef uint32_t[128] sizes

    def __init__(self, dict groups not None):
        self.groups = groups
        for word in groups:
            if not word.isascii() or len(word) > 31:
                raise ValueError(f"{word} is not looked for: words are of ASCII, of 31 characters at the most")
            self.sizes[<unsigned char>ord(word[0])] |= <uint32_t>1 << len(word)

    def hints(self, list looks not None):
        """The groups that the names of each look hint at."""
        cdef list found = []
        cdef int64_t groups
        for look in looks:
            groups = 0
            for _, value in (<tuple>look)[1]:
                groups |= self.hinted((<str?>value)[:CHARACTERS].split())
            found.append(groups)
        return found

    cdef int64_t hinted(self, list names) except -1:
        """What names hint at, whole and word by word."""
        cdef int64_t found = 0
        cdef str name
        cdef Py_ssize_t at, end, size
        for name in names[:NAMES]:
            found |= self.groups_of(name, 0, len(name)) if name.isascii() else self.groups.get(name.lower(), 0)
            at, size = 0, min(len(name), OF_NAME)
            while at < size:
                end = word_end(PyUnicode_KIND(name), PyUnicode_DATA(name), at, size, False)
                # A name of one word was looked up.
                if end > at and end - at < len(name):
                    found |= self.groups_of(name, at, end)
                at = max(end, at + 1)
        return found

    cdef int64_t groups_of(self, str name, Py_ssize_t start, Py_ssize_t end) except -1:
        cdef uint32_t first = PyUnicode_READ_CHAR(name, start)
        if end - start > 31 or not self.sizes[first | 0x20 if is_capital(first) else first] >> (end - start) & 1:
            return 0
        return self.groups.get(name[start:end].lower(), 0)


def hand_down(const Py_ssize_t[::1] parents not None, int64_t[::1] above, int64_t[::1] around, int64_t[::1] depth):
    """Add to the bits of each element those of the one above it, and to its depth."""
    cdef Py_ssize_t number, up
    for number in range(1, parents.shape[0]):
        up = parents[number]
        above[number] |= above[up]
        around[number] |= around[up]
        depth[number] += depth[up]


def places(const Py_ssize_t[::1] kinds not None, const Py_ssize_t[::1] parents, const Py_ssize_t[::1] own):
    """The number of each block's place, in the order in which they come: the kind of its element and of the one above
    that. `kinds` are the numbers of the elements' kinds."""
    cdef dict numbers = {}
    cdef list found = []
    cdef Py_ssize_t row, number, above
    for row in range(own.shape[0]):
        number = own[row]
        # Nothing is above the root.
        above = kinds[parents[number]] + 1 if number else 0
        key = above * kinds.shape[0] + kinds[number]
        known = numbers.get(key)
        if known is None:
            known = numbers[key] = len(numbers)
        found.append(known)
    return found


def sections(
    const Py_ssize_t[::1] parents not None,
    const Py_ssize_t[::1] own,
    const Py_ssize_t[::1] words,
    Py_ssize_t least,
    double share,
    Py_ssize_t[::1] boxes,
    Py_ssize_t[::1] parts,
):
    """Write the number of the innermost element of at least so many blocks around each element into `boxes`, and that
    of the outermost one of at most that share of all words into `parts`."""
    cdef Py_ssize_t number, above, row, count = parents.shape[0]
    cdef Py_ssize_t* blocks = <Py_ssize_t*>calloc(2 * count, sizeof(Py_ssize_t))
    cdef Py_ssize_t* sums = blocks + count
    if not blocks:
        raise MemoryError
    for row in range(own.shape[0]):
        blocks[own[row]] += 1
        sums[own[row]] += words[row]
    for number in range(count - 1, 0, -1):
        blocks[parents[number]] += blocks[number]
        sums[parents[number]] += sums[number]
    boxes[0] = parts[0] = 0
    for number in range(1, count):
        above = parents[number]
        boxes[number] = number if blocks[number] >= least else boxes[above]
        parts[number] = parts[above] if above and sums[above] <= share * sums[0] else number
    free(blocks)
