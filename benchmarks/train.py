"""Train the label models from the corpus and write them with their card.

    python -m benchmarks.train [--corpus DIR] [--kind page|text] [--output DIR]

Prints cross-validated scores (by site: no site stands on both sides of a split) before it writes anything.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import lightgbm
import numpy as np
from rich.console import Console
from rich.table import Table

from archive.errors import PageError
from archive.extraction.extract import known
from archive.extraction.features.matrix import Page as PageFeatures
from archive.extraction.features.matrix import full_matrix, page_matrix
from archive.extraction.features.plain import PlainText, text_matrix
from archive.extraction.metadata import read_facts
from archive.extraction.model import FOLDER, LABELS, settle
from archive.extraction.page import parse_page
from archive.extraction.visible import visible_blocks
from archive.labels import Label
from benchmarks.alignment import align_body, align_labels
from benchmarks.corpus import BODY_SETS, DEFAULT, Page, read_corpus
from benchmarks.forests import FOLDS, Sample, as_onnx, class_numbers, cross_validate, fit_body, fit_first
from benchmarks.metrics import LabelScores, score_page, score_set

console = Console()


class Example:
    """One page of the corpus with its sample and the texts of its blocks."""

    def __init__(self, page: Page, texts: Sequence[str], sample: Sample) -> None:
        self.page, self.texts, self.sample = page, texts, sample

    def labels(self) -> list[Label]:
        """The cross-validated labels of its blocks."""
        chosen = settle(self.sample.beliefs, self.sample.is_body).argmax(axis=1)
        return [LABELS[number] for number in chosen]


def page_example(page: Page) -> Example | None:
    """A page as the page model sees it."""
    try:
        tree = parse_page(page.html)
    except PageError:
        return None
    facts = read_facts(tree, page.url)
    features = PageFeatures.of(visible_blocks(tree)[0], page.url, known(facts))
    texts = [block.text for block in features.blocks]
    if not texts:
        return None
    return _example(page, texts, full_matrix(page_matrix(features)), features.word_counts())


def _example(page: Page, texts: Sequence[str], matrix: np.ndarray, words: np.ndarray) -> Example:
    labels = None if page.labels is None else class_numbers(align_labels(texts, page.labels))
    body = _body_truth(page, texts, labels)
    return Example(page, texts, Sample(page.site, page.set, matrix, words, labels, body))


def _body_truth(page: Page, texts: Sequence[str], labels: np.ndarray | None) -> np.ndarray | None:
    if page.body is not None:
        return np.array([-1 if value is None else int(value) for value in align_body(texts, page)])
    if labels is not None:
        return np.where(labels < 0, -1, labels == LABELS.index(Label.BODY)).astype(int)
    return None


def text_examples(example: Example) -> Iterator[Example]:
    """A page as other scrapers would have left it, in two forms: the article with what stands around it, and with
    most menus and lists of links gone from anywhere on the page."""
    sample = example.sample
    if sample.body is None or not (sample.body == 1).any():
        return
    inside = np.flatnonzero(sample.body == 1)
    near = range(max(0, inside[0] - 6), min(len(example.texts), inside[-1] + 16))
    yield _as_text(example, list(near))
    if sample.labels is not None:
        dice = random.Random(example.page.name)
        chrome = {LABELS.index(Label.NAVIGATION), LABELS.index(Label.RELATED)}
        kept = [i for i, number in enumerate(sample.labels) if number not in chrome or dice.random() < 0.1]
        yield _as_text(example, kept)


def _as_text(example: Example, kept: Sequence[int]) -> Example:
    texts = [example.texts[index] for index in kept]
    features = PlainText.of(texts)
    chosen = list(kept)
    old = example.sample
    sample = Sample(
        old.site,
        old.set,
        text_matrix(features),
        features.word_counts(),
        None if old.labels is None else old.labels[chosen],
        None if old.body is None else old.body[chosen],
    )
    return Example(example.page, texts, sample)


def label_scores(examples: Sequence[Example]) -> LabelScores:
    """Label scores over the examples that have label truth; the truth is that of their own blocks."""
    return LabelScores.over(
        (
            zip(example.labels(), example.texts, strict=True),
            [
                (LABELS[number], text)
                for number, text in zip(example.sample.labels, example.texts, strict=True)
                if number >= 0
            ],
        )
        for example in examples
        if example.sample.labels is not None
    )


def report(examples: Sequence[Example], *, body_sets: bool) -> str:
    """Print the scores and give them as Markdown."""
    scores = label_scores(examples)
    lines = ["| label | word F1 | words |", "|---|---|---|"]
    lines += [f"| {label} | {scores.f1(label):.3f} | {scores.true[label]} |" for label in Label]
    lines += [f"| macro | {scores.macro():.3f} | |"]
    if body_sets:
        lines += [
            "",
            "| set | pages | word F1 | precision | recall | shingle F1 | exact |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [_body_line(name, [one for one in examples if one.page.set == name]) for name in BODY_SETS]
    text = "\n".join(lines)
    table = Table("cross-validated by site")
    table.add_row(text)
    console.print(table)
    return text


def _body_line(name: str, examples: Sequence[Example]) -> str:
    body = [
        "\n".join(text for text, label in zip(one.texts, one.labels(), strict=True) if label is Label.BODY)
        for one in examples
    ]
    score = score_set([score_page(one.page, text) for one, text in zip(examples, body, strict=True)])
    return (
        f"| {name} | {score.pages} | {score.word_f1:.4f} | {score.word_precision:.3f} | {score.word_recall:.3f} "
        f"| {score.shingle_f1:.4f} | {score.exact:.3f} |"
    )


def write(kind: str, samples: Sequence[Sample], scores: str, folder: Path) -> None:
    """Train on everything and write both forests and the card. The second forest learns from cross-validated
    beliefs, as it will see them on unknown sites."""
    folder.mkdir(parents=True, exist_ok=True)
    forests = {"first": fit_first(samples), "body": fit_body(samples)}
    for part, forest in forests.items():
        (folder / f"{kind}-{part}.onnx").write_bytes(as_onnx(forest))
    (folder / f"{kind}.md").write_text(card(kind, samples, scores), encoding="utf-8")


def card(kind: str, samples: Sequence[Sample], scores: str) -> str:
    """The model card."""
    labelled = sum(1 for sample in samples if sample.labels is not None)
    return f"""# The `{kind}` label model

