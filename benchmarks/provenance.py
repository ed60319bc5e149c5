"""Whether the text of every block is found again at its XPath in the captured page.

    python -m benchmarks.provenance --corpus ../shared/corpus [--pages 500]

Each record's WARC is read again; the page is parsed and its text compared without cutting it into blocks.
"""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from archive.labels import Label
from archive.records import read_records
from archive.research.captured_page import source_of
from benchmarks.corpus import DEFAULT
from benchmarks.corpus_collection import corpus_collection


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    pages: Annotated[int, typer.Option(help="Pages to look at.")] = 500,
    floor: Annotated[float, typer.Option(help="The least share of body blocks that must be found.")] = 0.99,
) -> None:
    """Print shares of blocks found, and fail below the floor."""
    checked: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        collection = corpus_collection(Path(folder) / "corpus", corpus, pages)
        for path in sorted(collection.records.glob("*.jsonl")):
            for record in read_records(path):
                found = source_of(collection, record)
                checked["pages"] += 1
                checked["faults"] += len(found.faults)
                for block in record.blocks:
                    kind = "body" if block.label is Label.BODY else "other"
                    checked[kind] += 1
                    checked[f"{kind} found"] += found.has(block)
    share = checked["body found"] / max(1, checked["body"])
    print(f"{checked['pages']} pages, {checked['faults']} of another payload or URL")
    print(f"body blocks found: {checked['body found']} of {checked['body']} ({share:.2%})")
    print(f"other blocks found: {checked['other found']} of {checked['other']}")
    raise typer.Exit(0 if share >= floor and not checked["faults"] else 1)


if __name__ == "__main__":
    typer.run(main)
