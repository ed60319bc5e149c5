"""Body text and labels against other programs, on the corpus, in one run.

    python -m benchmarks.quality [--corpus ../shared/corpus] [--without-peers]

cleancopy's part is cross-validated by site: each page is labelled by models trained in this run without any page of
its site, then as extraction does it (rules, then the model). Measures as in benchmarks/metrics.py; the other programs
are those of benchmarks/peers.py, asked for the same pages. With site memory: a page of a site with at least four other
pages in its set, after what these teach; no configuration. Needs PyTorch: `pip install torch==2.13.0`. Exit 1 if a
floor is missed.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.labels import Label
from benchmarks.augmentation import bare, glued, taken_for_body
from benchmarks.corpus import BODY_SETS, DEFAULT, PEER_SETS, Page, read_corpus
from benchmarks.cross_validation import cross_validate
from benchmarks.examples import Example, memory_of, page_example
from benchmarks.metrics import LabelScores, PageScore, SetScore, score_page, score_set, snippet_shares
from benchmarks.peers import PROGRAMS, ask, is_installed, stop_list
from benchmarks.rewording import reworded
from benchmarks.suites import suite_scores

OURS, BASELINE = "cleancopy", "trafilatura"
#: Pages of the same site from which a memory is learnt.
OTHERS = 4
#: Pages of a language from which it has a line of its own.
_LEAST_PAGES = 5
#: What must not be lost again: a little below what was reached when the models were last trained.
FLOORS = {"wcxb-dev": 0.96, "fundus-a": 0.97, "multi": 0.95}
LABEL_FLOOR = 0.83

Texts = Mapping[str, str]
#: Columns of a table in a pipe; a terminal has its own width.
_WIDTH = 140
console = Console(width=None if sys.stdout.isatty() else _WIDTH)


def body_table(examples: Sequence[Example], texts: Mapping[str, Texts]) -> Table:
    """Each set's measures, a column for each program."""
    table = Table("set", "measure", *texts, title="Body text; cleancopy cross-validated by site")
    for name in BODY_SETS:
        chosen = [one for one in examples if one.page.set == name]
        if not chosen:
            continue
        scores = {program: _score(chosen, said) for program, said in texts.items()}
        for measure, of in _MEASURES.items():
            table.add_row(f"{name} ({len(chosen)})", measure, *(f"{of(score):.4f}" for score in scores.values()))
        for measure, number in (("must_contain", 0), ("must_not_contain", 1)):
            shares = [
                snippet_shares((one.page, said[one.page.name]) for one in chosen)[number] for said in texts.values()
            ]
            if shares[0] is not None:
                table.add_row(f"{name} ({len(chosen)})", measure, *(f"{share:.4f}" for share in shares))
        table.add_section()
    return table


_MEASURES: Mapping[str, Callable[[SetScore], float]] = {
    "word F1": lambda score: score.word_f1,
    "word precision": lambda score: score.word_precision,
    "word recall": lambda score: score.word_recall,
    "shingle F1": lambda score: score.shingle_f1,
    "exact": lambda score: score.exact,
}


def _scores(examples: Sequence[Example], said: Texts) -> list[PageScore]:
    return [score_page(one.page, said[one.page.name]) for one in examples]


def _score(examples: Sequence[Example], said: Texts) -> SetScore:
    return score_set(_scores(examples, said))


def language_table(examples: Sequence[Example], texts: Mapping[str, Texts]) -> Table:
    """Word F1 by the language of the page, as guessed from its words."""
    by_language: defaultdict[str, list[Example]] = defaultdict(list)
    for one in examples:
        by_language[one.language].append(one)
    few = [language for language, pages in by_language.items() if len(pages) < _LEAST_PAGES]
    by_language["others"] = [one for language in sorted(few) for one in by_language.pop(language)]
    table = Table("language", "pages", *texts, title="Word F1 by language")
    for language, pages in sorted(by_language.items(), key=lambda item: -len(item[1])):
        if pages:
            table.add_row(language, str(len(pages)), *(f"{_score(pages, said).word_f1:.4f}" for said in texts.values()))
    return table


def label_scores(examples: Sequence[Example], *, other_kinds: bool = False) -> LabelScores:
    """Over the pages that have label truth of the corpus, or over those of `other_kinds` that were read here; the truth
    is that of their own blocks."""
    return LabelScores.over(
        (zip(one.labels(), one.texts, strict=True), one.true_labels())
        for one in examples
        if one.sample.labels is not None and (one.page.set in PEER_SETS if other_kinds else not one.page.read_here)
    )


