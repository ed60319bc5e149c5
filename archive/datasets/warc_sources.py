"""WARC files as a user names them: paths, globs, http(s) URLs, objects on S3; also what lies packed in a WACZ."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from archive.errors import ConfigurationError, WarcError
from archive.pipeline.web import Web
from archive.preservation.store import CopyError
from archive.preservation.store_opening import s3_store
from archive.sites.library import checked_url
from archive.warc.zip_member import StoredFile

_SUFFIXES = re.compile(r"(?:\.(?:warc|arc|wacz|gz|zst|open))+$", re.I)
_WARC = re.compile(r"\.(?:w?arc|wacz)(?:\.(?:gz|zst))?$", re.I)
_IN_PACKAGE = re.compile(r"archive/[^/]+\.w?arc(?:\.(?:gz|zst))?", re.I)
S3 = "s3://"
_ODD_IN_NAME = re.compile(r"[^\w.-]+")
#: Characters of the name of a file that is made for a URL.
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class OpenWarc:
    """One WARC, open: its name without the folder, and its size in bytes where that is known."""

    name: str
    file: BufferedReader
    size: int | None


@dataclass(frozen=True, slots=True)
class WarcSource:
    """A WARC (or ARC, or WACZ) somewhere: a path, or the http, https or s3 URL of one."""

    location: str
    is_url: bool = False

    @property
    def name(self) -> str:
        """The file's name, of harmless characters where it comes from a URL."""
        if not self.is_url:
            return Path(self.location).name
        last = unquote(urlsplit(self.location).path).rstrip("/").rpartition("/")[2]
        return _ODD_IN_NAME.sub("-", last).strip(".-")[-_LONGEST_NAME:] or "warc"

    @property
    def stem(self) -> str:
        """The name without what says that it is a WARC."""
        return _SUFFIXES.sub("", self.name) or self.name

    @property
    def folder(self) -> Path:
        """Where what is made of it goes by itself: beside it, or here for a URL."""
        return Path() if self.is_url else Path(self.location).parent

    @property
    def size(self) -> int | None:
        """Bytes, as far as that is known without opening it."""
        return None if self.is_url else Path(self.location).stat().st_size

    @contextmanager
    def open(self, web: Web | None = None, *, allow_private: bool = False) -> Iterator[Iterator[OpenWarc]]:
        """The WARC in it, or those of a WACZ one after the other. Raises WarcError if it cannot be opened."""
        if self.location.startswith(S3):
            folder, _, name = self.location.rpartition("/")
            try:
                with s3_store(folder).open(name) as file:
                    yield _warcs(file, self.name, None)
            except CopyError as error:
                raise WarcError(f"{self.location} cannot be read: {error}") from error
            return
        if self.is_url:
            if web is None:
                raise ConfigurationError("this build cannot fetch: download the file and give its path")
            with web.stream(self.location, allow_private) as streamed:
                yield iter([OpenWarc(self.name, streamed.file, streamed.size)])
            return
        try:
            with Path(self.location).open("rb") as file:
                yield _warcs(file, self.name, self.size)
        except OSError as error:
            raise WarcError(f"{self.location} cannot be read: {error.strerror or error}") from error


def _warcs(file: BufferedReader, name: str, size: int | None) -> Iterator[OpenWarc]:
    is_package = file.peek(4)[:4] == b"PK\x03\x04"
    return _packed(file, name) if is_package else iter([OpenWarc(name, file, size)])


def _packed(file: BufferedReader, name: str) -> Iterator[OpenWarc]:
    """The WARC files of a WACZ. They are stored without compression, as the format asks for, or they are inflated."""
    try:
        with ZipFile(file) as package:
            for info in package.infolist():
                if _IN_PACKAGE.fullmatch(info.filename):
                    with _member(package, file, info) as opened:
                        yield OpenWarc(info.filename.rpartition("/")[2], opened, info.file_size)
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise WarcError(f"{name}: cannot be read on as WACZ: {error}") from error


def _member(package: ZipFile, file: BufferedReader, info: ZipInfo) -> BufferedReader:
    opened = StoredFile(file, info) if info.compress_type == ZIP_STORED else package.open(info)
    return BufferedReader(opened)  # type: ignore[arg-type] # a raw stream in all but name


def is_url(argument: str) -> bool:
    """Whether an argument is meant as a URL."""
    return "://" in argument


def source_of(location: str) -> WarcSource:
    """The source at one place. Raises ConfigurationError for a URL that is none."""
    if location.startswith(S3):
        return WarcSource(location, is_url=True)
    return WarcSource(checked_url(location), is_url=True) if is_url(location) else WarcSource(location)


def find_sources(arguments: Sequence[str]) -> list[WarcSource]:
    """The WARC files that these arguments name, each once, in their order.

    Raises ConfigurationError for one that names nothing.
    """
    return list(dict.fromkeys(source for argument in arguments for source in _found(argument)))


def _found(argument: str) -> Iterator[WarcSource]:
    if argument.startswith(S3) and not _WARC.search(argument):
        yield from _under(argument)
        return
    if is_url(argument):
        yield source_of(argument)
        return
    # A file that is there is meant, whatever characters its name has.
    paths = [argument] if Path(argument).exists() else _matching(argument)
    files = [path for path in paths if Path(path).is_file()]
    if not files:
        raise ConfigurationError(f"{argument}: there is no such file. Give a collection, a WARC, a pattern or a URL.")
    yield from map(WarcSource, files)


def _under(prefix: str) -> Iterator[WarcSource]:
    """The WARC files under a prefix on S3, in the order of their names."""
    names = sorted(name for name, _ in s3_store(prefix).sizes() if _WARC.search(name))
    if not names:
        raise ConfigurationError(f"{prefix}: there is no WARC file under this prefix.")
    yield from (source_of(f"{prefix.rstrip('/')}/{name}") for name in names)


def _matching(pattern: str) -> list[str]:
    """The paths that a pattern means, where no shell has resolved it: * and ? and [] in a name, ** for any folders."""
    path = Path(pattern)
    try:
        return sorted(str(found) for found in Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    except (ValueError, NotImplementedError):
        return []
