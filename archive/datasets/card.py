"""README.md: the data card, in the form that Hugging Face reads, with small plots beside it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from archive.datasets.card_plots import bars_plot, days_plot, lengths_plot
from archive.datasets.columns import COMMENT_MEANINGS, MEANINGS
from archive.datasets.export_choices import Dedup, Form, Lesser, RightsRule, Rows
from archive.datasets.export_request import Request
from archive.datasets.formats import TABULAR, suffix
from archive.datasets.left_out import WHAT, option
from archive.datasets.record_table import Table
from archive.datasets.selection import LABELS, MISSING, Selection
from archive.labels import MEANING
from archive.telling.unseen import visible

#: Values of a field that a table of the card shows; the rest is summed up.
_ROWS = 40
#: Characters of a table's cell: some pages state a whole licence.
_CELL = 160
#: What Markdown would read as markup in a cell: links and images to anywhere among it.
_MARKUP = re.compile(r"[\\`*~\[\]]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
#: Pages also state what is no language.
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_LIMITS = """\
- Texts were taken from web pages by a program. The labels of blocks are its judgement: expect some boilerplate in the
  text of some articles, and some text missing from others. `blocks` keeps every visible block of a page, so that
  other choices can be made.
- Dates are the source's own words as ISO 8601. A date without an offset is left without one: `date_published_utc` is
  null there, and `date_published_day` is the day as the source states it.
- Authors, languages and sections are as the pages state them, with the mistakes of the pages.
- What a site did not list, link or allow to be fetched is not here. Counts by day say what was captured, not what was
  published."""
_RIGHTS_NOTE = """\
The texts belong to their publishers or authors. That a page is in this data set is no licence to publish it again.
What each site stated about reuse when the page was captured stands in `rights`, `license` and `copyright_notice`.
Where nothing was stated, text and data mining counts as not reserved and AI as not refused, for sites state these only
to refuse; robots.txt counts as allowing only where it was read, and a copyright notice is no licence:"""
#: What the card says of cells, as archive/datasets/comma_separated.py writes them.
_SHOWN = """\
Texts that a spreadsheet would take for a formula have an apostrophe in front: those that begin with `=`, `+`, `-`, `@`,
one of their full-width forms, a tab or a line break, after any number of apostrophes. To read them as they were, take
one apostrophe away where a text matches `^'+[=+\\-@\\t\\r\\n＝＋－＠]`. Numbers are as they are."""
_RAW = """\
Texts are as they are (`--raw-cells`): **do not open these files in a spreadsheet**, which would run a text that begins
with `=`, `+`, `-` or `@` as a formula."""
_RULES = {
    RightsRule.ROBOTS: "allowed by robots.txt",
    RightsRule.TDM: "text and data mining not reserved (TDM Reservation Protocol)",
    RightsRule.AI: "neither noai nor noimageai",
    RightsRule.LICENCE: "a licence is named",
}


def write_card(request: Request, sources: Sequence[Table], selection: Selection, folder: Path) -> None:
    """Write README.md and the folder `plots`."""
    names = [source.name for source in sources]
    plots = _write_plots(selection, folder / "plots")
    parts = [
        _front_matter(request, selection, names),
        f"# News articles: {', '.join(names)}",
        _summary(selection),
        "## Files",
        _files(request),
        *_left_out(request, selection),
        *plots,
        _table("Sites", "site", _named(selection, "site")),
        _table("Languages", "language", _named(selection, "language")),
        "## Rights",
        _RIGHTS_NOTE,
        *_rights(selection),
        "## Labels",
        _labels(selection),
        "## Known limits",
        _LIMITS,
        "## How it was made",
        _made(request, names, selection),
        "## How to cite",
        _citation(names, selection),
    ]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def _front_matter(request: Request, selection: Selection, names: Sequence[str]) -> str:
    languages = sorted({tag[:3].strip("-") for tag in _named(selection, "language") if _LANGUAGE_TAG.fullmatch(tag)})
    front: dict[str, object] = {
        "pretty_name": f"News articles: {', '.join(names)}",
        "language": languages,
        "license": "other",
        "license_name": "publishers-own",
        "tags": ["news", "web-archive"],
        "size_categories": [_size_category(len(selection))],
    }
    if request.form in TABULAR or request.form is Form.SCHEMA_ORG:
        path = f"data/*.{suffix(request.form, request.packing)}"
        front["configs"] = [{"config_name": "default", "data_files": [{"split": "train", "path": path}]}]
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False)}---"


def _size_category(records: int) -> str:
    """Hugging Face's own names for sizes."""
    limits = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
    return next((name for limit, name in limits.items() if records < limit), "1M<n<10M")


def _named(selection: Selection, name: str) -> dict[str, int]:
    return {value or "unknown": n for value, n in selection.named(name, selection.positions()).items()}


def _summary(selection: Selection) -> str:
    kept = selection.positions()
    words = selection.values["words"][kept]
    sites = len(_named(selection, "site"))
    return (
        f"{len(kept):,} articles of {sites:,} site{'s' if sites != 1 else ''}, {int(words.sum()):,} words "
        f"(median {int(np.median(words)):,}). Published {_span(selection, 'date_published_day')}; "
        f"captured {_span(selection, 'date_crawled_utc', 86_400_000_000)}. Every article can be traced to a captured "
        "page: `warc` names the WARC file, the offset and the payload digest, and each block its XPath in that page."
    )


