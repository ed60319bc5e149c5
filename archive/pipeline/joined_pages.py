"""The records of a story's pages, made one by one, to the record of the story."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.article_text import article_text
from archive.capture_fields import PagePlace
from archive.exchange import Completeness
from archive.extraction.story_pages import WHOLE, StoryPage, lacking
from archive.labels import Label
from archive.records import Block, Extraction, Image, Record
from archive.telling.kinds import Warned, WarningKind

#: What a later page shows of an earlier one once more, such as the standfirst.
RULE = "general:page-repeat"
#: Words of a block from which on it says the same thing twice, wherever it stands on a later page.
_LONG = 8
_TOLD_ONCE = (Label.BODY, Label.STANDFIRST)
#: What later pages say where the first one does not, such as a byline at the end of the story.
_FILLED = ("authors", "byline", "date_published", "date_modified", "language", "publisher", "section", "license")


@dataclass(frozen=True, slots=True)
class PageRecord:
    """The record of one page, and what the page says of its story."""

    record: Record
    page: StoryPage

    @property
    def is_here(self) -> bool:
        """Whether the page itself came."""
        return self.record.obstacle is None


def joined(pages: Sequence[PageRecord], own: Record) -> Record:
    """One record of all pages, which are in the order of their capture. It has the id and place of `own`, the first
    that is in the same WARC."""
    ordered = _ordered(pages)
    shown = _shown(ordered)
    first = ordered[0].record
    blocks = tuple(_blocks(shown))
    # A person may have said that there is none.
    filled = {name: _first([one.record for one in ordered], name) for name in _FILLED if name not in _said(first)}
    place = own.warc and own.warc.model_copy(update={"pages": tuple(map(_place, ordered))})
    return first.model_copy(
        update=filled
        | {
            "id": own.id,
            "text": article_text(blocks),
            "blocks": blocks,
            "posts": tuple(post for one in shown for post in one.record.posts),
            "images": _images([one.record for one in shown]),
            "completeness": next(
                (one.record.completeness for one in shown if one.record.completeness is not Completeness.WHOLE),
                Completeness.WHOLE,
            ),
            "warc": place,
            "extraction": _extraction(ordered, shown),
        }
    )


def _said(record: Record) -> tuple[str, ...]:
    return record.extraction.corrected


def _ordered(pages: Sequence[PageRecord]) -> list[PageRecord]:
    """By number, the view of all pages last; of several captures of a page the one that came whole first, and the
    newest of those."""
    numbered = sorted(
        enumerate(pages),
        key=lambda pair: (
            pair[1].page.number == WHOLE,
            pair[1].page.number,
            not pair[1].is_here,
            pair[1].record.completeness is not Completeness.WHOLE,
            -pair[0],
        ),
    )
    return [one for _, one in numbered]


def _shown(ordered: Sequence[PageRecord]) -> list[PageRecord]:
    """The pages whose blocks the record has: each number once, or the view that has all, if it does."""
    whole = next((one for one in ordered if one.page.number == WHOLE), None)
    if whole and whole.is_here and _body(whole.record) >= _body(ordered[0].record):
        return [whole]
    numbers: dict[int, PageRecord] = {}
    for one in ordered:
        if one.page.number != WHOLE:
            numbers.setdefault(one.page.number, one)
    return list(numbers.values()) or [ordered[0]]


def _body(record: Record) -> set[str]:
    return {block.text for block in record.blocks if block.label is Label.BODY and len(block.text.split()) >= _LONG}


def _blocks(shown: Sequence[PageRecord]) -> list[Block]:
    found: list[Block] = []
    told: set[str] = set()
    posts = 0
    for one in shown:
        number = one.page.number or None
        new = _without_repeats(one.record.blocks, told) if told else list(one.record.blocks)
        told |= {_folded(block) for block in new if block.label in (*_TOLD_ONCE, Label.HEADLINE)}
        found += [block.model_copy(update={"page": number, "post": block.post and block.post + posts}) for block in new]
        posts += len(one.record.posts)
    return found


def _without_repeats(blocks: Sequence[Block], told: set[str]) -> list[Block]:
    """A later page's blocks: what an earlier one told is no text of the story again, be it long or at the beginning."""
    at_start, found = True, []
    for block in blocks:
        if block.label in _TOLD_ONCE:
            is_told = _folded(block) in told
            if is_told and (at_start or len(block.text.split()) >= _LONG):
                block = block.model_copy(update={"label": Label.NAVIGATION, "rule": RULE})  # noqa: PLW2901
            at_start = at_start and is_told
        found.append(block)
    return found


def _folded(block: Block) -> str:
    return "".join(block.text.split())


def _first(records: Sequence[Record], name: str) -> object:
    return next((value for record in records if (value := getattr(record, name))), getattr(records[0], name))


def _images(records: Sequence[Record]) -> tuple[Image, ...]:
    found: dict[str, Image] = {}
    for record in records:
        for image in record.images:
            if (known := found.get(image.url)) is None or (image.caption and not known.caption):
                found[image.url] = image
    return tuple(found.values())


def _place(one: PageRecord) -> PagePlace:
    record, told = one.record, one.record.warc
    return PagePlace(
        page=one.page.number or None,
        url=record.url,
        filename=told.filename if told else "",
        offset=told.offset if told else 0,
        length=told.length if told else 0,
        record_id=told.record_id if told else None,
        payload_digest=told.payload_digest if told else None,
        date_crawled=record.date_crawled,
    )


def _extraction(ordered: Sequence[PageRecord], shown: Sequence[PageRecord]) -> Extraction:
    made = [one.record.extraction for one in ordered]
    warnings = [said for one in made for said in one.warnings if not said.startswith("pages: ")]
    kinds = {kind for one in made for kind in one.warning_kinds} - {WarningKind.PAGES}
    lacks = _lacks(shown)
    return made[0].model_copy(
        update={
            "warnings": (*dict.fromkeys(warnings), *map(str, lacks)),
            "warning_kinds": tuple(sorted(kinds | {one.kind for one in lacks})),
        }
    )


def _lacks(shown: Sequence[PageRecord]) -> tuple[Warned, ...]:
    """What is missing, if anything is."""
    here = [one for one in shown if one.is_here]
    numbers = [one.page.number for one in here]
    if not numbers or numbers == [WHOLE]:
        return ()
    total = max((one.page.total or 0 for one in here), default=0)
    is_whole = numbers == list(range(1, len(numbers) + 1)) and not here[-1].page.following and total <= len(numbers)
    return () if is_whole else lacking(numbers, total or None)
