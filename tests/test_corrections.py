"""Corrections: kept in the collection, winning whenever records are made anew, and taken back."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.authoring.correcting import Corrector, corrections_of
from archive.batch.digests import digests_here
from archive.collection import corrections, custody
from archive.collection.corrections import LOG, in_force, read_corrections
from archive.collection.folder import Collection
from archive.errors import CollectionError, ConfigurationError
from archive.labels import Label
from archive.pipeline.record_lines import extract_warc, new_pool
from archive.pipeline.renewal import renew
from archive.records import Record, read_records
from archive.research.captured_page import source_of
from tests import paged_stories
from tests.paged_stories import pagination, paragraphs
from tests.shots import NOON, Shot, article, make_collection

URL = "https://gull.example/2026/11/18/gulls.html"
SENTENCE = "The harbour office counted the gulls on the breakwater and found more of them than in any year before. "
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def page(*paragraphs: str) -> bytes:
    return article("Gulls return", *paragraphs, published="2026-11-18T07:30:00+00:00").encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shots = [
        Shot(URL, page("By Nora Ellwood", SENTENCE * 3, "Twice a week.", SENTENCE * 2), NOON, HTML),
        Shot(URL.replace("gulls", "ferry"), page(SENTENCE * 4, "Twice a week."), NOON, HTML),
    ]
    return make_collection(tmp_path_factory.mktemp("made") / "gull", shots).path


@pytest.fixture
def gull(made: Path, tmp_path: Path) -> Collection:
    """A copy that a test may change."""
    return Collection(Path(shutil.copytree(made, tmp_path / "gull")))


def records(collection: Collection) -> Iterator[Record]:
    for path in sorted(collection.records.glob("*.jsonl")):
        yield from read_records(path)


def record_of(collection: Collection, url: str = URL) -> Record:
    return next(record for record in records(collection) if record.url == url)


def number_of(record: Record, text: str) -> int:
    return next(number for number, block in enumerate(record.blocks) if block.text.startswith(text))


def extract(collection: Collection) -> None:
    with new_pool(1) as pool:
        for warc in collection.warcs():
            extract_warc(collection, warc, pool)


def corrector(collection: Collection) -> Corrector:
    return Corrector(collection, pytest.fail, "ada")


def test_a_corrected_label_wins_and_takes_the_text_with_it(gull: Collection) -> None:
    before = record_of(gull)
    number = number_of(before, "Twice a week")
    assert "Twice a week." in before.text
    corrector(gull).label(before, number, Label.PROMOTION)
    after = renew(gull, before)
    block = after.blocks[number]
    assert (block.label, block.rule, block.confidence) == (Label.PROMOTION, "corrected", 1.0)
    assert "Twice a week." not in after.text
    assert after == record_of(gull)
    assert source_of(gull, after).has(block)
    other = record_of(gull, URL.replace("gulls", "ferry"))
    assert "corrected" not in {block.rule for block in other.blocks}


def test_renewal_gives_what_extraction_gives_and_keeps_what_it_replaced(gull: Collection) -> None:
    before = record_of(gull)
    corrector(gull).label(before, number_of(before, "Twice a week"), Label.PROMOTION)
    corrector(gull).set(before, "section", "Harbour")
    renew(gull, before)
    renewed = [path.read_bytes() for path in sorted(gull.records.glob("*.jsonl"))]
    (kept,) = (gull.records / "replaced").rglob("*.gz")
    extract(gull)
    assert [path.read_bytes() for path in sorted(gull.records.glob("*.jsonl"))] == renewed
    assert [kept] == [*(gull.records / "replaced").rglob("*.gz")]


def test_a_byline_put_right_gives_its_authors(gull: Collection) -> None:
    before = record_of(gull)
    number = number_of(before, "By Nora")
    other = Label.BODY if before.blocks[number].label is Label.BYLINE else Label.BYLINE
    corrector(gull).label(before, number, other)
    corrector(gull).label(before, number, Label.BYLINE)
    after = renew(gull, before)
    assert after.authors == ("Nora Ellwood",)
    assert after.byline == "By Nora Ellwood"


@pytest.mark.parametrize(
    ("name", "value", "held"),
    [
        ("title", "  Gulls\tare back ", "Gulls are back"),
        ("title", None, None),
        ("authors", ["Nora Ellwood", "Ben Low"], ("Nora Ellwood", "Ben Low")),
        ("authors", [], ()),
        ("date_published", "2026-11-17", "2026-11-17"),
        ("language", "en-GB", "en-GB"),
        ("is_accessible_for_free", False, False),
    ],
)
def test_a_corrected_field_wins(gull: Collection, name: str, value: object, held: object) -> None:
    corrector(gull).set(record_of(gull), name, value)  # type: ignore[arg-type]
    after = renew(gull, record_of(gull))
    assert getattr(after, name) == held
    assert after.extraction.corrected == (name,)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("authors", "Nora", "tuple"),
        ("title", ["A"], "string"),
        ("date_published", "18 November", "isoformat"),
        ("date_published", "20261118", "expected a date"),
        ("language", "English", "expected a language tag"),
        ("is_accessible_for_free", "no", "boolean"),
    ],
)
def test_a_value_that_no_record_holds_is_refused(gull: Collection, name: str, value: object, said: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"field '{name}' cannot be set to .*{said}"):
        corrector(gull).set(record_of(gull), name, value)  # type: ignore[arg-type]
    assert not (gull.path / LOG).exists()


def test_the_text_of_a_record_is_that_of_its_blocks(gull: Collection) -> None:
    with pytest.raises(ConfigurationError, match="field 'text' cannot be set: expected one of title, "):
        corrector(gull).set(record_of(gull), "text", "Gulls.")


def test_what_is_taken_back_is_as_if_it_had_never_been(gull: Collection) -> None:
    before = record_of(gull)
    lines = [path.read_bytes() for path in gull.records.glob("*.jsonl")]
    number = number_of(before, "Twice a week")
    corrector(gull).label(before, number, Label.PROMOTION)
    corrector(gull).set(before, "title", "Gulls")
    renew(gull, before)
    corrector(gull).take_back(record_of(gull), number)
    corrector(gull).take_back(record_of(gull), "title")
    assert renew(gull, record_of(gull)) == before
    assert [path.read_bytes() for path in gull.records.glob("*.jsonl")] == lines
    assert not corrections_of(gull, before).is_any
    assert [each.taken_back for each in read_corrections(gull.path)] == [False, False, True, True]
    for what in (number, "title"):
        with pytest.raises(ConfigurationError, match="Nothing was corrected at"):
            corrector(gull).take_back(before, what)


def test_the_last_word_on_a_block_holds(gull: Collection) -> None:
    record = record_of(gull)
    for label in (Label.PROMOTION, Label.CONTACT):
        corrector(gull).label(record, number_of(record, "Twice a week"), label)
    assert [each.label for each in corrections_of(gull, record).blocks] == [Label.CONTACT]


def test_each_is_noted_in_the_log_without_what_the_page_says(gull: Collection) -> None:
    corrector(gull).set(record_of(gull), "title", "Gulls are back")
    corrector(gull).label(record_of(gull), 0, Label.RELATED)
    entries = [line.entry for line in custody.read(gull.path) if line.entry]
    assert [entry.action for entry in entries] == ["correction", "correction"]
    assert entries[0].what["field"] == "title"
    assert entries[1].what["label"] == "related"
    assert "gulls" not in (gull.path / custody.LOG).read_text().lower().replace("/gull", "")


def test_a_block_that_is_not_found_any_more_is_told(gull: Collection) -> None:
    record = record_of(gull)
    corrector(gull).label(record, number_of(record, "Twice a week"), Label.PROMOTION)
    path = gull.path / LOG
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "xpath": "/html/body/main/p[99]"}) + "\n")
    after = renew(gull, record)
    assert after.text == record.text
    assert after.extraction.warning_kinds == ("correction",)
    assert "correction: /html/body/main/p[99] is no block of this page any more" in after.extraction.warnings


def test_a_line_that_is_none_stops_extraction_before_it_begins(gull: Collection) -> None:
    corrector(gull).set(record_of(gull), "title", "Gulls")
    before = [path.read_bytes() for path in gull.records.glob("*.jsonl")]
    with (gull.path / LOG).open("a") as lines:
        lines.write('{"field": "title"}\n')
    with pytest.raises(CollectionError, match=rf"{LOG}:2: no correction: .* Mend the line"):
        extract(gull)
    assert [path.read_bytes() for path in gull.records.glob("*.jsonl")] == before


def test_what_a_crash_left_of_a_line_is_passed_over_and_then_cut_off(gull: Collection) -> None:
    corrector(gull).set(record_of(gull), "title", "Gulls")
    with (gull.path / LOG).open("a") as lines:
        lines.write('{"field": "ti')
    assert len([*read_corrections(gull.path)]) == 1
    corrector(gull).set(record_of(gull), "section", "Harbour")
    assert [each.field for each in read_corrections(gull.path)] == ["title", "section"]


def test_the_file_is_not_followed_out_of_the_collection(gull: Collection, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (gull.path / LOG).symlink_to(outside)
    with pytest.raises(CollectionError, match="cannot be written"):
        corrections.add_corrections(gull.path, [])
    assert outside.read_text() == "mine"


def test_corrections_are_read_anew_once_the_file_has_changed(gull: Collection) -> None:
    assert in_force(gull.path) == {}
    corrector(gull).set(record_of(gull), "title", "One")
    (first,) = in_force(gull.path).values()
    corrector(gull).set(record_of(gull), "title", "Two")
    (second,) = in_force(gull.path).values()
    assert (first.fields["title"].value, second.fields["title"].value) == ("One", "Two")


def test_another_machine_without_them_is_told_apart(gull: Collection) -> None:
    before = digests_here(gull.path)
    corrector(gull).set(record_of(gull), "title", "Gulls")
    assert before.differing(digests_here(gull.path)) == ["corrections"]


def test_a_story_in_several_pages_is_put_right_on_the_page_that_it_stands_on(tmp_path: Path) -> None:
    path, shots = "/news/story", []
    for number in (1, 2, 3):
        html = paged_stories.article("The story", paragraphs(number), pagination(path, number, 3))
        url = f"https://gull.example{path}" + (f"?page={number}" if number > 1 else "")
        shots.append(Shot(url, html.encode(), NOON + timedelta(seconds=number), HTML))
    collection = make_collection(tmp_path / "story", shots)
    extract(collection)
    (before,) = records(collection)
    assert before.warc is not None
    assert len(before.warc.pages) == 3
    number = next(at for at, block in enumerate(before.blocks) if block.page == 2 and block.label is Label.BODY)
    corrector(collection).label(before, number, Label.RELATED)
    corrector(collection).set(before, "authors", [])
    said = [each.payload_digest for each in read_corrections(collection.path)]
    assert said == [before.warc.pages[1].payload_digest, before.warc.pages[0].payload_digest]
    after = renew(collection, before)
    assert (after.blocks[number].label, after.blocks[number].rule) == (Label.RELATED, "corrected")
    assert before.blocks[number].text not in after.text
    assert before.authors == ("Ann Lee",)
    assert after.authors == (), "a later page's byline fills what a person said is nothing"
    corrector(collection).take_back(after, number)
    corrector(collection).take_back(after, "authors")
    assert renew(collection, after) == before
