"""Near-duplicates found among edited copies of real texts, and what finding them costs.

    python -m benchmarks.duplicates --corpus ../shared/corpus [--records 100000]

Quality. Texts of the corpus' truth that share nothing with each other are edited as agencies' stories are: cut,
paragraphs changed about, a new headline, words replaced, paragraphs of another text added, and all of these. Beside
them stand new stories a quarter of which, at most, is taken from an old one: they are no duplicates. What is added, and
what is new, comes from a third of the texts that are not edited themselves. The order of time is random, so that the
earliest copy is mostly an edited one. Precision and recall are over pairs: two texts in one cluster, against two
copies of one text.

Cost. `--records` texts of sentences drawn from the corpus, one in ten a copy; time and peak memory by step.
"""

import random
import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from archive.datasets.duplicate_signatures import SignatureFile, words
from archive.datasets.duplicate_stars import THRESHOLD, stars
from benchmarks.corpus import DEFAULT, read_corpus

Paragraphs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """A text made from another: which, and how."""

    source: int
    edit: str
    text: str


def base_texts(corpus: Path, least: int = 5) -> list[Paragraphs]:
    """Texts of at least so many paragraphs that have next to nothing in common."""
    texts: list[Paragraphs] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for page in read_corpus(corpus):
        paragraphs = tuple(part.text for part in page.body or ())
        found = words(" ".join(paragraphs))
        triples = set(zip(found, found[1:], found[2:], strict=False))
        if len(paragraphs) < least or len(triples) < 100:
            continue
        if sum(seen[triple] > 0 for triple in triples) < 0.2 * len(triples):
            texts.append(paragraphs)
            seen.update(triples)
    return texts


def copies(texts: Sequence[Paragraphs], donors: Sequence[Paragraphs], chance: random.Random) -> Iterator[Copy]:
    """Every text, and its edited copies."""
    for number, paragraphs in enumerate(texts):
        other = donors[(number + 1) % len(donors)]
        edits = {
            "original": paragraphs,
            "cut": cut(paragraphs, chance),
            "swapped": tuple(chance.sample(paragraphs, len(paragraphs))),
            "headline": (" ".join(chance.choice(other).split()[:12]), *paragraphs),
            "added": added(paragraphs, other, chance),
            "words": reworded(paragraphs, chance),
            "all": added(reworded(tuple(cut(paragraphs, chance)), chance), other, chance),
        }
        yield from (Copy(number, name, "\n\n".join(parts)) for name, parts in edits.items())


def cut(paragraphs: Paragraphs, chance: random.Random) -> Paragraphs:
    """The text without its end, down to three fifths of its words."""
    wanted = chance.uniform(0.6, 0.9) * sum(len(part.split()) for part in paragraphs)
    kept: list[str] = []
    for part in paragraphs:
        room = int(wanted) - sum(len(one.split()) for one in kept)
        if room <= 0:
            break
        kept.append(" ".join(part.split()[:room]))
    return tuple(kept)


def added(paragraphs: Paragraphs, other: Paragraphs, chance: random.Random) -> Paragraphs:
    """The text with words of another one behind it, up to a quarter of its length."""
    length = int(chance.uniform(0.05, 0.25) * sum(len(part.split()) for part in paragraphs))
    return (*paragraphs, " ".join(" ".join(other).split()[:length]))


def reworded(paragraphs: Paragraphs, chance: random.Random) -> Paragraphs:
    """The text with one word in forty replaced."""
    return tuple(
        " ".join("recently" if chance.random() < 1 / 40 else word for word in part.split()) for part in paragraphs
    )


def follow_ups(texts: Sequence[Paragraphs], donors: Sequence[Paragraphs], chance: random.Random) -> Iterator[str]:
    """New stories that take up to a quarter of their length from an old one."""
    for paragraphs, donor in zip(texts, donors, strict=False):
        new, old = " ".join(donor).split(), " ".join(paragraphs).split()
        taken = int(len(new) / 0.75 * chance.uniform(0.1, 0.25))
        start = chance.randrange(max(1, len(old) - taken))
        yield " ".join([*new, *old[start : start + taken]])


