# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Questions, gates and leaves: what `Forest` asks numpy for, in one loop over bits.

Same bits: comparisons and gates have none to lose, and leaves are added in single precision, one round after the other.
"""

from libc.stdint cimport int32_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

cdef extern from *:
    """
    #ifdef __SSE__
    #include <xmmintrin.h>
    #endif

    /* Which of 64 values are at most the threshold, the first in the lowest bit. */
    static inline uint64_t at_most(const float* values, float threshold)
    {
        uint64_t found = 0;
    #ifdef __SSE__
        __m128 limit = _mm_set1_ps(threshold);
        for (int place = 0; place < 64; place += 4)
            found |= (uint64_t)_mm_movemask_ps(_mm_cmple_ps(_mm_loadu_ps(values + place), limit)) << place;
    #else
        for (int place = 0; place < 64; place++)
            found |= (uint64_t)(values[place] <= threshold) << place;
    #endif
        return found;
    }

    /* Loops whose length is known when this is compiled take half the time: that of most runs, and of both models'
       digits. */
    static inline void open_words(
        const uint64_t* asked, const uint64_t* yes, const uint64_t* no, uint64_t* restrict gate, const long words)
    {
        for (long word = 0; word < words; word++)
            gate[word] = no[word] ^ ((yes[word] ^ no[word]) & asked[word]);
    }

    static inline void open_gate(
        const uint64_t* asked, const uint64_t* yes, const uint64_t* no, uint64_t* gate, long words)
    {
        switch (words) {
            case 1: open_words(asked, yes, no, gate, 1); break;
            case 2: open_words(asked, yes, no, gate, 2); break;
            default: open_words(asked, yes, no, gate, words);
        }
    }

    static inline void add_rows(
        const uint8_t** digits, const int count, const uint64_t* spread, const float* leaves, float* sums, long bytes)
    {
        for (long byte = 0; byte < bytes; byte++) {
            uint64_t leaf = 0;
            for (int digit = count - 1; digit >= 0; digit--)
                leaf = leaf << 1 | spread[digits[digit][byte]];
            for (int place = 0; place < 8; place++, leaf >>= 8)
                sums[8 * byte + place] += leaves[leaf & 0xFF];
        }
    }

    static inline void add_leaves(
        const uint8_t** digits, int count, const uint64_t* spread, const float* leaves, float* sums, long bytes)
    {
        switch (count) {
            case 4: add_rows(digits, 4, spread, leaves, sums, bytes); break;
            case 5: add_rows(digits, 5, spread, leaves, sums, bytes); break;
            default: add_rows(digits, count, spread, leaves, sums, bytes);
        }
    }
    """
    uint64_t at_most(const float* values, float threshold) noexcept nogil
    void open_gate(
        const uint64_t* asked, const uint64_t* yes, const uint64_t* no, uint64_t* gate, long words
    ) noexcept nogil
    void add_leaves(
        const uint8_t** digits, int count, const uint64_t* spread, const float* leaves, float* sums, long bytes
    ) noexcept nogil

cdef enum:
    WORD = 64
    #: Leaves are numbered by bytes.
    MOST_DIGITS = 8

#: The bits of each byte as eight bytes of 0 or 1, the lowest first.
cdef uint64_t SPREAD[256]

cdef int number, place
for number in range(256):
    SPREAD[number] = 0
    for place in range(8):
        SPREAD[number] |= <uint64_t>(number >> place & 1) << 8 * place


def add_scores(forest, tuple parts, float[:, ::1] out):
    """Add to `out` (a row a class, a column a row asked about, filled up to whole eights) the leaves that a run of rows
    ends in. `parts` are the columns of the run's features, in turn, filled up to whole words of 64."""
    cdef const float[::1] thresholds = forest.thresholds
    cdef const int32_t[::1] features = forest.features
    cdef const int32_t[::1] asked = forest.asked, yes = forest.yes, no = forest.no
    cdef const int32_t[:, ::1] digits = forest.digits
    cdef const float[:, :, ::1] leaves = forest.leaves
    cdef Py_ssize_t words = (out.shape[1] + WORD - 1) // WORD
    cdef uint64_t* bits
    if digits.shape[0] > MOST_DIGITS or out.shape[1] % 8:
        raise ValueError("a leaf's number has up to eight digits, and rows come in eights")
    bits = <uint64_t*>malloc((2 + features.shape[0] + asked.shape[0]) * words * sizeof(uint64_t))
    if not bits:
        raise MemoryError
    try:
        memset(bits, 0, words * sizeof(uint64_t))
        memset(bits + words, 0xFF, words * sizeof(uint64_t))
        _answer(features, &thresholds[0], parts, bits + 2 * words, words)
        with nogil:
            _open(asked, yes, no, bits, bits + (2 + features.shape[0]) * words, words)
            _add(digits, leaves, bits, words, out)
    finally:
        free(bits)


cdef int _answer(
    const int32_t[::1] features, const float* thresholds, tuple parts, uint64_t* bits, Py_ssize_t words
) except -1:
    """The answers to all questions, which are ordered by feature: a row of bits each."""
    cdef Py_ssize_t question = 0, first = 0, end, word
    cdef const float[:, ::1] part
    for part in parts:
        if part.shape[1] != words * WORD:
            raise ValueError("the parts of a run have the rows that are asked about, filled up to whole words")
        end = first + part.shape[0]
        with nogil:
            while question < features.shape[0] and features[question] < end:
                for word in range(words):
                    bits[word] = at_most(&part[features[question] - first, word * WORD], thresholds[question])
                bits += words
                question += 1
        first = end
    if question < features.shape[0]:
        raise ValueError("the forest asks for features that the parts do not have")
    return 0


cdef void _open(
    const int32_t[::1] asked,
    const int32_t[::1] yes,
    const int32_t[::1] no,
    const uint64_t* bits,
    uint64_t* gates,
    Py_ssize_t words,
) noexcept nogil:
    """All gates, in an order in which each reads only rows before its own."""
    cdef Py_ssize_t gate
    for gate in range(asked.shape[0]):
        open_gate(bits + asked[gate] * words, bits + yes[gate] * words, bits + no[gate] * words, gates, words)
        gates += words


cdef void _add(
    const int32_t[:, ::1] digits, const float[:, :, ::1] leaves, const uint64_t* bits, Py_ssize_t words, float[:, ::1] out
) noexcept nogil:
    """The leaves, round by round, eight rows at once."""
    cdef Py_ssize_t rounds = leaves.shape[0], classes = leaves.shape[1], tree
    cdef int digit, count = <int>digits.shape[0]
    cdef const uint8_t* rows[MOST_DIGITS]
    cdef const float* values
    cdef float* sums
    for tree in range(rounds * classes):
        for digit in range(count):
            rows[digit] = <const uint8_t*>(bits + digits[digit, tree] * words)
        values, sums = &leaves[tree // classes, tree % classes, 0], &out[tree % classes, 0]
        add_leaves(rows, count, SPREAD, values, sums, out.shape[1] // 8)
