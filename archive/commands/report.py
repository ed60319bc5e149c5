"""`cleancopy report`: how a collection and each of its sites fare, as a page and as figures."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.operations.report_figures import CollectionReport, SiteReport, collection_report
from archive.operations.report_page import as_html
from archive.telling.terminal import put, tell
from archive.whole_file import write_whole


def report(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection to report on.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Else report.html in the collection; replaces a file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON, to standard output or FILE.")] = False,
) -> None:
    """Write one HTML page on how a collection and each of its sites fare; it needs no network and prints well."""
    collection = Collection(path)
    collection.require()
    found = collection_report(collection, datetime.now(UTC))
    if as_json and output is None:
        put(as_data(found))
        return
    target = output or path / "report.html"
    _write(target, as_data(found) if as_json else as_html(found))
    tell(f"The report of {path} is in {target}.")


def _write(target: Path, content: str) -> None:
    try:
        write_whole(target, content.encode())
    except OSError as error:
        raise CollectionError(f"{target} cannot be written: {error.strerror}") from error


def as_data(found: CollectionReport) -> str:
    """The figures as JSON."""
    told = asdict(found) | {"sites": [_site(site) for site in found.sites]}
    return json.dumps(told, indent=2, ensure_ascii=False, default=_written) + "\n"


def _site(site: SiteReport) -> dict[str, Any]:
    told = asdict(site)
    if site.health:
        told["health"]["latest"] = site.health.latest.as_dict()
    return told | {"needs_a_look": site.needs_a_look}


def _written(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")