def measure_quality(corpus: Path) -> tuple[float, float]:
    """Precision and recall over pairs; recall by edit is printed."""
    chance = random.Random(7)
    every = base_texts(corpus)
    texts, donors = every[: len(every) * 2 // 3], every[len(every) * 2 // 3 :]
    made = list(copies(texts, donors, chance))
    others = list(follow_ups(texts, donors, chance))
    order = chance.sample(range(len(made) + len(others)), len(made) + len(others))
    all_texts = [*(copy.text for copy in made), *others]
    truth = [*(copy.source for copy in made), *range(-1, -len(others) - 1, -1)]
    with TemporaryDirectory() as folder:
        file = SignatureFile(Path(folder) / "signatures")
        file.add(range(len(order)), (all_texts[at] for at in order))
        numbers, signatures = file.read()
        centre = numbers[stars(signatures, np.arange(len(numbers)))]
    clusters = {int(order[number]): int(order[at]) for number, at in zip(numbers, centre, strict=True)}
    found = set(_pairs(clusters))
    wanted = set(_pairs({at: source for at, source in enumerate(truth) if source >= 0}))
    print(f"{len(texts)} texts, {len(made)} with copies, {len(others)} that quote; {len(wanted)} true pairs")
    _print_by_edit(made, found)
    return len(found & wanted) / max(1, len(found)), len(found & wanted) / max(1, len(wanted))


def _pairs(groups: dict[int, int]) -> Iterator[tuple[int, int]]:
    members: dict[int, list[int]] = {}
    for item, group in groups.items():
        members.setdefault(group, []).append(item)
    for found in members.values():
        yield from combinations(sorted(found), 2)


def _print_by_edit(made: Sequence[Copy], found: set[tuple[int, int]]) -> None:
    originals = {copy.source: at for at, copy in enumerate(made) if copy.edit == "original"}
    hits: Counter[str] = Counter()
    for at, copy in enumerate(made):
        original = originals[copy.source]
        hits[copy.edit] += (min(original, at), max(original, at)) in found
    shares = (f"{edit} {count / len(originals):.3f}" for edit, count in hits.items() if edit != "original")
    print("found with their original: " + ", ".join(shares))


def measure_cost(corpus: Path, records: int) -> None:
    """Time and peak memory for so many texts, and what that makes for a million."""
    chance = random.Random(7)
    sentences = [part for paragraphs in base_texts(corpus) for part in paragraphs if len(part.split()) > 8]
    before = _peak()
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        file = SignatureFile(Path(folder) / "signatures")
        for first in range(0, records, 1000):
            size = min(1000, records - first)
            file.add(range(first, first + size), _drawn(sentences, chance, size))
        signed = time.perf_counter()
        numbers, signatures = file.read()
        centre = stars(signatures, np.arange(len(numbers)))
        done = time.perf_counter()
    duplicates = int((centre != np.arange(len(centre))).sum())
    print(f"{records} texts, {duplicates} found to be copies; memory {before} MB before, {_peak()} MB at most")
    print(f"signatures {signed - start:.1f} s, clusters {done - signed:.1f} s")
    times = 1_000_000 / records
    growth = (_peak() - before) * times + before
    seconds = (signed - start) * times + (done - signed) * times * 1.2  # sorting grows a little faster
    print(f"a million: {seconds:.0f} s, {growth:.0f} MB at most")


def _drawn(sentences: Sequence[str], chance: random.Random, size: int) -> Iterator[str]:
    """Texts of about 500 words, one in ten a copy of the one before it without its last paragraph."""
    parts: list[str] = []
    for number in range(size):
        parts = parts[:-1] if number % 10 == 9 else about(500, sentences, chance)
        yield "\n\n".join(parts)


def about(length: int, sentences: Sequence[str], chance: random.Random) -> list[str]:
    """Sentences drawn until they have so many words."""
    parts: list[str] = []
    while sum(len(part.split()) for part in parts) < length:
        parts.append(chance.choice(sentences))
    return parts


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    records: Annotated[int, typer.Option(help="Texts to measure the cost on; 0: not.")] = 100_000,
) -> None:
    """Measure quality and cost; fail below precision 0.98 or recall 0.95."""
    precision, recall = measure_quality(corpus)
    print(f"threshold {THRESHOLD}: precision {precision:.4f}, recall {recall:.4f}")
    if records:
        measure_cost(corpus, records)
    raise typer.Exit(0 if precision >= 0.98 and recall >= 0.95 else 1)


if __name__ == "__main__":
    typer.run(main)
