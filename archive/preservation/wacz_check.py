"""A WACZ verified: the digests of its package, and its WARC files, index and pages as in a collection."""

import gzip
import json
import lzma
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from pydantic import ValidationError

from archive.preservation.verification import Told, Verification, Verified
from archive.signing import SignedData, signer_of
from archive.warc.check import Progress
from archive.warc.digest import hash_of
from archive.warc.fault import Fault
from archive.warc.index_check import lines_in, place_in_line
from archive.warc.zip_member import StoredFile

_CHUNK = 1_000_000
#: Bytes of datapackage.json that are read.
_MAX_JSON = 50_000_000
#: What a right signature does not say.
_WHOSE = "Whose key that is, the signature cannot tell: compare it, or give it with --key."
_SELF = ("datapackage.json", "datapackage-digest.json")
#: What zipfile and its codings raise for files that are not as they should be.
_BROKEN = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


def verify_wacz(path: Path, tell: Told, progress: Progress) -> Verified:
    """Verify a WACZ file."""
    verification = Verification(tell, progress, place_in_line)
    try:
        with ZipFile(path) as package:
            WaczCheck(path.name, package, verification).verify()
    except _BROKEN as error:
        verification.take([Fault(path.name, f"the ZIP cannot be read: {error}")])
    return verification.found


class WaczCheck:
    """One package, being verified."""

    def __init__(self, name: str, package: ZipFile, verification: Verification) -> None:
        self._name = name
        self._package = package
        self._verification = verification
        self._names = [info.filename for info in package.infolist() if not info.is_dir()]

    def verify(self) -> None:
        """Tell everything that is wrong."""
        self._verification.take(self._resources())
        for name in self._names:
            if name.startswith("archive/"):
                self._warc(name)
        self._verification.references(closed=False)
        if index := next(
            (name for name in self._names if name.startswith("indexes/") and not name.endswith(".idx")), None
        ):
            self._verification.index(index, lambda: self._lines(index), lambda name: self._open(f"archive/{name}"))
        else:
            self._verification.take([self._fault("indexes", "there is no index")])
        self._verification.take(self._pages())

    def _fault(self, name: str, what: str, line: int | None = None) -> Fault:
        return Fault(f"{self._name}/{name}", what, line=line)

    def _open(self, name: str) -> BufferedReader:
        try:
            info = self._package.getinfo(name)
        except KeyError as error:
            raise BadZipFile(f"{name} is not there") from error
        if info.compress_type == ZIP_STORED and self._package.fp:
            return BufferedReader(StoredFile(self._package.fp, info))  # type: ignore[arg-type] # a binary file
        return BufferedReader(self._package.open(info))  # type: ignore[arg-type] # a raw stream in all but name

    def _warc(self, name: str) -> None:
        try:
            with self._open(name) as file:
                self._verification.warc(file, name.removeprefix("archive/"))
        except _BROKEN as error:
            self._verification.take([self._fault(name, f"cannot be read: {error}")])

    def _json(self, name: str) -> dict[str, Any]:
        with self._open(name) as file:
            found = json.loads(file.read(_MAX_JSON))
        if not isinstance(found, dict):
            raise ValueError("not an object")  # noqa: TRY004 - caught with the others
        return found

    def _resources(self) -> Iterator[Fault]:
        if "datapackage.json" not in self._names:
            yield self._fault("datapackage.json", "the package does not say what is in it")
            return
        try:
            resources = {str(each["path"]): each for each in self._json("datapackage.json").get("resources", [])}
        except (*_BROKEN, KeyError, TypeError) as error:
            yield self._fault("datapackage.json", f"cannot be read: {error}")
            return
        yield from self._own_digest()
        for path, stated in resources.items():
            yield from self._resource(path, stated)
        for name in self._names:
            if name not in resources and name not in _SELF:
                yield self._fault(name, "the file is not listed in datapackage.json")

    def _own_digest(self) -> Iterator[Fault]:
        if "datapackage-digest.json" not in self._names:
            self._verification.found.notes.append("datapackage-digest.json is not there; it need not be.")
            return
        try:
            stated = self._json("datapackage-digest.json").get("hash")
            with self._open("datapackage.json") as file:
                found = f"sha256:{sha256(file.read(_MAX_JSON)).hexdigest()}"
        except _BROKEN as error:
            yield self._fault("datapackage-digest.json", f"cannot be read: {error}")
            return
        if stated != found:
            yield self._fault("datapackage.json", f"its digest is not {stated}, as datapackage-digest.json says")
        yield from self._signature(found)

    def _signature(self, digest: str) -> Iterator[Fault]:
        """Whether the package's signature, if it has one, is one of this `datapackage.json`."""
        name = "datapackage-digest.json"
        found = self._verification.found
        if (stated := self._json(name).get("signedData")) is None:
            found.notes.append("The package is not signed.")
            return
        try:
            signed = SignedData.model_validate(stated)
            signer = signer_of(signed)
        except ValidationError:
            yield self._fault(name, "its signature cannot be read")
            return
        except ValueError as error:
            yield self._fault(name, str(error))
            return
        if signed.hash != digest:
            yield self._fault(name, f"the signature is one of another datapackage.json, {signed.hash}")
        elif not _same_moment(signed.created, self._json("datapackage.json").get("created")):
            yield self._fault(name, f"the signature says {signed.created}, which is not when the package was made")
        else:
            found.signers.add(signer)
            found.notes.append(f"Signed at {signed.created} by {signer}. {_WHOSE}")

    def _resource(self, path: str, stated: dict[str, Any]) -> Iterator[Fault]:
        if path not in self._names:
            yield self._fault(path, "the file is listed in datapackage.json and not there")
            return
        wanted = str(stated.get("hash"))
        hashed, size = hash_of(wanted), 0
        try:
            with self._open(path) as file:
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    if hashed:
                        hashed.update(chunk)
        except _BROKEN as error:
            yield self._fault(path, f"cannot be read: {error}")
            return
        if stated.get("bytes") not in (None, size):
            yield self._fault(path, f"the file has {size} bytes, not {stated.get('bytes')} as datapackage.json says")
        if hashed and wanted.partition(":")[2] != hashed.hexdigest():
            yield self._fault(path, f"the digest is not {wanted}, as datapackage.json says")

    def _lines(self, name: str) -> Iterable[bytes]:
        try:
            with self._open(name) as file:
                packed = gzip.GzipFile(fileobj=file) if name.endswith(".gz") else file
                yield from (line for line in lines_in(packed) if not line.startswith(b"!"))
        except _BROKEN as error:
            self._verification.take([self._fault(name, f"cannot be read: {error}")])

    def _pages(self) -> Iterator[Fault]:
        for name in self._names:
            if name.startswith("pages/") and name.endswith(".jsonl"):
                for number, line in enumerate(self._lines(name), 1):
                    if not _is_page(line, number):
                        yield self._fault(name, "this is no page", number)


def _same_moment(one: str, other: object) -> bool:
    """Whether two dates are the same second. Without the package's own, nothing speaks against the signature's."""
    try:
        return other is None or datetime.fromisoformat(one) == datetime.fromisoformat(str(other))
    except (ValueError, TypeError):
        return one == other


def _is_page(line: bytes, number: int) -> bool:
    try:
        found = json.loads(line)
        return "format" in found if number == 1 else bool(found["url"] and found["ts"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
