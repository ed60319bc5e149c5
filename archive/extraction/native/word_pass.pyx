# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Words of a text and the numbers that stand for it, in one pass over its characters.

`tokens_of` and `fill` do what `features/word_rows.py` does with expressions, `str` and numpy. Expressions that look for
more than a character are left to it: they are asked only of texts with a character that they cannot do without.
"""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_READ_CHAR,
    PyUnicode_Substring,
    Py_UNICODE_ISALNUM,
    Py_UNICODE_ISALPHA,
    Py_UNICODE_ISDIGIT,
    Py_UNICODE_ISLOWER,
    Py_UNICODE_ISSPACE,
    Py_UNICODE_ISUPPER,
)
from libc.math cimport log1p
from libc.stdint cimport uint32_t

#: Characters from which cases are guessed and the ends alone are looked at, so many characters of each; words that are
#: looked at for capitals, initials and cues; characters of a text in whose words without spaces cues are looked for; words of a
#: line that may hold a name, and the most such that are counted. As in word_rows.py and cues.
cdef enum:
    LONG = 400
    END = 200
    TITLED = 40
    INITIALS = 12
    HINTING = 60
    UNSPACED = 300
    SHORT_LINE = 12
    COUNTED = 5

#: What a character is, as bits.
cdef enum:
    SEPARATOR = 1 << 0
    AT = 1 << 1
    RIGHTS = 1 << 2
    HOSTED = 1 << 3
    SUM = 1 << 4
    QUESTION = 1 << 5
    EXCLAMATION = 1 << 6
    PARENTHESIS = 1 << 7
    CAPITAL = 1 << 8
    LETTER = 1 << 9
    NUMERAL = 1 << 10
    MARK = 1 << 11
    COMMA = 1 << 12
    QUOTE = 1 << 13
    LINE = 1 << 14
    STOP = 1 << 15
    WIDE_STOP = 1 << 16
    CLOSER = 1 << 17
    POINT = 1 << 18
    WORD = 1 << 19

_SIGNS = {
    SEPARATOR: "|·•»›→–—/",
    AT: "@[(",
    RIGHTS: "©(&®℗",
    HOSTED: ".:",
    SUM: "$€£¥₹",
    QUESTION: "?",
    EXCLAMATION: "!",
    PARENTHESIS: "(",
    MARK: ".,;:!?",
    COMMA: ",،、，",
    QUOTE: '"“”„«»',
    LINE: "\n",
    STOP: ".!?…。！？؟।",
    WIDE_STOP: "。！？",
    CLOSER: "\"'”’»)]",
    POINT: ".",
}


cdef uint32_t _looked_up(str sign):
    cdef uint32_t found = 0
    if sign.isupper():
        found |= CAPITAL
    if sign.isalpha():
        found |= LETTER
    if sign.isalnum() or sign == "_":
        found |= WORD
    return found | NUMERAL if sign.isdigit() else found


#: The bits of all characters up to here; of those above five are signs.
cdef enum:
    NARROW = 0x2200
cdef uint32_t _narrow[NARROW]
cdef int number
for number in range(NARROW):
    _narrow[number] = _looked_up(chr(number))
# The other way about, every process would look for each character among all signs: a hundredth of its start.
for bit, signs in _SIGNS.items():
    for number in map(ord, signs):
        if number < NARROW:
            _narrow[number] |= <uint32_t>bit


cdef inline uint32_t _bits_of(Py_UCS4 sign) noexcept:
    cdef uint32_t found = 0
    if sign < NARROW:
        return _narrow[sign]
    if sign == u"、" or sign == u"，":
        return COMMA
    if sign == u"。" or sign == u"！" or sign == u"？":
        return STOP | WIDE_STOP
    if Py_UNICODE_ISUPPER(sign):
        found |= CAPITAL
    if Py_UNICODE_ISALPHA(sign):
        found |= LETTER
    return found | NUMERAL if Py_UNICODE_ISDIGIT(sign) else found


cdef struct Counts:
    #: All bits of what is looked at for hints, and how much of it is of a kind.
    uint32_t has
    Py_ssize_t capitals, letters, numerals, separators
    #: All bits of the whole text, and how much of it is of a kind.
    uint32_t ever
    Py_ssize_t sentences, marks, commas, quotes, lines


def tokens_of(str text not None):
    """The words of a text, lower-cased."""
    cdef str lower = text.lower()
    cdef int kind = PyUnicode_KIND(lower)
    cdef void* data = PyUnicode_DATA(lower)
    cdef Py_ssize_t at = 0, start, length = PyUnicode_GET_LENGTH(lower)
    cdef list found = []
    cdef Py_UCS4 sign
    while at < length:
        if not _in_word(PyUnicode_READ(kind, data, at)):
            at += 1
            continue
        start = at
        at += 1
        while at < length:
            sign = PyUnicode_READ(kind, data, at)
            if _in_word(sign):
                at += 1
            elif (sign == u"'" or sign == u"’") and at + 1 < length and _in_word(PyUnicode_READ(kind, data, at + 1)):
                at += 2
            else:
                break
        found.append(PyUnicode_Substring(lower, start, at))
    return found


cdef inline bint _in_word(Py_UCS4 sign) noexcept:
    if sign < NARROW:
        return _narrow[sign] & WORD != 0
    return Py_UNICODE_ISALNUM(sign)


def fill(list texts not None, list tokens not None, dict spaced not None, hits_of, tuple searches, float[:, ::1] out):
    """Write the features of `word_rows.NAMES` into `out`, zeros before, one row a text. `spaced` are the phrases of cues
    by their first word and their next, `hits_of` what finds them, `searches` what finds the eight hints."""
    cdef Py_ssize_t row
    if out.shape[0] != len(texts) or len(tokens) != len(texts):
        raise ValueError("each text needs its words and a row")
    for row in range(len(texts)):
        _fill(texts[row], tokens[row], spaced, hits_of, searches, out[row])


cdef int _fill(str text, list tokens, dict spaced, hits_of, tuple searches, float[::1] out) except -1:
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), letters = 0
    cdef Counts counts = _counted(text, size)
    cdef str word
    for word in tokens:
        letters += PyUnicode_GET_LENGTH(word)
    out[0] = <float>log1p(<double>size)
    out[1] = <float>log1p(<double>len(tokens))
    out[2] = <float>(<double>letters / max(len(tokens), 1))
    out[3] = <float>counts.sentences
    _ends(text, size, out)
    _cases(size, &counts, out)
    _hints(text, size, &counts, searches, out)
    _layout(text, size, &counts, out)
    if size < UNSPACED and not text.isascii() and _has_unspaced(text, size):
        _write_cues(hits_of(text, tokens), len(tokens), out)
    else:
        _cues(tokens, spaced, out)
    return 0


cdef Counts _counted(str text, Py_ssize_t size) noexcept:
    cdef Counts counts
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at, behind
    cdef uint32_t bits
    cdef bint is_short = size < LONG
    counts.has = counts.ever = 0
    counts.capitals = counts.letters = counts.numerals = counts.separators = 0
    counts.sentences = counts.marks = counts.commas = counts.quotes = counts.lines = 0
    for at in range(size):
        bits = _bits_of(PyUnicode_READ(kind, data, at))
        if bits & HOSTED and not _may_host(kind, data, at, size):
            bits ^= HOSTED
        counts.ever |= bits
        if is_short or at < END or at >= size - END:
            counts.has |= bits
            counts.capitals += bits & CAPITAL != 0
            counts.letters += bits & LETTER != 0
            counts.numerals += bits & NUMERAL != 0
            counts.separators += bits & SEPARATOR != 0
        if not bits & (MARK | COMMA | QUOTE | LINE | STOP):
            continue
        counts.marks += bits & MARK != 0
        counts.commas += bits & COMMA != 0
        counts.quotes += bits & QUOTE != 0
        counts.lines += bits & LINE != 0
        if bits & STOP:
            # A sentence ends before white space, with what closes it; in scripts without spaces everywhere.
            behind = at + 1
            while behind < size and _bits_of(PyUnicode_READ(kind, data, behind)) & CLOSER:
                behind += 1
            counts.sentences += (
                bits & WIDE_STOP != 0 or behind == size or Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, behind))
            )
    return counts


cdef bint _may_host(int kind, const void* data, Py_ssize_t at, Py_ssize_t size) noexcept:
    """Whether a point stands before a letter or behind a `w`, or a colon before a slash."""
    cdef Py_UCS4 following = PyUnicode_READ(kind, data, at + 1) if at + 1 < size else u" "
    cdef Py_UCS4 before = PyUnicode_READ(kind, data, at - 1) if at else u" "
    if PyUnicode_READ(kind, data, at) == u":":
        return following == u"/"
    return _bits_of(following) & LETTER != 0 or before == u"w" or before == u"W"


cdef void _ends(str text, Py_ssize_t size, float[::1] out) noexcept:
    """How a text ends and begins. Nothing is at the end of nothing, and passes for all that is looked for there."""
    cdef Py_ssize_t end = size
    cdef Py_UCS4 last, first
    while end and _bits_of(PyUnicode_READ_CHAR(text, end - 1)) & CLOSER:
        end -= 1
    last = PyUnicode_READ_CHAR(text, end - 1) if end else u"."
    out[4] = _bits_of(last) & STOP != 0
    out[5] = not end or last == u":" or last == u"："
    if not size:
        out[9] = 1
        return
    last = PyUnicode_READ_CHAR(text, size - 1)
    out[6] = last == u"…" or (
        size > 2
        and last == u"."
        and PyUnicode_READ_CHAR(text, size - 2) == u"."
        and PyUnicode_READ_CHAR(text, size - 3) == u"."
    )
    first = PyUnicode_READ_CHAR(text, 0)
    out[7] = Py_UNICODE_ISLOWER(first)
    out[8] = Py_UNICODE_ISDIGIT(first)
    out[9] = first in u'"“”„«»‘’「」'
    out[31] = first == u"#"


cdef void _cases(Py_ssize_t size, const Counts* counts, float[::1] out) noexcept:
    """Shares of capitals, digits and punctuation; the first two are guessed for long texts."""
    cdef bint is_long = size >= LONG
    cdef double letters = counts.letters if size < END else size
    cdef double upper = (0.03 * size if is_long else <double>counts.capitals) / max(letters, 1.0)
    cdef double numerals = 0.01 * size if is_long else <double>counts.numerals
    out[10] = <float>upper
    out[11] = <float>(numerals / max(size, 1))
    out[12] = <float>(<double>counts.marks / max(size, 1))
    out[13] = <float>counts.commas
    out[15] = not is_long and letters > 0 and upper > 0.9


cdef int _hints(str text, Py_ssize_t size, const Counts* counts, tuple searches, float[::1] out) except -1:
    """Address, copyright, host, year, time, day, telephone number and sum of money, where they may be."""
    cdef str looked = text if size < LONG else text[:END] + " " + text[size - END :]
    cdef uint32_t has = counts.has
    cdef int hint
    cdef bint[8] may = [has & AT != 0, has & RIGHTS != 0, has & HOSTED != 0, 0, 0, 0, 0, 0]
    if counts.numerals > 1:
        _look_at_numbers(looked, &may[3])
    may[7] = has & SUM != 0 or (counts.capitals > 2 and ("USD" in looked or "EUR" in looked))
    for hint in range(8):
        if may[hint]:
            out[16 + hint] = searches[hint](looked) is not None
    out[24] = <float>counts.separators
    out[25] = has & QUESTION != 0
    out[26] = has & EXCLAMATION != 0
    out[30] = has & PARENTHESIS != 0
    return 0


cdef void _look_at_numbers(str text, bint* may) noexcept:
    """Whether there may be a year (four digits), a time (a sign between digits), a day (another one), and a telephone
    number (nine of its signs)."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at, size = PyUnicode_GET_LENGTH(text), digits = 0, dialled = 0
    cdef Py_UCS4 sign
    for at in range(size):
        sign = PyUnicode_READ(kind, data, at)
        if _bits_of(sign) & NUMERAL:
            digits, dialled = digits + 1, dialled + 1
            may[0] |= digits >= 4
            may[3] |= dialled >= 9
            continue
        if digits and at + 1 < size and _bits_of(PyUnicode_READ(kind, data, at + 1)) & NUMERAL:
            may[1] |= sign == u":" or sign == u"." or sign == u"h"
            may[2] |= sign == u"." or sign == u"/" or sign == u"-"
        # It begins with a digit.
        is_dialled = sign == u"(" or sign == u")" or sign == u"." or sign == u"-" or Py_UNICODE_ISSPACE(sign)
        digits, dialled = 0, dialled + 1 if dialled and is_dialled else 0


