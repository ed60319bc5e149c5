"""WARC files to captures: each exchange, judged."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import TypeVar

from archive.errors import WarcError
from archive.exchange import Capture, Exchange, Origin, Place, RenderedPage, Rendering
from archive.pipeline.judgement import MAX_BODY, Answer, judge
from archive.telling.kinds import Warned, WarningKind
from archive.warc.check import Checked
from archive.warc.fields import origin_of, parse_fields, rendering_of
from archive.warc.message import method_of
from archive.warc.record import MAX_BLOCK, Recorded, WarcRecord, exchanges, read_records
from archive.warc.rendering_records import DOCUMENT, document_bytes
from archive.warc.scan import bare_id
from archive.warc.writer import Written
from archive.whole_file import OPEN_SUFFIX

#: A record whose block, or as much of it as is judged, is in memory.
Held = TypeVar("Held", WarcRecord, Checked)
#: Other tools do not say how and for what a URL was found.
UNKNOWN = Origin(found_in="")


def read_captures(path: Path, *, max_body: int = MAX_BODY) -> Iterator[Capture]:
    """Stream the responses, resources and rendered pages of a WARC file, judged, each with the origin from its
    metadata record.

    Raises WarcError, naming file and offset, where the file cannot be read on.
    """
    with path.open("rb") as file:
        yield from captures_in(file, path.name, max_body=max_body)


def captures_in(file: BufferedReader, name: str, *, max_body: int = MAX_BODY) -> Iterator[Capture]:
    """Those of an open WARC, which need not be a file on disk; `name` is that of the WARC."""
    for found in exchanges(read_records(file, name)):
        if found.main is not None and found.main.type in ("response", "resource", "conversion"):
            answer = answer_of(found, name)
            # Other tools' conversions are no pages.
            if answer.type != "conversion" or answer.rendering:
                yield judge(answer, max_body=max_body)


def read_capture(path: Path, place: Place, *, max_body: int = MAX_BODY) -> Capture:
    """The one capture at a place. Raises WarcError if there is none."""
    with path.open("rb") as file:
        for found in exchanges(read_records(file, path.name, place.offset)):
            if found.main is not None and found.main.offset == place.offset:
                return judge(answer_of(found, path.name), max_body=max_body)
            break
    raise WarcError(f"{path.name}: there is no response at byte {place.offset}")


def answer_of(found: Recorded[Held], filename: str) -> Answer:
    """What the records of an exchange say. Raises ValueError for one that was not answered."""
    record, request = found.main, found.of_type("request")
    if record is None:
        raise ValueError("nothing came back")
    # Our own metadata records name a purpose.
    notes = (parse_fields(item.block) for item in found.beside if item.type == "metadata")
    return Answer(
        type=record.type,
        url=record.url,
        block=record.block,
        origin=next((origin_of(fields) for fields in notes if "purpose" in fields), UNKNOWN),
        content_type=record.field("Content-Type") or "",
        method=method_of(request.block) if request else "GET",
        truncated=record.field("WARC-Truncated"),
        date=_date(record.field("WARC-Date")),
        record_id=record.id,
        payload_digest=record.field("WARC-Payload-Digest"),
        place=Place(filename.removesuffix(OPEN_SUFFIX), record.offset, record.length),
        odd=_odd(record),
        cut_short=record.cut_short,
        rendering=_rendering(found),
    )


def written_answer(exchange: Exchange, written: Written) -> Answer:
    """The same of an exchange that has just been written."""
    return Answer(
        type="response",
        url=exchange.url,
        block=exchange.response,
        message=written.message,
        origin=exchange.origin,
        method=method_of(exchange.request),
        truncated=exchange.truncated,
        date=exchange.started,
        record_id=written.record_id,
        payload_digest=written.payload_digest,
        place=written.place,
    )


def written_rendering(page: RenderedPage, written: Written) -> Answer:
    """The same of a page that came out of a browser."""
    return Answer(
        type="conversion",
        url=page.url,
        block=document_bytes(page),
        origin=page.origin,
        content_type=DOCUMENT,
        date=page.started,
        record_id=written.record_id,
        payload_digest=written.payload_digest,
        place=written.place,
        rendering=page.rendering,
    )


def _rendering(found: Recorded[Held]) -> Rendering | None:
    """What our own metadata record says of a conversion."""
    if found.main is None or found.main.type != "conversion":
        return None
    response = bare_id(found.main.field("WARC-Refers-To"))
    notes = (rendering_of(parse_fields(item.block), response) for item in found.beside if item.type == "metadata")
    return next(filter(None, notes), None)


def _odd(record: WarcRecord | Checked) -> tuple[Warned, ...]:
    cut = Warned(WarningKind.SIZE, f"size: only the first {MAX_BLOCK} bytes of the response were read")
    said = "capture: the WARC is one gzip member; offset and length count inflated bytes"
    return (
        *record.doubts,
        *((cut,) if MAX_BLOCK <= len(record.block) < record.size else ()),
        *(() if record.alone else (Warned(WarningKind.ONE_GZIP_MEMBER, said),)),
    )


def _date(value: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((value or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
