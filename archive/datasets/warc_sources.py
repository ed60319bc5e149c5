"""WARC files as a user names them: paths, globs and http(s) URLs; also what lies packed in a WACZ."""

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
from archive.sites.library import checked_url
from archive.warc.zip_member import StoredFile

_SUFFIXES = re.compile(r"(?:\.(?:warc|arc|wacz|gz|zst|open))+$", re.I)
_IN_PACKAGE = re.compile(r"archive/[^/]+\.w?arc(?:\.(?:gz|zst))?", re.I)
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
    """A WARC (or ARC, or WACZ) somewhere: a path, or the URL of one."""

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
        if self.is_url:
            if web is None:
                raise ConfigurationError("this build cannot fetch: download the file and give its path")
            with web.stream(self.location, allow_private) as streamed:
                yield iter([OpenWarc(self.name, streamed.file, streamed.size)])
            return
        try:
            with Path(self.location).open("rb") as file:
                is_package = file.peek(4)[:4] == b"PK\x03\x04"
                yield _packed(file, self.name) if is_package else iter([OpenWarc(self.name, file, self.size)])
        except OSError as error:
            raise WarcError(f"{self.location} cannot be read: {error.strerror or error}") from error


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


def find_sources(arguments: Sequence[str]) -> list[WarcSource]:
    """The WARC files that these arguments name, each once, in their order.

    Raises ConfigurationError for one that names nothing.
    """
    return list(dict.fromkeys(source for argument in arguments for source in _found(argument)))


def _found(argument: str) -> Iterator[WarcSource]:
    if is_url(argument):
        yield WarcSource(checked_url(argument), is_url=True)
        return
    # A file that is there is meant, whatever characters its name has.
    paths = [argument] if Path(argument).exists() else _matching(argument)
    files = [path for path in paths if Path(path).is_file()]
    if not files:
        raise ConfigurationError(f"{argument}: there is no such file. Give a collection, a WARC, a pattern or a URL.")
    yield from map(WarcSource, files)


def _matching(pattern: str) -> list[str]:
    """The paths that a pattern means, where no shell has resolved it: * and ? and [] in a name, ** for any folders."""
    path = Path(pattern)
    try:
        return sorted(str(found) for found in Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    except (ValueError, NotImplementedError):
        return []
