# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""A forest's gates and leaves: what `Forest` asks numpy for, in one loop over bits.

Same bits: comparisons and gates have none to lose, and leaves are added in single precision, one round after the other.
"""

from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

cdef enum:
    WORD = 64

#: The bits of each byte as eight bytes of 0 or 1, the lowest first.
cdef uint8_t SPREAD[256][8]

cdef int number, place
for number in range(256):
    for place in range(8):
        SPREAD[number][place] = number >> place & 1


def add_scores(forest, tuple parts, float[:, ::1] out):
    """Add to `out` (a row a class, a column a row asked about, filled up to whole words of 64) the leaves that a run of
    rows ends in. `parts` are the columns of the run's features, in turn."""
    cdef const float[::1] thresholds = forest.thresholds
    cdef const Py_ssize_t[::1] features = forest.features
    cdef const Py_ssize_t[::1] asked = forest.asked, yes = forest.yes, no = forest.no
    cdef const Py_ssize_t[:, ::1] digits = forest.digits
    cdef const float[:, :, ::1] leaves = forest.leaves
    cdef Py_ssize_t words = out.shape[1] // WORD
    cdef uint64_t* bits = <uint64_t*>malloc((2 + features.shape[0] + asked.shape[0]) * words * sizeof(uint64_t))
    if not bits:
        raise MemoryError
    try:
        memset(bits, 0, words * sizeof(uint64_t))
        memset(bits + words, 0xFF, words * sizeof(uint64_t))
        _answer(features, &thresholds[0], parts, bits + 2 * words, words)
        with nogil:
            _open(asked, yes, no, bits, bits + (2 + features.shape[0]) * words, words)
            _add(digits, leaves, <const uint8_t*>bits, out)
    finally:
        free(bits)


cdef int _answer(
    const Py_ssize_t[::1] features, const float* thresholds, tuple parts, uint64_t* bits, Py_ssize_t words
) except -1:
    """The answers to all questions, which are ordered by feature: a row of bits each."""
    cdef Py_ssize_t question = 0, first = 0, end
    cdef const float[:, ::1] part
    for part in parts:
        if part.shape[1] != words * WORD:
            raise ValueError("the parts of a run have the rows that are asked about, filled up to whole words")
        end = first + part.shape[0]
        with nogil:
            while question < features.shape[0] and features[question] < end:
                _compare(&part[features[question] - first, 0], thresholds[question], bits + question * words, words)
                question += 1
        first = end
    if question < features.shape[0]:
        raise ValueError("the forest asks for features that the parts do not have")
    return 0


cdef void _compare(const float* values, float threshold, uint64_t* bits, Py_ssize_t words) noexcept nogil:
    """Whether each value is at most the threshold."""
    cdef uint8_t answers[WORD]
    cdef uint64_t eight, found
    cdef Py_ssize_t word
    cdef int place
    for word in range(words):
        for place in range(WORD):
            answers[place] = values[place] <= threshold
        found = 0
        for place in range(8):
            # The product brings the lowest bits of eight bytes together in its highest byte.
            memcpy(&eight, answers + 8 * place, 8)
            found |= eight * <uint64_t>0x0102040810204080 >> 56 << 8 * place
        bits[word] = found
        values += WORD


cdef void _open(
    const Py_ssize_t[::1] asked,
    const Py_ssize_t[::1] yes,
    const Py_ssize_t[::1] no,
    const uint64_t* bits,
    uint64_t* gates,
    Py_ssize_t words,
) noexcept nogil:
    """All gates, in an order in which each reads only rows before its own."""
    cdef Py_ssize_t gate, word
    cdef const uint64_t* question
    cdef const uint64_t* one
    cdef const uint64_t* other
    for gate in range(asked.shape[0]):
        question, one, other = bits + asked[gate] * words, bits + yes[gate] * words, bits + no[gate] * words
        for word in range(words):
            gates[word] = other[word] ^ ((one[word] ^ other[word]) & question[word])
        gates += words


cdef void _add(
    const Py_ssize_t[:, ::1] digits, const float[:, :, ::1] leaves, const uint8_t* bits, float[:, ::1] out
) noexcept nogil:
    """The leaves, round by round, eight rows at once."""
    cdef Py_ssize_t rounds = leaves.shape[0], classes = leaves.shape[1], bytes_of = out.shape[1] // 8
    cdef Py_ssize_t tree, byte
    cdef int digit, place
    cdef uint64_t leaf, spread
    cdef uint8_t leaf_of[8]
    cdef const float* values
    cdef float* sums
    for tree in range(rounds * classes):
        values = &leaves[tree // classes, tree % classes, 0]
        sums = &out[tree % classes, 0]
        for byte in range(bytes_of):
            leaf = 0
            for digit in range(digits.shape[0] - 1, -1, -1):
                memcpy(&spread, SPREAD[bits[digits[digit, tree] * bytes_of + byte]], 8)
                leaf = leaf << 1 | spread
            memcpy(leaf_of, &leaf, 8)
            for place in range(8):
                sums[8 * byte + place] += values[leaf_of[place]]
