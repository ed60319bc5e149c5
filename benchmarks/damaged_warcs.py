"""WARC files whose every record is known, and what time, disks and transfers do to files."""

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from archive.warc.digest import sha1_digest

_HOST = "https://gull.example/2026/11/20/"
_WORDS = "tide pier harbour gull committee ferry lorry bridge bearing estuary board chair engineer spring".split()
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it was written: its bytes in the file, in a plain one without the line ends behind it, and there the
    end of its header. `digest` is the header's line of that name, empty where there is none."""

    record_id: str
    kind: str
    url: str
    body: bytes
    digest: bytes
    start: int
    end: int
    head: int


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A sound file."""

    name: str
    content: bytes
    records: tuple[Known, ...]

    @property
    def plain(self) -> bool:
        """Whether it is not compressed."""
        return self.name.endswith(".warc")


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """What became of it: `places` has for each byte where it stood, or -1 for one that is not as it was."""

    whole: MadeFile
    content: bytes
    places: Places
    what: str


def made_file(luck: random.Random) -> MadeFile:
    """A file of some pages, each with its request and notes, as many tools write them."""
    plain, digested = luck.random() < 0.5, luck.random() < 0.7
    content, records = b"", []
    for number in range(luck.randint(3, 8)):
        for kind, url, block in _exchange(number, luck):
            record_id = str(UUID(int=luck.getrandbits(128), version=4))
            digest = f"WARC-Block-Digest: {sha1_digest(block)}".encode() if digested else b""
            head = _head(kind, url, len(block), record_id, digest)
            record = head + block + b"\r\n\r\n"
            written = record if plain else gzip.compress(record, luck.choice((1, 6, 9)), mtime=0)
            end = len(content) + len(written) - 4 * plain
            body = block.partition(b"\r\n\r\n")[2] if kind == "response" else block
            records.append(Known(record_id, kind, url, body, digest, len(content), end, len(content) + len(head)))
            content += written
    return MadeFile("damaged.warc" if plain else "damaged.warc.gz", content, tuple(records))


def _exchange(number: int, luck: random.Random) -> list[tuple[str, str, bytes]]:
    url = f"{_HOST}{number}-gulls-came-back-to-the-pier.html"
    page = f"<html><title>{number}</title><p>" + " ".join(luck.choices(_WORDS, k=luck.randint(20, 3000)))
    if luck.random() < 0.1:
        # A page about WARC, which shows what one looks like.
        page += "<pre>WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nabcde\r\n\r\n</pre>"
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n{page}"
    return [
        ("response", url, answer.encode()),
        ("request", url, f"GET /{number} HTTP/1.1\r\nHost: gull.example\r\n\r\n".encode()),
        ("metadata", url, f"via: {_HOST}\r\nfetchTimeMs: {luck.randint(10, 900)}\r\n".encode()),
    ]


def _head(kind: str, url: str, size: int, record_id: str, digest: bytes) -> bytes:
    types = {"metadata": "application/warc-fields"}
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{record_id}>",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2026-11-20T08:00:00Z",
        *([digest.decode()] if digest else []),
        f"Content-Type: {types.get(kind, f'application/http; msgtype={kind}')}",
        f"Content-Length: {size}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def damaged(whole: MadeFile, luck: random.Random) -> DamagedFile:
    """The file with one to three kinds of damage."""
    content = np.frombuffer(whole.content, dtype=np.uint8).copy()
    places: Places = np.arange(len(content), dtype=np.int64)
    told = []
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        name, damage = luck.choice(list(_DAMAGES.items()))
        content, places = damage(content, places, luck)
        told.append(name)
    return DamagedFile(whole, content.tobytes(), places, ", ".join(told))


_Bytes = NDArray[np.uint8]
_Damage = Callable[[_Bytes, Places, random.Random], tuple[_Bytes, Places]]


def _range(size: int, luck: random.Random) -> tuple[int, int]:
    length = luck.choice((1, 2, 16, 512, 4096, luck.randint(1, 20_000)))
    start = luck.randrange(max(1, size))
    return start, min(size, start + length)


def _flip(content: _Bytes, places: Places, luck: random.Random) -> tuple[_Bytes, Places]:
    for _ in range(luck.choice((1, 1, 3, 20))):
        if len(content):
            at = luck.randrange(len(content))
            content[at] ^= 1 << luck.randrange(8)
            places[at] = -1
    return content, places


def _zero(content: _Bytes, places: Places, luck: random.Random) -> tuple[_Bytes, Places]:
    start, end = _range(len(content), luck)
    places[start:end][content[start:end] != 0] = -1
    content[start:end] = 0
    return content, places


def _delete(content: _Bytes, places: Places, luck: random.Random) -> tuple[_Bytes, Places]:
    start, end = _range(len(content), luck)
    return np.delete(content, slice(start, end)), np.delete(places, slice(start, end))


def _insert(content: _Bytes, places: Places, luck: random.Random) -> tuple[_Bytes, Places]:
    start, end = _range(len(content), luck)
    more = np.frombuffer(luck.randbytes(end - start), dtype=np.uint8)
    if luck.random() < 0.3:
        # A piece of the file itself, as a transfer that was taken up again at the wrong byte leaves it.
        more = content[start:end].copy()
    return np.insert(content, start, more), np.insert(places, start, np.full(len(more), -1))


def _cut(content: _Bytes, places: Places, luck: random.Random) -> tuple[_Bytes, Places]:
    size = luck.randrange(len(content) + 1)
    return content[:size], places[:size]


_DAMAGES: dict[str, _Damage] = {
    "bits flipped": _flip,
    "a range zeroed": _zero,
    "a range deleted": _delete,
    "bytes inserted": _insert,
    "cut off": _cut,
}
