"""Charsets of Latin letters beyond Western Europe, which old pages call iso-8859-1 or do not name.

Read as that, a page shows `g³ówna` for `główna`, and still mostly letters. Which language it is in is told by its
words all the same, and which letters that has by its alphabet.
"""

import pycld2

_CENTRAL, _TURKISH, _BALTIC = ("cp1250", "iso8859-2"), ("cp1254",), ("cp1257",)
#: The letters of each language that ASCII lacks, and the charsets that its pages came in.
_ALPHABETS = {
    "pl": ("ąćęłńóśźż", _CENTRAL),
    "cs": ("áčďéěíňóřšťúůýž", _CENTRAL),
    "sk": ("áäčďéíĺľňóôŕšťúýž", _CENTRAL),
    "hu": ("áéíóöőúüű", _CENTRAL),
    "ro": ("ăâîşţșț", _CENTRAL),
    **dict.fromkeys(("sl", "hr", "sr", "bs"), ("čćđšž", _CENTRAL)),
    "tr": ("çğıöşüâîûi̇", _TURKISH),
    "lt": ("ąčęėįšųūž", _BALTIC),
    "lv": ("āčēģīķļņōŗšūž", _BALTIC),
    "et": ("äõöüšž", _BALTIC),
}
#: What windows-1252 has where the others have letters.
_FOR_LETTERS = frozenset("¡¢£¥¦¨ª¬¯±²³´µ¶¸¹º¼¾¿ˇ")
#: Letters beyond ASCII from which they tell something, the share of them that the language's own are, and by how much
#: that is more than as windows-1252.
_LEAST, _OWN, _MORE = 5, 0.95, 0.02


def latin_charset(words: bytes) -> str | None:
    """The charset that makes the letters of their language of a page's words, which are taken for windows-1252; None
    where that makes them."""
    letters, charsets = _ALPHABETS.get(language_of(words), ("", ()))
    best, known = None, _share(words.decode("cp1252", "replace"), letters) + _MORE
    for charset in charsets:
        share = _share(words.decode(charset, "replace"), letters)
        if share >= _OWN and share > known:
            best, known = charset, share
    return best


def language_of(words: bytes) -> str:
    """The language of a page's words, which are of Latin letters; nothing where it is not told. Turkish has so many of
    its own that as windows-1252 it is no language."""
    for charset in ("cp1252", *_TURKISH, *_CENTRAL, *_BALTIC):
        language = _language(words.decode(charset, "replace"))
        if language and (charset == "cp1252" or charset in _ALPHABETS.get(language, ("", ()))[1]):
            return language
    return ""


def _language(text: str) -> str:
    try:
        found = pycld2.detect("".join(letter for letter in text if letter.isprintable() or letter.isspace()))
    except pycld2.error:
        return ""
    language = str(found[2][0][1])
    return "" if language == "un" else language


def _share(text: str, letters: str) -> float:
    """How many of the letters and signs beyond ASCII, which may be letters, are of an alphabet; none of too few."""
    strange = [sign.lower() for sign in text if sign > "\x7f" and (sign.isalpha() or sign in _FOR_LETTERS)]
    return sum(sign in letters for sign in strange) / len(strange) if len(strange) >= _LEAST else 0.0
