# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Hashes of words, mixed with the kinds of place that the words stand in: the loops of `features/terms.py` and
`features/elements.py`, with the same numbers in the same order."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport free, malloc

from archive.extraction.native.name_words cimport is_capital, word_end

#: As in features/terms.py: words that are looked at, and those of which more is a term. As in features/elements.py:
#: characters of a name, words of it, and words of all names of an element.
cdef enum:
    FIRST = 12
    LAST = 6
    BETWEEN = 60
    WHOLE = 5
    PAIRED = 9
    CHARACTERS = 400
    OF_NAME = 12
    OF_LOOK = 16
    #: The most terms that a text can have: its size, the first, the opening, the closing, the last, those between, the
    #: pairs, the whole.
    MOST_TERMS = 1 + FIRST + 1 + 1 + LAST + (BETWEEN - FIRST) + (PAIRED - 1) + 1
most_terms = MOST_TERMS

#: What each byte makes of a CRC-32 (ISO 3309; zlib's).
cdef uint32_t CRC[256]

cdef uint32_t remainder
cdef int number, bit
for number in range(256):
    remainder = number
    for bit in range(8):
        remainder = remainder >> 1 ^ (<uint32_t>0xEDB88320 if remainder & 1 else 0)
    CRC[number] = remainder


#: What a CRC begins with and ends with.
cdef uint32_t NOTHING = 0xFFFFFFFF

cdef struct Words:
    uint64_t[OF_LOOK] hashes
    Py_ssize_t count

cdef struct Kinds:
    uint64_t first, last, between, opening, closing, size, pair, other
    int shift


def word_terms(
    list tokens not None,
    const uint64_t[::1] factors,
    const uint64_t[::1] wholes,
    const uint64_t[::1] about,
    int bits,
    Py_ssize_t[::1] numbers,
    Py_ssize_t[::1] sizes,
):
    """Write the terms of texts into `numbers`, which has room for the most, and how many each has into `sizes`; return
    how many there are. `factors` are those of the kinds of place, `wholes` those of the words of short texts, `about`
    stands for counts of words."""
    cdef Kinds kinds
    cdef Py_ssize_t row, total = 0
    if len(tokens) > sizes.shape[0] or len(tokens) * MOST_TERMS > numbers.shape[0] or factors.shape[0] != 8:
        raise ValueError("there is no room for the terms of all texts")
    kinds.first, kinds.last, kinds.between = factors[0], factors[1], factors[2]
    kinds.opening, kinds.closing, kinds.size = factors[3], factors[4], factors[5]
    kinds.pair, kinds.other, kinds.shift = factors[6], factors[7], 64 - bits
    for row in range(len(tokens)):
        sizes[row] = _terms(tokens[row], &kinds, wholes, about, &numbers[total])
        total += sizes[row]
    return total


cdef Py_ssize_t _terms(
    list words, const Kinds* kinds, const uint64_t[::1] wholes, const uint64_t[::1] about, Py_ssize_t* out
) except -1:
    """Write the terms of one text; return how many it has."""
    cdef uint64_t[BETWEEN + LAST] looked
    cdef uint64_t whole = 0
    cdef Py_ssize_t count = len(words), size = min(count, BETWEEN + LAST), place, at = 1
    cdef int shift = kinds.shift
    for place in range(size):
        looked[place] = _hash(words[place if place < BETWEEN else count - size + place])
    out[0] = (about[min(count, about.shape[0] - 1)] + 1) * kinds.size >> shift
    if not size:
        return 1
    for place in range(min(size, FIRST)):
        out[at + place] = looked[place] * kinds.first >> shift
    at += min(size, FIRST)
    out[at] = looked[0] * kinds.opening >> shift
    out[at + 1] = looked[size - 1] * kinds.closing >> shift
    at += 2
    if count > FIRST:
        for place in range(max(0, size - LAST), size):
            out[at] = looked[place] * kinds.last >> shift
            at += 1
    for place in range(FIRST, min(size, BETWEEN)):
        out[at] = looked[place] * kinds.between >> shift
        at += 1
    for place in range(min(size, PAIRED) - 1):
        out[at] = looked[place] * kinds.pair + looked[place + 1] * kinds.other >> shift
        at += 1
    if count <= WHOLE:
        for place in range(size):
            whole += looked[place] * wholes[place]
        out[at] = whole >> shift
        at += 1
    return at


