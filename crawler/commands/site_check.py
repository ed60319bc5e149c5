"""`cleancopy site check`: whether site files do what they say, on saved pages, pages fetched anew, or skeletons."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from archive.authoring.acceptance import accept, refusals
from archive.authoring.page_tests import Miss, Result, SiteCheck, check_file
from archive.authoring.saved_captures import (
    captures_beside,
    captures_in_collection,
    is_bundled,
    is_installed,
    save_beside,
    warc_beside,
)
from archive.authoring.skeletons import skeleton_misses
from archive.collection.folder import Collection
from archive.commands.options import SitesOption, use_directories
from archive.errors import ConfigurationError
from archive.exchange import Capture
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.memory.site_memory import SiteMemory
from archive.research.text_changes import worded
from archive.research.word_differences import compare
from archive.sites import Site, State, bundled_sites, extra_directories, load_site, named_file, site_files
from archive.sites.yaml_lines import line_of
from archive.telling.terminal import out, tell
from crawler.commands.site_fates import fates
from crawler.named_pages import FetchedPages, fetched_pages
from crawler.progress import watching
from crawler.run.plan import Options


def check(
    sites: Annotated[list[str] | None, typer.Argument(metavar="[SITE...]", help="Domain or YAML file.")] = None,
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Try the newest captures in this collection.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Fetch the pages anew.")] = False,
    accepts: Annotated[
        bool, typer.Option("--accept", help="Write the present output into the tests; with --live save the pages.")
    ] = False,
    forced: Annotated[
        bool, typer.Option("--force", help="With --accept: also where the body is gone or most expectations are lost.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 also where a test could not be run.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All files, the bundled ones too.")] = False,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="Seconds between requests to a host.")] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow hosts on this network.")] = False,
    site_directories: SitesOption = None,
) -> None:
    """Run the tests in site files: on captures saved beside them (DOMAIN.warc.gz), in a collection, or fetched anew.

    Without a SITE all files in the directories that you named, or else the bundled ones. Where no capture is saved,
    the selectors and dates are tried on a skeleton of the page, if one is shipped. Exit 1 if a test failed.
    """
    use_directories(site_directories)
    if every and sites:
        raise ConfigurationError("Give --all or the names of sites, not both.")
    if collection and live:
        raise ConfigurationError("Give --collection or --live, not both.")
    kept = Collection(collection) if collection else None
    files = _files(sites, [kept.sites] if kept else [], every=every)
    options = Options(delay=delay, allow_private=allow_private, tries=2)
    with _fetched(files, options) if live else nullcontext() as pages:
        sources = [_source(path, kept, pages) for path in files]
        if accepts:
            for source in sources:
                _accept(source, forced=forced)
        checks = [source.check() for source in sources]
        for source, one in zip(sources, checks, strict=True):
            # In the user's cache, where nothing is accepted by that.
            if live and not accepts and is_bundled(source.path):
                save(source, refusals(one.results))
    for one in checks:
        _show(one, pages.failures if pages else {})
    if pages:
        for sentence in fates(checks, pages):
            tell(sentence)
    _conclude(checks, strict=strict)


def _files(names: Sequence[str] | None, folders: Sequence[Path], *, every: bool) -> list[Path]:
    if names:
        return [named_file(name, folders) for name in names]
    searched = [*extra_directories(), *([bundled_sites()] if every or not extra_directories() else [])]
    return list(dict.fromkeys(claim.path for folder in searched for claim in site_files(folder).values()))


@contextmanager
def _fetched(files: Sequence[Path], options: Options) -> Iterator[FetchedPages]:
    sites = [site for site in map(load_site, files) if site.tests]
    # A file that is named is asked for; among many those that are not crawled are left out.
    asked = [site for site in sites if len(files) == 1 or site.status.state is State.ACTIVE]
    wanted = [(site, [test.url for test in site.tests]) for site in asked]
    if not wanted:
        raise ConfigurationError("There is nothing to fetch: none of these site files has tests.")
    with watching() as watch, fetched_pages(wanted, options, watch) as pages:
        yield pages


@dataclass(frozen=True, slots=True)
class Source:
    """A site file with the captures that it is tried on, each with the WARC that it lies in."""

    path: Path
    captures: Mapping[str, tuple[Path, Capture]]
    kept: Collection | None

    def check(self) -> SiteCheck:
        captures = {url: capture for url, (_, capture) in self.captures.items()}
        return check_file(self.path, captures, self._memory, skeleton_misses)

    def _memory(self, site: Site, capture: Capture) -> SiteMemory | None:
        return MemoryShelf(self.kept.memory).in_force(site.domain, capture.date) if self.kept else None

    def is_saved(self) -> bool:
        """Whether these are the captures beside the file."""
        return all(warc == warc_beside(self.path) for warc, _ in self.captures.values())


def _source(path: Path, kept: Collection | None, pages: FetchedPages | None) -> Source:
    urls = [test.url for test in load_site(path).tests]
    if pages:
        return Source(path, {url: pages.captures[url] for url in urls if url in pages.captures}, None)
    if kept:
        return Source(path, captures_in_collection(kept, urls), kept)
    return Source(path, captures_beside(path, urls), None)


def _accept(source: Source, *, forced: bool) -> None:
    """Make the tests say what comes out now; pages that were fetched, or found in a collection, are saved. What looks
    like a wall or a fault is refused. Raises ConfigurationError for a file of the installed program."""
    if is_installed(source.path):
        raise ConfigurationError(
            f"{source.path} belongs to the installed program: copy it into a folder of your own, name that with "
            "--sites, and accept there."
        )
    results = source.check().results
    refused = {} if forced else refusals(results)
    for number, reason in refused.items():
        line = line_of(source.path, ("tests", number))
        tell(f"{source.path}:{line}: not accepted: {reason}. Look at the page; --force accepts it all the same.")
    for sentence in accept(source.path, [result for result in results if result.number not in refused]):
        tell(f"{source.path}: {sentence}")
    save(source, refused)


def save(source: Source, refused: Container[int]) -> None:
    """Save the captures of the tests that are not refused, if they come from elsewhere."""
    tests = enumerate(load_site(source.path).tests)
    urls = {test.url for number, test in tests if number not in refused}
    captures = [kept for url, kept in source.captures.items() if url in urls]
    if captures and not source.is_saved():
        warc = save_beside(source.path, captures)
        tell(f"{len(captures)} pages are saved in {warc}.")


def _show(check: SiteCheck, failures: Mapping[str, str]) -> None:
    if not check.results:
        return
    ran = len(check.results) - len(check.missing)
    passed = f"{ran - len(check.failed)} of {len(check.results)} tests passed" if ran or check.failed else "no test run"
    failed = f", {len(check.failed)} failed" if check.failed else ""
    missing = f", {len(check.missing)} not run" if check.missing else ""
    out.print(f"{check.site.domain}: {passed}{failed}{missing} ({check.path})")
    for result in check.failed:
        out.print(_head("FAILED", "red", check, result))
        for miss in result.misses:
            out.print(_told(miss))
    for result in check.missing:
        reason = failures.get(result.test.url, "no capture of it is saved")
        told = "; its skeleton holds" if result.skeleton else ""
        out.print(_head("NOT RUN", "yellow", check, result).append(f": {reason}{told}", "not bold"))


def _head(word: str, colour: str, check: SiteCheck, result: Result) -> Text:
    line = line_of(check.path, ("tests", result.number))
    return Text("  ").append(f"{word} ", f"bold {colour}").append(f"{check.path}:{line} {result.test.url}", "not bold")


def _told(miss: Miss) -> Text:
    shown = Text(f"    {miss.key}: ")
    if miss.where:
        return shown.append(f"'{miss.expected}' is {miss.found}: {miss.where}")
    return shown.append_text(worded(compare(miss.expected, miss.found)))


def _conclude(checks: Sequence[SiteCheck], *, strict: bool) -> None:
    """What came of it all, and what to do. Exit 1 if a test failed, if there was none, or (strict) not all ran."""
    failed = [result for check in checks for result in check.failed]
    missing = [result for check in checks for result in check.missing]
    every = sum(len(check.results) for check in checks)
    bare = sum(not check.results for check in checks)
    if not every:
        tell("Nothing was checked: write tests into a site file, or let `cleancopy site init URL` do it.")
        raise typer.Exit(1)
    tell(
        f"{every - len(failed) - len(missing)} passed, {len(failed)} failed, {len(missing)} not run"
        + (f", {sum(result.skeleton for result in missing)} of them held on a skeleton" if missing else "")
        + (f"; {bare} files have no tests" if bare else "")
    )
    if failed:
        tell(
            "Expected is [-so-], what came out {+so+}. `cleancopy site explain URL` shows why. Correct the site file; "
            f"where what came out is right: cleancopy site check {_first(checks, 'failed')} --accept"
        )
    if missing:
        first = _first(checks, "missing")
        accepting = "" if is_bundled(first) else " --accept"
        tell(f"To fetch and save what is missing: cleancopy site check {first} --live{accepting}")
    if failed or (strict and missing):
        raise typer.Exit(1)


def _first(checks: Sequence[SiteCheck], what: str) -> Path:
    return next(check.path for check in checks if getattr(check, what))