def label_table(scores: LabelScores) -> Table:
    """Each label's precision, recall and F1 over words."""
    table = Table("label", "precision", "recall", "F1", "words", title="Labels, cross-validated by site")
    for label in Label:
        share = (scores.precision(label), scores.recall(label), scores.f1(label))
        table.add_row(label, *(f"{value:.3f}" for value in share), str(scores.true[label]))
    table.add_row("macro", "", "", f"{scores.macro():.3f}", "")
    return table


def suite_table(pages: Sequence[Page], texts: Mapping[str, Texts]) -> Table:
    """The measures of three peers' own suites, a column for each program."""
    table = Table("suite: measure", *texts, title="Peers' own suites")
    scores = {program: suite_scores(pages, said) for program, said in texts.items()}
    for measure in scores[OURS]:
        table.add_row(measure, *(f"{score[measure]:.4f}" for score in scores.values()))
    return table


def with_memory(examples: Sequence[Example]) -> Iterator[tuple[Example, str]]:
    """The pages that have OTHERS pages of the same site beside them, with their text after what these teach."""
    by_site: defaultdict[tuple[str, str], list[Example]] = defaultdict(list)
    for one in examples:
        by_site[one.page.set, one.page.site].append(one)
    for pages in by_site.values():
        if len(pages) > OTHERS:
            for one in pages:
                others = [other for other in pages if other is not one][:OTHERS]
                yield one, one.body(memory_of(others))


def memory_table(examples: Sequence[Example], texts: Mapping[str, Texts]) -> Table:
    """Sites with several pages: without and with what the others teach."""
    remembered = list(with_memory(examples))
    table = Table("set", "measure", "without", "with memory", BASELINE, title=f"Site memory from {OTHERS} other pages")
    for name in BODY_SETS:
        chosen = [one for one, _ in remembered if one.page.set == name]
        if not chosen:
            continue
        after = {one.page.name: text for one, text in remembered}
        scores = [_score(chosen, said) for said in (texts[OURS], after, texts[BASELINE])]
        for measure, of in _MEASURES.items():
            table.add_row(f"{name} ({len(chosen)})", measure, *(f"{of(score):.4f}" for score in scores))
    return table


def answers(examples: Sequence[Example], *, peers: bool) -> dict[str, Texts]:
    """Every program's texts; those that are not installed are named and left out."""
    texts: dict[str, Texts] = {OURS: {one.page.name: one.body() for one in examples}}
    pages = [(one.page, stop_list(one.language)) for one in examples]
    for program in PROGRAMS if peers else (BASELINE,):
        if not is_installed(program):
            console.print(f"{program}: not installed, left out")
            continue
        with console.status(f"asking {program}"):
            found = ask(program, pages)
        texts[program] = found.texts
        console.print(f"{program}: {found.milliseconds:.1f} ms CPU a page, {found.lost} pages failed or hung")
    return texts


def missed(examples: Sequence[Example], texts: Mapping[str, Texts], scores: LabelScores) -> list[str]:
    """The floors that are not reached, as sentences."""
    found = []
    for name, floor in FLOORS.items():
        score = _score([one for one in examples if one.page.set == name], texts[OURS])
        if score.word_f1 < floor:
            found.append(f"{name}: word F1 {score.word_f1:.4f}, the floor is {floor}")
    if scores.macro() < LABEL_FLOOR:
        found.append(f"labels: macro F1 {scores.macro():.3f}, the floor is {LABEL_FLOOR}")
    return found


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus' folder.")] = DEFAULT,
    peers: Annotated[bool, typer.Option("--peers/--without-peers", help="Ask more programs than trafilatura.")] = True,
) -> None:
    """Print the tables; exit 1 below the floors."""
    with console.status("reading pages"):
        every = [example for page in read_corpus(corpus) if (example := page_example(page))]
    harder = list(glued(every))
    copies = (*harder, *bare(every), *reworded(every))
    cross_validate([one.sample for one in (*every, *copies)], console.print)
    examples = [one for one in every if one.page.body is not None]
    texts = answers([*examples, *(one for one in every if one.page.set in PEER_SETS)], peers=peers)
    scores = label_scores(every)
    for table in (body_table, language_table, memory_table):
        console.print(table(examples, texts))
    console.print(suite_table([one.page for one in every], texts))
    console.print(label_table(scores))
    other = label_scores(every, other_kinds=True)
    console.print(f"Labels on pages of other kinds (of peers' suites, read here): macro F1 {other.macro():.3f}.")
    console.print(f"Of the boilerplate glued into stories, {taken_for_body(harder):.1%} is taken for body.")
    faults = missed(examples, texts, scores)
    for fault in faults:
        console.print(f"[red]below the floor:[/] {fault}")
    if faults:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
