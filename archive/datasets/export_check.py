"""Whether a data set is still what its manifest says, and whether it can be made again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.datasets.data_set import QUIET, Steps, export
from archive.datasets.manifest import MANIFEST, DataFile, Manifest, file_of, read_manifest
from archive.errors import CleancopyError, ConfigurationError
from archive.preservation.takedown_log import read_takedowns


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
        stale = list(_taken_down(manifest, paths))
        try:
            again = export(paths, manifest.request, Path(made) / "again", steps)
        except CleancopyError as error:
            return [*stale, f"the data set cannot be made again: {error}"]
    changed = list(_differences(manifest.files, {file.path: file for file in again.files}))
    reasons = list(_reasons(manifest, again)) if changed else []
    return [*stale, *changed, *reasons, *_changed_warcs(manifest, again)]


def _in_order(manifest: Manifest, collections: Sequence[Path]) -> list[Path]:
    given = {path.resolve().name: path for path in collections}
    missing = [name for name in manifest.collections if name not in given]
    if missing:
        raise ConfigurationError(f"--collection: the data set was made from {missing[0]!r}, which was not given")
    return [given[name] for name in manifest.collections]


def _taken_down(manifest: Manifest, collections: Sequence[Path]) -> Iterator[str]:
    """Takedowns from the WARC files that the records came from, since the data set was made."""
    for path, name in zip(collections, manifest.collections, strict=True):
        sizes = {warc.filename: warc.size for warc in manifest.warcs if warc.collection == name}
        for takedown in read_takedowns(path):
            touched = [warc for warc in takedown.warcs if sizes.get(warc.filename) == warc.size_before]
            if touched:
                yield (
                    f"it is out of date: on {takedown.at[:10]} {takedown.removed} captures were taken down from {name} "
                    f"({takedown.order.reason}), in archive/{touched[0].filename}"
                    + (f" and {len(touched) - 1} other files" if touched[1:] else "")
                )
            sizes.update({warc.filename: warc.size_after for warc in touched})


def _differences(expected: Sequence[DataFile], found: dict[str, DataFile]) -> Iterator[str]:
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
