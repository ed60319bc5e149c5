"""A captured page to a record: the one pure function that the crawl and re-extraction share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from lxml import html
from pydantic import TypeAdapter

from archive.errors import CleancopyError, PageError
from archive.exchange import IMPORTED, Capture, Kind
from archive.extraction.amid import as_story, with_gaps
from archive.extraction.assembly import Context, assemble
from archive.extraction.block_forms import block_rows
from archive.extraction.blocks import MAX_BLOCKS
from archive.extraction.characters import printable
from archive.extraction.charset import decode, whole
from archive.extraction.collector import uncollected
from archive.extraction.controls import Controls, without_controls
from archive.extraction.features.plain import PlainText
from archive.extraction.index_page import without_index
from archive.extraction.labelling import RESCUE_RULE, as_trafilatura, label_blocks, rescued
from archive.extraction.memory.recall import Observation, PageName, Recall, page_recall, text_recall
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.metadata import Facts, LabelledText, Metadata, complete
from archive.extraction.model import Model, load_model
from archive.extraction.next_story import ended
from archive.extraction.page_reading import MAX_BYTES, ReadPage, name_of, read_page
from archive.extraction.plain_text import label_text, paragraphs
from archive.extraction.read_more import without_read_more
from archive.extraction.rules import is_selected
from archive.extraction.second_copy import without_second_copy
from archive.extraction.stated import HIDDEN_RULE, SCRIPT_RULE, completed, without_placeholders
from archive.extraction.verdict import Verdict
from archive.extraction.vote import kept_shares
from archive.labels import Label
from archive.records import Block, BlockKind, Record
from archive.sites import TRAFILATURA, Site, apply_hook, site_of_url
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import failure, gathering


def extract(
    page: bytes | str,
    url: str | None = None,
    *,
    site: Site | None = None,
    content_type: str | None = None,
    memory: SiteMemory | None = None,
) -> Record:
    """The record of one page held in memory.

    `page` is HTML as bytes (charset from `content_type`, the page itself, or detected) or as text. `url` serves
    to make links absolute and to find the site's configuration, unless `site` is given. `memory` is what repeats on
    the site's other pages. Never raises for a bad page: its record says in `extraction.warnings` what was wrong.
    """
    body = whole(page).encode() if isinstance(page, str) else page
    kind = "text/html; charset=utf-8" if isinstance(page, str) else content_type
    headers = (("Content-Type", kind),) if kind else ()
    capture = Capture(url=url or "", body=body, headers=headers)
    return extract_capture(capture, site or site_of_url(capture.url), load_model(), memory)


def extract_text(
    text: str, url: str | None = None, *, site: Site | None = None, memory: SiteMemory | None = None
) -> Record:
    """The record of a plain text: its paragraphs are the blocks. `memory` is what repeats in other texts of the same
    source. Never raises for a bad text."""
    capture = Capture(url=url or "", body=b"")
    with gathering():
        return _extract_text(text, capture, site or site_of_url(capture.url), memory)[0]


def _extract_text(text: str, capture: Capture, site: Site, memory: SiteMemory | None) -> tuple[Record, Recall | None]:
    model = load_model("text")
    parts = paragraphs(printable(whole(text)))
    try:
        plain = PlainText.of(parts[:MAX_BLOCKS])
        recall = text_recall(memory, model.digest, PageName(capture.url), plain) if memory else None
        verdicts = as_story(label_text(plain, model, recall))
    except PageError as error:
        return empty_record(capture, site, model.digest, error), None
    blocks = [
        Block(
            label=verdict.label,
            kind=BlockKind.PARAGRAPH,
            text=part,
            rule=verdict.rule,
            confidence=verdict.confidence,
        )
        for part, verdict in zip(parts, verdicts, strict=False)
    ]
    labelled = [LabelledText(block.label, block.text) for block in blocks]
    page = html.Element("html")
    metadata = complete(Facts(), labelled, page, capture.url, site_name=site.name, language=site.language)
    context = Context(capture, site, model.digest, _digest(memory))
    return assemble(context, metadata, Facts(), blocks, (*capture.warnings, *_lacks(blocks))), recall


@dataclass(frozen=True, slots=True)
class Extracted:
    """A record, and what its page tells the site's memory; None where the page has no text."""

    record: Record
    seen: Observation | None


def extract_capture(capture: Capture, site: Site, model: Model, memory: SiteMemory | None = None) -> Record:
    """The record of one captured response. The same arguments give an equal record."""
    return _extracted(capture, site, model, memory)[0]


def extract_and_observe(capture: Capture, site: Site, model: Model, memory: SiteMemory | None) -> Extracted:
    """The same record, with what the site's memory can learn from the page."""
    record, recall = _extracted(capture, site, model, memory or SiteMemory(site.domain))
    return Extracted(record, recall.observation if recall else None)


def _extracted(capture: Capture, site: Site, model: Model, memory: SiteMemory | None) -> tuple[Record, Recall | None]:
    with gathering():
        try:
            return _extract(capture, site, model, memory)
        except PageError as error:
            return empty_record(capture, site, model.digest, error), None
        except CleancopyError:
            raise
        except Exception as error:  # noqa: BLE001 - the page is kept, and one page must not end what many need
            lost = PageError(f"the page could not be extracted: {failure(error)}")
            return empty_record(capture, site, model.digest, lost), None


