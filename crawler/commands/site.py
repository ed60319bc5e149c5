"""`cleancopy site init`: a first file for a site, from its own pages."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from archive.authoring.draft_articles import read_articles
from archive.authoring.draft_yaml import site_text
from archive.authoring.saved_captures import Kept, save_beside
from archive.authoring.site_draft import SiteDraft, draft_site
from archive.collection.folder import Collection
from archive.commands.options import SitesOption, use_directories
from archive.errors import CollectionError, ConfigurationError, PageError
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.memory.site_memory import SiteMemory
from archive.sites import (
    bundled_sites,
    extra_directories,
    load_site,
    site_file_of_url,
    site_schema_json,
)
from archive.sites.library import checked_url
from archive.telling.terminal import tell
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
