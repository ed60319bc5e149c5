"""Bytes of a page to text, as a browser would read them, and better where the declaration is wrong."""

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, html_to_unicode, http_content_type_encoding, read_bom

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


def decode(body: bytes, content_type: str | None = None) -> tuple[str, tuple[Warned, ...]]:
    """The text of a page and warnings about its charset. Never fails: broken bytes become U+FFFD.

    Order: byte-order mark, valid UTF-8, the declaration (HTTP header, then `<meta>`), detection.
    """
    if read_bom(body)[0]:
        return html_to_unicode(content_type, body)[1], ()
    declared = _charset(http_content_type_encoding(content_type)) or _charset(
        html_body_declared_encoding(body[:_SAMPLE])
    )
    if not _is_odd(declared) and (text := _utf8(body)) is not None:
        wrong = declared not in (None, "utf-8", "ascii") and not body.isascii()
        return text, (_odd(f"declared {declared}, is utf-8"),) if wrong else ()
    if declared not in (None, "utf-8", "ascii"):
        return _decoded(body, str(declared))
    return _undeclared(body, declared)


def whole(text: str) -> str:
    """A text that UTF-8 can hold: half surrogate pairs are joined, those left over become U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _odd(what: str) -> Warned:
    return Warned(WarningKind.CHARSET, f"charset: {what}")


def _charset(declared: str | None) -> str | None:
    return None if declared is None or declared.replace("_", "-") in _NOT_CHARSETS else declared


def _is_odd(encoding: str | None) -> bool:
    return encoding is not None and encoding.startswith(_NOT_ASCII_BASED)


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decoded(body: bytes, encoding: str) -> tuple[str, tuple[Warned, ...]]:
    text = html_to_unicode(f"text/html; charset={encoding}", body)[1]
    broken = text.count("�") - body.count(b"\xef\xbf\xbd")
    return text, (_odd(f"{broken} characters are not valid {encoding}"),) if broken > 0 else ()


def _undeclared(body: bytes, declared: str | None) -> tuple[str, tuple[Warned, ...]]:
    text = body.decode("utf-8", "replace")
    strange = sum(1 for character in text if character > "\x7f")
    if text.count("�") < _BROKEN_SHARE * strange:
        return text, (_odd("some bytes are not valid utf-8"),)
    guess = _detect(body)
    said = f"declared {declared}" if declared else "none declared"
    return body.decode(guess, "replace"), (_odd(f"{said}, read as {guess}"),)


def _detect(body: bytes) -> str:
    start = next((index for index, byte in enumerate(body) if byte > 0x7F), 0)
    sample = body[max(0, start - 1024) : start + _SAMPLE]
    found = shielded("charset", None, from_bytes, sample, steps=5, chunk_size=512, cp_isolation=_OF_THE_WEB)
    best = found.best() if found else None
    # windows-1252 is what browsers take for Western pages that say nothing (WHATWG Encoding, section 4.2).
    if best is None or best.encoding in ("cp1250", "cp1252", "ascii"):
        return "cp1252"
    return best.encoding
