"""Bytes of a page to characters: as a browser would read them, and better where the declaration is wrong.

No record holds controls, noncharacters or half surrogate pairs. A browser keeps `&#27;` as U+001B in its tree and shows
nothing for it. A record's text is what is shown, and must do nothing to a terminal, an XML file or a database; so what
is shown as nothing is left out, and what counts as white space becomes a space. Tabs and line ends stay.
"""

import re

import webencodings
from w3lib.encoding import html_to_unicode, read_bom, resolve_encoding

from archive.extraction.latin_charsets import language_of, latin_charset
from archive.extraction.native import compiled
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import shielded

_kernel = compiled("printable_bytes")
#: Valid UTF-8 with a multi-byte character is practically never anything else, whatever was declared;
#: these encodings alone also look like ASCII or hold NUL bytes.
_NOT_ASCII_BASED = ("utf-16", "utf-32", "utf-7", "iso2022", "iso-2022", "hz")
#: What Python calls encodings, but pages do not come in: transformations of bytes, and escapes.
_NOT_CHARSETS = frozenset(
    "base64 bz2 hex idna mbcs oem punycode quopri raw-unicode-escape rot-13 undefined unicode-escape uu zlib".split()
)
#: Bytes looked at where nothing is declared. Detection is slow and its verdict settles early.
_SAMPLE = 32_768
#: What the Web comes in (WHATWG Encoding, section 4.2), by Python's names: others are guesses gone wrong.
_OF_THE_WEB = (
    "utf_8 cp1252 gb18030 big5 cp932 euc_jp iso2022_jp cp949 cp1251 koi8_r koi8_u iso8859_5 cp1250 iso8859_2 cp1253 "
    "iso8859_7 cp1254 cp1255 iso8859_8 cp1256 iso8859_6 cp1257 iso8859_4 cp1258 cp874"
).split()
#: Above this share of broken among non-ASCII characters a declared UTF-8 is not believed.
_BROKEN_SHARE = 0.05
#: Codecs of Python's that read less than a browser's of the same name.
_AS_BROWSERS = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
_UTF_8 = ("utf-8", "ascii")
#: Of Latin letters, in which hardly a word is without one of ASCII.
_WESTERN = frozenset(
    "cp1252 cp1250 cp1254 cp1257 iso8859-2 iso8859-3 iso8859-4 iso8859-10 iso8859-13 iso8859-14 iso8859-15 "
    "iso8859-16 mac-roman".split()
)
#: Guesses at Latin letters that are no better than none.
_GUESSED = ("cp1250", "cp1252", "ascii")
#: Above this share of words no one writes, among those with letters beyond ASCII, a charset is not believed.
_ODD_WORDS = 0.3
#: The same for words like `цЕРЕЛЬ`: KOI8 has small letters where windows-1251 has capitals.
_TURNED = 0.03
#: Broken, of no script, or Japanese as only a wrong charset writes it (EUC-JP read as Shift_JIS).
_UNUSUAL = re.compile("[\ufffd\ue000-\uf8ff\uff61-\uff9f\x80-\x9f]")
_PARAMETER = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.I)
_DECLARED = re.compile(
    rb"""<meta[\s/][^>]{0,500}?charset\s*=\s*["']?\s*([^\s"'/>;]+)|<\?xml\s[^>]{0,500}?encoding\s*=\s*["']([^"']+)""",
    re.I,
)
_COMMENT = re.compile(rb"<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)")
_TAG = re.compile(rb"<(script|style)\b.*?(?:</\1|\Z)|<[^>]*+(?:>|\Z)", re.I | re.S)
_STRANGE_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"[^\x00-\x7f\s]{6,}")
#: Signs of Latin-1 that Western pages seldom have, and the share of them among all that is not ASCII.
_RARE_SIGNS, _SIGNS = frozenset("¢¤¥¦¨¬¯´¶¸¹¼¾³×÷"), 0.1
_ASCII_LETTER = re.compile(r"[a-zA-Z]")
#: Inside of a character class: C0 and C1 but white space, DEL, half pairs, and the noncharacters (Unicode, 23.7).
UNSHOWN = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
)
_UNPRINTABLE = re.compile(f"[{UNSHOWN}]|([\x0b\x0c\x1c-\x1f\x85])")
#: The same in UTF-8, but for what ASCII has, which is dropped byte by byte: what follows each first byte. Most pages
#: have few of these, and all in one pattern take ten times as long.
_UNPRINTABLE_BEHIND = {
    b"\xc2": rb"[\x80-\x9f]",
    b"\xef": rb"(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])",
    **{bytes([first]): rb"[\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]" for first in range(0xF0, 0xF5)},
}
_UNPRINTABLE_BYTES = {first: re.compile(first + behind) for first, behind in _UNPRINTABLE_BEHIND.items()}
_UNPRINTABLE_ASCII = bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F])
_FORM_FEED = bytes.maketrans(b"\x0c", b" ")
_REFERENCE = re.compile(rb"&#(?:[xX]0*+([0-9a-fA-F]{1,6})(?![0-9a-fA-F])|0*+(\d{1,7})(?!\d));?")
#: The C1 codes that stand for nothing in windows-1252; HTML reads references to the others by that (13.2.5.80).
_UNASSIGNED = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
#: Shown as nothing, and left out of every text. Taking a reference away would make `<&#27;b>` a tag.
_NOTHING = "\u200b".encode()


