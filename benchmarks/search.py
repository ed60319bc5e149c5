"""How fast a search is answered.

    python -m benchmarks.search --corpus ../shared/corpus [--articles 100000]

The index holds that many articles of about 500 words, drawn from the sentences of the corpus. Queries are one to
three words that stand beside each other in its texts, three letters long at least; every tenth is a phrase and every
tenth filters by site. Time is that of one search with its ten snippets, on an open index.
"""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from archive.collection.folder import Collection
from archive.records import Extraction, Record
from archive.research.search_index import Filters, open_index, search_path
from benchmarks.corpus import DEFAULT
from benchmarks.duplicates import about, base_texts

_FILE = 10_000


def write_records(collection: Collection, sentences: Sequence[str], articles: int, chance: random.Random) -> None:
    """Records of drawn texts, from fifty sites."""
    collection.create()
    made = _records(sentences, articles, chance)
    for start in range(0, articles, _FILE):
        with (collection.records / f"drawn-{start:07}.jsonl").open("wb") as file:
            file.writelines(next(made) for _ in range(min(_FILE, articles - start)))


def _records(sentences: Sequence[str], articles: int, chance: random.Random) -> Iterator[bytes]:
    for number in range(articles):
        parts = about(500, sentences, chance)
        site = f"site{number % 50}.example"
        yield Record(
            id=f"00000000-0000-4000-8000-{number:012}",
            url=f"https://{site}/{number}",
            site=site,
            title=" ".join(parts[0].split()[:9]),
            text="\n\n".join(parts),
            language="en",
            date_published=f"2026-{1 + number % 12:02}-{1 + number % 28:02}",
            extraction=Extraction(version="0"),
        ).to_line()


def queries(sentences: Sequence[str], count: int, chance: random.Random) -> Iterator[tuple[str, Filters]]:
    """Words as people type them, one kind after another."""
    made = 0
    while made < count:
        words = [word.strip(".,;:!?\"'()") for word in chance.choice(sentences).split()]
        size = chance.randint(1, 3)
        start = chance.randrange(max(1, len(words) - size))
        found = [word for word in words[start : start + size] if len(word) > 2 and word.isalpha()]
        if len(found) < size:
            continue
        query = " ".join(found)
        filters = Filters(sites=(f"site{chance.randrange(50)}.example",)) if made % 10 == 1 else Filters()
        yield (f'"{query}"' if made % 10 == 0 else query), filters
        made += 1


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    articles: Annotated[int, typer.Option(help="Articles in the index.")] = 100_000,
    count: Annotated[int, typer.Option(help="Queries.")] = 1000,
    folder: Annotated[Path | None, typer.Option(help="Where to work; 8 KB an article are needed.")] = None,
) -> None:
    """Print times; fail where the 95th percentile is above 50 ms."""
    chance = random.Random(7)
    sentences = [part for paragraphs in base_texts(corpus) for part in paragraphs if len(part.split()) > 8]
    with TemporaryDirectory(dir=folder) as made:
        collection = Collection(Path(made))
        write_records(collection, sentences, articles, chance)
        with open_index(collection) as index:
            start = time.perf_counter()
            index.catch_up()
            print(f"{len(index)} articles indexed in {time.perf_counter() - start:.0f} s")
            print(f"the index has {search_path(collection).stat().st_size // 1_000_000} MB")
            times, found = [], 0
            for query, filters in queries(sentences, count, chance):
                start = time.perf_counter()
                found += len(index.search(query, filters))
                times.append((time.perf_counter() - start) * 1000)
    middle, high, highest = np.percentile(times, [50, 95, 99])
    print(f"{count} queries, {found} answers: median {middle:.1f} ms, p95 {high:.1f} ms, p99 {highest:.1f} ms")
    raise typer.Exit(0 if high < 50 else 1)


if __name__ == "__main__":
    typer.run(main)
