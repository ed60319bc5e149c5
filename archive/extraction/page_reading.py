"""A capture, parsed: its structured data and its visible blocks, before anything is labelled."""

from dataclasses import dataclass, replace

from lxml import etree

from archive.exchange import Capture
from archive.extraction.charset import decode
from archive.extraction.features.matrix import PageBlocks
from archive.extraction.memory.recall import PageName
from archive.extraction.metadata import Facts, read_facts
from archive.extraction.metadata.facts import value_of
from archive.extraction.parsing import parse_page
from archive.extraction.script_text import ScriptText, script_text
from archive.extraction.stated import StatedBody, StatedFacts, known_of
from archive.extraction.visible import running_text, visible_blocks
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import shielded

#: Bytes of a page beyond this are not read: no article is that long, and some "pages" are data.
MAX_BYTES = 20_000_000
#: Characters of running text below which a page may carry its article in a script.
_SPARSE = 600


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as it was read, before anything is labelled: `warnings` says what was odd about it."""

    tree: etree._Element
    facts: Facts
    page: PageBlocks
    warnings: tuple[Warned, ...]


def read_page(capture: Capture) -> ReadPage:
    """Parse a capture: its structured data and its visible blocks. Raises PageError where there is nothing to read."""
    text, odd_charset = decode(capture.body[:MAX_BYTES], capture.header("Content-Type"))
    tree = parse_page(text)
    facts = shielded("structured data", Facts(), read_facts, tree, capture.url)
    blocks, odd_sight = visible_blocks(tree)
    stated = known(facts)
    if running_text(blocks) < _SPARSE:
        stated = _with_script(stated, shielded("scripts", None, script_text, tree, stated.about))
    page = PageBlocks.of(blocks, capture.url, stated)
    return ReadPage(tree, facts, page, (*odd_charset, *odd_sight, *_cut(capture)))


def _with_script(stated: StatedFacts, carried: ScriptText | None) -> StatedFacts:
    """What is stated, with the text of a script where JSON-LD states none, or less than half as much."""
    if carried is None:
        return stated
    text = "\n".join(carried.paragraphs)
    if stated.body and 2 * len(stated.body.text) >= len(text):
        return stated
    return replace(stated, body=StatedBody(text, carried.script))


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


def _cut(capture: Capture) -> tuple[Warned, ...]:
    size = len(capture.body)
    said = f"size: only the first {MAX_BYTES} of {size} bytes were read"
    return (Warned(WarningKind.SIZE, said),) if size > MAX_BYTES else ()
