"""A record read to its end: its HTTP head, its index entry, and whether its digests are right."""

from collections.abc import Iterator
from hashlib import sha1
from typing import Any

from archive.warc.digest import BlockDigest, agrees, base32_sha1, hash_of
from archive.warc.index import REVISIT_MIME, IndexEntry, bare_mime, is_indexed, status_of
from archive.warc.message import Dechunker, HttpMessage, parse_message, take_head
from archive.warc.record import AnyRecord

_NOTED = ("metadata", "warcinfo", "request")
_KEPT = ("response", "resource", "conversion")
#: Bytes that are kept of the block of a record in `_NOTED`.
_MAX_NOTE = 65_536


class Reading:
    """Reads a record piece by piece. `message` is its HTTP head, `note` the beginning of its block: of a small record
    all of it, of what came back as many bytes as are to be kept."""

    def __init__(self, record: AnyRecord, *, digests: bool = False, keep: int = 0) -> None:
        """With `digests` they are checked: `wrong` then says which are not right."""
        self._keep = _MAX_NOTE if record.type in _NOTED else keep if record.type in _KEPT else 0
        self.note = b""
        self.message: HttpMessage | None = None
        self.record = record
        stated = record.field("WARC-Payload-Digest")
        self._block = BlockDigest(record.field("WARC-Block-Digest") if digests else None)
        self._payload_digest = stated if digests and _has_payload(record) else None
        self._payload_hashes = [hash_of(self._payload_digest)]
        # An index digests a payload that has no digest of its own.
        undigested = is_indexed(record) and not stated and record.type != "revisit"
        self._index_hash = sha1(usedforsecurity=False) if undigested else None
        self._chunks = Dechunker()
        self._read()

    def _read(self) -> None:
        pieces = self._pieces()
        if self.record.is_http:
            head, pieces = take_head(pieces)
            self.message = parse_message(head)
            if self._payload_digest and "chunked" in self.message.values("transfer-encoding"):
                self._payload_hashes.append(hash_of(self._payload_digest))
        if self._payload_digest or self._index_hash:
            for piece in pieces:
                self._take_payload(piece)
        elif self._block.stated or self._keep:
            for _ in pieces:
                pass
        self.record.finish()

    def _pieces(self) -> Iterator[bytes]:
        kept: list[bytes] = []
        room = self._keep
        for piece in self._block.through(self.record.pieces()):
            if room > 0:
                kept.append(piece[:room])
                room -= len(piece)
            yield piece
        self.note = b"".join(kept)

    def _take_payload(self, piece: bytes) -> None:
        raw, *dechunked = self._payload_hashes
        if raw:
            raw.update(piece)
        for each in filter(None, dechunked):
            for part in self._chunks.feed(piece):
                each.update(part)
        if self._index_hash:
            self._index_hash.update(piece)

    def wrong(self) -> Iterator[str]:
        """The digests that do not agree. Of a chunked payload either reading is accepted: the entity, which the
        standard means, or the chunks, which some tools digest."""
        if self._block.wrong:
            yield f"the block digest says {self._block.stated}, but the block has another"
        if self.record.type == "response" and (self.message is None or self.message.status is None):
            # What the payload is of an answer that is not HTTP, no standard says.
            return
        found: list[Any] = [each for each in self._payload_hashes if each]
        if self._payload_digest and found and not any(agrees(self._payload_digest, each) for each in found):
            yield f"the payload digest says {self._payload_digest}, but the payload has another"

    def entry(self, filename: str) -> IndexEntry:
        """The record's entry in an index."""
        record, message = self.record, self.message
        mime = message.first("content-type") if message else record.field("Content-Type")
        return IndexEntry(
            url=record.url,
            date=record.field("WARC-Date") or "",
            mime=REVISIT_MIME if record.type == "revisit" else bare_mime(mime),
            status=status_of(message) if message else None,
            digest=base32_sha1(self._index_hash) if self._index_hash else record.field("WARC-Payload-Digest"),
            offset=record.offset,
            length=record.length,
            filename=filename,
        )


def _has_payload(record: AnyRecord) -> bool:
    """Whether the payload digest is that of what is in the block: not of what a revisit refers to, nor of a whole
    that is stored in segments."""
    return record.type != "revisit" and record.field("WARC-Segment-Number") is None
