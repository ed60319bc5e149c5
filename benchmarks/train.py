"""Train the label models from the corpus and write them with their card.

    python -m benchmarks.train [--corpus DIR] [--kind page|text] [--output DIR]

Prints cross-validated scores (by site: no site stands on both sides of a split) before it writes anything. Needs
PyTorch, which `make` does not set up: `pip install torch==2.13.0`. Takes ten minutes on two cores.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import lightgbm
from rich.console import Console
from rich.table import Table

from archive.extraction.forest import Forest
from archive.extraction.model import FOLDER, PARTS
from archive.extraction.network import Network
from archive.labels import Label
from benchmarks.augmentation import bare, glued, taken_for_body
from benchmarks.corpus import BODY_SETS, DEFAULT, read_corpus
from benchmarks.cross_validation import cross_validate, fit_network
from benchmarks.examples import Example, page_example, text_examples
from benchmarks.forests import as_gates, fit_arbiter, fit_body, fit_first
from benchmarks.metrics import score_page, score_set
from benchmarks.phrases import phrases
from benchmarks.quality import label_scores
from benchmarks.reading import readings
from benchmarks.rewording import reworded
from benchmarks.samples import FOLDS, Sample
from benchmarks.suites import suite_scores

console = Console()


def report(examples: Sequence[Example], *, body_sets: bool) -> str:
    """Print the scores and give them as Markdown."""
    scores = label_scores(examples)
    lines = ["| label | word F1 | words |", "|---|---|---|"]
    lines += [f"| {label} | {scores.f1(label):.3f} | {scores.true[label]} |" for label in Label]
    lines += [f"| macro | {scores.macro():.3f} | |"]
    other = label_scores(examples, other_kinds=True)
    lines += [f"| macro, pages of other kinds | {other.macro():.3f} | |"]
    if body_sets:
        lines += [
            "",
            "| set | pages | word F1 | precision | recall | shingle F1 | exact |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [_body_line(name, [one for one in examples if one.page.set == name]) for name in BODY_SETS]
        suites = suite_scores([one.page for one in examples], {one.page.name: one.body() for one in examples})
        lines += [
            "",
            "| peers' suites | |",
            "|---|---|",
            *(f"| {name} | {value:.3f} |" for name, value in suites.items()),
        ]
    text = "\n".join(lines)
    table = Table("cross-validated by site")
    table.add_row(text)
    console.print(table)
    return text


def _body_line(name: str, examples: Sequence[Example]) -> str:
    score = score_set([score_page(one.page, one.body()) for one in examples])
    return (
        f"| {name} | {score.pages} | {score.word_f1:.4f} | {score.word_precision:.3f} | {score.word_recall:.3f} "
        f"| {score.shingle_f1:.4f} | {score.exact:.3f} |"
    )


def _fitted(kind: str, samples: Sequence[Sample]) -> Mapping[str, Callable[[], Forest | Network]]:
    fitted: dict[str, Callable[[], Forest | Network]] = {
        "first": lambda: as_gates(fit_first(samples)),
        "body": lambda: as_gates(fit_body(samples)),
        "network": lambda: fit_network(kind, samples),
        "arbiter": lambda: as_gates(fit_arbiter(samples)),
    }
    return {part: fitted[part] for part in PARTS[kind]}


def write(kind: str, samples: Sequence[Sample], scores: str, folder: Path) -> None:
    """Train on everything and write the models and the card. The second forest learns from cross-validated beliefs,
    as it will see them on unknown sites."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, fitted in _fitted(kind, samples).items():
        (folder / f"{kind}-{part}.npz").write_bytes(fitted().to_bytes())
    (folder / f"{kind}.md").write_text(card(kind, samples, scores), encoding="utf-8")


def card(kind: str, samples: Sequence[Sample], scores: str) -> str:
    """The model card."""
    ours = len(readings())
    return f"""# The `{kind}` label model

Forests of gradient-boosted trees (LightGBM {lightgbm.__version__}) and a small neural network (PyTorch
{version("torch")}), as numpy arrays.
Trained {datetime.now(UTC):%Y-%m-%d} by `python -m benchmarks.train --kind {kind}`.

- **Data**: {len(samples)} {"pages" if kind == "page" else "texts made from pages"}, copies included
  that are harder, bare or reworded, of {len({sample.site for sample in samples})} sites:
  blogs, guides, news, and pages of other kinds from the suites of three other programs, in many
  languages, with body truth and, most of them, all 15 labels: those of the corpus by one careful
  reader, {ours} more by readers of this project (benchmarks/readings.jsonl). A second reader of 60 of
  the corpus' own pages reaches a macro F1 of .92 with the first. The pages are not part of the
  project. In copies of the labelled pages, boilerplate of other pages of their fold was glued into
  the story; bare copies lack what stands around the article; in reworded ones it is said in phrases
  that this project wrote in {len(phrases())} languages (benchmarks/phrases), and the network learns from those
  alone that speak the article's language. Which snippets trafilatura's suite wants is truth of the body
  on pages without labels.
- **Limits**: most pages are English; labels with few words (note, author_bio, contact) are the least sure. Text
  that a script would load from elsewhere is not seen. The truth has mistakes of its own.
- **Scores**: {FOLDS} folds, no site on both sides; word-weighted F1 by label, over the corpus' own labels alone.

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
    examples, harder = pages, list(glued(pages))
    if text:
        examples, harder = ([made for page in part for made in text_examples(page)] for part in (pages, harder))
        others: list[Example] = []
    else:
        others = [*bare(pages), *reworded(pages)]
    samples = [example.sample for example in (*examples, *harder, *others)]
    console.print(f"{len(samples)} samples, {sum(len(sample.features.words) for sample in samples)} blocks")
    cross_validate(samples, console.print, given.kind)
    scores = report(examples, body_sets=not text)
    share = taken_for_body(harder)
    write(
        given.kind,
        samples,
        f"{scores}\n\nOf the boilerplate glued into stories, {share:.1%} is taken for body.",
        given.output,
    )


if __name__ == "__main__":
    main()