def decode(body: bytes, content_type: str | None = None) -> tuple[str, tuple[Warned, ...]]:
    """The text of a page and warnings about its charset. Never fails: broken bytes become U+FFFD.

    Order: byte-order mark, valid UTF-8, the declaration (HTTP header, then `<meta>`), detection. A declaration that
    makes no words of the page's bytes is not believed, where another or detection does.
    """
    text, warnings, _ = _read(body, content_type)
    return text, warnings


def in_utf8(body: bytes, content_type: str | None = None) -> tuple[bytes, tuple[Warned, ...]]:
    """The same text in UTF-8, in which most pages come."""
    text, warnings, is_utf8 = _read(body, content_type)
    # Half surrogate pairs cannot be encoded.
    return body if is_utf8 else text.encode("utf-8", "ignore"), warnings


def _read(body: bytes, content_type: str | None) -> tuple[str, tuple[Warned, ...], bool]:
    """The text of a page, warnings, and whether its bytes are that text in UTF-8."""
    if read_bom(body)[0]:
        return html_to_unicode(content_type, body)[1], (), False
    declared = _declared(body, content_type)
    first = declared[0] if declared else None
    if not (first or "").startswith(_NOT_ASCII_BASED) and (read := _utf8(body)):
        text, is_valid = read
        if not is_valid:
            return text, (_odd("some bytes are not valid utf-8"),), False
        is_wrong = first not in (None, *_UTF_8) and not body.isascii()
        return text, (_odd(f"declared {first}, is utf-8"),) if is_wrong else (), True
    believed = next((charset for charset in declared if charset not in _UTF_8 and _makes_words(body, charset)), None)
    if believed is None:
        return *_undeclared(body, first), False
    charset = _with_letters(body, believed)
    text, warnings = _decoded(body, charset)
    return text, warnings if charset == first else (_odd(f"declared {first}, read as {charset}"),), False


def whole(text: str) -> str:
    """A text that UTF-8 can hold: half surrogate pairs are joined, those left over become U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _odd(what: str) -> Warned:
    return Warned(WarningKind.CHARSET, f"charset: {what}")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The codecs that the header and a page's first bytes declare; what those say in comments does not count."""
    header = _PARAMETER.search(content_type or "")
    found = _DECLARED.search(_COMMENT.sub(b"", body[:_SAMPLE]))
    in_page = (found[1] or found[2]).decode("ascii", "replace") if found else None
    # A page in which `<meta>` could be read is not in UTF-16 (HTML, 13.2.3.2).
    in_page = "utf-8" if in_page and in_page.lower().startswith("utf-16") else in_page
    return [codec for label in (header and header[1], in_page) if label and (codec := _codec(label))]


def _codec(label: str) -> str | None:
    """The codec that browsers take for a label (WHATWG Encoding, 4.2), or Python's for what they do not know."""
    known = webencodings.lookup(label)
    if known is not None and known.name != "x-user-defined":
        name: str = known.codec_info.name
        return _AS_BROWSERS.get(name, name)
    resolved = resolve_encoding(label)
    return None if resolved is None or resolved.replace("_", "-") in _NOT_CHARSETS else resolved


