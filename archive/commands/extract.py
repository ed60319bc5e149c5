"""`cleancopy extract`: records made anew from the WARC files of a collection, or made of WARC files from elsewhere."""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.custody import Action, note
from archive.collection.folder import Collection
from archive.commands.options import SitesOption, use_directories
from archive.datasets.foreign_records import check_targets, extract_source, records_path
from archive.datasets.foreign_records import new_pool as new_foreign_pool
from archive.datasets.warc_sources import WarcSource, find_sources, is_url
from archive.errors import ConfigurationError, WarcError
from archive.pipeline.record_lines import extract_warc, new_pool
from archive.pipeline.web import Web
from archive.research.comparison_report import compare_collection
from archive.research.comparison_shown import show_comparison
from archive.telling.terminal import out, progress, put, tell


def extract(
    context: typer.Context,
    sources: Annotated[
        list[str], typer.Argument(metavar="COLLECTION|WARC...", help="Collections; WARC or WACZ files, globs or URLs.")
    ],
    sites: SitesOption = None,
    compare: Annotated[bool, typer.Option("--compare", help="Report what would change, and replace nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --compare: the whole report as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Where records of WARC files go; else beside them.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Of WARC files, all HTML pages and not only articles.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow URLs on this network.")] = False,
) -> None:
    """Rebuild the records of a collection from its WARC files, or make those of the articles in other WARC files.

    Replaced records are kept in a folder 'replaced' beside them.
    """
    use_directories(sites)
    collections = [name for name in sources if not is_url(name) and Path(name).is_dir()]
    warcs = find_sources([name for name in sources if name not in collections])
    _check(collections, warcs, compare=compare, as_json=as_json, output=output)
    each = partial(_compare, as_json=as_json) if compare else _rebuild
    faults = sum([each(Collection(Path(name))) for name in collections])
    if warcs:
        faults += _foreign(warcs, output, context.obj, allow_private=allow_private, every=every)
    if faults:
        raise typer.Exit(1)


def _check(
    collections: list[str], warcs: list[WarcSource], *, compare: bool, as_json: bool, output: Path | None
) -> None:
    """Raises ConfigurationError for options that have no meaning together."""
    if as_json and not compare:
        raise ConfigurationError("--json is for --compare: the records themselves are JSON lines already")
    if compare and warcs:
        raise ConfigurationError(f"--compare is for collections, and {warcs[0].location} is none.")
    if output and collections:
        raise ConfigurationError("--output is for WARC files; the records of a collection have their place in it.")


def _rebuild(collection: Collection) -> int:
    """The number of WARC files that could not be read to their end."""
    collection.require()
    faults = records = replaced = 0
    with collection.repaired(tell):
        warcs = list(collection.warcs())
        with new_pool() as pool, progress("Extracting", len(warcs), "WARC files") as bar:
            for warc in warcs:
                try:
                    rebuilt = extract_warc(collection, warc, pool)
                    records += rebuilt.lines
                    replaced += rebuilt.replaced is not None
                except WarcError as error:
                    faults += 1
                    tell(str(error))
                bar.advance()
        note(collection, Action.EXTRACT, {"records": records, "replaced": replaced}, tell)
    tell(f"{records} records of {len(warcs)} WARC files are in {collection.records}.")
    if replaced:
        files = "1 file was" if replaced == 1 else f"{replaced} files were"
        tell(f"{files} replaced; what was there before is kept in {collection.records / 'replaced'}.")
    return faults


def _compare(collection: Collection, as_json: bool) -> int:
    """The number of WARC files that could not be read to their end."""
    faults: list[WarcError] = []
    with progress(f"Comparing {collection.path.name}", unit="records") as bar:
        comparison = compare_collection(collection, faults.append, bar.advance)
    if as_json:
        line = json.dumps({"collection": str(collection.path), **comparison.as_json()}, ensure_ascii=False)
        put(line.encode("utf-8", "replace") + b"\n")
    else:
        show_comparison(comparison, out)
    for fault in faults:
        tell(str(fault))
    return len(faults)


def _foreign(warcs: list[WarcSource], output: Path | None, web: Web | None, *, allow_private: bool, every: bool) -> int:
    """The number of sources that could not be read, or not to their end."""
    check_targets(warcs, output)
    if output:
        output.mkdir(parents=True, exist_ok=True)
    faults = 0
    sizes = [warc.size for warc in warcs]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    with new_foreign_pool() as pool, progress("Extracting", total, "bytes") as bar:
        for warc in warcs:
            path = records_path(warc, output)
            try:
                with warc.open(web, allow_private=allow_private) as opened:
                    done = extract_source(opened, path, pool, bar.advance, every=every)
            except WarcError as error:
                faults += 1
                tell(str(error))
                continue
            faults += bool(done.faults)
            for fault in done.faults:
                tell(str(fault))
            records = "1 record is" if done.records == 1 else f"{done.records} records are"
            tell(f"{warc.location}: {done.incomplete or f'{records} in {path}'}{_left_out(done.left_out)}.")
            if +done.doubts:
                said = ", ".join(f"{count} with {what}" for what, count in (+done.doubts).most_common())
                tell(f"{warc.location}: WARC records that seem damaged: {said}. `cleancopy verify` says which.")
    return faults


def _left_out(reasons: Counter[str]) -> str:
    if not reasons:
        return ""
    said = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"; {reasons.total()} other responses: {said}"
