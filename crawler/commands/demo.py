"""`cleancopy demo`: the main job on the bundled demo site."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from archive.collection.folder import Collection
from archive.display import COLOURS, show_blocks
from archive.labels import Label
from archive.records import Record, read_records
from archive.sites import named_site
from archive.telling.terminal import out, tell
from crawler.commands.crawl_run import summarise
from crawler.crawl import crawl
from crawler.demo import DemoSite
from crawler.progress import watching
from crawler.run.plan import Options, plan_sites

#: The same address each time, so that a second demo finds what is captured already.
_PORT = 8479


def demo(
    collection: Annotated[Path, typer.Option("--collection", metavar="DIR", help="Where all of it goes.")] = Path(
        "collections/demo"
    ),
) -> None:
    """Serve the bundled demo site on loopback, crawl it, and show what came out."""
    target = Collection(collection)
    with _site() as site, watching() as watch:
        tell(f"The demo site is served at {site.url}")
        plan = plan_sites([named_site(site.url)], Options(delay=0.0, allow_private=True))
        report = crawl(plan, target, tell=tell, watch=watch)
    summarise(report, target)
    records = [record for path in sorted(target.records.glob("*.jsonl")) for record in read_records(path)]
    if not records:
        raise typer.Exit(1)
    _show(target, records)


def _site() -> DemoSite:
    try:
        return DemoSite(_PORT)
    except OSError:
        return DemoSite()


def _show(collection: Collection, records: list[Record]) -> None:
    example = max(records, key=lambda record: len({block.label for block in record.blocks}))
    out.print()
    out.rule(example.title or "")
    show_blocks(example, out, longest=160)
    out.print()
    out.print(_articles(records))
    out.print(_labels(records))
    out.print(_files(collection))


def _articles(records: list[Record]) -> Table:
    table = Table("article", "authors", "published", "words of text", "of the page", title="Articles")
    for record in records:
        words, page = record.words(Label.BODY), record.words()
        table.add_row(
            record.title,
            ", ".join(record.authors),
            (record.date_published or "")[:10],
            str(words),
            f"{words / (page or 1):.0%}",
        )
    return table


def _labels(records: list[Record]) -> Table:
    words: Counter[Label] = Counter()
    for record in records:
        words.update({label: record.words(label) for label in Label})
    table = Table("label", "words", "share of all pages", title="What the pages were made of")
    for label, count in words.most_common():
        table.add_row(Text(label, COLOURS[label]), str(count), f"{count / words.total():.1%}")
    return table


def _files(collection: Collection) -> Table:
    table = Table("file", "bytes", title=f"In {collection.path}")
    for folder in (collection.archive, collection.records, collection.crawls):
        for path in sorted(folder.iterdir()):
            table.add_row(str(path.relative_to(collection.path)), f"{path.stat().st_size:,}")
    return table
