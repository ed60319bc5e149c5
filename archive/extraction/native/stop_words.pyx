# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The stop words of all languages, looked up where they stand in their lists: what `features/stop_words.py` does with a
dictionary. To make that of 54,000 words would take a twentieth of the time in which a process reads its first page."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport uint32_t
from libc.stdlib cimport calloc, free

#: Of words that tell of a page's language, the first of a block, and the block's fewest; the most common ones. The most
#: lists, a bit each.
cdef enum:
    TELLING = 80
    RUNNING = 5
    COMMON = 300
    LISTS = 32

cdef struct Word:
    uint32_t hashed, start, size
    #: The lists that hold it. It is read in the first of them.
    uint32_t lists

cdef struct Letters:
    int kind
    void* data


cdef class StopWords:
    """Lists of words, a text with a line a word each. Words lie in a table by the hash of their letters, each in the
    first free place from there on."""

    cdef tuple texts
    cdef Letters letters[LISTS]
    cdef Word* words
    cdef uint32_t mask

    def __cinit__(self, texts):
        cdef Py_ssize_t lines = 1, number
        self.texts = tuple(texts)
        if len(self.texts) > LISTS:
            raise ValueError("more lists than bits")
        for number, text in enumerate(self.texts):
            self.letters[number] = _letters_of(text)
            lines += text.count("\n") + 1
        self.mask = 1
        while self.mask < lines + lines // 2:
            self.mask = 2 * self.mask + 1
        self.words = <Word*>calloc(self.mask + 1, sizeof(Word))
        if not self.words:
            raise MemoryError
        for number, text in enumerate(self.texts):
            self.note(number, len(text))

    def __dealloc__(self):
        free(self.words)

    cdef void note(self, Py_ssize_t number, Py_ssize_t size) noexcept:
        """Note the words of one list."""
        cdef Letters text = self.letters[number]
        cdef Py_ssize_t start = 0, end
        cdef Word* word
        cdef uint32_t hashed
        while start < size:
            end = start
            while end < size and PyUnicode_READ(text.kind, text.data, end) != c"\n":
                end += 1
            if end > start:
                hashed = _hash(text, start, end)
                word = self.place_of(text, hashed, start, end - start)
                if not word.lists:
                    word.hashed, word.start, word.size = hashed, start, end - start
                word.lists |= <uint32_t>1 << number
            start = end + 1

    cdef Word* place_of(self, Letters text, uint32_t hashed, Py_ssize_t start, Py_ssize_t size) noexcept:
        """Where a word lies that is part of a text, or would lie."""
        cdef uint32_t place = hashed & self.mask
        cdef Word* word = &self.words[place]
        while word.lists and not (
            word.hashed == hashed and word.size == size and self.is_same(word, text, start)
        ):
            place = (place + 1) & self.mask
            word = &self.words[place]
        return word

    cdef bint is_same(self, const Word* word, Letters text, Py_ssize_t start) noexcept:
        cdef Py_ssize_t number = 0, place
        while not word.lists >> number & 1:
            number += 1
        cdef Letters known = self.letters[number]
        for place in range(word.size):
            if PyUnicode_READ(known.kind, known.data, word.start + place) != PyUnicode_READ(
                text.kind, text.data, start + place
            ):
                return False
        return True

    def counts(self, list tokens not None):
        """How often the most common words of a page stand there, and how often those that each list holds."""
        cdef dict places = {}
        cdef list counts = [0] * len(self.texts), words
        cdef Py_ssize_t place, number, count, total = 0, least = 0, room = 0, size = sum(map(len, tokens)) + 1
        cdef PyObject* found
        # How often each word stands, and how many words stand so often.
        cdef Py_ssize_t* times = <Py_ssize_t*>calloc(2 * size, sizeof(Py_ssize_t))
        if not times:
            raise MemoryError
        for words in tokens:
            if len(words) > RUNNING:
                for place in range(min(len(words), TELLING)):
                    word = words[place]
                    found = PyDict_GetItem(places, word)
                    number = <Py_ssize_t><object>found if found else len(places)
                    times[number] += 1
                    if not found:
                        places[word] = number
        if len(places) > COMMON:
            for number in range(len(places)):
                times[size + times[number]] += 1
            least, room = _least_common(times + size, size)
        for number, word in enumerate(places):
            count = times[number]
            if count < least or (count == least and not room):
                continue
            room -= count == least
            total += count
            self.add(word, count, counts)
        free(times)
        return total, counts

    cdef void add(self, str word, Py_ssize_t times, list counts):
        cdef Letters text = _letters_of(word)
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(word), number = 0
        cdef uint32_t lists = self.place_of(text, _hash(text, 0, size), 0, size).lists
        while lists:
            if lists & 1:
                counts[number] += times
            lists >>= 1
            number += 1


cdef Letters _letters_of(str text) noexcept:
    cdef Letters letters
    letters.kind, letters.data = PyUnicode_KIND(text), PyUnicode_DATA(text)
    return letters


cdef uint32_t _hash(Letters text, Py_ssize_t start, Py_ssize_t end) noexcept:
    """FNV-1a, of whole characters, with its high bits in the low ones."""
    cdef uint32_t hashed = 2166136261
    cdef Py_ssize_t place
    for place in range(start, end):
        hashed = (hashed ^ <uint32_t>PyUnicode_READ(text.kind, text.data, place)) * 16777619
    return hashed ^ hashed >> 15


cdef (Py_ssize_t, Py_ssize_t) _least_common(const Py_ssize_t* words, Py_ssize_t size) noexcept:
    """How often the rarest of the most common words stands, and how many of the words that stand as often are common:
    the first ones. `words` counts those that stand so often, which is less than `size`."""
    cdef Py_ssize_t times = size - 1, room = COMMON
    while words[times] < room:
        room -= words[times]
        times -= 1
    return times, room
