"""A captured page to a record: the one pure function that the crawl and re-extraction share."""

from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from lxml import html

from archive.article_text import IMPORTED_RULE
from archive.collection.corrections import PageCorrections
from archive.errors import CleancopyError, PageError
from archive.exchange import IMPORTED, Capture, Kind
from archive.extraction.assembly import Context, assemble, lacks
from archive.extraction.block_forms import record_blocks
from archive.extraction.blocks import MAX_BLOCKS, TextBlock
from archive.extraction.charset import decode, printable, whole
from archive.extraction.collector import uncollected
from archive.extraction.comments import read_comments
from archive.extraction.corrected import corrected, with_labels
from archive.extraction.features.plain import PlainText
from archive.extraction.galleries import with_gallery
from archive.extraction.imported import imported_by
from archive.extraction.labelling import as_trafilatura, label_blocks
from archive.extraction.live_blog import Live, with_posts
from archive.extraction.memory.recall import Observation, PageName, Recall, page_recall, text_recall
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.metadata import Facts, LabelledText, Metadata, complete
from archive.extraction.model import Model, load_model
from archive.extraction.page_reading import MAX_BYTES, ReadPage, name_of, read_page
from archive.extraction.passes import put_right
from archive.extraction.passes.gaps import as_story
from archive.extraction.passes.ways_out import without_read_more
from archive.extraction.plain_text import label_text, paragraphs
from archive.extraction.rules import CORRECTED_RULE, Verdict, is_selected
from archive.extraction.stated import completed
from archive.extraction.story_pages import StoryPage, lone, story_page
from archive.extraction.vote import kept_shares
from archive.extraction.xpaths import xpaths
from archive.labels import Label
from archive.records import Block, BlockKind, Comment, Post, Record
from archive.sites import TRAFILATURA, Site, apply_hook, site_of_url
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import failure, gathering, shielded