cdef int _layout(str text, Py_ssize_t size, const Counts* counts, float[::1] out) except -1:
    """Quotes, lines, and what is found word by word: capitals, repetition, initials."""
    cdef list words = text.split()
    cdef Py_ssize_t count = len(words), place, titled = 0, initials = 0
    cdef bint has_point = counts.ever & POINT != 0, is_capital
    cdef str word
    for place in range(min(count, TITLED)):
        word = words[place]
        is_capital = Py_UNICODE_ISUPPER(PyUnicode_READ_CHAR(word, 0))
        titled += is_capital
        if has_point and is_capital and place < INITIALS and PyUnicode_GET_LENGTH(word) == 2:
            initials += PyUnicode_READ_CHAR(word, 1) == u"."
    out[14] = <float>(<double>titled / max(min(count, TITLED), 1))
    out[27] = <float>counts.quotes
    out[28] = <float>counts.lines
    out[29] = <float>(<double>len(set(words)) / max(count, 1))
    out[32] = <float>initials
    return 0


cdef int _cues(list tokens, dict spaced, float[::1] out) except -1:
    """The same as `_write_cues` of what `text_hits` finds, for scripts that part words."""
    cdef Py_ssize_t place, count = min(len(tokens), HINTING), cues = (out.shape[0] - 34) // 2, label, size, hits = 0
    cdef PyObject* following
    cdef PyObject* known
    cdef list phrase
    for place in range(count):
        following = PyDict_GetItem(spaced, tokens[place])
        for second in ("", tokens[place + 1] if place + 1 < count else None) if following else ():
            known = PyDict_GetItem(<dict>following, second)
            for phrase, label in <list>known if known else ():
                size = len(phrase)
                if place + size < count and tokens[place + 1 : place + 1 + size] == phrase:
                    hits += 1 + size
                    out[33 + label] += 1 + size
                    if not place:
                        out[33 + cues + label] = 1
    out[33 + 2 * cues] = <float>min(1.0, hits / <double>max(len(tokens), 1))
    return 0


