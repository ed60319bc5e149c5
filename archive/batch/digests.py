"""What decides the bytes of a record besides its page, as digests that two machines can compare."""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import archive
from archive.collection.folder import Collection
from archive.extraction.model import load_model
from archive.sites.library import site_directories
from archive.sites.loading import bundled
from archive.software import software_version

#: Libraries that decide results: those that pyproject.toml pins, and the parsers below them.
_LIBRARIES = ("trafilatura", "htmldate", "justext", "pycld2", "selectolax", "warcio", "lxml", "numpy", "brotlicffi")


@dataclass(frozen=True, slots=True)
class Digests:
    """`code` is of cleancopy, Python and the libraries that decide results, `sites` of all site files, `memory` of what
    is known to repeat on the pages of a collection's sites."""

    code: str
    model: str
    sites: str
    memory: str

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
        memory=_digest(_tree(own.memory / "versions", "*.json") if own else ()),
    )


@cache
def _code() -> str:
    # Kept for the life of the process, which goes on with the code that it has loaded.
    names = "\n".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    said = f"cleancopy {software_version()}\nPython {sys.version_info[0]}.{sys.version_info[1]}\n{names}"
    folder = Path(archive.__file__).parent
    return _digest([("versions", said.encode()), *_tree(folder, "*.py")])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _site_files(own: list[Path]) -> Iterator[tuple[str, bytes]]:
    """The files of all directories in the order in which they are looked at."""
    for number, folder in enumerate([*site_directories(own), bundled()]):
        for name, content in _tree(folder, "*.y*ml"):
            yield f"{number}/{name}", content


def _tree(folder: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    paths = sorted(path for path in folder.rglob(pattern) if path.is_file())
    yield from ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    whole = sha256()
    for name, content in files:
        whole.update(f"{len(os.fsencode(name))} {len(content)}\n".encode() + os.fsencode(name) + content)
    return f"sha256:{whole.hexdigest()}"
