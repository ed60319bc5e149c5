"""`cleancopy site list`: the configured sites."""

import typer
from rich.table import Table

from archive.commands.site_directories import SitesOption, use_directories
from archive.errors import ConfigurationError
from archive.sites import Site, State, load_site, site_directories, site_files
from archive.terminal import out, output_is_terminal, put_rows, tell


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
    _show(sorted(rows))
    if faults:
        raise typer.Exit(2)


def _show(rows: list[tuple[str, ...]]) -> None:
    if not output_is_terminal():
        put_rows(rows)
        return
    table = Table("site", "name", "language", "country", "status", "lists", "layouts", "tests")
    for row in rows:
        table.add_row(*row)
    out.print(table)


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
