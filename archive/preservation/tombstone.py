"""The records that a takedown writes: tombstones, and revisits that must refer to something else.

A tombstone is a `metadata` record under the address of what was removed: the standard's record for what describes a
resource (WARC 1.1, section 6.6). A response that says 451 in its place would tell of an exchange that never was, and
replay would show it as a capture. An index does not name warc-fields, so replay finds nothing at that time.
"""

from collections.abc import Iterator
from datetime import datetime

from archive.preservation.takedown_survey import HeldCaptures
from archive.warc.digest import sha1_digest
from archive.warc.exchange_records import member, warc_date
from archive.warc.fields import fields_block
from archive.warc.message import parse_message
from archive.warc.scan import Fields, OpenRecord
from archive.warc.sighting import Original

#: The first field of a tombstone's block.
TAKEDOWN = b"takedown: "
_REFERENCE = frozenset(["warc-profile", "warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date"])


def tombstone(removed: HeldCaptures, record_id: str, now: datetime, reason: str) -> bytes:
    """What stands where a capture was, as a gzip member: when and why it went, and the digest of what it held."""
    block = fields_block(
        {
            "takedown": warc_date(now),
            "reason": reason,
            "removed": removed.type,
            "captured": removed.date,
            "payloadDigest": removed.payload_digest,
        }
    )
    fields = [
        ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
        ("WARC-Target-URI", removed.url),
        ("WARC-Date", warc_date(now)),
        ("WARC-Refers-To", f"<urn:uuid:{removed.record_id}>"),
    ]
    return member("metadata", block, "application/warc-fields", fields)


def promoted(revisit: OpenRecord, block: bytes, original: bytes) -> bytes:
    """A revisit as the response that it stood for: its own headers, and the body of the original's block."""
    head = block or original[: parse_message(original).body_start]
    whole = head + original[parse_message(original).body_start :]
    return _written([("WARC-Type", "response"), *_without(revisit.fields, {"warc-type", *_REFERENCE})], whole)


def referring(revisit: OpenRecord, block: bytes, to: Original | None) -> bytes:
    """A revisit that refers to another record, or only says that the payload was seen before."""
    if to is None:
        dropped = _REFERENCE - {"warc-profile"}
        return _written(list(_without(revisit.fields, dropped)), block)
    values = {
        "warc-refers-to": f"<urn:uuid:{to.record_id}>",
        "warc-refers-to-target-uri": to.url,
        "warc-refers-to-date": to.date,
    }
    return _written([(name, values.get(name.lower(), value)) for name, value in revisit.fields], block)


def _without(fields: Fields, names: set[str] | frozenset[str]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in fields if name.lower() not in names)


def _written(fields: list[tuple[str, str]], block: bytes) -> bytes:
    """A record with these fields, those that follow from its block made anew."""
    values = {"warc-block-digest": sha1_digest(block), "content-length": str(len(block))}
    lines = [(name, values.get(name.lower(), value)) for name, value in fields]
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return b"".join([f"WARC/1.1\r\n{head}\r\n".encode(), block, b"\r\n\r\n"])