cdef uint64_t _hash(str word) noexcept:
    """The CRC-32 of a word in UTF-8: to look it up among the words of many pages takes longer."""
    return _mixed_in(NOTHING, word, 0, PyUnicode_GET_LENGTH(word), False) ^ NOTHING


cdef uint32_t _mixed_in(uint32_t found, str text, Py_ssize_t start, Py_ssize_t end, bint is_lowered) noexcept:
    """A CRC with some characters mixed in; capitals of ASCII may be lowered."""
    cdef int kind = PyUnicode_KIND(text), shift
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at
    cdef uint32_t sign
    for at in range(start, end):
        sign = PyUnicode_READ(kind, data, at)
        if sign < 0x80:
            found = _with_byte(found, sign | 0x20 if is_lowered and is_capital(sign) else sign)
            continue
        shift = 6 if sign < 0x800 else 12 if sign < 0x10000 else 18
        found = _with_byte(found, (0xC0 if shift == 6 else 0xE0 if shift == 12 else 0xF0) | sign >> shift)
        while shift:
            shift -= 6
            found = _with_byte(found, 0x80 | sign >> shift & 0x3F)
    return found


cdef inline uint32_t _with_byte(uint32_t crc, uint32_t byte) noexcept:
    return CRC[(crc ^ byte) & 0xFF] ^ crc >> 8


def name_terms(
    list looks not None,
    dict marks not None,
    const Py_ssize_t[::1] look,
    const Py_ssize_t[::1] parents,
    const Py_ssize_t[::1] own,
    const uint64_t[::1] factors,
    int levels,
    int bits,
    Py_ssize_t[::1] numbers,
    Py_ssize_t[::1] sizes,
):
    """The same for the names of each block's element and of those above it, `levels` in all. `marks` distinguish the
    words of the attributes that name an element; the last of `factors` is that of all elements further up."""
    cdef Py_ssize_t row, at, word, level, total = 0, begin
    cdef uint64_t factor
    cdef Words* words
    cdef Words* of
    if sizes.shape[0] < own.shape[0] or numbers.shape[0] < own.shape[0] * levels * OF_LOOK:
        raise ValueError("there is no room for the terms of all names")
    words = <Words*>malloc(max(len(looks), 1) * sizeof(Words))
    if not words:
        raise MemoryError
    try:
        for row in range(len(looks)):
            _look_at(looks[row], marks, &words[row])
    except:
        free(words)
        raise
    for row in range(own.shape[0]):
        at, begin = own[row], total
        for level in range(levels):
            factor = factors[min(level, factors.shape[0] - 1)]
            of = &words[look[at]]
            for word in range(of.count):
                numbers[total] = of.hashes[word] * factor >> (64 - bits)
                total += 1
            # Nothing is around the root.
            if not at:
                break
            at = parents[at]
        sizes[row] = total - begin
    free(words)
    return total


cdef int _look_at(tuple look, dict marks, Words* words) except -1:
    """Write down the hashes of a tag and of the words in the attributes that name the element."""
    cdef str tag = look[0], name, value
    cdef PyObject* mark
    words.count = 1
    words.hashes[0] = _mixed_in(NOTHING, tag, 0, min(PyUnicode_GET_LENGTH(tag), CHARACTERS), False) ^ NOTHING
    for name, value in look[1]:
        mark = PyDict_GetItem(marks, name)
        if mark:
            _add_words(<str>mark, value, words)
    return 0


cdef int _add_words(str mark, str name, Words* words) except -1:
    cdef int kind = PyUnicode_KIND(name)
    cdef void* data = PyUnicode_DATA(name)
    cdef Py_ssize_t at = 0, end, size = min(PyUnicode_GET_LENGTH(name), CHARACTERS)
    cdef Py_ssize_t most = min(words.count + OF_NAME, OF_LOOK)
    cdef uint32_t marked = _mixed_in(NOTHING, mark, 0, PyUnicode_GET_LENGTH(mark), False)
    while at < size and words.count < most:
        end = word_end(kind, data, at, size, True)
        if end - at > 1:
            words.hashes[words.count] = _mixed_in(marked, name, at, end, True) ^ NOTHING
            words.count += 1
        at = max(end, at + 1)
    return 0
