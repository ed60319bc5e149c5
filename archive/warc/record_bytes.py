"""The bytes of one record, as warcio puts them together: its header, and the block byte for byte."""

from collections.abc import Iterable
from io import BytesIO

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.warc.digest import sha1_digest

_VERSION = "WARC/1.1"


class _RawBlock:
    """What warcio takes for the HTTP head of a record, and writes in one piece as it was received: its own heads put
    the lines in order."""

    def __init__(self, block: bytes) -> None:
        self.headers_buff = block

    def compute_headers_buffer(self, _: object) -> None:
        """Nothing is to be computed."""


class _Writer(WARCWriter):  # type: ignore[misc] # warcio has no types
    """warcio's writer of records, one by one. Compression is ours: warcio's fixed level 9 is a quarter of a capture's
    time."""

    def __init__(self) -> None:
        super().__init__(None, gzip=False, warc_version="1.1")

    def bytes_of(self, record: ArcWarcRecord) -> bytes:
        """The record, not compressed."""
        content = BytesIO()
        self._write_warc_record(content, record)
        return content.getvalue()

    def ensure_digest(self, record: ArcWarcRecord, block: bool = True, payload: bool = True) -> None:
        """They are set. warcio would give requests and metadata a payload digest, of what is no payload."""


#: Made once: each new one asks the system for the name of this machine. It holds nothing of what it writes.
_WRITER = _Writer()


def record_bytes(kind: str, block: bytes, content_type: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """A record, not compressed. Its length and the digest of its block are added to the fields."""
    head = StatusAndHeaders("", (), protocol=_VERSION)
    # Set here, since warcio would look at each for bytes. It sets the length, which it looks for from the end.
    head.headers = [
        ("WARC-Type", kind),
        *fields,
        ("WARC-Block-Digest", sha1_digest(block)),
        ("Content-Type", content_type),
        ("Content-Length", ""),
    ]
    return _WRITER.bytes_of(ArcWarcRecord("warc", kind, head, BytesIO(), _RawBlock(block), None, 0, payload_length=0))
