"""Drafts of site files on real pages: body with and without, on pages they were made from and on one that is new.

    python -m benchmarks.drafts --corpus ../shared/corpus [--site NAME]

Over all sites that the corpus has three pages of or more. Each page is left out once and read with the draft that the
others give; and all are read with the draft of all. A draft is never worse than no file: exit 1 where it is. Word F1
as in benchmarks/metrics.py. The label model has seen these pages in training, which flatters both columns.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.authoring.draft_articles import read_articles
from archive.authoring.draft_trial import try_draft
from archive.exchange import Capture
from archive.extraction.extract import extract_capture
from archive.extraction.model import load_model
from archive.sites import Site
from benchmarks.corpus import BODY_SETS, DEFAULT, Page, read_corpus
from benchmarks.metrics import score_page

#: Pages of a site that a draft can be made of, and what chance may take.
_LEAST, _CLOSE = 3, 1e-9


def sites_of(corpus: Path) -> dict[str, list[Page]]:
    """The pages of each site that the corpus has enough of, to be measured by their body."""
    found: defaultdict[str, list[Page]] = defaultdict(list)
    for page in read_corpus(corpus, BODY_SETS):
        if page.body is not None:
            found[page.site].append(page)
    return {name: pages for name, pages in found.items() if len(pages) >= _LEAST}


def drafted(pages: Sequence[Page], domain: str) -> Site:
    """The site as `cleancopy site init` would describe it."""
    found = read_articles([_capture(page) for page in pages], domain)
    return try_draft(found, Site(domain=domain)).site


def _capture(page: Page) -> Capture:
    return Capture(url=page.url, body=page.raw, headers=(("Content-Type", "text/html"),))


def _f1(page: Page, site: Site) -> float:
    return score_page(page, extract_capture(_capture(page), site, load_model()).text).word_f1


def measure(name: str, pages: Sequence[Page]) -> tuple[float, float, float]:
    """Mean F1 without a file, with the draft of all pages, and with drafts that have not seen the page."""
    whole = drafted(pages, name)
    unseen = [drafted([other for other in pages if other is not page], name) for page in pages]
    return (
        mean(_f1(page, Site(domain=name)) for page in pages),
        mean(_f1(page, whole) for page in pages),
        mean(_f1(page, site) for page, site in zip(pages, unseen, strict=True)),
    )


def main(
    corpus: Annotated[Path, typer.Option(help="Folder that holds multi/.")] = DEFAULT,
    site: Annotated[str, typer.Option(help="Only this site.")] = "",
) -> None:
    """Print the table; exit 1 where a draft is worse than no file."""
    table = Table("site", "pages", "no file", "draft", "unseen page", title="Drafts of site files")
    worse = []
    for name, pages in sites_of(corpus).items():
        if site in ("", name):
            bare, seen, unseen = measure(name, pages)
            table.add_row(name, str(len(pages)), f"{bare:.4f}", f"{seen:.4f}", f"{unseen:.4f}")
            worse += [name] if min(seen, unseen) < bare - _CLOSE else []
    console = Console()
    console.print(table)
    if worse:
        console.print(f"Worse than no file: {', '.join(worse)}", markup=False)
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
