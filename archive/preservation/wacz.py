"""A WACZ (1.1.1): a collection's WARC files, index and pages in one ZIP that players read in place.

Specification: https://specs.webrecorder.net/wacz/1.1.1/. With a key the package is signed (archive.signing).
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.records import Record, read_records
from archive.signing import SigningKey
from archive.software import software_version
from archive.whole_file import whole_file

WACZ_VERSION = "1.1.1"
_CHUNK = 1_000_000
#: Index lines in one gzip member, from which a player reads those of one URL; as other tools have it.
_LINES = 1024
_ODD_IN_NAME = re.compile(r"[^a-z0-9._-]+")

#: Told the bytes of WARC files that have been packed since it was last told.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Packed:
    """What went into a package."""

    warcs: int
    pages: int
    bytes: int


def write_wacz(
    collection: Collection, output: Path, progress: Progress, moment: datetime, key: SigningKey | None = None
) -> Packed:
    """Pack what is complete in a collection, whose index must be up to date, and sign it with `key`. Only under the
    lock.

    Raises CollectionError if the output cannot be written; nothing is left there then.
    """
    warcs = collection.complete_warcs()
    try:
        with whole_file(output) as new, ZipFile(new, "w", allowZip64=True) as file:
            pages = _pack(_Package(file, moment, key), collection, warcs, progress)
    except OSError as error:
        raise CollectionError(f"{output} cannot be written: {error.strerror}") from error
    return Packed(len(warcs), pages, output.stat().st_size)


def _pack(package: "_Package", collection: Collection, warcs: list[Path], progress: Progress) -> int:
    for path in warcs:
        package.add(f"archive/{path.name}", _chunks(path, progress), path.stat().st_size)
    blocks: list[str] = []
    indexed = collection.index.stat().st_size
    package.add("indexes/index.cdx.gz", _index_blocks(collection.index, blocks), indexed)
    package.add("indexes/index.idx", (line.encode() for line in blocks), indexed, compress=True)
    pages = Pages(collection, warcs)
    package.add("pages/pages.jsonl", pages, pages.at_most, compress=True)
    package.finish(collection.path.resolve().name)
    return pages.count


class _Package:
    """The ZIP being written: each file is digested on its way in."""

    def __init__(self, file: ZipFile, moment: datetime, key: SigningKey | None) -> None:
        self._file = file
        self._key = key
        self._moment = moment.astimezone(UTC)
        self._resources: list[dict[str, Any]] = []

    def add(self, path: str, chunks: Iterable[bytes], at_most: int, *, compress: bool = False) -> None:
        """Add one file of the package, of some bytes `at_most`."""
        digest, size = self._write(path, chunks, at_most, compress)
        name = _ODD_IN_NAME.sub("-", path.rpartition("/")[2].lower())
        if any(each["name"] == name for each in self._resources):
            name = f"{len(self._resources)}-{name}"
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": size})

    def _write(self, path: str, chunks: Iterable[bytes], at_most: int, compress: bool) -> tuple[str, int]:
        info = ZipInfo(path, self._moment.timetuple()[:6])
        # ZIP64 where it may be needed and nowhere else: replayweb.page cannot read a file of the package whose own
        # header has more than a name.
        info.file_size = at_most
        info.compress_type = ZIP_DEFLATED if compress else ZIP_STORED
        info.external_attr = 0o644 << 16
        hashed, size = sha256(), 0
        with self._file.open(info, "w") as target:
            for chunk in chunks:
                target.write(chunk)
                hashed.update(chunk)
                size += len(chunk)
        return hashed.hexdigest(), size

    def finish(self, title: str) -> None:
        """Write what says what is in the package, and the digest of that."""
        package = {
            "profile": "data-package",
            "title": title,
            "resources": self._resources,
            "created": self._moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "wacz_version": WACZ_VERSION,
            "software": f"cleancopy/{software_version()}",
        }
        content = json.dumps(package, indent=2).encode()
        self._write("datapackage.json", [content], len(content), compress=True)
        digest: dict[str, Any] = {"path": "datapackage.json", "hash": f"sha256:{sha256(content).hexdigest()}"}
        if self._key:
            digest["signedData"] = self._key.sign(digest["hash"], self._moment).plain()
        proof = json.dumps(digest, indent=2).encode()
        self._write("datapackage-digest.json", [proof], len(proof), compress=True)


def _chunks(path: Path, progress: Progress) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
            progress(len(chunk))


def _index_blocks(index: Path, blocks: list[str]) -> Iterator[bytes]:
    """The index as gzip members of some lines each; `blocks` then says where each begins."""
    blocks.append('!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n')
    at = 0
    with index.open("rb") as lines:
        while block := list(islice(lines, _LINES)):
            content = gzip.compress(b"".join(block), mtime=0)
            key = block[0].partition(b" {")[0].decode("utf-8", "replace")
            where = {"offset": at, "length": len(content), "digest": f"sha256:{sha256(content).hexdigest()}"}
            blocks.append(f"{key} {json.dumps(where)}\n")
            yield content
            at += len(content)


class Pages:
    """The lines of pages.jsonl, made of the records: what a player lists and searches. `count` is told after."""

    def __init__(self, collection: Collection, warcs: list[Path]) -> None:
        self.count = 0
        self._paths = [collection.records_path(path.name) for path in warcs]
        #: Bytes; a page says less than its record does.
        self.at_most = 1_000 + sum(path.stat().st_size for path in self._paths if path.exists())

    def __iter__(self) -> Iterator[bytes]:
        head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
        yield json.dumps(head).encode() + b"\n"
        for path in self._paths:
            for record in read_records(path) if path.exists() else ():
                self.count += 1
                yield json.dumps(_page(record), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _page(record: Record) -> dict[str, str | None]:
    return {
        "id": None if record.id is None else str(record.id),
        "url": record.url,
        "ts": f"{(record.date_crawled or '')[:19]}Z",
        "title": record.title or record.url,
        "text": record.text,
    }
