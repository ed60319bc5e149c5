"""Metadata of news pages and of other articles against the truth and against trafilatura, in one run.

    python -m benchmarks.metadata [--corpus ../shared/corpus] [--sets fundus-a,postlight-a,mozilla-a] [--verbose]

`cleancopy` is the whole extraction to a record, as for a site that has no file; `site files` lets the bundled
site files help; `without labels` is the metadata alone, parsing included.
Title: equal after normalising white space and quotation marks. Date: the same day, in UTC where both sides
have an offset. Authors: the same names in any order and case. Each over the pages whose truth has the field.

Where og:title and the displayed headline differ, the truth holds now one, now the other, as its makers chose
for each site. "title, displayed" leaves out the pages where none of the page's `<h1>` is the title of the truth.
Exit 1 if a floor is missed on fundus-a.
"""

import gzip
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table
from trafilatura.metadata import extract_metadata

from archive.extraction.charset import decode
from archive.extraction.extract import extract
from archive.extraction.metadata import complete, read_facts
from archive.extraction.metadata.languages import primary
from archive.extraction.parsing import parse_page
from archive.sites import Site
from benchmarks.corpus import PEER_SETS

FIELDS = ("title", "title, displayed", "date", "authors", "language")
#: What `cleancopy` must reach on news pages. The title's floor is that of displayed titles: the other truths are titles
#: for search engines and social media, which a reader of the page does not see.
FLOOR_SET, FLOORS = "fundus-a", {"title, displayed": 0.95, "date": 0.95, "authors": 0.85}
#: What a truth that gives its authors as one text puts between them, and titles of learning behind them.
_BETWEEN = re.compile(r"\s*[;,]\s*|\s+(?:and|&)\s+")
_WORD = re.compile(r"\w+")
_LEARNED = re.compile(r"(?:[A-Z]{1,3}\.?){1,6}|Ph\.?D\.?|VTS .*|E-RYT.*")
#: What a byline has beside its names.
_BESIDE = re.compile(r"^\s*(?:written\s+|posted\s+)?(?:by|von|par|por)\b|\b(?:and|und|et|y)\b|\S+@\S+", re.I)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»‟″", '"') | dict.fromkeys("‘’‚‹›`´", "'") | {"–": "-", "—": "-"})


@dataclass(frozen=True)
class Answer:
    """What one program says of one page."""

    title: str | None
    authors: tuple[str, ...]
    date: str | None
    language: str | None = None


@dataclass(frozen=True)
class Result:
    """What one program says of all pages, and its CPU time a page."""

    answers: list[Answer]
    milliseconds: float


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
        if byline := truth.get("author") or truth.get("byline"):
            truth["authors"] = listed(byline)
            truth["byline"] = byline if folder.name in PEER_SETS else None
        html = decode(gzip.decompress(path.read_bytes()))[0]
        yield Page(path.name.removesuffix(".html.gz"), truth.get("url") or "", html, truth)


def listed(authors: str | None) -> list[str]:
    """The names in one text, without titles of learning."""
    names = _BETWEEN.split(authors.strip()) if authors else []
    return [name for name in names if name and not _LEARNED.fullmatch(name)]


def cleancopy(page: Page) -> Answer:
    """The whole extraction, the site unknown."""
    return whole(page, Site(domain=urlsplit(page.url).hostname or "unknown"))


def whole(page: Page, site: Site | None = None) -> Answer:
    """The whole extraction, as users run it where no other site is given."""
    record = extract(page.html, page.url, site=site)
    return Answer(record.title, record.authors, record.date_published, record.language)


def unlabelled(page: Page) -> Answer:
    """Structured data and what the markup shows, without labelled blocks."""
    tree = parse_page(page.html)
    found = complete(read_facts(tree, page.url), [], tree, page.url)
    return Answer(found.title, found.authors, found.date_published, found.language)


def trafilatura(page: Page) -> Answer:
    """trafilatura's own metadata."""
    found = extract_metadata(page.html, default_url=page.url)
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    return Answer(found.title, authors, found.date, found.language)


def normal(text: str | None) -> str:
    """White space and quotation marks in one form."""
    return " ".join(unicodedata.normalize("NFKC", text or "").translate(_QUOTES).split())


def same_day(truth: str, answer: str | None) -> bool:
    """The same day: in UTC where both sides have an offset and a time, else as written."""
    if not answer:
        return False
    try:
        left, right = datetime.fromisoformat(truth), datetime.fromisoformat(answer)
    except ValueError:
        return truth[:10] == answer[:10]
    if left.tzinfo and right.tzinfo:
        left, right = left.astimezone(UTC), right.astimezone(UTC)
    return left.date() == right.date()


