"""The judgement: what came of one exchange. Everything that makes, checks or counts records asks here.

It depends on what a WARC says of the exchange and on nothing else, so that a crawl, re-extraction and verification
agree. HTML of which nobody noted what it was fetched for, as in other tools' files, is a `Kind.PAGE`;
`archive.pipeline.article_choice` looks at it.

What a body is, its headers and its first bytes say, by two standards: Fetch ("extract a MIME type",
https://fetch.spec.whatwg.org/) and MIME Sniffing (https://mimesniff.spec.whatwg.org/).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.exchange import IMPORTED, Capture, Completeness, Kind, Origin, Place, Purpose, Rendering
from archive.extraction.obstacles import LARGEST, obstacle_of
from archive.pipeline.refresh import only_sends_on, refresh_of
from archive.telling.kinds import Warned, WarningKind
from archive.warc.codings import decoded, is_gzip
from archive.warc.message import HttpMessage, entity, parse_message

#: Bytes that a body may have once its content coding is removed.
MAX_BODY = 64_000_000
#: Bytes of an answer that are enough to judge it: the kind follows from the head and the first 300 kB of the body,
#: however they are chunked and coded.
JUDGED = 4_000_000
#: Bytes of a page that are looked at for whether it is an article.
LOOKED_AT = 1_000_000
_PURPOSES = {
    Purpose.ROBOTS: Kind.ROBOTS,
    Purpose.REQUISITE: Kind.REQUISITE,
    Purpose.DOCUMENT: Kind.DOCUMENT,
    Purpose.SECTION: Kind.LIST,
    Purpose.FEED: Kind.LIST,
    Purpose.SITEMAP: Kind.LIST,
}
#: Headers that tell of a body's type and form on the wire.
_OF_FORM = frozenset(("content-type", "content-encoding", "transfer-encoding", "content-length"))
_PACKED = ("application/gzip", "application/x-gzip", "application/octet-stream", "application/x-tar")

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


@dataclass(frozen=True, slots=True)
class Answer:
    """What a WARC says of what came back, before anything of it is believed.

    `type` is the WARC-Type; `block` an HTTP message, or of a resource the payload; `message` the block taken apart,
    where that is done already; `content_type` the record's own; `method` the request's; `truncated` WARC-Truncated;
    `odd` what was odd about the record itself, `cut_short` that its file ends within it. `rendering` is that of
    a page that came out of a browser.
    """

    type: str
    url: str
    block: bytes
    origin: Origin
    message: HttpMessage | None = None
    content_type: str = "application/http"
    method: str = "GET"
    truncated: str | None = None
    date: datetime | None = None
    record_id: str | None = None
    payload_digest: str | None = None
    place: Place | None = None
    odd: tuple[Warned, ...] = ()
    cut_short: bool = False
    rendering: Rendering | None = None

    @property
    def is_http(self) -> bool:
        """Whether the block is an HTTP message; some tools do not say so."""
        stated = self.content_type.lower().replace(" ", "").startswith("application/http")
        return stated or (self.type != "resource" and self.block[:5].upper() == b"HTTP/")


def judge(answer: Answer, *, max_body: int = MAX_BODY) -> Capture:
    """The exchange as one value, with at most `max_body` bytes of its body. Never fails: `warnings` says what was
    odd."""
    # What is kept without its HTTP head has its record's Content-Type, and no status. browsertrix-crawler 1.1 wrote a
    # status of 0 where it did not know it, too.
    unheaded = None if answer.is_http else _unheaded(answer)
    message = unheaded or answer.message or parse_message(answer.block)
    mime = media_type([value for name, value in message.headers if name.lower() == "content-type"])
    body, odd = _body(answer, message, mime, max(max_body, LARGEST + 1))
    completeness, cut = _completeness(answer, message, odd)
    is_odd = message.status is None and bool(answer.block)
    no_http = (Warned(WarningKind.NOT_HTTP, "capture: the answer is not HTTP"),) if is_odd else ()
    return Capture(
        url=answer.url,
        body=body[:max_body],
        status=message.status or 0,
        headers=message.headers,
        date=answer.date,
        record_id=answer.record_id,
        payload_digest=answer.payload_digest,
        place=answer.place,
        origin=answer.origin,
        warnings=(*no_http, *_certificate(answer.origin), *answer.odd, *cut, *odd, *_unfinished(answer.rendering)),
        mime=mime,
        kind=_kind(answer, message, mime, body if body or not odd else None),
        completeness=completeness,
        rendering=answer.rendering,
    )


def _unfinished(rendering: Rendering | None) -> tuple[Warned, ...]:
    if rendering is None or rendering.unfinished is None:
        return ()
    said = f"browser: the limit of {rendering.unfinished} ended the loading of the page before all of it was there"
    return (Warned(WarningKind.UNFINISHED, said),)


def _unheaded(answer: Answer) -> HttpMessage:
    """Of a page that came out of a browser, the status and headers are those of its response."""
    said = parse_message(answer.rendering.head) if answer.rendering else HttpMessage(0, (), 0)
    about = tuple((name, value) for name, value in said.headers if name.lower() not in _OF_FORM)
    return replace(said, headers=(*about, ("Content-Type", answer.content_type)), body_start=0)


def _certificate(origin: Origin) -> tuple[Warned, ...]:
    said = f"capture: the server's certificate does not hold ({origin.certificate})"
    return (Warned(WarningKind.CERTIFICATE, said),) if origin.certificate else ()


def _body(answer: Answer, message: HttpMessage, mime: str, limit: int) -> tuple[bytes, tuple[Warned, ...]]:
    """The entity, its codings removed as browsers do and a little further, with warnings."""
    if not answer.is_http:
        return answer.block[:limit], ()
    coded, odd_transfer = entity(answer.block, message)
    body, odd_coding = decoded(coded, message.values("content-encoding"), limit)
    if is_gzip(body) and mime not in _PACKED:
        body, odd_unsaid = decoded(body, ["gzip"], limit)
        unsaid = Warned(WarningKind.CONTENT_CODING, "content coding: is gzip, which no header says")
        odd_coding = (*odd_coding, unsaid, *odd_unsaid)
    return body, (*odd_transfer, *odd_coding)


def _kind(answer: Answer, message: HttpMessage, mime: str, body: bytes | None) -> Kind:
    """`body` is None where its codings gave nothing back."""
    if unread := _unread(answer, message):
        return unread
    status, purpose = message.status or 0, answer.origin.purpose
    is_asked = purpose not in (Purpose.REQUISITE, Purpose.ROBOTS)
    obstacle = obstacle_of(status, message.headers, body or b"", answer.url, is_html=mime in HTML) if is_asked else None
    if obstacle or (status and not 200 <= status < 300):
        return obstacle or _failed(status, message)
    return _PURPOSES.get(purpose) or _page(answer, message, mime, body)


def _unread(answer: Answer, message: HttpMessage) -> Kind | None:
    """What is no answer to be looked at."""
    if answer.type == "revisit":
        return Kind.NOT_MODIFIED if message.status == 304 else Kind.REVISIT
    if answer.type not in ("response", "resource") and not answer.rendering:
        return Kind.OTHER_MEDIA
    if not answer.block:
        return Kind.NO_ANSWER
    # What a user imports may have any address.
    is_web = answer.origin.found_in == IMPORTED or answer.url.lower().startswith(("http://", "https://"))
    return None if is_web and message.status is not None else Kind.NO_HTTP


def _failed(status: int, message: HttpMessage) -> Kind:
    if status == 304:
        return Kind.NOT_MODIFIED
    if status in (301, 302, 303, 307, 308) and message.first("location") is not None:
        return Kind.REDIRECT
    return Kind.NOT_FOUND if status in (404, 410) else Kind.HTTP_ERROR


def _page(answer: Answer, message: HttpMessage, mime: str, body: bytes | None) -> Kind:
    """What was asked for as an article, or for nothing that was noted, and came with success."""
    is_text = mime == "text/plain" and not message.status and answer.origin.found_in == IMPORTED
    medium = None if is_text else medium_of(body or b"", mime, message.first("content-type") or "")
    if medium or body is None:
        return medium or Kind.UNDECODABLE
    if not body.strip():
        return Kind.EMPTY
    if only_sends_on(body) and refresh_of(answer.url, message.headers, body):
        return Kind.REDIRECT
    return Kind.ARTICLE if answer.origin.found_in else Kind.PAGE


def _completeness(
    answer: Answer, message: HttpMessage, odd: tuple[Warned, ...]
) -> tuple[Completeness, tuple[Warned, ...]]:
    """How much of the answer there is: what its record says, and what its own lengths and codings tell."""
    if answer.truncated:
        reason = answer.truncated.strip().lower()
        stated = Completeness(reason) if reason in set(Completeness) else Completeness.UNSPECIFIED
        return stated, (Warned(WarningKind.TRUNCATED, f"capture: truncated ({answer.truncated})"),)
    if answer.cut_short:
        return Completeness.UNSPECIFIED, ()
    if answer.type != "response" or not answer.is_http or message.status is None:
        return Completeness.WHOLE, ()
    length = message.first("content-length") or ""
    there = len(answer.block) - message.body_start
    is_short = length.isdigit() and there < int(length) and answer.method != "HEAD" and message.status != 304
    if is_short and "chunked" not in message.values("transfer-encoding"):
        said = f"capture: {there} of {int(length)} bytes of the body are there"
        return Completeness.UNSPECIFIED, (Warned(WarningKind.TRUNCATED, said),)
    ends_early = any(warning.kind is WarningKind.TRUNCATED for warning in odd)
    return Completeness.UNSPECIFIED if ends_early else Completeness.WHOLE, ()


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
