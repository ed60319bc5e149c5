"""A comparison as people read it."""

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from archive.research.comparison_report import Comparison
from archive.telling.unseen import visible

#: Sites, and label changes, that are shown; `--json` has all.
_SITES, _MOVES = 20, 15
#: Worst cases that are shown.
_WORST = 5


def show_comparison(comparison: Comparison, console: Console) -> None:
    """Print it: how much, field by field, label by label, site by site, then examples and the worst cases."""
    console.print(_summary(comparison))
    if comparison.total.changed:
        for part in _parts(comparison):
            console.print(part, soft_wrap=not isinstance(part, Table))


def _summary(comparison: Comparison) -> str:
    total = comparison.total
    parts = [
        f"{total.records} records: {total.records - total.changed - total.new} the same, {total.changed} would change",
        f"{total.content} of these in their content" if total.changed else "",
        f"{total.new} would be new" if total.new else "",
        f"{total.gone} would go: their captures are not there" if total.gone else "",
        f"{comparison.broken} lines are no records" if comparison.broken else "",
    ]
    return f"{', '.join(part for part in parts if part)}. Nothing was replaced."


def _parts(comparison: Comparison) -> Iterator[RenderableType]:
    total = comparison.total
    yield _table("Field by field", ("field", "records"), list(total.fields.most_common()))
    if comparison.moves:
        moves = [
            (f"{before} → {after}", blocks, comparison.moved_words[before, after])
            for (before, after), blocks in comparison.moves.most_common(_MOVES)
        ]
        yield _table("Labels", ("label", "blocks", "words"), moves)
    sites = sorted(comparison.sites.items(), key=lambda item: (-item[1].content, -item[1].changed, item[0]))
    rows = [
        (name, one.records, one.changed, one.content, one.words["removed"], one.words["added"])
        for name, one in sites[:_SITES]
    ]
    head = ("site", "records", "changed", "in content", "words removed", "words added")
    yield _table(f"Site by site{_of(len(sites), _SITES)}", head, rows)
    yield from _examples(comparison)
    yield from _worst(comparison)


def _of(count: int, most: int) -> str:
    return f" (the first {most} of {count})" if count > most else ""


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(str(cell))) for cell in row))
    return table


def _examples(comparison: Comparison) -> Iterator[Text]:
    for name, cases in comparison.examples.items():
        yield Text(f"\n{name}", "bold")
        for case in cases:
            line = Text(f"  {visible(str(case['url']))}\n    ", "default")
            line.append(visible(str(case["before"])), "red").append(" → ").append(visible(str(case["after"])), "green")
            yield line


def _worst(comparison: Comparison) -> Iterator[Text]:
    cases = sorted(comparison.total.worst, reverse=True)[:_WORST]
    if cases:
        yield Text("\nTexts that would change most", "bold")
    for case in cases:
        yield Text(f"  {case.id}  {visible(case.url)}: words removed {case.removed}, added {case.added}", "default")
        yield Text(f"    {case.difference}", "default")
