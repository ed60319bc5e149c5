"""A capture, parsed: its structured data and the blocks that a reader sees, also where a script shows the article, or a
click. Nothing is labelled yet."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from archive.errors import PageError
from archive.exchange import Capture
from archive.extraction.attributes import holding
from archive.extraction.blocks import MAX_BLOCKS, TextBlock, segment
from archive.extraction.charset import in_utf8
from archive.extraction.comments import DISCUSSED, NAMED
from archive.extraction.features.matrix import PageBlocks
from archive.extraction.galleries import CAPTIONED
from archive.extraction.live_blog import LIVE
from archive.extraction.memory.recall import PageName
from archive.extraction.metadata import Facts, read_facts
from archive.extraction.metadata.completion import LICENCES
from archive.extraction.metadata.facts import value_of
from archive.extraction.metadata.json_ld import SCRIPTS
from archive.extraction.parsing import parse_page, read_links
from archive.extraction.script_text import ScriptText, script_text
from archive.extraction.stated import StatedBody, StatedFacts, known_of
from archive.extraction.visibility import MAY_HIDE, opened
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import gathering, shielded

#: Bytes of a page beyond this are not read: no article is that long, and some "pages" are data.
MAX_BYTES = 20_000_000
#: Characters of running text below which a page may carry its article in a script.
_SPARSE = 600
#: Characters of running text (long blocks with few links) that an article page shows at least.
_ENOUGH = 1000
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: Elements that later steps ask for: each walk of the tree takes a two-hundredth of all time.
_MARKED = (*CAPTIONED, *DISCUSSED, *LICENCES, *LIVE, *MAY_HIDE, *NAMED, *SCRIPTS)
_NOSCRIPT = Warned(WarningKind.NOSCRIPT, "visibility: the article is shown only where scripts are switched off")
_SCRIPT = Warned(WarningKind.SHOWN_BY_SCRIPT, "visibility: the article is hidden until a script runs")
_COLLAPSED = Warned(WarningKind.COLLAPSED, "visibility: parts of the article are hidden until a reader opens them")


class ReadPage(NamedTuple):
    """A page as it was read, before anything is labelled: `warnings` says what was odd about it. `marked` are elements
    whose attributes or texts say what they are."""

    tree: etree._Element
    facts: Facts
    page: PageBlocks
    warnings: tuple[Warned, ...]
    marked: Sequence[etree._Element]


def page_tree(body: bytes, content_type: str | None) -> etree._Element | None:
    """A page parsed for its links and places alone; None where there is nothing to read. What is odd about it is for
    its record to say."""
    with gathering():
        try:
            return parse_page(in_utf8(body[:MAX_BYTES], content_type)[0])
        except PageError:
            return None


def page_links(body: bytes, content_type: str | None) -> list[tuple[str, Mapping[str, str | None]]]:
    """A page's links and its `<base>` as name and attributes, without the rest of the page; none where there is nothing
    to read."""
    with gathering():
        try:
            return list(read_links(in_utf8(body[:MAX_BYTES], content_type)[0]))
        except PageError:
            return []


def read_page(capture: Capture) -> ReadPage:
    """Parse a capture: its structured data and its visible blocks. Raises PageError where there is nothing to read."""
    size = len(capture.body)
    content, odd_charset = in_utf8(capture.body[:MAX_BYTES], capture.header("Content-Type"))
    tree = parse_page(content)
    marked = holding(tree, _MARKED)
    facts = shielded("structured data", Facts(), read_facts, tree, capture.url)
    blocks, odd_sight = visible_blocks(tree, marked)
    stated = known(facts)
    if _size(_running(blocks)) < _SPARSE:
        stated = _with_script(stated, shielded("scripts", None, script_text, tree, stated.about))
    said = f"size: only the first {MAX_BYTES} of {size} bytes were read"
    cut = (Warned(WarningKind.SIZE, said),) if size > MAX_BYTES else ()
    page = PageBlocks.of(blocks, capture.url, stated)
    return ReadPage(tree, facts, page, (*odd_charset, *odd_sight, *cut), marked)


def visible_blocks(
    tree: etree._Element, marked: Sequence[etree._Element] | None = None
) -> tuple[list[TextBlock], tuple[Warned, ...]]:
    """The page's blocks, and a warning where hidden ones were taken in: parts of the article that a reader can open,
    and all of it where a page shows next to no running text but hides three times as much."""
    blocks = segment(tree)
    if len(blocks) == MAX_BLOCKS:
        return blocks, ()
    running = _running(blocks)
    shown = _size(running)
    if shown < _ENOUGH:
        long = _long_noscripts(tree)
        for every, said in (
            (segment(tree, opened=long) if long else [], _NOSCRIPT),
            (segment(tree, shown_by_script=True), _SCRIPT),
        ):
            if _size(_running(every)) > 3 * shown + _ENOUGH / 4:
                return every, (said,)
    hidden = opened(tree, [block.element for block in running], marked)
    if hidden.shown:
        blocks = segment(tree, opened=hidden.shown, closed=hidden.replaced)
    return blocks, (_COLLAPSED,) if hidden.is_any else ()


def _long_noscripts(tree: etree._Element) -> frozenset[etree._Element]:
    """What is shown only where scripts are switched off and is long, with what of that kind stands in it."""
    seen: set[etree._Element] = set()
    long: set[etree._Element] = set()
    for outer in tree.iter("noscript"):
        # Each text is measured once, however deep they are nested.
        if outer not in seen:
            within = set(outer.iter("noscript"))
            seen |= within
            long |= within if sum(map(_length, map(str, outer.itertext()))) > _ENOUGH / 4 else set()
    return frozenset(long)


def _running(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """The blocks that are long and hold few links."""
    return [block for block in blocks if _length(block.text) > 80 and block.links < 0.3 * len(block.text)]


def _size(blocks: Sequence[TextBlock]) -> int:
    return sum(_length(block.text) for block in blocks)


def _length(text: str) -> int:
    """Characters, as many as Latin script would take: a Chinese or Japanese one says as much as three."""
    # In UTF-8 those have three bytes: few texts are looked through.
    is_of_them = len(text.encode()) > 2 * len(text)
    return len(text) + 2 * len(_IDEOGRAPHS.findall(text)) if is_of_them else len(text)


def _with_script(stated: StatedFacts, carried: ScriptText | None) -> StatedFacts:
    """What is stated, with the text of a script where JSON-LD states none, or less than half as much."""
    if carried is None:
        return stated
    text = "\n".join(carried.paragraphs)
    if stated.body and 2 * len(stated.body.text) >= len(text):
        return stated
    return stated._replace(body=StatedBody(text, carried.script))


def name_of(url: str, facts: Facts) -> PageName:
    """What a page calls itself, for its site's memory."""
    return PageName(url, value_of(facts.canonical_url, None), value_of(facts.title, None))


def known(facts: Facts) -> StatedFacts:
    """What labelling compares the blocks with."""
    return known_of(
        [fact.value for fact in facts.titles],
        value_of(facts.description, None),
        facts.authors,
        [fact.value for fact in (*facts.published, *facts.modified)],
        value_of(facts.publisher, None),
        [fact.value.caption for fact in facts.images if fact.value.caption],
        value_of(facts.article_body, None),
    )