def _makes_words(body: bytes, charset: str) -> bool:
    """Whether a page's bytes, read by a charset, could be someone's words."""
    text = _TAG.sub(b" ", body).decode(charset, "replace")
    strange = [character for character in text if character > "\x7f"]
    if sum(1 for character in strange if _UNUSUAL.match(character)) > _BROKEN_SHARE * len(strange):
        return False
    odd = [word for word in _STRANGE_WORD.findall(text) if not word.isascii()]
    if charset in _WESTERN:
        runs = sum(len(run) for run in _RUN.findall(text) if len(set(run)) > 2)
        signs = sum(1 for character in strange if character in _RARE_SIGNS)
        whole = sum(len(word) > 3 and not _ASCII_LETTER.search(word) for word in odd)
        return (
            runs <= max(20, _ODD_WORDS * len(strange))
            and signs <= max(20, _SIGNS * len(strange))
            and whole < max(5, _ODD_WORDS * len(odd))
        )
    turned: int = sum(word[0].islower() and word[1:].isupper() for word in odd if len(word) > 3)
    return turned < max(3, _TURNED * len(odd))


def _utf8(body: bytes) -> tuple[str, bool] | None:
    """A page read as UTF-8, and whether it is valid; None where too much of it is not."""
    try:
        return body.decode("utf-8"), True
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    strange = sum(1 for character in text if character > "\x7f")
    return (text, False) if text.count("\ufffd") < _BROKEN_SHARE * strange else None


def _decoded(body: bytes, encoding: str) -> tuple[str, tuple[Warned, ...]]:
    text = html_to_unicode(f"text/html; charset={encoding}", body)[1]
    broken = text.count("�") - body.count(b"\xef\xbf\xbd")
    return text, (_odd(f"{broken} characters are not valid {encoding}"),) if broken > 0 else ()


def _undeclared(body: bytes, declared: str | None) -> tuple[str, tuple[Warned, ...]]:
    guess = _with_letters(body, _detect(body))
    if declared not in (None, *_UTF_8) and not _makes_words(body, guess):
        return _decoded(body, str(declared))
    said = f"declared {declared}" if declared else "none declared"
    return body.decode(guess, "replace"), (_odd(f"{said}, read as {guess}"),)


def _with_letters(body: bytes, charset: str) -> str:
    """The charset, or in place of windows-1252 one that has the letters of the page's language."""
    return (charset == "cp1252" and latin_charset(_TAG.sub(b" ", body)[:_SAMPLE])) or charset


def _detect(body: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - hardly a page says nothing and is not in UTF-8

    words = _TAG.sub(b" ", body)
    start = next((index for index, byte in enumerate(words) if byte > 0x7F), 0)
    sample = words[max(0, start - 1024) : start + _SAMPLE]
    found = shielded("charset", None, from_bytes, sample, steps=5, chunk_size=512, cp_isolation=_OF_THE_WEB)
    best = found.best() if found else None
    # windows-1252 is what browsers take for Western pages that say nothing (WHATWG Encoding, section 4.2); which other
    # Latin letters a page has is told by its language.
    guess = "cp1252" if best is None else best.encoding
    is_told = guess in _GUESSED or (guess.replace("_", "-") in _WESTERN and language_of(sample))
    return "cp1252" if is_told else guess


def printable(text: str) -> str:
    """A text without control characters and the like."""
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub(lambda odd: " " if odd[1] else "", text)


def printable_page(content: bytes) -> bytes:
    """A page in UTF-8 that puts no such character into its tree, also not by character references."""
    if _kernel and _kernel.is_printable(content):
        return content
    content = content.translate(_FORM_FEED, _UNPRINTABLE_ASCII)
    if not content.isascii():
        for first, unprintable in _UNPRINTABLE_BYTES.items():
            if first in content:
                content = unprintable.sub(_blank, content)
    return _REFERENCE.sub(_resolved, content)


def _blank(found: re.Match[bytes]) -> bytes:
    """What is shown for such a character: U+0085 is a line's end."""
    return b" " if found[0] == b"\xc2\x85" else b""


def _resolved(reference: re.Match[bytes]) -> bytes:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    if code == 0x0C:
        return b" "
    is_character = code and not 0x80 <= code < 0xA0 and code < 0x110000 and not 0xD800 <= code < 0xE000
    is_odd = code in _UNASSIGNED or (is_character and _UNPRINTABLE.match(chr(code)))
    return _NOTHING if is_odd else reference[0]