def judged(page: Page, answer: Answer) -> dict[str, bool]:
    """Which fields are right; fields without truth are left out."""
    truth, verdict = page.truth, {}
    if truth.get("title"):
        verdict["title"] = normal(truth["title"]) == normal(answer.title)
        if is_displayed(page):
            verdict["title, displayed"] = verdict["title"]
    if len(truth.get("date_published") or "") >= len("2026-11-24"):
        verdict["date"] = same_day(truth["date_published"], answer.date)
    if truth.get("authors"):
        verdict["authors"] = same_names(truth, answer.authors)
    if truth.get("language"):
        verdict["language"] = primary(truth["language"]) == primary(answer.language or "")
    return verdict


def same_names(truth: dict[str, Any], authors: Sequence[str]) -> bool:
    """The same names, or the words of the byline that a set of another tool has."""
    if {normal(name).casefold() for name in truth["authors"]} == {normal(name).casefold() for name in authors}:
        return True
    if not truth.get("byline"):
        return False
    stated = _BESIDE.sub(" ", normal(truth.get("byline")))
    return Counter(_WORD.findall(stated.casefold())) == Counter(_WORD.findall(normal(" ".join(authors)).casefold()))


def is_displayed(page: Page) -> bool:
    """Whether one of the page's `<h1>` is the title of the truth."""
    texts = ("".join(map(str, heading.itertext())) for heading in parse_page(page.html).iter("h1"))
    return normal(page.truth["title"]) in {normal(text) for text in texts}


def run(pages: Sequence[Page], program: Callable[[Page], Answer]) -> Result:
    """All answers, and CPU milliseconds a page."""
    program(pages[0])
    started = time.process_time()
    answers = [program(page) for page in pages]
    spent = (time.process_time() - started) * 1000 / len(pages)
    return Result(answers, spent)


def share(verdicts: Sequence[dict[str, bool]], field: str) -> tuple[float, int]:
    """The share of right answers among the pages whose truth has the field, and their number."""
    right = [verdict[field] for verdict in verdicts if field in verdict]
    return sum(right) / max(1, len(right)), len(right)


def misses(pages: Sequence[Page], result: Result) -> Iterator[str]:
    """A sentence for each floor that is not reached."""
    verdicts = [judged(page, answer) for page, answer in zip(pages, result.answers, strict=True)]
    for field, floor in FLOORS.items():
        reached, _ = share(verdicts, field)
        if reached < floor:
            yield f"{field}: {reached:.3f} of {FLOOR_SET} are right; the floor is {floor}"


def show_misses(pages: Sequence[Page], result: Result, console: Console) -> None:
    """Every wrong answer beside the truth."""
    for page, answer in zip(pages, result.answers, strict=True):
        for field, right in judged(page, answer).items():
            if not right and field in vars(answer):
                truth = page.truth["date_published" if field == "date" else field]
                console.print(
                    f"{page.name} {field}\n  truth  {truth!r}\n  answer {getattr(answer, field)!r}", markup=False
                )


def main(
    corpus: Annotated[Path, typer.Option(help="Folder that holds the sets.")] = Path("../shared/corpus"),
    sets: Annotated[str, typer.Option(help="Folders of the corpus, with commas between.")] = "fundus-a,wcxb-dev",
    verbose: Annotated[bool, typer.Option(help="List our misses.")] = False,
    labels: Annotated[bool, typer.Option(help="Run the whole extraction too.")] = True,
) -> None:
    """Print a table for each set: each field's share of right answers, ours beside trafilatura's."""
    console, missed = Console(), list[str]()
    programs: dict[str, Callable[[Page], Answer]] = {"cleancopy": cleancopy, "site files": whole} if labels else {}
    programs |= {"without labels": unlabelled, "trafilatura": trafilatura}
    for name in sets.split(","):
        found = list(pages(corpus / name))
        results = {program: run(found, function) for program, function in programs.items()}
        if verbose:
            show_misses(found, next(iter(results.values())), console)
        console.print(table(name, found, results))
        if labels and name == FLOOR_SET:
            missed += misses(found, results["cleancopy"])
    for sentence in missed:
        console.print(sentence)
    raise typer.Exit(bool(missed))


def table(name: str, pages: Sequence[Page], results: dict[str, Result]) -> Table:
    """Fields as rows, programs as columns."""
    shown = Table("field", *results, title=f"Metadata of {len(pages)} pages, {name}")
    verdicts = {
        program: [judged(page, answer) for page, answer in zip(pages, result.answers, strict=True)]
        for program, result in results.items()
    }
    for field in FIELDS:
        shown.add_row(field, *("{:.3f} of {}".format(*share(verdicts[program], field)) for program in results))
    shown.add_row("CPU ms a page", *(f"{result.milliseconds:.1f}" for result in results.values()))
    return shown


if __name__ == "__main__":
    typer.run(main)
