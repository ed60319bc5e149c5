"""`cleancopy site list | explain`: the configured sites, and why a page came out as it did."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from archive.authoring.explained_fields import FieldReason
from archive.authoring.explanation import BlockReason, Explanation, explain
from archive.authoring.saved_captures import captures_beside, captures_in_collection
from archive.collection.corrections import PageCorrections, in_force
from archive.collection.folder import Collection
from archive.commands.options import SitesOption, use_directories
from archive.display import COLOURS
from archive.errors import CollectionError, ConfigurationError
from archive.exchange import Capture
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.page_reading import MAX_BYTES
from archive.extraction.rules import RuleKind, kind_of
from archive.pipeline.web import Web, fetched_page
from archive.sites import (
    Site,
    State,
    load_site,
    named_file,
    site_directories,
    site_file_of_url,
    site_files,
    site_of_url,
)
from archive.telling.terminal import out, put, put_table, tell

#: Characters of a value or a block that are shown.
_SHOWN = 120


def list_sites(sites: SitesOption = None) -> None:
    """List the configured sites, in a pipe with tabs between the columns. Exit 2 if a file is wrong."""
    use_directories(sites)
    rows: list[tuple[str, ...]] = []
    faults = 0
    for path in dict.fromkeys(claim.path for folder in site_directories() for claim in site_files(folder).values()):
        try:
            rows.append(_row(load_site(path)))
        except ConfigurationError as error:
            faults += 1
            tell(str(error))
    put_table(("site", "name", "language", "country", "status", "lists", "layouts", "tests"), sorted(rows))
    if faults:
        raise typer.Exit(2)


def _row(site: Site) -> tuple[str, ...]:
    found = site.discover
    lists = len(found.news_sitemaps) + len(found.sitemaps) + len(found.feeds) + len(found.sections)
    return (
        site.domain,
        site.name or "",
        site.language or "",
        site.country or "",
        _status(site),
        str(lists or ""),
        str(len(site.layouts) or ""),
        str(len(site.tests) or ""),
    )


def _status(site: Site) -> str:
    if site.status.state is State.ACTIVE:
        return site.status.state.value
    return f"{site.status.state.value} since {site.status.since}: {site.status.reason}"


def explain_page(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="URL|FILE", help="The page: its address or an HTML file.")],
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Take the page's newest capture from here.")
    ] = None,
    url: Annotated[str, typer.Option("--url", help="The page's address, for a file.")] = "",
    site: Annotated[
        str | None, typer.Option("--site", metavar="FILE", help="Use this site file, not the one of the page's domain.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow a URL on this network.")] = False,
    sites: SitesOption = None,
) -> None:
    """Show which configuration, layout and rule decided each block and field of a page, and what the model would say.

    A URL is looked up in the collection, or among the captures saved beside its site file; else it is fetched.
    """
    use_directories(sites)
    kept = Collection(collection) if collection else None
    folders = [kept.sites] if kept else []
    address = source if "://" in source else url
    file = named_file(site, folders) if site else site_file_of_url(address, folders)
    capture = _capture(source, url, kept, file, context.obj, allow_private)
    found = load_site(file) if file else site_of_url(capture.url, folders)
    explanation = explain(capture, found, file, _memory(kept, found, capture), _corrections(kept, capture))
    if as_json:
        put(json.dumps(explanation.data(), indent=2, ensure_ascii=False) + "\n")
    else:
        _show(explanation)


def _memory(kept: Collection | None, site: Site, capture: Capture) -> Any:
    return MemoryShelf(kept.memory).in_force(site.domain, capture.date) if kept else None


def _corrections(kept: Collection | None, capture: Capture) -> PageCorrections:
    known = in_force(kept.path) if kept else {}
    return known.get(capture.payload_digest or "", PageCorrections())


def _capture(
    source: str, url: str, kept: Collection | None, file: Path | None, web: Web | None, allow_private: bool
) -> Capture:
    if "://" not in source:
        return _from_file(Path(source), url)
    if kept:
        return _from_collection(kept, source)
    if saved := captures_beside(file, [source]) if file else {}:
        return saved[source][1]
    page = fetched_page(web, source, allow_private, "save the page and give its file, with --url")
    headers = (("Content-Type", page.content_type),) if page.content_type else ()
    return Capture(url=page.url, body=page.body, headers=headers)


def _from_file(path: Path, url: str) -> Capture:
    try:
        with path.open("rb") as file:
            return Capture(url=url, body=file.read(MAX_BYTES + 1))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}. Give a file or a URL.") from error


def _from_collection(kept: Collection, url: str) -> Capture:
    found = captures_in_collection(kept, [url])
    if not found:
        raise CollectionError(f"{kept.path} has no capture of {url}. Leave --collection out to fetch the page.")
    return found[url][1]


def _show(found: Explanation) -> None:
    out.print(f"page      {found.record.url or 'without an address'}")
    out.print(f"site      {found.domain}, {found.file or 'without a site file'}")
    out.print(f"layout    {found.layout or 'none: structured data and the model decide'}")
    if found.hook:
        out.print(f"hook      {found.hook}")
    for warning in found.record.extraction.warnings:
        tell(f"warning   {warning}")
    out.print("\nFields, with the places that have the value:")
    for field in found.fields:
        _show_field(field)
    out.print("\nBlocks, with the rule that decided:")
    for reason in found.blocks:
        _show_block(reason)


def _show_field(field: FieldReason) -> None:
    value = ", ".join(field.value) if isinstance(field.value, tuple) else str(field.value)
    value = value if field.value not in (None, ()) else "nothing"
    out.print(Text(f"{field.name}: {_cut(value)}", style="bold"))
    for source in field.sources:
        out.print(f"    {source.place}" + (f"  {source.xpath}" if source.xpath else ""))


def _show_block(reason: BlockReason) -> None:
    block = reason.block
    out.print(Text(f"{block.label.value}: {_cut(block.text)}", style=COLOURS[block.label]))
    out.print(f"    {_why(reason)}")
    out.print(f"    {block.xpath}")


def _why(reason: BlockReason) -> str:
    if kind_of(reason.block.rule) is RuleKind.MODEL:
        # Where a layout names the body, nothing outside of it may be body: the second best label then stands.
        bound = "" if reason.agrees else f"; {reason.guess} is outside the layout's body"
        return f"model {reason.block.confidence:.2f}{bound}"
    verb = "agrees" if reason.agrees else "would say"
    return f"{reason.told} · model {verb}: {reason.guess}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
