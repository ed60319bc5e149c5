"""What a body is: the media type that its headers mean, and what its first bytes say.

Standards: Fetch ("extract a MIME type") and MIME Sniffing, https://fetch.spec.whatwg.org/ and
https://mimesniff.spec.whatwg.org/.
"""

import re
from collections.abc import Sequence

from archive.exchange import Kind

#: What makes a record: HTML, whichever way it is named, and what nobody named.
HTML = ("text/html", "application/xhtml+xml", "")
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110, section 5.6.2
_ESSENCE = re.compile(rf"{_TOKEN}/{_TOKEN}")
#: A comma parts types, but not within the quotes of a parameter.
_TYPES = re.compile(r'(?:[^,"]|"[^"]*"?)+')
#: Bytes that the standard looks at (section 7), and those that no text holds (section 4).
_HEADER = 1445
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
#: More than this share of such bytes makes data of what is called a page: pages with a stray control character exist.
_MOST_BINARY = 0.05
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
#: Signatures (sections 6.1 to 6.3 and 7.1), with what a record is told of them.
_SIGNATURES = (
    (re.compile(rb"%PDF-"), Kind.PDF),
    (
        re.compile(
            rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBPVP|BM.{4}\x00{4}|\x00\x00[\x01\x02]\x00"
            rb"|.{4}ftypavi[fs]",
            re.S,
        ),
        Kind.IMAGE,
    ),
    (
        re.compile(
            rb"OggS\x00|ID3|RIFF.{4}(?:WAVE|AVI )|FORM.{4}AIFF|\x1a\x45\xdf\xa3|.{4}ftyp(?:mp4|isom|M4)|wOF[F2]|"
            rb"\x1f\x8b\x08|PK\x03\x04|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|%!PS-Adobe-|WARC/[01]|\xd0\xcf\x11\xe0",
            re.S,
        ),
        Kind.OTHER_MEDIA,
    ),
)
_UTF16 = re.compile(r"charset\s*=\s*[\"']?utf-?(?:16|32)", re.IGNORECASE)
_PAGE = re.compile(
    rb"[\t\n\x0c\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]|"
    rb"[\t\n\x0c\r ]*<!--",
    re.IGNORECASE,
)
_DECLARED = {"application/pdf": Kind.PDF, "application/x-pdf": Kind.PDF}


def media_type(values: Sequence[str]) -> str:
    """The type that all Content-Type headers of an answer mean, without parameters and in lower case: the last one that
    is a type. Empty where there is none, also for what is no type at all, such as `html`."""
    found = ""
    for part in _TYPES.findall(",".join(values)):
        essence = part.partition(";")[0].strip().lower()
        if _ESSENCE.fullmatch(essence) and essence != "*/*":
            found = essence
    return "" if found in ("unknown/unknown", "application/unknown") else found


def medium_of(body: bytes, mime: str, content_type: str = "") -> Kind | None:
    """What a body is that is no page; None for a page. `mime` is from `media_type`, `content_type` the whole header.

    What is called HTML is looked at, since servers call everything so; what is called anything else is taken for that.
    """
    if mime not in HTML:
        return _DECLARED.get(mime) or (Kind.IMAGE if mime.startswith("image/") else Kind.OTHER_MEDIA)
    start = body[:_HEADER]
    for signature, kind in _SIGNATURES:
        if signature.match(start):
            return kind
    if start.startswith(_BOMS) or _UTF16.search(content_type) or _PAGE.match(start):
        return None
    return Kind.OTHER_MEDIA if len(_BINARY.findall(start)) > _MOST_BINARY * len(start) else None
