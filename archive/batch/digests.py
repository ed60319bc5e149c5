"""What decides the bytes of a record besides its page, as digests that two machines can compare."""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from hashlib import file_digest, sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import archive
from archive.collection.corrections import LOG as CORRECTIONS
from archive.collection.folder import Collection
from archive.extraction.model import load_model
from archive.sites.file_stamp import Stamp, stamp_of
from archive.sites.library import site_directories
from archive.sites.loading import bundled
from archive.software import software_version

#: Libraries that decide results: those that pyproject.toml pins, and the parsers below them.
_LIBRARIES = ("trafilatura", "htmldate", "justext", "pycld2", "selectolax", "warcio", "lxml", "numpy", "brotlicffi")


@dataclass(frozen=True, slots=True)
class Digests:
    """`code` is of cleancopy, Python and the libraries that decide results, `sites` of all site files, `memory` of what
    is known to repeat on the pages of a collection's sites, `corrections` of what people put right in it."""

    code: str
    model: str
    sites: str
    memory: str
    corrections: str = ""

    def differing(self, other: "Digests") -> list[str]:
        """The names of those that are not the same."""
        own, others = asdict(self), asdict(other)
        return [name for name in own if own[name] != others[name]]


def digests_here(collection: Path | None = None) -> Digests:
    """The digests of this process and machine."""
    own = Collection(collection) if collection else None
    return Digests(
        code=_code(),
        model=load_model().digest,
        sites=_digest(_site_files([own.sites] if own else [])),
        memory=_digest(_tree(own.memory / "versions", ".json") if own else ()),
        corrections=_digest(_corrections(own.path) if own else ()),
    )


def _corrections(collection: Path) -> Iterator[tuple[str, bytes]]:
    if (path := collection / CORRECTIONS).exists():
        yield CORRECTIONS, _of_file(path, stamp_of(path.stat()))


@cache
def _code() -> str:
    # Kept for the life of the process, which goes on with the code that it has loaded.
    names = "\n".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    said = f"cleancopy {software_version()}\nPython {sys.version_info[0]}.{sys.version_info[1]}\n{names}"
    folder = Path(archive.__file__).parent
    return _digest([("versions", sha256(said.encode()).digest()), *_tree(folder, ".py")])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _site_files(own: list[Path]) -> Iterator[tuple[str, bytes]]:
    """The files of all directories in the order in which they are looked at."""
    for number, folder in enumerate([*site_directories(own), bundled()]):
        for name, digest in _tree(folder, ".yaml", ".yml"):
            yield f"{number}{name}", digest


def _tree(folder: Path, *suffixes: str) -> Iterator[tuple[str, bytes]]:
    """The names of the files in a folder and below that end so, and the digests of what they hold."""
    walked = ((at.removeprefix(str(folder)), name) for at, _, names in os.walk(folder) for name in names)
    for name in sorted(f"{at}/{name}" for at, name in walked if name.endswith(suffixes)):
        path = Path(f"{folder}{name}")
        yield name, _of_file(path, stamp_of(path.stat()))


@lru_cache(maxsize=100_000)
def _of_file(path: Path, _stamp: Stamp) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    whole = sha256()
    for name, digest in files:
        whole.update(os.fsencode(name) + b"\0" + digest)
    return f"sha256:{whole.hexdigest()}"
