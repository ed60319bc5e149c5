"""Whether a data set is still what its manifest says, and whether it can be made again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.errors import CleancopyError, ConfigurationError
from archive.export.data_set import QUIET, Steps, export
from archive.export.manifest import MANIFEST, File, Manifest, file_of, read_manifest


def check_files(folder: Path) -> list[str]:
    """What differs between the files of a data set and its manifest, a sentence each."""
    manifest = read_manifest(folder)
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    there.pop(MANIFEST)
    return list(_differences(manifest.files, {name: file_of(path, folder) for name, path in sorted(there.items())}))


def check_rebuilt(folder: Path, collections: Sequence[Path], steps: Steps = QUIET) -> list[str]:
    """What differs between a data set and a new one made from the same collections by the same request."""
    manifest = read_manifest(folder)
    paths = _in_order(manifest, collections)
    with TemporaryDirectory(prefix=f".{folder.name}.", suffix=".check", dir=folder.absolute().parent) as made:
        try:
            again = export(paths, manifest.request, Path(made) / "again", steps)
        except CleancopyError as error:
            return [f"the data set cannot be made again: {error}"]
    changed = list(_differences(manifest.files, {file.path: file for file in again.files}))
    reasons = list(_reasons(manifest, again)) if changed else []
    return [*changed, *reasons, *_changed_warcs(manifest, again)]


def _in_order(manifest: Manifest, collections: Sequence[Path]) -> list[Path]:
    given = {path.resolve().name: path for path in collections}
    missing = [name for name in manifest.collections if name not in given]
    if missing:
        raise ConfigurationError(f"--collection: the data set was made from {missing[0]!r}, which was not given")
    return [given[name] for name in manifest.collections]


def _differences(expected: Sequence[File], found: dict[str, File]) -> Iterator[str]:
    for file in expected:
        other = found.pop(file.path, None)
        if other is None:
            yield f"{file.path} is missing"
        elif other != file:
            yield f"{file.path} has changed: SHA-256 {other.sha256}, expected {file.sha256}"
    yield from (f"{name} is not in the manifest" for name in found)


def _reasons(old: Manifest, new: Manifest) -> Iterator[str]:
    """What else differs, which may explain it."""
    if old.records != new.records:
        yield f"it had {old.records} records, now there are {new.records}"
    for name in ("versions", "extraction_versions", "models", "configurations"):
        if getattr(old, name) != getattr(new, name):
            yield f"the {name.replace('_', ' ')} are not the same"


def _changed_warcs(old: Manifest, new: Manifest) -> Iterator[str]:
    sizes = {(warc.collection, warc.filename): warc.size for warc in new.warcs}
    for warc in old.warcs:
        size = sizes.get((warc.collection, warc.filename), warc.size)
        if size != warc.size:
            yield f"{warc.collection}: archive/{warc.filename} has {size} bytes now, it had {warc.size}"
