"""What a `metadata` record says of a capture, as `application/warc-fields` (WARC 1.1, section 6.6 and annex C).

`via` and `fetchTimeMs` are the field's own names; the rest are ours. Values are UTF-8 on one line: `%`, line ends
and other control characters are percent-encoded.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from archive.exchange import Origin, Purpose, Rendering, Unfinished

#: Of what the record of a page is made, where that is not its response.
_RENDERING = "rendering"
_PAGE = re.compile(r"[0-9]{1,4}")
_UNSAFE = re.compile(r"[%\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]")


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def origin_fields(
    origin: Origin,
    *,
    seconds: float | None = None,
    failure: str | None = None,
    interim: bytes = b"",
    redacted: Sequence[str] = (),
) -> bytes:
    """The block of a metadata record.

    `seconds` is how long the fetch took, `failure` why nothing came back. `interim` are the answers before the final
    one, which no response record can hold beside it; they are written as latin-1. `redacted` names the headers of the
    request whose values its record does not hold as they were sent.
    """
    fields = {
        "via": origin.via,
        "fetchTimeMs": None if seconds is None else str(round(seconds * 1000)),
        "purpose": origin.purpose,
        "foundIn": origin.found_in,
        "title": origin.title,
        "date": origin.date,
        "requestedUrl": origin.requested_url,
        "robots": origin.robots,
        "imported": origin.imported,
        "page": None if origin.page is None else str(origin.page),
        "story": origin.story,
        "previous": origin.previous,
        "certificate": origin.certificate,
        "recordOf": _RENDERING if origin.is_for_browser else None,
        "failure": failure,
        "interim": interim.decode("latin-1") or None,
        "requestRedacted": ", ".join(redacted) or None,
    }
    return fields_block(fields)


def fields_block(fields: Mapping[str, str | None]) -> bytes:
    """A warc-fields block; what is None is left out."""
    lines = [f"{key}: {_encode(value)}\r\n" for key, value in fields.items() if value is not None]
    return "".join(lines).encode("utf-8")


def _encode(value: str) -> str:
    # Most are one word or number, of which nothing has to be looked for.
    return value if value.isalnum() else _UNSAFE.sub(_encoded, value)


def parse_fields(block: bytes) -> dict[str, str]:
    """The fields of a warc-fields block by name; the last of several wins. Lenient."""
    pairs = (line.partition(":") for line in block.decode("utf-8", "replace").splitlines())
    return {key.strip(): unquote(value.strip()) for key, colon, value in pairs if colon}


def origin_of(fields: dict[str, str]) -> Origin:
    """The origin that a metadata record tells of; what other tools leave out keeps its default."""
    purpose = fields.get("purpose", Purpose.ARTICLE)
    return Origin(
        purpose=Purpose(purpose) if purpose in set(Purpose) else Purpose.ARTICLE,
        found_in=fields.get("foundIn", "seed"),
        via=fields.get("via"),
        title=fields.get("title"),
        date=fields.get("date"),
        requested_url=fields.get("requestedUrl"),
        robots=fields.get("robots"),
        imported=fields.get("imported"),
        page=int(page) if _PAGE.fullmatch(page := fields.get("page", "")) else None,
        story=fields.get("story"),
        previous=fields.get("previous"),
        certificate=fields.get("certificate"),
        is_for_browser=fields.get("recordOf") == _RENDERING,
    )


def rendering_fields(rendering: Rendering) -> bytes:
    """The lines that a metadata record has beside those of `origin_fields` where it stands beside what a browser made
    of a page: `responseHead` is the status and headers that came, as latin-1."""
    fields = {
        "renderedBy": rendering.browser,
        "renderingUnfinished": rendering.unfinished,
        "responseHead": rendering.head.decode("latin-1") or None,
    }
    return fields_block(fields)


def rendering_of(fields: dict[str, str], response: str) -> Rendering | None:
    """What those lines tell, of the response with this id; None where they are not there."""
    if "renderedBy" not in fields:
        return None
    unfinished = fields.get("renderingUnfinished", "")
    return Rendering(
        fields["renderedBy"],
        response,
        fields.get("responseHead", "").encode("latin-1", "replace"),
        Unfinished(unfinished) if unfinished in set(Unfinished) else None,
    )
