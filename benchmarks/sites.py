"""The site library on real pages: body and authors with and without its rules, in one run.

    python -m benchmarks.sites --corpus ../shared/corpus [--verbose]

Over the pages of fundus-a whose site has a file in configs/sites. A page is extracted as captured on its day, once
with the site's file and once with the domain alone. The label model has seen these pages in training, so that the
column without rules flatters it; what it reaches on unseen sites is in benchmarks/quality.py.
The tests in the site files are run on the same pages, as `cleancopy site check` runs them on captures.
Body: word F1 and exact share as in benchmarks/metrics.py. Authors: the same names in any order and case.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.authoring.page_tests import check_file
from archive.exchange import Capture
from archive.extraction.extract import extract_capture
from archive.extraction.model import load_model
from archive.extraction.rules import kind_of
from archive.labels import Label
from archive.records import Record
from archive.sites import Site, bundled_sites, site_of_url
from benchmarks.corpus import DEFAULT, Page, read_corpus
from benchmarks.metadata import normal
from benchmarks.metrics import PageScore, score_page, score_set

#: What the library must reach on these pages.
BODY_FLOOR, AUTHORS_FLOOR = 0.985, 0.95


@dataclass(frozen=True, slots=True)
class Result:
    """One page with and without rules. `authors` are None where the truth names none; `by_rule` says whether the
    site's own selector found the body."""

    page: Page
    site: Site
    score: PageScore
    bare: PageScore
    authors: bool | None
    bare_authors: bool | None
    said: tuple[str, ...]
    by_rule: bool


def results(corpus: Path) -> Iterator[Result]:
    """Every page whose site is in the library."""
    for page in read_corpus(corpus, ("fundus-a",)):
        site = site_of_url(page.url)
        if site.layouts:
            yield _result(page, site)


def _result(page: Page, site: Site) -> Result:
    record, bare = _record(page, site), _record(page, Site(domain=site.domain))
    return Result(
        page,
        site,
        score_page(page, record.text),
        score_page(page, bare.text),
        _authors_right(page, record),
        _authors_right(page, bare),
        record.authors,
        any(block.label is Label.BODY and kind_of(block.rule).is_of_site for block in record.blocks),
    )


def _record(page: Page, site: Site) -> Record:
    return extract_capture(capture_of(page), site, load_model())


def capture_of(page: Page) -> Capture:
    """A page as captured on its day."""
    day = datetime.fromisoformat(page.truth["date_crawled"]).replace(tzinfo=UTC)
    return Capture(url=page.url, body=page.raw, headers=(("Content-Type", "text/html"),), date=day)


def _authors_right(page: Page, record: Record) -> bool | None:
    truth = page.truth.get("authors")
    if not truth:
        return None
    return {normal(name).casefold() for name in truth} == {normal(name).casefold() for name in record.authors}


def share(values: Sequence[bool | None]) -> float:
    """The share of true values among those that are known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 1.0


def _rows(found: Sequence[Result]) -> Iterator[tuple[str, ...]]:
    by_language: defaultdict[str, list[Result]] = defaultdict(list)
    for result in found:
        by_language[result.site.language or "?"].append(result)
    for language, part in sorted(by_language.items()):
        yield _row(language, part)
    yield _row("all", found)


def _row(name: str, part: Sequence[Result]) -> tuple[str, ...]:
    with_rules, without = score_set([one.score for one in part]), score_set([one.bare for one in part])
    return (
        name,
        str(len({one.site.domain for one in part})),
        str(len(part)),
        f"{without.word_f1:.4f}",
        f"{with_rules.word_f1:.4f}",
        f"{without.exact:.3f}",
        f"{with_rules.exact:.3f}",
        f"{share([one.bare_authors for one in part]):.3f}",
        f"{share([one.authors for one in part]):.3f}",
    )


def _show_misses(found: Sequence[Result], console: Console) -> None:
    for one in sorted(found, key=lambda one: one.score.word_f1):
        faults = []
        if one.score.word_f1 < BODY_FLOOR:
            faults.append(
                f"body {one.score.word_f1:.3f} (precision {one.score.word_precision:.3f}, recall "
                f"{one.score.word_recall:.3f})"
            )
        if one.authors is False:
            faults.append(f"authors {list(one.said)}, truth {one.page.truth['authors']}")
        if not one.by_rule:
            faults.append("no selector found the body")
        if faults:
            console.print(f"{one.page.name}: {'; '.join(faults)}", markup=False)


def failed_tests(corpus: Path) -> tuple[int, list[str]]:
    """How many tests of the library have their page here, and what is wrong with those that do not pass."""
    captures = {page.url: capture_of(page) for page in read_corpus(corpus, ("fundus-a",))}
    checks = [check_file(path, captures) for path in sorted(bundled_sites().glob("*.yaml"))]
    ran = sum(result.record is not None for check in checks for result in check.results)
    told = [
        f"{result.test.url}: {miss.key}: expected {miss.expected!r}, found {miss.found!r} {miss.where}"
        for check in checks
        for result in check.failed
        for miss in result.misses
    ]
    return ran, told


def main(
    corpus: Annotated[Path, typer.Option(help="Folder that holds fundus-a/.")] = DEFAULT,
    verbose: Annotated[bool, typer.Option(help="List the pages that fall short.")] = False,
) -> None:
    """Print the table; exit 1 below the floors, or where a site file's test fails."""
    console = Console()
    found = list(results(corpus))
    heads = ("language", "sites", "pages", "body F1 bare", "rules", "exact bare", "rules", "authors bare", "rules")
    table = Table(*heads, title="The site library on real pages")
    for row in _rows(found):
        table.add_row(*row)
    if verbose:
        _show_misses(found, console)
    console.print(table)
    ran, failed = failed_tests(corpus)
    console.print(f"{ran} tests of the site files were run, {len(failed)} expectations failed", markup=False)
    for told in failed:
        console.print(told, markup=False)
    body = score_set([one.score for one in found]).word_f1
    if failed or body < BODY_FLOOR or share([one.authors for one in found]) < AUTHORS_FLOOR:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
