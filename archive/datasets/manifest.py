"""manifest.json: what a data set is made of, so that it can be checked and made again."""

from collections.abc import Sequence
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from archive.datasets.export_choices import Dedup, Lesser
from archive.datasets.export_request import Request
from archive.datasets.record_table import Table
from archive.datasets.selection import Selection
from archive.errors import CollectionError
from archive.records import fault_of
from archive.software import software_version
from archive.whole_file import plain_name, relative_path

MANIFEST = "manifest.json"


#: Bytes of a manifest: a data set of ten million documents, each a file of its own, has one of 1.5 GB.
_LARGEST = 2_000_000_000
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
Text = Annotated[str, StringConstraints(max_length=4_096)]
Name = Annotated[Text, AfterValidator(plain_name)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DataFile(_Strict):
    """A file of the data set; `path` is relative to its folder, `size` in bytes."""

    path: Annotated[Text, AfterValidator(relative_path)]
    size: Count
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ManifestWarc(_Strict):
    """A WARC file that records come from; `size` in bytes."""

    collection: Name
    filename: Name
    size: Count
    records: Count


class Manifest(_Strict):
    """What made a data set, and what it consists of. The counts are records by the value of a field; `left_out` are
    those that `request.filters.include` did not ask for."""

    manifest: Literal["cleancopy data set 1"] = "cleancopy data set 1"
    command: str
    request: Request
    collections: tuple[Name, ...]
    records: Count
    left_out: dict[Lesser, Count] = {}
    versions: dict[Text, Text]
    extraction_versions: dict[Text, Count]
    models: dict[Text, Count]
    configurations: dict[Text, Count]
    warcs: tuple[ManifestWarc, ...]
    files: tuple[DataFile, ...]


def new_manifest(request: Request, sources: Sequence[Table], selection: Selection, folder: Path) -> Manifest:
    """The manifest of a data set that lies in `folder`, complete but for this file."""
    names = tuple(source.name for source in sources)
    kept = selection.positions()
    return Manifest(
        command=request.command(names),
        request=request,
        collections=names,
        records=len(kept),
        left_out={lesser: selection.left_out[lesser] for lesser in Lesser if selection.left_out[lesser]},
        versions=_versions(request),
        extraction_versions=_counts(selection, "version"),
        models=_counts(selection, "model"),
        configurations=_counts(selection, "config"),
        warcs=tuple(warc for number, source in enumerate(sources) for warc in _warcs(selection, number, source)),
        files=tuple(file_of(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()),
    )


def file_of(path: Path, folder: Path) -> DataFile:
    """One file as the manifest names it."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return DataFile(path=path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=digest)


def read_manifest(folder: Path) -> Manifest:
    """Raises CollectionError where there is none."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _LARGEST:
            raise CollectionError(f"{path} has more than {_LARGEST} bytes; no manifest of a data set has")
        return _as_meant(Manifest.model_validate_json(path.read_bytes()))
    except OSError as error:
        raise CollectionError(f"{path}: {error.strerror}. A data set made by `cleancopy export` has one.") from error
    except ValidationError as error:
        raise CollectionError(f"{path} is no manifest of a data set: {fault_of(error)}") from error


def _as_meant(manifest: Manifest) -> Manifest:
    """Data sets made before there was `include` hold everything."""
    filters = manifest.request.filters
    if "include" in filters.model_fields_set:
        return manifest
    everything = filters.model_copy(update={"include": None})
    return manifest.model_copy(update={"request": manifest.request.model_copy(update={"filters": everything})})


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write it as the data set's last file."""
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", "utf-8")


def _versions(request: Request) -> dict[str, str]:
    used = ["duckdb", "pyarrow", *(["rensa"] if request.dedup is Dedup.NEAR else [])]
    return {"cleancopy": software_version(), **{name: version(name) for name in used}}


def _counts(selection: Selection, name: str) -> dict[str, int]:
    return {value or "": count for value, count in selection.named(name, selection.positions()).items()}


def _warcs(selection: Selection, number: int, source: Table) -> list[ManifestWarc]:
    counts = selection.named("warc", selection.positions(number))
    return [
        ManifestWarc(
            collection=source.name,
            filename=name,
            size=source.collection.warc_path(name).stat().st_size,
            records=count,
        )
        for name, count in sorted((name, count) for name, count in counts.items() if name)
    ]
