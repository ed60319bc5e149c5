"""`cleancopy site init | check`: a first file for a site, from its own pages; whether files do what they say."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from archive.authoring.acceptance import accept
from archive.authoring.draft_articles import read_articles
from archive.authoring.draft_yaml import site_text
from archive.authoring.page_tests import Miss, Result, SiteCheck, check_file
from archive.authoring.saved_captures import Kept, captures_beside, captures_in_collection, save_beside, warc_beside
from archive.authoring.site_draft import SiteDraft, draft_site
from archive.collection.folder import Collection
from archive.commands.options import SitesOption, use_directories
from archive.errors import CollectionError, ConfigurationError, PageError
from archive.exchange import Capture
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.memory.site_memory import SiteMemory
from archive.research.text_changes import worded
from archive.research.word_differences import compare
from archive.sites import (
    Site,
    bundled_sites,
    extra_directories,
    load_site,
    named_file,
    site_file_of_url,
    site_files,
    site_schema_json,
)
from archive.sites.library import checked_url
from archive.sites.yaml_lines import line_of
from archive.telling.terminal import out, tell
from crawler.named_pages import FetchedPages, fetched_pages
from crawler.progress import watching
from crawler.run.plan import Options
from crawler.survey import Survey, survey, unknown_site

_SCHEMA = "site.schema.json"


def init(
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's home page, or a page that lists articles.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="The file to write; else DOMAIN.yaml in your first --sites."),
    ] = None,
    pages: Annotated[int, typer.Option("--pages", min=1, max=50, help="Articles to look at.")] = 12,
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Use what this collection knows of the site.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="Seconds between requests to a host.")] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow hosts on this network.")] = False,
    sites: SitesOption = None,
) -> None:
    """Look at a site and draft its file: lists, selectors with reasons, strip rules, tests with their pages saved.

    robots.txt is obeyed. Read the draft, then run 'cleancopy site check'.
    """
    use_directories(sites)
    checked_url(url)
    target = _target(url, output, force=force)
    options = Options(limit=pages, delay=delay, allow_private=allow_private, tries=1)
    with watching() as watch, survey(url, options, watch) as seen:
        draft = _draft(seen, target, _known(collection, seen.site.domain))
        _write(target, draft, seen.captures)
    _tell_draft(target, draft)


def _target(url: str, output: Path | None, *, force: bool) -> Path:
    """Where the file goes. Raises ConfigurationError where one is there already."""
    folder = next(iter(extra_directories()), Path())
    target = output or folder / f"{unknown_site(url).domain}.yaml"
    if target.suffix not in (".yaml", ".yml"):
        raise ConfigurationError(f"--output {target}: expected a file named by the domain, such as example.org.yaml")
    if target.exists() and not force:
        raise ConfigurationError(f"{target} is there already. Give --force to replace it, or another --output.")
    if not target.parent.is_dir():
        raise ConfigurationError(f"{target.parent} is not a directory: make it, or give another --output.")
    other = site_file_of_url(url)
    if other and other.resolve() != target.resolve():
        tell(f"There is a file for this site already, {other}; {target} will stand beside it.")
    return target


def _known(collection: Path | None, domain: str) -> SiteMemory | None:
    if collection is None:
        return None
    kept = Collection(collection).require()
    return MemoryShelf(kept.memory).latest(domain)


def _draft(seen: Survey, target: Path, known: SiteMemory | None) -> SiteDraft:
    found = read_articles([capture for _, capture in seen.captures], seen.site.domain, known)
    if not found.articles:
        raise PageError(
            f"{seen.site.front}: none of the pages fetched ({len(seen.captures)}) looks like an article, with a "
            f"text and a date or an author. 'cleancopy discover {seen.site.front}' shows what is found."
        )
    schema = f"../{_SCHEMA}" if target.resolve().parent == bundled_sites().resolve() else _SCHEMA
    return draft_site(found, seen.site, seen.discover, seen.remarks, schema)


def _write(target: Path, draft: SiteDraft, captures: Sequence[Kept]) -> None:
    """The site file, the schema that editors read, and the tests' pages."""
    try:
        target.write_text(site_text(draft.file), encoding="utf-8")
        if draft.file.schema == _SCHEMA:
            (target.parent / _SCHEMA).write_text(site_schema_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise CollectionError(f"{target} cannot be written: {error.strerror}") from error
    ids = {record.id for record in draft.tested}
    save_beside(target, [(warc, capture) for warc, capture in captures if capture.record_id in ids])
    load_site(target)


def _tell_draft(target: Path, draft: SiteDraft) -> None:
    for remark in draft.remarks:
        tell(f"Note: {remark}")
    tell(f"{target} is drafted, with {len(draft.tested)} tests; their pages are saved beside it.")
    tell("Now:")
    tell(f"  1. Read {target}: are the selectors about the article, and the tests what the pages show?")
    tell(f"  2. cleancopy site check {target}")
    first = draft.tested[0].url if draft.tested else "URL"
    tell(f"  3. cleancopy site explain {first} --site {target}    (why a block or a field came out as it did)")
    tell(f"  4. cleancopy crawl {target} --collection collections/{target.stem} --limit 20")


def check(
    sites: Annotated[list[str] | None, typer.Argument(metavar="[SITE...]", help="Domain or YAML file.")] = None,
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Try the newest captures in this collection.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Fetch the pages anew.")] = False,
    accepts: Annotated[
        bool, typer.Option("--accept", help="Write the present output into the tests; with --live save the pages.")
    ] = False,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="Seconds between requests to a host.")] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow hosts on this network.")] = False,
    site_directories: SitesOption = None,
) -> None:
    """Run the tests in site files: on captures saved beside them (DOMAIN.warc.gz), in a collection, or fetched anew.

    Without a SITE all files in the directories that you named, or else the bundled ones. Exit 1 unless all passed.
    """
    use_directories(site_directories)
    if collection and live:
        raise ConfigurationError("Give --collection or --live, not both.")
    kept = Collection(collection) if collection else None
    files = _files(sites, [kept.sites] if kept else [])
    options = Options(delay=delay, allow_private=allow_private, tries=2)
    with _fetched(files, options) if live else nullcontext() as pages:
        sources = [_source(path, kept, pages) for path in files]
        if accepts:
            for source in sources:
                _accept(source)
        checks = [source.check() for source in sources]
    for one in checks:
        _show(one, pages.failures if pages else {})
    _conclude(checks)


