"""A record as one HTML page that shows every block with its label, safe to open and to pass on.

The page runs no scripts and asks for nothing: a content security policy forbids both, and all text of the
captured page is escaped. Its filters are check boxes that the style sheet reads (`:has`).
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from archive.display import form
from archive.labels import MEANING, Label
from archive.records import Block, Record
from archive.unseen import DIRECTION_MARKS, visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
#: What belongs to the article itself; the rest of the page is set smaller and softer.
ARTICLE = (Label.HEADLINE, Label.STANDFIRST, Label.BYLINE, Label.DATE, Label.BODY, Label.CAPTION, Label.NOTE)
#: Below this confidence a block shows it beside its text: there labels are worth a second look.
UNSURE = 0.6
_CLASSES = {"li": "li", "blockquote": "quote", "pre": "pre", "p": ""}


def as_html(record: Record) -> str:
    """The whole page, as text to be written in UTF-8."""
    language = f' lang="{shown(record.language)}"' if record.language else ""
    return (
        f'<!doctype html>\n<html{language}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{shown(record.title or record.url or 'Untitled page')}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f'<body>\n<div class="page">\n{_header(record)}\n{_legend(record)}\n{_main(record)}\n</div>\n</body>\n</html>\n'
    )


def shown(text: str) -> str:
    """Text escaped for elements and attributes; harmful unseen characters stand as `⟨U+202E⟩`."""
    return html.escape(visible(text, DIRECTION_MARKS), quote=True)


@cache
def _style() -> str:
    sheet = Path(__file__).with_name("page_view.css").read_text(encoding="utf-8")
    return sheet + "".join(_label_rules(label) for label in Label) + _view_rules()


def _label_rules(label: Label) -> str:
    hidden = f"body:has(#show-{label}:not(:checked)) .run.{label}"
    return f".{label} {{ --tint: var(--{label}); }}\n{hidden} {{ display: none; }}\n"


def _view_rules() -> str:
    return (
        "body:has(#view-article:checked) .run:not(.article), "
        "body:has(#view-rest:checked) .run.article { display: none; }\n"
    )


def _header(record: Record) -> str:
    parts = [
        f'<p class="site">{shown(record.publisher or record.site or "")}</p>'
        if record.publisher or record.site
        else "",
        f'<h1 dir="auto">{shown(record.title or "Untitled page")}</h1>',
        f'<p class="standfirst-line" dir="auto">{shown(record.standfirst)}</p>' if record.standfirst else "",
        _credit(record),
        _provenance(record),
    ]
    return "<header>\n" + "\n".join(filter(None, parts)) + "\n</header>"


def _credit(record: Record) -> str:
    authors = ", ".join(f"<bdi>{shown(name)}</bdi>" for name in record.authors)
    parts = [f"<span>{authors}</span>"] if authors else []
    for word, date in (("Published", record.date_published), ("Updated", record.date_modified)):
        parts += [f'<time datetime="{shown(date)}">{word} {shown(_readable(date))}</time>'] if date else []
    return f'<p class="credit">{"".join(parts)}</p>' if parts else ""


def _readable(date: str) -> str:
    """`2026-11-20T09:30:00+01:00` as `2026-11-20 09:30 +01:00`."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", date)
    if match is None:
        return date
    zone = "UTC" if match[3] in ("Z", "+00:00") else match[3]
    return " ".join(filter(None, (match[1], match[2], zone)))


def _provenance(record: Record) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _origins(record) if value)
    return f"<details open>\n<summary>Where this page comes from</summary>\n<dl>{rows}</dl>\n</details>"


def _origins(record: Record) -> Iterator[tuple[str, str]]:
    yield "URL", _link(record.url)
    yield "Captured", shown(record.date_crawled or "")
    if warc := record.warc:
        yield "WARC", f"{shown(warc.filename)}, {warc.length:,} bytes at offset {warc.offset:,}"
        yield "Record", shown(warc.record_id or "")
        yield "Digest", shown(warc.payload_digest or "")
    made = record.extraction
    yield "Extraction", shown(", ".join(filter(None, (f"cleancopy {made.version}", made.config, made.model))))
    yield "Warnings", shown("; ".join(made.warnings))


def _link(url: str | None) -> str:
    """A link for web addresses alone: a page may call itself `javascript:...`."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return shown(url or "")
    return f'<a href="{shown(url)}" rel="noopener noreferrer nofollow">{shown(url)}</a>'


def _legend(record: Record) -> str:
    counts = Counter(block.label for block in record.blocks)
    entries = "\n".join(_entry(label, counts[label], record.words(label)) for label in Label if counts[label])
    views = "".join(_view(name, place == 0) for place, name in enumerate(("all", "article", "rest")))
    return (
        '<form class="legend">\n'
        f'<fieldset class="views-set"><legend>Show</legend><div class="views">{views}</div></fieldset>\n'
        f'<fieldset class="labels"><legend>Labels and their blocks</legend>\n{entries}\n</fieldset>\n'
        '<button type="reset">Show everything again</button>\n</form>'
    )


def _view(name: str, chosen: bool) -> str:
    checked = " checked" if chosen else ""
    return f'<label><input type="radio" name="view" id="view-{name}"{checked}>{name.capitalize()}</label>'


def _entry(label: Label, blocks: int, words: int) -> str:
    return (
        f'<label class="{label}" title="{shown(MEANING[label])}; {words:,} words">'
        f'<input type="checkbox" id="show-{label}" checked>{_name(label)}<span class="count">{blocks:,}</span></label>'
    )


def _name(label: Label) -> str:
    return label.replace("_", " ")


def _main(record: Record) -> str:
    runs = [_run(label, list(blocks)) for label, blocks in groupby(record.blocks, key=lambda block: block.label)]
    return "<main>\n" + ("\n".join(runs) or '<p class="empty">The page has no text.</p>') + "\n</main>"


def _run(label: Label, blocks: list[Block]) -> str:
    kind = f"run {label} article" if label in ARTICLE else f"run {label}"
    lines = "\n".join(_block(block) for block in blocks)
    return f'<section class="{kind}">\n<p class="tag">{_name(label)}</p>\n{lines}\n</section>'


def _block(block: Block) -> str:
    kind = _CLASSES.get(form(block), "heading")
    told = f"{block.label}, {block.rule}, confidence {block.confidence:.2f}\n{block.xpath or 'plain text'}"
    name = f' class="{kind}"' if kind else ""
    unsure = f' data-sure="{block.confidence:.0%}"' if block.confidence < UNSURE else ""
    return f'<p{name} dir="auto" title="{shown(told)}"{unsure}>{shown(block.text)}</p>'
