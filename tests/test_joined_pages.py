"""The records of a story's pages as one."""

from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.exchange import Capture, Completeness, Kind, Origin, Place, Purpose
from archive.extraction.extract import extract_capture
from archive.extraction.model import load_model
from archive.extraction.story_pages import WHOLE, StoryPage
from archive.labels import Label
from archive.pipeline.earlier_pages import capture_before
from archive.pipeline.joined_pages import RULE, PageRecord, joined
from archive.pipeline.record_lines import RecordLine
from archive.pipeline.stories import Leaf, PageLine, StoryLines
from archive.records import Record
from archive.sites import Site
from archive.telling.kinds import WarningKind
from tests.paged_stories import article, paragraphs

URL = "https://paged.example/story"
SUMMARY = "What the harbour did this year, told by those who work there and by those who watched them."


def page(number: int, total: int = 3, *, html: str | None = None, **changed: object) -> PageRecord:
    """Of a story whose pages all repeat its summary."""
    text = [SUMMARY, *paragraphs(number, 3)]
    url = URL if number == 1 else f"{URL}?page={number}"
    body = (html or article("Story", text)).encode()
    capture = Capture(url, body, record_id=f"id-{number}", place=Place("a.warc.gz", 100 * number, 50))
    record = extract_capture(capture, Site(domain="paged.example"), load_model()).model_copy(update=changed)
    following = f"{URL}?page={number + 1}" if 0 < number < total else None
    return PageRecord(record, StoryPage(number, total or None, following))


def text_of(record: Record) -> list[str]:
    return record.text.split("\n\n")


def test_what_every_page_repeats_is_told_once() -> None:
    pages = [page(number) for number in (1, 2, 3)]
    record = joined(pages, pages[0].record)
    assert text_of(record) == [SUMMARY, *paragraphs(1, 3), *paragraphs(2, 3), *paragraphs(3, 3)]
    repeated = [(block.page, block.label) for block in record.blocks if block.rule == RULE]
    assert repeated == [(2, Label.NAVIGATION), (3, Label.NAVIGATION)]
    assert len(record.blocks) == sum(len(one.record.blocks) for one in pages), "nothing is thrown away"
    assert (record.id, record.warc and record.warc.offset) == ("id-1", 100)
    assert record.extraction.warning_kinds == ()
    assert Record.from_line(record.to_line()) == record


def test_what_is_missing_is_said() -> None:
    def said(*numbers: int, total: int = 3) -> tuple[str, ...]:
        pages = [page(number, total) for number in numbers]
        return joined(pages, pages[0].record).extraction.warnings

    assert said(1, 2) == ("pages: only pages 1 and 2 of 3 are captured",)
    assert said(2, 3) == ("pages: only pages 2 and 3 of 3 are captured",)
    assert said(1, 3) == ("pages: only pages 1 and 3 of 3 are captured",)
    assert said(1, 2, total=2) == ()


def test_a_wall_in_place_of_a_page_is_a_missing_page() -> None:
    wall = page(3, html=article("Story", []), obstacle=Kind.REFUSED)
    pages = [page(1), page(2), wall]
    record = joined(pages, pages[0].record)
    assert record.extraction.warnings[-1] == "pages: only pages 1 and 2 of 3 are captured"
    assert WarningKind.PAGES in record.extraction.warning_kinds
    assert record.obstacle is None
    assert record.warc is not None
    assert [place.page for place in record.warc.pages] == [1, 2, 3]


def test_of_several_captures_of_a_page_the_whole_one_is_read() -> None:
    cut = page(2, html=article("Story", [SUMMARY]), completeness=Completeness.DISCONNECT)
    pages = [page(1, 2), cut, page(2, 2)]
    record = joined(pages, pages[0].record)
    assert text_of(record) == [SUMMARY, *paragraphs(1, 3), *paragraphs(2, 3)]
    assert record.completeness is Completeness.WHOLE
    assert record.warc is not None
    assert [place.page for place in record.warc.pages] == [1, 2, 2], "all captures are named"


def test_a_view_of_all_pages_that_is_none_is_left_out() -> None:
    other = page(WHOLE, html=article("Subscribe", paragraphs("offer", 4)))
    pages = [page(1, 2), page(2, 2), other]
    assert text_of(joined(pages, pages[0].record)) == [SUMMARY, *paragraphs(1, 3), *paragraphs(2, 3)]
    whole = page(WHOLE, html=article("Story", [SUMMARY, *paragraphs(1, 3), *paragraphs(2, 3)]))
    record = joined([pages[0], whole], pages[0].record)
    assert text_of(record) == [SUMMARY, *paragraphs(1, 3), *paragraphs(2, 3)]
    assert (record.url, {block.page for block in record.blocks}, record.extraction.warnings) == (URL, {None}, ())


def test_lines_keep_their_order_and_other_captures_of_the_same_story_stand_alone() -> None:
    """Two captures of a story in one file, the second one of its first page only; and a plain story."""

    def line(number: int, story: str | None, record_id: str) -> PageLine:
        one = page(number, 2, id=record_id)
        return PageLine(one.record.to_line(), Leaf(one.record.url or "", record_id, one.page, story))

    lines = StoryLines()
    plain = RecordLine(page(1, 0).record.model_copy(update={"id": "plain"}).to_line())
    given = (plain, line(1, None, "a"), plain, line(2, "a", "b"), line(1, None, "c"))
    out = [done for one in given if (done := lines.add(one))]
    assert out == [plain.content], "from the first page on, lines wait"
    found = [Record.from_line(done) for done in lines.rest()]
    assert [record.id for record in found] == ["a", "plain", "c"]
    assert [len(record.warc.pages) for record in found if record.warc] == [2, 0, 0]
    assert list(lines.rest()) == []


@pytest.mark.parametrize("said", ["", "a.warc.gz", "a.warc.gz one id", "a.warc.gz " + "9" * 5000 + " id", "../a 0 id"])
def test_a_page_before_that_a_warc_names_badly_is_none(tmp_path: Path, said: str) -> None:
    """Whoever wrote a WARC wrote this, too; Python refuses to read 5,000 digits as a number."""
    assert capture_before(Collection(tmp_path), Origin(Purpose.PAGE, previous=said)) is None