_UNCORRECTED = PageCorrections()


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
    Raises TypeError, naming the argument, for what is no page at all.
    """
    _check("page", page, bytes | str, "the page as bytes or text")
    _check("url", url, str | None, "an address as text, or None")
    _check("site", site, Site | None, "a Site, as archive.sites.load_site(PATH) gives one")
    body = whole(page).encode() if isinstance(page, str) else page
    kind = "text/html; charset=utf-8" if isinstance(page, str) else content_type
    headers = (("Content-Type", kind),) if kind else ()
    capture = Capture(url=url or "", body=body, headers=headers)
    return extract_capture(capture, site or site_of_url(capture.url), load_model(), memory)


def extract_text(
    text: str,
    url: str | None = None,
    *,
    site: Site | None = None,
    memory: SiteMemory | None = None,
    trusted: bool = False,
) -> Record:
    """The record of a plain text: its paragraphs are the blocks. `memory` is what repeats in other texts of the same
    source. A `trusted` text is the article as a whole: its blocks are labelled, and none is left out of the record's
    text. Never raises for a bad text, but TypeError, naming the argument, for what is none."""
    _check("text", text, str, "a text")
    _check("url", url, str | None, "an address as text, or None")
    _check("site", site, Site | None, "a Site, as archive.sites.load_site(PATH) gives one")
    capture = Capture(url=url or "", body=b"")
    with gathering():
        return _extract_text(text, capture, site or site_of_url(capture.url), memory, trusted=trusted)[0]


def _check(name: str, value: object, kind: Any, expected: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name}: expected {expected}, got {type(value).__name__}")


def _extract_text(
    text: str,
    capture: Capture,
    site: Site,
    memory: SiteMemory | None,
    corrections: PageCorrections = _UNCORRECTED,
    *,
    trusted: bool,
) -> tuple[Record, Recall | None]:
    model = load_model("text")
    parts = paragraphs(printable(whole(text)))
    try:
        plain = PlainText.of(parts[:MAX_BLOCKS])
        recall = text_recall(memory, model.digest, PageName(capture.url), plain) if memory else None
        verdicts = as_story(label_text(plain, model, recall))
        verdicts = with_labels(verdicts, [(None, part) for part in parts[:MAX_BLOCKS]], corrections)
    except PageError as error:
        return empty_record(capture, site, model.digest, error), None
    blocks = [
        Block(
            kind=BlockKind.PARAGRAPH,
            text=part,
            **(verdict._replace(rule=IMPORTED_RULE) if trusted else verdict)._asdict(),
        )
        for part, verdict in zip(parts, verdicts, strict=False)
    ]
    labelled = [LabelledText(block.label, block.text) for block in blocks]
    page = html.Element("html")
    metadata = complete(Facts(), labelled, page, capture.url, site_name=site.name, language=site.language)
    return assemble(Context(capture, site, model.digest, memory), metadata, Facts(), blocks, lacks(blocks)), recall


class Extracted(NamedTuple):
    """A record, what its page recalled of the site's memory (None where none was given, or the page has no text), and
    what it says of its story."""

    record: Record
    recall: Recall | None
    story: StoryPage | None

    @property
    def seen(self) -> Observation | None:
        """What the page tells that memory."""
        return self.recall.observation if self.recall else None


def extract_capture(
    capture: Capture,
    site: Site,
    model: Model,
    memory: SiteMemory | None = None,
    corrections: PageCorrections = _UNCORRECTED,
) -> Record:
    """The record of one captured response. The same arguments give an equal record."""
    return extract_page(capture, site, model, memory, corrections).record


@gathering()
def extract_page(
    capture: Capture,
    site: Site,
    model: Model,
    memory: SiteMemory | None = None,
    corrections: PageCorrections = _UNCORRECTED,
) -> Extracted:
    """The same record, with what else was found on the way to it."""
    try:
        return _extract(capture, site, model, memory, corrections)
    except Exception as error:  # noqa: BLE001 - the page is kept, and one page must not end what many need
        lost = _lost(capture, site, model, error)
        return Extracted(lost, None, shielded("the story's pages", None, story_page, capture, site))


def _lost(capture: Capture, site: Site, model: Model, error: Exception) -> Record:
    if isinstance(error, CleancopyError) and not isinstance(error, PageError):
        raise error
    lost = PageError(f"the page could not be extracted: {failure(error)}")
    return empty_record(capture, site, model.digest, error if isinstance(error, PageError) else lost)


def empty_record(capture: Capture, site: Site, model: str, error: PageError) -> Record:
    """The record of a capture that no text could be taken from, saying why."""
    return assemble(Context(capture, site, model), Metadata(), Facts(), [], (Warned(error.kind, str(error)),))


@uncollected
def _extract(
    capture: Capture, site: Site, model: Model, memory: SiteMemory | None, corrections: PageCorrections
) -> Extracted:
    found = _found(capture, site, model, memory, corrections)
    return found._replace(record=corrected(found.record, corrections)) if corrections.is_any else found


def _found(
    capture: Capture, site: Site, model: Model, memory: SiteMemory | None, corrections: PageCorrections
) -> Extracted:
    if capture.origin.found_in == IMPORTED and capture.mime == "text/plain":
        told = imported_by(capture.origin)
        if told.fault:
            raise PageError(told.fault, WarningKind.BAD_INPUT)
        text, odd = decode(capture.body[:MAX_BYTES], capture.header("Content-Type"))
        odd_text = capture._replace(warnings=(*capture.warnings, *odd))
        made = _extract_text(text, odd_text, site, memory, corrections, trusted=told.is_trusted)
        return Extracted(*made, story_page(capture, site))
    read = read_page(capture)
    page, tree, url, is_page = read.page, read.tree, capture.url, not capture.obstacle
    recall = page_recall(memory, model.digest, name_of(url, read.facts), page) if memory and is_page else None
    verdicts = _labels(read, site, capture, model, recall)
    if corrections.blocks:
        places = list(zip(xpaths(page.blocks), (block.text for block in page.blocks), strict=True))
        verdicts = with_labels(verdicts, places, corrections)
    labelled = _labelled(page.blocks, verdicts) if page.blocks else []
    of_site = {"site_name": site.name, "language": site.language}
    metadata = complete(read.facts, labelled, tree, url, **of_site, captured=capture.date, marked=read.marked)
    blocks = record_blocks(page.blocks, verdicts, tree, url)
    posts: tuple[Post, ...] = ()
    comments: tuple[Comment, ...] = ()
    if is_page:
        images = metadata.images
        images = shielded("a gallery", images, with_gallery, images, blocks, page.blocks, read.marked, url)
        metadata = metadata._replace(images=images)
        blocks, posts = _with_unshown(blocks, read, url)
        labels, tongue = [verdict.label for verdict in verdicts], metadata.language
        comments = shielded("comments", (), read_comments, read.marked, page.blocks, labels, tongue)
    story = story_page(capture, site, tree)
    warnings = (*read.warnings, *lacks(blocks, capture.obstacle), *lone(story))
    record = assemble(Context(capture, site, model.digest, memory), metadata, read.facts, blocks, warnings)
    record = record.model_copy(update={"posts": posts, "comments": comments}) if posts or comments else record
    return Extracted(apply_hook(site.hook, record, tree), recall, story)


def _labelled(blocks: Sequence[TextBlock], verdicts: Sequence[Verdict]) -> list[LabelledText]:
    """The texts of a page, of which there are some, with their labels."""
    texts, elements, *_ = zip(*blocks, strict=True)
    labels, rules, confidences = zip(*verdicts, strict=True)
    configured = {rule for rule in set(rules) if is_selected(rule) or rule == CORRECTED_RULE}
    rows = zip(labels, texts, elements, map(configured.__contains__, rules), confidences, strict=True)
    # A page has hundreds, and no other way makes them as fast.
    return list(map(tuple.__new__, repeat(LabelledText), rows))


def _with_unshown(blocks: list[Block], read: ReadPage, url: str) -> Live:
    """The blocks with what the page states of its article and does not show, and the posts of a live blog."""
    page, live = read.page, Live(blocks, ())
    live = shielded("a live blog", live, with_posts, blocks, page.blocks, read.tree, read.marked, url)
    body = page.known.body
    return live._replace(blocks=completed(live.blocks, body, read.tree)) if body else live


def _labels(read: ReadPage, site: Site, capture: Capture, model: Model, recall: Recall | None) -> list[Verdict]:
    """What the site's file, the page, its model and its memory say of each block, put right in several passes."""
    page = read.page
    if capture.obstacle:
        # None of what came instead of the page is body.
        label = Label.LEGAL_NOTICE if capture.obstacle is Kind.CONSENT_WALL else Label.NAVIGATION
        return [Verdict(label, f"general:{capture.obstacle}", 1.0)] * len(page.blocks)
    kept = partial(kept_shares, read.tree, page.tokens, fast=False)
    verdicts = label_blocks(page, read.tree, site.layout(capture.date), model, recall)
    if site.extract == TRAFILATURA:
        return as_trafilatura(without_read_more(verdicts, page.blocks, page.tokens), kept())
    return put_right(verdicts, read, kept)
