# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The stop words of all languages, looked up where they stand in their lists: what `features/stop_words.py` does with a
dictionary. To make that of 54,000 words would take a twentieth of the time in which a process reads its first page."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport uint32_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

#: Of words that tell of a page's language, the first of a block, and the block's fewest; the most common ones. The most
#: lists, a bit each.
cdef enum:
    TELLING = 80
    RUNNING = 5
    COMMON = 300
    LISTS = 32

#: Words are hashed letter by letter (FNV-1a, Fowler, Noll and Vo).
cdef uint32_t SEED = 2166136261, PRIME = 16777619

#: The lists that hold a word, and where it stands in the first of them, up to the line's end. No more is noted of it:
#: to touch new memory takes longer than to read the word once more.
cdef struct Word:
    uint32_t lists, start

cdef struct Letters:
    int kind
    void* data
    Py_ssize_t size


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
        self.words = <Word*>malloc((self.mask + 1) * sizeof(Word))
        if not self.words:
            raise MemoryError
        # Memory of calloc's would be touched twice: when it is looked at, and when it is written to.
        memset(self.words, 0, (self.mask + 1) * sizeof(Word))
        for number, text in enumerate(self.texts):
            self.note(number)

    def __dealloc__(self):
        free(self.words)

    cdef void note(self, Py_ssize_t number) noexcept:
        """Note the words of one list."""
        cdef Letters text = self.letters[number]
        cdef Py_ssize_t start = 0, end
        cdef Word* word
        cdef uint32_t hashed, letter
        while start < text.size:
            end, hashed = start, SEED
            while end < text.size:
                letter = PyUnicode_READ(text.kind, text.data, end)
                if letter == c"\n":
                    break
                hashed = (hashed ^ letter) * PRIME
                end += 1
            if end > start:
                word = self.place_of(hashed, text, start, end)
                if not word.lists:
                    word.start = start
                word.lists |= <uint32_t>1 << number
            start = end + 1

    cdef Word* place_of(self, uint32_t hashed, Letters text, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Where a word lies that is part of a text, or would lie."""
        cdef uint32_t place = (hashed ^ hashed >> 15) & self.mask
        while self.words[place].lists and not self.is_same(&self.words[place], text, start, end):
            place = (place + 1) & self.mask
        return &self.words[place]

    cdef bint is_same(self, const Word* word, Letters text, Py_ssize_t start, Py_ssize_t end) noexcept:
        cdef Py_ssize_t number = 0, place, known = word.start
        while not word.lists >> number & 1:
            number += 1
        cdef Letters other = self.letters[number]
        if other.size - known < end - start:
            return False
        for place in range(start, end):
            if PyUnicode_READ(other.kind, other.data, known) != PyUnicode_READ(text.kind, text.data, place):
                return False
            known += 1
        return known == other.size or PyUnicode_READ(other.kind, other.data, known) == c"\n"

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
        cdef Py_ssize_t place, number = 0
        cdef uint32_t lists, hashed = SEED
        for place in range(text.size):
            hashed = (hashed ^ <uint32_t>PyUnicode_READ(text.kind, text.data, place)) * PRIME
        lists = self.place_of(hashed, text, 0, text.size).lists
        while lists:
            if lists & 1:
                counts[number] += times
            lists >>= 1
            number += 1


cdef Letters _letters_of(str text) noexcept:
    cdef Letters letters
    letters.kind, letters.data, letters.size = PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)
    return letters


cdef (Py_ssize_t, Py_ssize_t) _least_common(const Py_ssize_t* words, Py_ssize_t size) noexcept:
    """How often the rarest of the most common words stands, and how many of the words that stand as often are common:
    the first ones. `words` counts those that stand so often, which is less than `size`."""
    cdef Py_ssize_t times = size - 1, room = COMMON
    while words[times] < room:
        room -= words[times]
        times -= 1
    return times, room
