"""Exchanges to WARC records: response, request and metadata, each one gzip member, byte for byte as received."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from archive.exchange import Exchange
from archive.warc.digest import sha1_digest
from archive.warc.fields import origin_fields
from archive.warc.message import HttpMessage, entity, method_of, parse_message
from archive.warc.packing import compressed, is_packed, stored
from archive.warc.sighting import Original, Revisit, Sighting, sighting_of

_PROFILE = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


class ExchangeRecords(NamedTuple):
    """The gzip members of one exchange, in file order, and what names its first record; `message` is the response."""

    members: tuple[bytes, ...]
    record_id: str
    message: HttpMessage | None = None
    sighting: Sighting | None = None
    revisit: Revisit | None = None

    @property
    def payload_digest(self) -> str:
        """Of the response, or of the one that it repeats; empty where nothing came back."""
        if self.revisit:
            return self.revisit.original.digest
        return self.sighting.original.digest if self.sighting else ""


def warc_date(moment: datetime) -> str:
    """A WARC-Date with microseconds (WARC 1.1, section 5.4). `moment` is UTC."""
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def member(
    kind: str, block: bytes, content_type: str, fields: Iterable[tuple[str, str]], *, packed: bool = False
) -> bytes:
    """One record as one gzip member. `packed` says that compressing the block again would gain nothing."""
    content = _maker()(kind, block, content_type, fields)
    return stored(content) if packed else compressed(content)


@cache
def _maker() -> Callable[[str, bytes, str, Iterable[tuple[str, str]]], bytes]:
    # With warcio it brings asyncio and fsspec: a tenth of the time in which a worker begins, which writes none.
    from archive.warc.record_bytes import record_bytes  # noqa: PLC0415

    return record_bytes


def prepare() -> None:
    """Load what records are made with: the first one would otherwise wait for it, and with it whatever comes in."""
    _maker()


def _never(_: Sighting) -> None:
    """Where nothing is known of earlier captures."""


def entry_of(
    exchange: Exchange,
    new_id: Callable[[], str],
    warcinfo_id: str,
    failure: str | None = None,
    find: Callable[[Sighting], Revisit | None] = _never,
) -> ExchangeRecords:
    """The records of one exchange. Where nothing came back, the request stands first and `failure` says why.

    `find` tells what a response repeats; it then becomes a revisit record.
    """
    main_id, connection = new_id(), _connection(exchange)
    about = [
        ("WARC-Target-URI", exchange.url),
        ("WARC-Date", date := warc_date(exchange.started)),
        ("WARC-Warcinfo-ID", f"<urn:uuid:{warcinfo_id}>"),
    ]
    members: list[bytes] = []
    message = sighting = revisit = None

    def names() -> list[tuple[str, str]]:
        own = [("WARC-Record-ID", f"<urn:uuid:{new_id() if members else main_id}>")]
        beside = [("WARC-Concurrent-To", f"<urn:uuid:{main_id}>")] if members else []
        return [*own, *beside, *about]

    if exchange.response:
        message = parse_message(exchange.response)
        sighting = _sighting(exchange, message, main_id, date)
        revisit = find(sighting)
        members.append(_response(exchange, names() + connection, message, sighting, revisit))
    if exchange.request:
        fields = names() + connection
        members.append(member("request", exchange.request, "application/http; msgtype=request", fields))
    block = origin_fields(
        exchange.origin, seconds=exchange.seconds, failure=failure, interim=exchange.interim, redacted=exchange.redacted
    )
    members.append(member("metadata", block, "application/warc-fields", names()))
    return ExchangeRecords(tuple(members), main_id, message, sighting, revisit)


def _sighting(exchange: Exchange, message: HttpMessage, record_id: str, date: str) -> Sighting:
    # An answer that is not HTTP has no payload.
    digest = sha1_digest(entity(memoryview(exchange.response), message)[0]) if message.status else ""
    return sighting_of(
        Original(digest, record_id, exchange.url, date),
        message,
        len(exchange.response) - message.body_start,
        purpose=exchange.origin.purpose,
        method=method_of(exchange.request),
        truncated=exchange.truncated is not None,
    )


def _connection(exchange: Exchange) -> list[tuple[str, str]]:
    """WARC-Protocol and WARC-Cipher-Suite are IIPC proposals (warc-specifications, issues 42 and 48)."""
    ip = [("WARC-IP-Address", exchange.ip)] if exchange.ip else []
    cipher = [("WARC-Cipher-Suite", exchange.cipher)] if exchange.cipher else []
    return [*ip, *(("WARC-Protocol", protocol) for protocol in exchange.protocols), *cipher]


def _response(
    exchange: Exchange,
    fields: list[tuple[str, str]],
    message: HttpMessage,
    sighting: Sighting,
    revisit: Revisit | None,
) -> bytes:
    block, kind, digest = exchange.response, "response", sighting.original.digest
    if revisit:
        # Its headers as received; the body is that of the record it refers to.
        block, kind, digest = block[: message.body_start], "revisit", revisit.original.digest
        fields = fields + _reference(revisit)
    if digest:
        fields = [*fields, ("WARC-Payload-Digest", digest)]
    if exchange.truncated:
        fields = [*fields, ("WARC-Truncated", exchange.truncated.value)]
    size = len(block) - message.body_start
    packed = is_packed(size, message.values("content-encoding"), message.first("content-type"))
    return member(kind, block, "application/http; msgtype=response", fields, packed=packed)


def _reference(revisit: Revisit) -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", revisit.profile),
        ("WARC-Refers-To", f"<urn:uuid:{revisit.original.record_id}>"),
        ("WARC-Refers-To-Target-URI", revisit.original.url),
        ("WARC-Refers-To-Date", revisit.original.date),
    ]


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
