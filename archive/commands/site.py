"""`cleancopy site list | schema`: the configured sites, and what editors read to complete and check their files."""

import typer

from archive.commands.options import SitesOption, use_directories
from archive.errors import ConfigurationError
from archive.sites import Site, State, load_site, site_directories, site_files, site_schema_json
from archive.telling.terminal import put, put_table, tell


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


def schema() -> None:
    """Print the JSON Schema of site files, for editors."""
    put(site_schema_json() + "\n")