def _files(names: Sequence[str] | None, folders: Sequence[Path]) -> list[Path]:
    if names:
        return [named_file(name, folders) for name in names]
    searched = extra_directories() or [bundled_sites()]
    return list(dict.fromkeys(claim.path for folder in searched for claim in site_files(folder).values()))


@contextmanager
def _fetched(files: Sequence[Path], options: Options) -> Iterator[FetchedPages]:
    wanted = [(site, [test.url for test in site.tests]) for site in map(load_site, files) if site.tests]
    if not wanted:
        raise ConfigurationError("There is nothing to fetch: none of these site files has tests.")
    with watching() as watch, fetched_pages(wanted, options, watch) as pages:
        yield pages


@dataclass(frozen=True, slots=True)
class _Source:
    """A site file with the captures that it is tried on, each with the WARC that it lies in."""

    path: Path
    captures: Mapping[str, tuple[Path, Capture]]
    kept: Collection | None

    def check(self) -> SiteCheck:
        return check_file(self.path, {url: capture for url, (_, capture) in self.captures.items()}, self._memory)

    def _memory(self, site: Site, capture: Capture) -> SiteMemory | None:
        return MemoryShelf(self.kept.memory).in_force(site.domain, capture.date) if self.kept else None

    def is_saved(self) -> bool:
        """Whether these are the captures beside the file."""
        return all(warc == warc_beside(self.path) for warc, _ in self.captures.values())


def _source(path: Path, kept: Collection | None, pages: FetchedPages | None) -> _Source:
    urls = [test.url for test in load_site(path).tests]
    if pages:
        return _Source(path, {url: pages.captures[url] for url in urls if url in pages.captures}, None)
    if kept:
        return _Source(path, captures_in_collection(kept, urls), kept)
    return _Source(path, captures_beside(path, urls), None)


def _accept(source: _Source) -> None:
    """Make the tests say what comes out now; pages that were fetched, or found in a collection, are saved."""
    for sentence in accept(source.path, source.check().results):
        tell(f"{source.path}: {sentence}")
    if source.captures and not source.is_saved():
        warc = save_beside(source.path, source.captures.values())
        tell(f"{len(source.captures)} pages are saved in {warc}.")


def _show(check: SiteCheck, failures: Mapping[str, str]) -> None:
    if not check.results:
        tell(f"{check.site.domain}: no tests in {check.path}")
        return
    passed = len(check.results) - len(check.failed) - len(check.missing)
    out.print(f"{check.site.domain}: {passed} of {len(check.results)} tests passed ({check.path})")
    for result in check.failed:
        out.print(_head("FAILED", "red", check, result))
        for miss in result.misses:
            out.print(_told(miss))
    for result in check.missing:
        reason = failures.get(result.test.url, "no capture of it is saved")
        out.print(_head("NOT RUN", "yellow", check, result).append(f": {reason}", "not bold"))


def _head(word: str, colour: str, check: SiteCheck, result: Result) -> Text:
    line = line_of(check.path, ("tests", result.number))
    return Text("  ").append(f"{word} ", f"bold {colour}").append(f"{check.path}:{line} {result.test.url}", "not bold")


def _told(miss: Miss) -> Text:
    shown = Text(f"    {miss.key}: ")
    if miss.where:
        return shown.append(f"'{miss.expected}' is {miss.found}: {miss.where}")
    return shown.append_text(worded(compare(miss.expected, miss.found)))


def _conclude(checks: Sequence[SiteCheck]) -> None:
    """What to do, and exit 1 unless every file that has tests passed them, and there were any."""
    failed = [check for check in checks if check.failed]
    missing = [check for check in checks if check.missing]
    if failed:
        tell(
            "Expected is [-so-], what came out {+so+}. `cleancopy site explain URL` shows why. Correct the site file; "
            f"where what came out is right: cleancopy site check {failed[0].path} --accept"
        )
    if missing:
        tell(f"To fetch and save what is missing: cleancopy site check {missing[0].path} --live --accept")
    if not any(check.results for check in checks):
        tell("Nothing was checked: write tests into a site file, or let `cleancopy site init URL` do it.")
    if not any(check.results for check in checks) or failed or missing:
        raise typer.Exit(1)
