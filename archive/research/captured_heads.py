"""What was said on the wire around a page: the heads of the request and of the answer, as they stand in the WARC."""

from dataclasses import dataclass
from pathlib import Path

from archive.capture_fields import WarcPlace
from archive.errors import CollectionError
from archive.warc.message import take_head
from archive.warc.record import exchanges, read_records


@dataclass(frozen=True, slots=True)
class CapturedHeads:
    """Start line and headers of both; empty where there are none."""

    request: str
    response: str


def captured_heads(warc: Path, place: WarcPlace) -> CapturedHeads:
    """Those of the capture at a place. Raises CollectionError where the file is missing, and WarcError where it cannot
    be read."""
    try:
        with warc.open("rb") as file:
            found = next(exchanges(read_records(file, place.filename, place.offset)), None)
    except FileNotFoundError as error:
        raise CollectionError(f"{warc} is missing, which the record comes from") from error
    if found is None or found.main is None:
        return CapturedHeads("", "")
    request = next((_head(record.block) for record in found.beside if record.type == "request"), "")
    return CapturedHeads(request, _head(found.main.block) if found.main.is_http else "")


def _head(block: bytes) -> str:
    head, _ = take_head(iter([block]))
    return head.decode("utf-8", "backslashreplace").replace("\r\n", "\n").strip()
