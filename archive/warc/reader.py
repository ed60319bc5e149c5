"""WARC files to captures: each response with what was noted of it, codings removed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from archive.errors import WarcError
from archive.exchange import IMPORTED, Capture, Origin, Place
from archive.warc.codings import decoded
from archive.warc.fields import origin_of, parse_fields
from archive.warc.message import Message, entity, parse_message
from archive.warc.record import MAX_BLOCK, WarcRecord, bare_id, read_records
from archive.whole_file import OPEN_SUFFIX

#: Bytes that a body may have once its content coding is removed.
MAX_BODY = 64_000_000


def read_captures(path: Path, *, max_body: int = MAX_BODY) -> Iterator[Capture]:
    """Stream the HTTP responses of a WARC file, each with the origin from its metadata record.

    Raises WarcError, naming file and offset, where the file cannot be read on.
    """
    with path.open("rb") as file:
        yield from captures_in(file, path.name, max_body=max_body)


def captures_in(file: BufferedReader, name: str, *, max_body: int = MAX_BODY) -> Iterator[Capture]:
    """The responses of an open WARC, which need not be a file on disk; `name` is that of the WARC."""
    for response, origin in _responses(file, name, 0):
        yield capture_of(response, origin, name, max_body=max_body)


def read_capture(path: Path, place: Place, *, max_body: int = MAX_BODY) -> Capture:
    """The one response at a place. Raises WarcError if there is none."""
    with path.open("rb") as file:
        for response, origin in _responses(file, path.name, place.offset):
            if response.offset == place.offset:
                return capture_of(response, origin, path.name, max_body=max_body)
            break
    raise WarcError(f"{path.name}: there is no response at byte {place.offset}")


def _responses(file: BufferedReader, name: str, offset: int) -> Iterator[tuple[WarcRecord, Origin]]:
    """Each response, and each imported resource, with the origin noted in a record right behind it that names it
    (WARC-Concurrent-To)."""
    held: WarcRecord | None = None
    try:
        for record in read_records(file, name, offset):
            if held is not None and bare_id(record.field("WARC-Concurrent-To")) == held.id:
                if record.type == "metadata":
                    yield from _noted(held, origin_of(parse_fields(record.block)))
                    held = None
                continue
            yield from _noted(held, Origin())
            held = record if record.type == "resource" or (record.type == "response" and record.is_http) else None
    except WarcError:
        # The response itself was whole.
        yield from _noted(held, Origin())
        raise
    yield from _noted(held, Origin())


def _noted(held: WarcRecord | None, origin: Origin) -> Iterator[tuple[WarcRecord, Origin]]:
    # Other tools keep as resources what is no page, such as pictures of the screen.
    if held is not None and (held.type == "response" or origin.found_in == IMPORTED):
        yield held, origin


def capture_of(record: WarcRecord, origin: Origin, filename: str, *, max_body: int = MAX_BODY) -> Capture:
    """A response record, or a resource, as a capture. Broken codings give what could be decoded, and warnings."""
    if record.type == "resource":
        return _resource(record, origin, filename, max_body)
    message = parse_message(record.block)
    coded, odd_transfer = entity(record.block, message)
    body, odd_coding = decoded(coded, message.values("content-encoding"), max_body)
    warnings = (*_capture_warnings(record, message), *odd_transfer, *odd_coding)
    return _capture(record, origin, filename, message, body, warnings)


def _resource(record: WarcRecord, origin: Origin, filename: str, max_body: int) -> Capture:
    """What has no HTTP head: its Content-Type is the record's, and its status 0."""
    message = Message(0, (("Content-Type", record.field("Content-Type") or ""),), 0)
    return _capture(record, origin, filename, message, record.block[:max_body], _capture_warnings(record, message))


def _capture(
    record: WarcRecord, origin: Origin, filename: str, message: Message, body: bytes, warnings: tuple[str, ...]
) -> Capture:
    return Capture(
        url=record.url,
        body=body,
        status=message.status or 0,
        headers=message.headers,
        date=_date(record.field("WARC-Date")),
        record_id=record.id,
        payload_digest=record.field("WARC-Payload-Digest"),
        place=Place(filename.removesuffix(OPEN_SUFFIX), record.offset, record.length),
        origin=origin,
        warnings=warnings,
    )


def _capture_warnings(record: WarcRecord, message: Message) -> tuple[str, ...]:
    found = []
    if message.status is None:
        found.append("capture: the answer is not HTTP")
    if record.cut:
        found.append(f"size: only the first {MAX_BLOCK} bytes of the response were read")
    if not record.alone:
        found.append("capture: the WARC is one gzip member; offset and length count inflated bytes")
    if reason := record.field("WARC-Truncated"):
        found.append(f"capture: truncated ({reason})")
    return tuple(found)


def _date(value: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((value or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
