"""Metadata of news pages against the truth and against trafilatura, in one run.

    python benchmarks/metadata.py --corpus ../shared/corpus [--verbose]

Title: equal after normalising white space and quotation marks. Date: the same day, in UTC where both sides
have an offset. Authors: the same names in any order and case. Each over the pages whose truth has the field.
"""

import gzip
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any

import typer
from lxml import etree
from rich.console import Console
from rich.table import Table
from trafilatura.metadata import extract_metadata

from archive.extraction.metadata import LabelledText, complete, read_facts
from archive.extraction.page import parse_page
from archive.labels import Label

_QUOTES = str.maketrans(dict.fromkeys("“”„«»‟″", '"') | dict.fromkeys("‘’‚‹›`´", "'") | {"–": "-", "—": "-"})
#: Class names of the benchmark's own simple bylines.
_BYLINE = re.compile(r"(?:^|[\s_-])(?:by-?line|author|autor|auteur)s?(?:$|[\s_-])", re.I)


@dataclass(frozen=True)
class Answer:
    """What one program says of one page."""

    title: str | None
    authors: tuple[str, ...]
    date: str | None


@dataclass(frozen=True)
class Page:
    """One page of the corpus with its truth."""

    name: str
    url: str
    html: str
    truth: dict[str, Any]


def pages(folder: Path) -> Iterator[Page]:
    """The pages that have a truth file, by name."""
    for path in sorted(folder.glob("*.html.gz")):
        truth = json.loads(path.with_name(path.name.replace(".html.gz", ".json")).read_text(encoding="utf-8"))
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        yield Page(path.name.removesuffix(".html.gz"), truth["url"], html, truth)


def cleancopy(page: Page) -> Answer:
    """Structured data and simple bylines, without the labeller."""
    tree = parse_page(page.html)
    facts = read_facts(tree, page.url)
    blocks = list(simple_blocks(tree))
    found = complete(facts, blocks, tree, page.url, site_name=None, language=None)
    return Answer(found.title, found.authors, found.date_published)


def simple_blocks(tree: etree._Element) -> Iterator[LabelledText]:
    """The first elements whose class says byline."""
    count = 0
    for element in tree.iter("div", "p", "span", "address", "li", "a"):
        if _BYLINE.search(element.get("class") or "") and (
            text := " ".join("".join(element.itertext()).split())
        ):
            if len(text) < 200:
                yield LabelledText(Label.BYLINE, text, element)
                count += 1
        if count >= 2:
            return


def trafilatura(page: Page) -> Answer:
    """trafilatura's own metadata."""
    found = extract_metadata(page.html, default_url=page.url)
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    return Answer(found.title, authors, found.date)


def normal(text: str | None) -> str:
    """White space and quotation marks in one form."""
    return " ".join(unicodedata.normalize("NFKC", text or "").translate(_QUOTES).split())


def same_day(truth: str, answer: str | None) -> bool:
    """The same day: in UTC where both sides have an offset and a time, else as written."""
    if not answer:
        return False
    left, right = datetime.fromisoformat(truth), datetime.fromisoformat(answer)
    if left.tzinfo and right.tzinfo:
        left, right = left.astimezone(timezone.utc), right.astimezone(timezone.utc)
    return left.date() == right.date()


def judged(page: Page, answer: Answer) -> dict[str, bool]:
    """Which fields are right; fields without truth are left out."""
    truth, verdict = page.truth, {}
    if truth.get("title"):
        verdict["title"] = normal(truth["title"]) == normal(answer.title)
    if truth.get("date_published"):
        verdict["date"] = same_day(truth["date_published"], answer.date)
    if truth.get("authors"):
        verdict["authors"] = {normal(name).casefold() for name in truth["authors"]} == {
            normal(name).casefold() for name in answer.authors
        }
    return verdict


def run(
    pages: Sequence[Page], program: Callable[[Page], Answer], verbose: bool, console: Console
) -> dict[str, Any]:
    """Shares of right answers and CPU milliseconds a page; misses on request."""
    right: dict[str, int] = {}
    total: dict[str, int] = {}
    started = time.process_time()
    answers = [program(page) for page in pages]
    spent = (time.process_time() - started) * 1000 / len(pages)
    for page, answer in zip(pages, answers, strict=True):
        for field, good in judged(page, answer).items():
            total[field] = total.get(field, 0) + 1
            right[field] = right.get(field, 0) + good
            if verbose and not good:
                _show_miss(console, page, answer, field)
    return {"pages": total, "right": right, "ms": spent}


def _show_miss(console: Console, page: Page, answer: Answer, field: str) -> None:
    key = "date_published" if field == "date" else field
    console.print(
        f"{page.name} {field}\n  truth  {page.truth[key]!r}\n  answer {getattr(answer, field)!r}",
        markup=False,
    )


def main(
    corpus: Annotated[Path, typer.Option(help="Folder that holds fundus-a/.")] = Path("../shared/corpus"),
    verbose: Annotated[bool, typer.Option(help="List our misses.")] = False,
) -> None:
    """Print one table: each field's share of right answers, ours beside trafilatura's."""
    console = Console()
    found = list(pages(corpus / "fundus-a"))
    programs = {"cleancopy": cleancopy, "trafilatura": trafilatura}
    for program in programs.values():
        program(found[0])
    results = {
        name: run(found, program, verbose and name == "cleancopy", console)
        for name, program in programs.items()
    }
    table = Table("field", "pages", *results, title=f"Metadata, {len(found)} news pages")
    for field in ("title", "date", "authors"):
        count = results["cleancopy"]["pages"][field]
        table.add_row(
            field, str(count), *(f"{result['right'][field] / count:.3f}" for result in results.values())
        )
    table.add_row(
        "CPU ms a page, parsing included", "", *(f"{result['ms']:.1f}" for result in results.values())
    )
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