def _span(selection: Selection, name: str, unit: int = 1) -> str:
    values = selection.values[name][selection.positions()]
    stated = values[values != MISSING] // unit
    if not len(stated):
        return "at unknown times"
    first, last = (date.fromordinal(719_163 + int(day)) for day in (stated.min(), stated.max()))
    unknown = len(values) - len(stated)
    return f"from {first} to {last}" + (f" ({unknown:,} without a date)" if unknown else "")


def _files(request: Request) -> str:
    what = f"{request.form} files" + (" with a row for each reader's comment" if request.rows is Rows.COMMENTS else "")
    folder = f"`data/` holds {what}; `manifest.json` lists all files with their SHA-256. "
    lines = [folder + "`cleancopy export --check DIR` compares the two."]
    if request.form is Form.CSV:
        lines.append(_RAW if request.raw_cells else _SHOWN)
    if request.form in TABULAR:
        meanings = COMMENT_MEANINGS if request.rows is Rows.COMMENTS else MEANINGS
        rows = [(name, str(kind), meanings[name]) for name, kind in request.chosen_columns().items()]
        lines.append(_markdown_table(("column", "type", "what it is"), rows))
    return "\n\n".join(lines)


def _left_out(request: Request, selection: Selection) -> Iterator[str]:
    """Nothing where nobody chose what to leave out."""
    if request.filters.include is None:
        return
    yield "## Left out"
    rows = [
        (f"{count:,}", WHAT[lesser], f"`{option(lesser)}`")
        for lesser in Lesser
        if (count := selection.left_out[lesser])
    ]
    yield (
        "The data set has whole articles with text, and what `--include` names. These records pass all other filters:"
        f"\n\n{_markdown_table(('records', 'why', 'what takes them in'), rows)}"
        if rows
        else "No record that passes the filters was left out for being cut, empty or something else than its page."
    )


def _write_plots(selection: Selection, folder: Path) -> list[str]:
    kept = selection.positions()
    folder.mkdir()
    shown = []
    if sites := _days_by_site(selection):
        days_plot(folder / "days.svg", sites)
        shown.append("![Articles by day and site](plots/days.svg)")
    lengths_plot(folder / "lengths.svg", selection.values["words"][kept])
    bars_plot(folder / "languages.svg", _named(selection, "language"), "language")
    return [*shown, "![Articles by length](plots/lengths.svg)", "![Articles by language](plots/languages.svg)"]


def _days_by_site(selection: Selection) -> dict[str, np.ndarray]:
    kept = selection.positions()
    days, codes = selection.values["date_published_day"][kept], selection.values["site"][kept]
    dated = days != MISSING
    names = selection.names["site"]
    sites = {
        site: days[dated & (codes == (names.index(site) if site in names else -1))]
        for site in _named(selection, "site")
    }
    return {site: found for site, found in sites.items() if len(found)}


def _rights(selection: Selection) -> Iterator[str]:
    kept = selection.positions()
    rows = [(said, f"{int(selection.values[rule.value][kept].sum()):,}") for rule, said in _RULES.items()]
    yield _markdown_table(("stated", "articles"), rows)
    yield _table("Licences", "license", _named(selection, "license"), "###")


def _labels(selection: Selection) -> str:
    sizes = selection.labels[selection.kept].astype(np.int64)
    total = max(1, int(sizes.sum()))
    rows = [
        (label.value, MEANING[label], f"{int(sizes[:, column].sum()):,}", f"{sizes[:, column].sum() / total:.1%}")
        for column, label in enumerate(LABELS)
    ]
    return _markdown_table(("label", "what it is", "characters", "share"), rows)


def _made(request: Request, names: Sequence[str], selection: Selection) -> str:
    versions = ", ".join(_named(selection, "version"))
    models = "\n".join(
        f"- label model `{name}`: {count:,} records" for name, count in _named(selection, "model").items()
    )
    return f"""\
    {request.command(names)}

{_duplicates(request)} Of several captures of one URL, this data set has: {request.revisions}. \
Records were made by cleancopy {versions}:

{models}"""


def _duplicates(request: Request) -> str:
    if request.dedup is Dedup.NONE:
        return "Duplicates were not looked for."
    kind = "the same text" if request.dedup is Dedup.EXACT else "nearly the same text (by MinHash)"
    done = "marked and kept" if request.keep_duplicates else "left out"
    return f"Of articles with {kind} the earliest capture stands for all; the others were {done}."


def _citation(names: Sequence[str], selection: Selection) -> str:
    span = _span(selection, "date_crawled_utc", 86_400_000_000)
    return f"""\
Name the publishers of the texts you quote, and this data set by the SHA-256 of its manifest
(`sha256sum manifest.json`):

    @misc{{cleancopy-data-set,
      title = {{News articles: {", ".join(names)}}},
      note = {{{len(selection)} articles captured {span}; made with cleancopy; manifest SHA-256: ...}}
    }}"""


def _table(title: str, column: str, counts: Mapping[str, int], heading: str = "##") -> str:
    rows = [(_plain(name), f"{count:,}") for name, count in list(counts.items())[:_ROWS]]
    if len(counts) > _ROWS:
        rest = list(counts.values())[_ROWS:]
        rows.append((f"{len(rest):,} more", f"{sum(rest):,}"))
    return f"{heading} {title}\n\n{_markdown_table((column, 'articles'), rows)}"


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Web text may stand in cells: what would end them is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    short = text if len(text) <= _CELL else text[: _CELL - 1] + "…"
    return " ".join(visible(short).replace("|", "\\|").replace("<", "&lt;").split())


def _plain(text: str) -> str:
    """Text of a page that reads as it is: as no link, no image and no entity."""
    return _MARKUP.sub(lambda match: "\\" + match[0], text)