cdef bint _has_unspaced(str text, Py_ssize_t size) noexcept:
    cdef Py_ssize_t at
    cdef Py_UCS4 sign
    for at in range(size):
        sign = PyUnicode_READ_CHAR(text, at)
        if 0x0E00 <= sign <= 0x0EFF or 0x3040 <= sign <= 0x30FF or 0x3400 <= sign <= 0x9FFF:
            return True
    return False


cdef int _write_cues(tuple hits, Py_ssize_t count, float[::1] out) except -1:
    """Cues, cues that the text begins with, and the share of its words that are in a cue."""
    cdef Py_ssize_t place, cues = len(hits[0])
    cdef double found = 0
    for place in range(cues):
        out[33 + place] = <float>hits[0][place]
        out[33 + cues + place] = <float>hits[1][place]
        found += <double>hits[0][place]
    out[33 + 2 * cues] = <float>min(1.0, found / max(count, 1))
    return 0


def opening_columns(list texts not None, list tokens not None):
    """The columns that `word_rows.OPENING_NAMES` names."""
    cdef list openings = [_opening(text, words) for text, words in zip(texts, tokens)], words
    cdef set wanted = set(openings) - {None}, firsts = {first for first, _ in wanted}, found
    cdef dict lines = dict.fromkeys(wanted, 0), times = dict.fromkeys(wanted, 0)
    cdef Py_ssize_t place
    for words in tokens if wanted else ():
        if len(words) > SHORT_LINE:
            continue
        found = set()
        for place in range(len(words) - 1):
            if words[place] in firsts:
                found.add((words[place], words[place + 1]))
        for pair in found & wanted if found else ():
            lines[pair] += 1
    for opening in openings:
        if opening is not None:
            times[opening] += 1
    return [
        [0.0 if opening is None else 1.0 for opening in openings],
        [0.0 if opening is None else float(min(<Py_ssize_t>lines[opening], COUNTED)) for opening in openings],
        [0.0 if opening is None else float(min(<Py_ssize_t>times[opening], COUNTED)) for opening in openings],
    ]


cdef tuple _opening(str text, list words):
    """The first two words, lower-cased, where they look like a name."""
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), first = _behind(text, 0, size, True), end, second
    if len(words) < 2 or first == size or not Py_UNICODE_ISUPPER(PyUnicode_READ_CHAR(text, first)):
        return None
    end = _behind(text, first, size, False)
    second = _behind(text, end, size, True)
    if second == size or not Py_UNICODE_ISUPPER(PyUnicode_READ_CHAR(text, second)):
        return None
    if not (_is_lower(text, first + 1, size) and _is_lower(text, second + 1, size)):
        return None
    return words[0], words[1]


cdef bint _is_lower(str text, Py_ssize_t at, Py_ssize_t size) noexcept:
    return at < size and Py_UNICODE_ISLOWER(PyUnicode_READ_CHAR(text, at))


cdef Py_ssize_t _behind(str text, Py_ssize_t at, Py_ssize_t size, bint space) noexcept:
    """The place behind white space, or behind what is none."""
    while at < size and Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, at)) == space:
        at += 1
    return at