Two forests of gradient-boosted trees (LightGBM {lightgbm.__version__}), as ONNX. Trained {datetime.now(UTC):%Y-%m-%d}
by `python -m benchmarks.train --kind {kind}`.

- **Data**: {len(samples)} {"pages" if kind == "page" else "texts made from pages"} of
  {len({sample.site for sample in samples})} sites: body truth of blogs, guides and news in many languages, and
  {labelled} with all 15 labels (one careful reader). The data are not part of the project.
- **Limits**: most pages are English; labels with few words (note, author_bio, contact) are the least sure. Text
  that a script would load is not seen. The truth has mistakes of its own.
- **Scores**: {FOLDS} folds, no site on both sides; word-weighted F1 by label, body text before any fall-back.

{scores}
"""


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus", type=Path, default=DEFAULT)
    options.add_argument("--kind", choices=("page", "text"), default="page")
    options.add_argument("--output", type=Path, default=FOLDER)
    given = options.parse_args()
    with console.status("reading pages"):
        pages = [example for page in read_corpus(given.corpus) if (example := page_example(page))]
    text = given.kind == "text"
    examples = [made for page in pages for made in text_examples(page)] if text else pages
    samples = [example.sample for example in examples]
    console.print(f"{len(samples)} samples, {sum(len(sample.words) for sample in samples)} blocks")
    cross_validate(samples, console.print)
    write(given.kind, samples, report(examples, body_sets=not text), given.output)


if __name__ == "__main__":
    main()
