"""From a passage back to the captured page."""

import shutil
from pathlib import Path

import pytest
from warcio.checker import Checker

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.extraction.parsing import parse_page
from archive.labels import Label
from archive.pipeline.captures import read_captures
from archive.records import Block, Extraction, Record, read_records
from archive.research.captured_page import find_passage, source_of
from archive.research.xpath import stands_anywhere, stands_at
from archive.warc.record import read_warc
from tests.scripted import Run
from tests.shots import demo_shots, make_collection


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_collection(tmp_path_factory.mktemp("made") / "demo", demo_shots()[:6], demo_shots()[6:]).path


@pytest.fixture
def demo(made: Path, tmp_path: Path) -> Collection:
    """A copy that a test may break."""
    return Collection(Path(shutil.copytree(made, tmp_path / "demo")))


def records(collection: Collection) -> list[Record]:
    return [record for path in sorted(collection.records.iterdir()) for record in read_records(path)]


def test_every_block_of_the_demo_site_is_at_its_xpath(demo: Collection) -> None:
    checked = 0
    for record in records(demo):
        found = source_of(demo, record)
        assert found.faults == ()
        assert [block.xpath for block in record.blocks if not found.has(block)] == []
        checked += len(record.blocks)
    assert checked > 600


@pytest.mark.parametrize(
    ("body", "xpath", "text", "expected"),
    [
        ("<p>One two</p>", "/html/body/p", "One two", True),
        ("<p>One two</p>", "/html/body/p", "One three", False),
        ("<p>One two</p>", "/html/body/p", "One two three", False),
        ("<p>One</p><p>Two</p>", "/html/body/p[2]", "Two", True),
        ("<p>One</p><p>Two</p>", "/html/body/p[1]", "Two", False),
        ("<p>One<br>two <b>three</b></p>", "/html/body/p", "One\ntwo three", True),
        ("<p>One <script>no</script>two <span hidden>no</span>three</p>", "/html/body/p", "One two three", True),
        ("<p>One <span hidden>two</span></p>", "/html/body/p", "One two", True),
        ("<div>One <b>two</b><p>Three</p>Four <i>five</i></div>", "/html/body/div/text()[2]", "Four five", True),
        ("<div>One <b>two</b><p>Three</p>Four</div>", "/html/body/div/text()[1]", "One two", True),
        ("<div><p>Three</p><b>Four</b> five</div>", "/html/body/div/b", "Four five", True),
        ("<table><tr><td>One</td><td>two</td></tr></table>", "/html/body/table/tbody/tr", "One\ttwo", True),
        ("<p>so\xadft\u200b</p>", "/html/body/p", "soft", True),
        ("<p>One<o:p>two</o:p></p>", "/html/body/p/o:p", "two", True),
        ('<pclass="x">One</p>', '/html/body/pclass="x"', "One", True),
        ("<p>One</p>", "/html/body/p[", "One", False),
        ("<p>One</p>", "count(/html/body/p)", "1", False),
        ("<p>One</p>", "/html/body/div", "One", False),
    ],
)
def test_a_text_stands_at_its_xpath_or_does_not(body: str, xpath: str, text: str, expected: bool) -> None:
    assert stands_at(parse_page(f"<html><body>{body}</body></html>"), xpath, text) is expected


def test_a_text_stands_somewhere_in_a_page_or_nowhere() -> None:
    tree = parse_page("<div>" * 300 + "<p>One <b>bold</b> word</p><p>Two</p>")
    assert stands_anywhere(tree, "One bold word")
    assert not stands_anywhere(tree, "One word")


def test_a_passage_is_found_over_blocks_and_white_space() -> None:
    blocks = [
        Block(label=label, text=text, rule="model", confidence=1)
        for label, text in [
            (Label.BODY, "The tide turns\nat noon."),
            (Label.PROMOTION, "Subscribe now."),
            (Label.BODY, "The ferry waits."),
        ]
    ]
    record = Record(blocks=tuple(blocks), extraction=Extraction(version="1"))

    assert find_passage(record, "turns at") == (0,)
    assert find_passage(record, "at noon.  The ferry") == (0, 2)
    assert find_passage(record, "noon. Subscribe now.") == (0, 1)
    assert find_passage(record, "Subscribe") == (1,)
    assert find_passage(record, "The train") == ()
    assert find_passage(record, " ") == ()


def test_the_command_shows_where_a_passage_was_captured(demo: Collection, cleancopy: Run) -> None:
    record = records(demo)[0]
    block = next(block for block in record.blocks if block.label is Label.BODY)
    place = record.warc
    assert place is not None
    ran = cleancopy("source", demo.path, record.id, "--text", block.text[5:40])

    assert ran.code == 0, ran.err
    for shown in (place.filename, f"{place.offset}, {place.length} bytes", record.date_crawled, place.payload_digest):
        assert str(shown) in ran.out
    assert f"XPath  {block.xpath}" in ran.out
    assert f">         body  {block.text[:30]}" in ran.out
    before = record.blocks[record.blocks.index(block) - 1]
    assert f"{before.label:>14}  {before.text[:30]}" in ran.out


def test_the_command_says_what_is_not_there(demo: Collection, cleancopy: Run) -> None:
    record = records(demo)[0]
    unknown = cleancopy("source", demo.path, "no-such-id")
    assert (unknown.code, "there is no record 'no-such-id'" in unknown.err) == (1, True)
    strange = cleancopy("source", demo.path, record.id, "--text", "never written")
    assert (strange.code, "does not have the passage 'never written'" in strange.err) == (1, True)


def test_a_record_that_was_changed_is_found_out(demo: Collection, cleancopy: Run) -> None:
    path = sorted(demo.records.iterdir())[0]
    record = records(demo)[0]
    block = next(block for block in record.blocks if block.label is Label.BODY)
    path.write_bytes(path.read_bytes().replace(block.text.encode()[:20], b"Something else here.", 2))
    ran = cleancopy("source", demo.path, record.id)

    assert ran.code == 1
    assert f"the captured page does not have the text at {block.xpath}" in ran.err


def test_a_missing_warc_and_another_capture(demo: Collection) -> None:
    first, second = sorted(demo.archive.iterdir())
    record = records(demo)[0]
    shutil.copy(second, first)
    assert "the payload's digest is" in "\n".join(source_of(demo, record).faults)
    first.unlink()
    with pytest.raises(CollectionError, match="is missing, which the record comes from"):
        source_of(demo, record)
    with pytest.raises(CollectionError, match="was not made from a captured page"):
        source_of(demo, record.model_copy(update={"warc": None}))


def test_a_capture_is_written_as_a_warc_of_its_own(demo: Collection, cleancopy: Run, tmp_path: Path) -> None:
    record = records(demo)[2]
    excerpt = tmp_path / "one.warc.gz"
    ran = cleancopy("source", demo.path, record.id, "--warc", excerpt)

    assert ran.code == 0, ran.err
    assert [found.type for found in read_warc(excerpt)] == ["warcinfo", "response", "request", "metadata"]
    (capture,) = read_captures(excerpt)
    original = next(c for c in read_captures(sorted(demo.archive.iterdir())[0]) if c.record_id == record.id)
    assert (capture.body, capture.headers, capture.origin) == (original.body, original.headers, original.origin)
    checker = Checker(type("Command", (), {"inputs": [str(excerpt)], "verbose": False})())
    checker.process_all()
    assert checker.exit_value == 0
    again = cleancopy("source", demo.path, record.id, "--warc", excerpt)
    assert (again.code, "is there already" in again.err) == (1, True)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["one.warc.gz"]