def _digest(memory: SiteMemory | None) -> str | None:
    return memory.digest if memory and memory.is_useful else None


def empty_record(capture: Capture, site: Site, model: str, error: PageError) -> Record:
    """The record of a capture that no text could be taken from, saying why."""
    warnings = (*capture.warnings, Warned(error.kind, str(error)))
    return assemble(Context(capture, site, model), Metadata(), Facts(), [], warnings)


@uncollected
def _extract(capture: Capture, site: Site, model: Model, memory: SiteMemory | None) -> tuple[Record, Recall | None]:
    if capture.origin.found_in == IMPORTED and capture.mime == "text/plain":
        text, odd = decode(capture.body[:MAX_BYTES], capture.header("Content-Type"))
        return _extract_text(text, replace(capture, warnings=(*capture.warnings, *odd)), site, memory)
    read = read_page(capture)
    recall = page_recall(memory, model.digest, name_of(capture.url, read.facts), read.page) if memory else None
    verdicts = _labels(read, site, capture, model, recall)
    if capture.obstacle:
        verdicts, recall = _labels_of_wall(capture.obstacle, verdicts), None
    metadata = _metadata(read, verdicts, capture, site)
    # All at once takes half the time that one by one takes.
    blocks = _blocks().validate_python(list(block_rows(read.page.blocks, verdicts, read.tree, capture.url)))
    if read.page.known.body and not capture.obstacle:
        blocks = completed(blocks, read.page.known.body, read.tree)
    warnings = (*capture.warnings, *read.warnings, *_walls(capture), *_lacks(blocks))
    context = Context(capture, site, model.digest, _digest(memory))
    record = assemble(context, metadata, read.facts, blocks, warnings)
    return apply_hook(site.hook, record, read.tree), recall


def _labels(read: ReadPage, site: Site, capture: Capture, model: Model, recall: Recall | None) -> list[Verdict]:
    """What the model, the site's file and its memory say, without copies, buttons and the next stories."""
    verdicts = label_blocks(read.page, read.tree, site.layout(capture.date), model, recall)
    verdicts = without_read_more(verdicts, read.page.blocks, read.page.tokens)
    if site.extract == TRAFILATURA:
        return as_trafilatura(verdicts, kept_shares(read.tree, read.page.tokens, fast=False))
    texts = [block.text for block in read.page.blocks]
    verdicts = without_controls(without_second_copy(with_gaps(verdicts), texts), texts, Controls.of(read.page.blocks))
    if (stated := read.page.known.body) and stated.script is not None:
        return without_placeholders(verdicts, texts, stated)
    verdicts = rescued(verdicts, texts, partial(kept_shares, read.tree, read.page.tokens, fast=False))
    return ended(without_index(verdicts, read.page.blocks), read.page.blocks, read.facts, capture.url)


def _labels_of_wall(obstacle: Kind, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """None of what came instead of the page is body."""
    label = Label.LEGAL_NOTICE if obstacle is Kind.CONSENT_WALL else Label.NAVIGATION
    return [Verdict(label, f"general:{obstacle}", 1.0) for _ in verdicts]


def _metadata(read: ReadPage, verdicts: Sequence[Verdict], capture: Capture, site: Site) -> Metadata:
    labelled = [
        LabelledText(verdict.label, block.text, block.element, is_selected(verdict.rule), verdict.confidence)
        for block, verdict in zip(read.page.blocks, verdicts, strict=True)
    ]
    return complete(
        read.facts,
        labelled,
        read.tree,
        capture.url,
        site_name=site.name,
        language=site.language,
        captured=capture.date,
    )


def _walls(capture: Capture) -> tuple[Warned, ...]:
    said = f"obstacle: {capture.obstacle}"
    return (Warned(WarningKind.OBSTACLE, said),) if capture.obstacle else ()


@cache
def _blocks() -> TypeAdapter[list[Block]]:
    return TypeAdapter(list[Block])


def _lacks(blocks: Sequence[Block]) -> tuple[Warned, ...]:
    if not blocks:
        return (Warned(WarningKind.NO_TEXT, "text: the page shows no text"),)
    if not any(block.label is Label.BODY for block in blocks):
        return (Warned(WarningKind.NO_BODY, "text: no body text found"),)
    counts = [(_words(blocks, rule), kind, said) for rule, kind, said in _NOTABLE]
    return tuple(Warned(kind, said.format(count)) for count, kind, said in counts if count)


def _words(blocks: Sequence[Block], rule: str) -> int:
    return sum(len(block.text.split()) for block in blocks if block.rule == rule)


#: Rules of text that a reader of the page does not see as it stands in the record.
_NOTABLE = (
    (HIDDEN_RULE, WarningKind.HIDDEN_TEXT, "text: {} words are stated in JSON-LD and not displayed"),
    (SCRIPT_RULE, WarningKind.SCRIPT_TEXT, "text: {} words stand in a script's data and are not displayed"),
    (RESCUE_RULE, WarningKind.RESCUED, "text: the labels found no body; {} words that trafilatura keeps were taken"),
)
