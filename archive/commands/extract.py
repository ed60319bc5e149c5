"""`cleancopy extract`: records made anew from the WARC files of a collection, or made of WARC files from elsewhere."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from archive.batch.engines import PROCESSES, Batch, results
from archive.batch.inputs import Days, find_inputs, named_in
from archive.batch.pace import Pace
from archive.batch.places import place_of
from archive.batch.unit import Result, Settings, records_name, result_name
from archive.collection.custody import Action, note
from archive.collection.folder import Collection
from archive.commands.options import SitesOption, day_of, day_option, use_directories
from archive.datasets.foreign_records import check_targets
from archive.datasets.warc_sources import WarcSource, is_url
from archive.errors import ConfigurationError, WarcError
from archive.research.comparison_report import compare_collection
from archive.research.comparison_shown import show_comparison
from archive.sites.loading import extra_directories
from archive.telling.terminal import counted, err, out, progress, put, tell

#: Names of missing files that the last line gives.
_MOST_NAMED = 10


def extract(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COLLECTION|WARC...",
            help="Collections; WARC or WACZ files, globs, URLs, s3://BUCKET/PREFIX; cc-news:2026-03, a month of Common "
            "Crawl's news.",
        ),
    ] = None,
    sites: SitesOption = None,
    compare: Annotated[bool, typer.Option("--compare", help="Report what would change, and replace nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --compare: the whole report as JSON.")] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            metavar="DEST",
            help="Where records of WARC files go, a folder or s3://BUCKET/PREFIX; else beside them. What is whole "
            "there is not made again.",
        ),
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="WARC files, one a line; - is standard input."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Of WARC files, all HTML pages and not only articles.")] = False,
    host: Annotated[
        list[str] | None,
        typer.Option("--host", metavar="DOMAIN", help="Of WARC files, only pages of this domain. May be repeated."),
    ] = None,
    since: Annotated[datetime | None, day_option("--since", "Of cc-news, files from this day on.")] = None,
    until: Annotated[datetime | None, day_option("--until", "Of cc-news, files up to this day.")] = None,
    engine: Annotated[
        str, typer.Option("--on", metavar="ENGINE", help="processes, or dask://HOST:PORT: many machines.")
    ] = PROCESSES,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Pages extracted at once; with Dask, for each thread of a worker (1)."),
    ] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow URLs on this network.")] = False,
) -> None:
    """Rebuild the records of a collection from its WARC files, or make those of the articles in other WARC files.

    Replaced records are kept in a folder 'replaced' beside them.
    """
    use_directories(sites)
    named = [*(sources or ()), *(named_in(listed) if listed else ())]
    if not named:
        raise ConfigurationError("There is nothing to extract: give collections or WARC files, or a list by --from.")
    collections = [name for name in named if not is_url(name) and Path(name).is_dir()]
    days = Days(day_of(since), day_of(until))
    others = [name for name in named if name not in collections]
    warcs = find_inputs(others, days, context.obj, allow_private=allow_private)
    _check(collections, warcs, compare=compare, as_json=as_json, output=output)
    chosen = Settings(
        every, tuple(host or ()), tuple(map(str, extra_directories())), None, jobs, context.obj, allow_private
    )
    each = partial(_compare, as_json=as_json) if compare else partial(_rebuild, engine=engine, settings=chosen)
    faults = sum([each(Collection(Path(name))) for name in collections])
    if warcs:
        faults += _foreign(warcs, output, engine, chosen)
    if faults:
        raise typer.Exit(1)


def _check(
    collections: list[str], warcs: list[WarcSource], *, compare: bool, as_json: bool, output: str | None
) -> None:
    """Raises ConfigurationError for options that have no meaning together."""
    if as_json and not compare:
        raise ConfigurationError("--json is for --compare: the records themselves are JSON lines already")
    if compare and warcs:
        raise ConfigurationError(f"--compare is for collections, and {warcs[0].location} is none.")
    if output and collections:
        raise ConfigurationError("--output is for WARC files; the records of a collection have their place in it.")


def _rebuild(collection: Collection, engine: str, settings: Settings) -> int:
    """The number of WARC files that could not be read to their end."""
    collection.require()
    faults = records = replaced = 0
    own = replace(settings, collection=collection.path.resolve())
    with collection.repaired(tell):
        warcs = [str(path.resolve()) for path in collection.warcs()]
        with progress("Extracting", len(warcs), "WARC files") as bar:
            for done in results(Batch(warcs, None, own), engine, lambda _: None):
                records += done.records
                replaced += done.replaced is not None
                if done.failure:
                    faults += 1
                    tell(done.failure)
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


def _foreign(warcs: list[WarcSource], output: str | None, engine: str, settings: Settings) -> int:
    """The number of sources that could not be read, or not to their end, or whose records are not there."""
    check_targets(warcs, output)
    if output:
        place_of(output)
    sizes = [warc.size for warc in warcs]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    faults = 0
    batch = Batch([warc.location for warc in warcs], output, settings)
    with progress("Extracting", total, "bytes") as bar:
        pace = Pace(len(warcs), bar.say if err.is_terminal else tell)
        for done in results(batch, engine, bar.advance):
            faults += not done.is_whole
            for line in _told(done):
                tell(line)
            pace.advance()
    if output:
        missing = _missing(warcs, output)
        return max(faults, missing)
    return faults


def _told(done: Result) -> list[str]:
    """What is said of a result."""
    if done.failure:
        return [done.failure]
    records = "1 record is" if done.records == 1 else f"{done.records} records are"
    there = " already" if done.known else ""
    found = done.incomplete or f"{records} in {done.records_file}{there}"
    said = [*done.faults, f"{done.source}: {found}{_left_out(done.left_out)}."]
    if done.doubts:
        doubts = ", ".join(f"{count} with {what}" for what, count in Counter(done.doubts).most_common())
        said.append(f"{done.source}: WARC records that seem damaged: {doubts}. `cleancopy verify` says which.")
    return said


def _left_out(reasons: dict[str, int]) -> str:
    if not reasons:
        return ""
    said = ", ".join(f"{count} {reason}" for reason, count in Counter(reasons).most_common())
    return f"; {sum(reasons.values())} other responses: {said}"


def _missing(warcs: Sequence[WarcSource], output: str) -> int:
    """Say how many files went in and how many are there now; the number of those that are not."""
    place = place_of(output)
    place.tidy({name for warc in warcs for name in (records_name(warc), result_name(warc))})
    there = place.names()
    missing = [warc.name for warc in warcs if records_name(warc) not in there]
    named = ", ".join(missing[:_MOST_NAMED]) + (", ..." if len(missing) > _MOST_NAMED else "")
    end = f"; those of {named} are missing" if missing else ""
    tell(
        f"{counted(len(warcs), 'WARC file')} in, {counted(len(warcs) - len(missing), 'records file')} in {output}{end}."
    )
    return len(missing)
