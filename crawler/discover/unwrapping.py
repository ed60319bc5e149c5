"""What lists and robots.txt are wrapped in, taken off: gzip, also twice, cut or with bytes behind; UTF-16 and UTF-32;
byte-order marks, padding."""

import codecs
import re

from archive.warc.codings import decoded, is_gzip
from crawler.discover.found import MAX_BYTES

#: Gzip in gzip is taken off so often; more is an attack.
_MOST_GZIPS = 3
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Bytes that are looked at for zeros: ASCII in UTF-16 has one in every second place.
_LOOKED_AT = 256
#: Zeros, blanks and byte-order marks, also those that were taken for Latin-1 and made UTF-8 once more.
_FRONT = re.compile(rb"\A(?:[\0\s]|\xef\xbb\xbf|\xc3\xaf\xc2\xbb\xc2\xbf)*+")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}+>")


def unwrapped(body: bytes) -> bytes:
    """The text itself: wide encodings as UTF-8, without the XML declaration, which would name the other. All other
    encodings stay as they are, with what says so."""
    for _ in range(_MOST_GZIPS):
        if not is_gzip(body.lstrip()):
            break
        body, _warnings = decoded(body.lstrip(), ["gzip"], MAX_BYTES)
    body = body[:MAX_BYTES]
    if encoding := _wide_encoding(body):
        text = body.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
        body = _DECLARATION.sub(b"", text, count=1)
    return _FRONT.sub(b"", body, count=1).rstrip(b"\0 \r\n\t")


def _wide_encoding(body: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding
    start = body[:_LOOKED_AT]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 3 <= len(start) or min(even, odd) * 10 > len(start):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"
