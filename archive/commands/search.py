"""`cleancopy search`: articles by their words."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from archive.collection.folder import Collection
from archive.commands.options import day_of, day_option
from archive.research.search_index import SearchFilters, SearchHit, open_index
from archive.telling.terminal import out, progress, tell


def search(
    collection: Annotated[Path, typer.Argument(metavar="COLLECTION", help="Where to look.")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help='Words; "a phrase", begin*, -not, this OR that.')],
    site: Annotated[list[str] | None, typer.Option("--site", help="Only this site; may be given again.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Only this language, such as de.")] = None,
    since: Annotated[datetime | None, day_option("--since", "Published then or later.")] = None,
    until: Annotated[datetime | None, day_option("--until", "Published then or earlier.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="The most articles to show.")] = 10,
) -> None:
    """Find articles by the words of their headline and text, best first."""
    filters = SearchFilters(tuple(site or ()), language, day_of(since), day_of(until))
    with open_index(Collection(collection)) as index:
        with progress("Indexing", unit="records") as bar:
            index.catch_up(bar.advance)
        hits = index.search(query, filters, limit)
    for hit in hits:
        _show(hit)
    if not hits:
        tell("Nothing was found.")
        raise typer.Exit(1)


def _show(hit: SearchHit) -> None:
    out.print(Text(hit.title or "no headline", "bold"))
    out.print(Text(f"  {' · '.join(part for part in (hit.day, hit.site, hit.id) if part)}\n  {hit.url}", "default"))
    snippet = Text("  ")
    for number, part in enumerate(hit.snippet.replace("\x03", "\x02").split("\x02")):
        snippet.append(part, "bold yellow" if number % 2 else "default")
    out.print(snippet)
