"""Bytes of a page to text, as a browser would read them, and better where the declaration is wrong."""

import re

import webencodings
from charset_normalizer import from_bytes
from w3lib.encoding import html_to_unicode, read_bom, resolve_encoding

from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import shielded

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
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.S)
_TAG = re.compile(rb"<(script|style)\b.*?(?:</\1|\Z)|<[^>]*+(?:>|\Z)", re.I | re.S)
_STRANGE_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"[^\x00-\x7f\s]{6,}")
#: Signs of Latin-1 that Western pages seldom have, and the share of them among all that is not ASCII.
_RARE_SIGNS, _SIGNS = frozenset("¢¤¥¦¨¬¯´¶¸¹¼¾³×÷"), 0.1
_ASCII_LETTER = re.compile(r"[a-zA-Z]")


def decode(body: bytes, content_type: str | None = None) -> tuple[str, tuple[Warned, ...]]:
    """The text of a page and warnings about its charset. Never fails: broken bytes become U+FFFD.

    Order: byte-order mark, valid UTF-8, the declaration (HTTP header, then `<meta>`), detection. A declaration that
    makes no words of the page's bytes is not believed, where another or detection does.
    """
    if read_bom(body)[0]:
        return html_to_unicode(content_type, body)[1], ()
    declared = list(filter(None, (_label(_in_header(content_type)), _label(_in_page(body)))))
    first = declared[0] if declared else None
    if not _is_odd(first) and (text := _utf8(body)) is not None:
        wrong = first not in (None, "utf-8", "ascii") and not body.isascii()
        return text, (_odd(f"declared {first}, is utf-8"),) if wrong else ()
    if not _is_odd(first) and (text := _nearly_utf8(body)) is not None:
        return text, (_odd("some bytes are not valid utf-8"),)
    believed = next((charset for charset in declared if charset not in _UTF_8 and _makes_words(body, charset)), None)
    if believed is not None:
        warnings = _decoded(body, believed)
        return warnings if believed == first else (warnings[0], (_odd(f"declared {first}, read as {believed}"),))
    return _undeclared(body, first)


def whole(text: str) -> str:
    """A text that UTF-8 can hold: half surrogate pairs are joined, those left over become U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _odd(what: str) -> Warned:
    return Warned(WarningKind.CHARSET, f"charset: {what}")


def _in_header(content_type: str | None) -> str | None:
    found = _PARAMETER.search(content_type or "")
    return found[1] if found else None


def _in_page(body: bytes) -> str | None:
    """What a page's first bytes declare; what they say in comments does not count."""
    found = _DECLARED.search(_COMMENT.sub(b"", body[:_SAMPLE]))
    declared = (found[1] or found[2]).decode("ascii", "replace") if found else None
    # A page in which `<meta>` could be read is not in UTF-16 (HTML, 13.2.3.2).
    return "utf-8" if declared and declared.lower().startswith("utf-16") else declared


def _label(declared: str | None) -> str | None:
    """The codec that browsers take for a label (WHATWG Encoding, 4.2), or Python's for what they do not know."""
    known = webencodings.lookup(declared or "")
    if known is not None and known.name != "x-user-defined":
        name: str = known.codec_info.name
        return _AS_BROWSERS.get(name, name)
    resolved = resolve_encoding(declared) if declared else None
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


def _is_odd(encoding: str | None) -> bool:
    return encoding is not None and encoding.startswith(_NOT_ASCII_BASED)


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _nearly_utf8(body: bytes) -> str | None:
    text = body.decode("utf-8", "replace")
    strange = sum(1 for character in text if character > "\x7f")
    return text if text.count("\ufffd") < _BROKEN_SHARE * strange else None


def _decoded(body: bytes, encoding: str) -> tuple[str, tuple[Warned, ...]]:
    text = html_to_unicode(f"text/html; charset={encoding}", body)[1]
    broken = text.count("�") - body.count(b"\xef\xbf\xbd")
    return text, (_odd(f"{broken} characters are not valid {encoding}"),) if broken > 0 else ()


def _undeclared(body: bytes, declared: str | None) -> tuple[str, tuple[Warned, ...]]:
    guess = _detect(body)
    if declared not in (None, *_UTF_8) and not _makes_words(body, guess):
        return _decoded(body, str(declared))
    said = f"declared {declared}" if declared else "none declared"
    return body.decode(guess, "replace"), (_odd(f"{said}, read as {guess}"),)


def _detect(body: bytes) -> str:
    words = _TAG.sub(b" ", body)
    start = next((index for index, byte in enumerate(words) if byte > 0x7F), 0)
    sample = words[max(0, start - 1024) : start + _SAMPLE]
    found = shielded("charset", None, from_bytes, sample, steps=5, chunk_size=512, cp_isolation=_OF_THE_WEB)
    best = found.best() if found else None
    # windows-1252 is what browsers take for Western pages that say nothing (WHATWG Encoding, section 4.2).
    if best is None or best.encoding in ("cp1250", "cp1252", "ascii"):
        return "cp1252"
    return best.encoding
