"""Exchanges to WARC records: response, request and metadata, each one gzip member, byte for byte as received."""

from base64 import b32encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1

from isal import igzip
from warcio.statusandheaders import StatusAndHeaders

from archive.exchange import Exchange
from archive.warc.fields import origin_fields
from archive.warc.message import entity, parse_message

#: isal's level 2 costs a ninth of zlib's level 6 for a tenth more bytes (measured on 65 KB pages).
_LEVEL = 2
_VERSION = "WARC/1.1"
_PROFILE = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"

Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """The gzip members of one exchange, in file order, and what names its first record."""

    members: tuple[bytes, ...]
    record_id: str
    payload_digest: str


def sha1_digest(content: bytes) -> str:
    """A digest as WARC and CDXJ write it: `sha1:` and base 32."""
    return "sha1:" + b32encode(sha1(content, usedforsecurity=False).digest()).decode("ascii")


def warc_date(moment: datetime) -> str:
    """A WARC-Date with microseconds (WARC 1.1, section 5.4). `moment` is UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def member(kind: str, block: bytes, content_type: str, fields: Fields) -> bytes:
    """One record as one gzip member."""
    # warcio serialises the record's own headers only. Given HTTP headers apart, it would write those anew, and
    # lose their case, order, spacing and duplicates: the whole message is the block.
    headers = StatusAndHeaders(
        "",
        [
            ("WARC-Type", kind),
            *fields,
            ("WARC-Block-Digest", sha1_digest(block)),
            ("Content-Type", content_type),
            ("Content-Length", str(len(block))),
        ],
        protocol=_VERSION,
    )
    content = headers.to_bytes(encoding="utf-8") + block + b"\r\n\r\n"
    # No time in the gzip header: nothing would tell whether it is right.
    return bytes(igzip.compress(content, compresslevel=_LEVEL, mtime=0))


def entry_of(exchange: Exchange, new_id: Callable[[], str], warcinfo_id: str, failure: str | None = None) -> Entry:
    """The records of one exchange. Where nothing came back, the request stands first and `failure` says why."""
    common = [("WARC-Target-URI", exchange.url), ("WARC-Date", warc_date(exchange.started))]
    common += [("WARC-Warcinfo-ID", f"<urn:uuid:{warcinfo_id}>")]
    main_id = new_id()
    members, digest = [], ""
    if exchange.response:
        message = parse_message(exchange.response)
        # An answer that is not HTTP has no payload.
        digest = sha1_digest(entity(exchange.response, message)[0]) if message.status else ""
        members.append(_response(exchange, main_id, digest, common))
    if exchange.request:
        members.append(_request(exchange, new_id() if members else main_id, main_id if members else None, common))
    first = main_id if members else None
    block = origin_fields(exchange.origin, seconds=exchange.seconds, failure=failure, interim=exchange.interim)
    fields = [*_identity(new_id() if members else main_id, first), *common]
    members.append(member("metadata", block, "application/warc-fields", fields))
    return Entry(tuple(members), main_id, digest)


def _identity(record_id: str, beside: str | None) -> Fields:
    yield "WARC-Record-ID", f"<urn:uuid:{record_id}>"
    if beside:
        yield "WARC-Concurrent-To", f"<urn:uuid:{beside}>"


def _connection(exchange: Exchange) -> Fields:
    """WARC-Protocol and WARC-Cipher-Suite are IIPC proposals (warc-specifications, issues 42 and 48)."""
    if exchange.ip:
        yield "WARC-IP-Address", exchange.ip
    yield from (("WARC-Protocol", protocol) for protocol in exchange.protocols)
    if exchange.cipher:
        yield "WARC-Cipher-Suite", exchange.cipher


def _response(exchange: Exchange, record_id: str, digest: str, common: list[tuple[str, str]]) -> bytes:
    fields = [*_identity(record_id, None), *common, *_connection(exchange)]
    if digest:
        fields.append(("WARC-Payload-Digest", digest))
    if exchange.truncated:
        fields.append(("WARC-Truncated", exchange.truncated.value))
    return member("response", exchange.response, "application/http; msgtype=response", fields)


def _request(exchange: Exchange, record_id: str, beside: str | None, common: list[tuple[str, str]]) -> bytes:
    fields = [*_identity(record_id, beside), *common, *_connection(exchange)]
    return member("request", exchange.request, "application/http; msgtype=request", fields)


def warcinfo(record_id: str, filename: str, moment: datetime, info: Mapping[str, str]) -> bytes:
    """The record that opens every file (WARC 1.1, section 6.2)."""
    fields = [
        ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
        ("WARC-Date", warc_date(moment)),
        ("WARC-Filename", filename),
    ]
    lines = {"format": "WARC File Format 1.1", "conformsTo": _PROFILE, **info}
    block = "".join(f"{key}: {' '.join(str(value).split())}\r\n" for key, value in lines.items()).encode()
    return member("warcinfo", block, "application/warc-fields", fields)
