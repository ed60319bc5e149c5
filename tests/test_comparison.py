"""What re-extraction would change, and what it keeps of what it replaces."""

import gzip
import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.capture_fields import WarcPlace
from archive.collection.folder import Collection
from archive.collection.records_file import RecordsFile
from archive.errors import CollectionError
from archive.labels import Label
from archive.records import Block, Extraction, Record
from archive.research.record_differences import differences, relabelled
from archive.research.record_pairs import Pair, pairs
from tests.scripted import Run
from tests.shots import Shot, article, make_collection

URL = "https://courier.example/dredging.html"
LEAD = "The harbour board met on Monday evening and agreed after a long debate to dredge the eastern basin."
COST = "The work will cost four million and begin in spring, when the last of the winter storms has passed."


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return make_collection(
        tmp_path / "courier",
        [Shot(URL, article("Basin to be dredged", LEAD, COST)), Shot(URL + "?2", article("Ferry late", COST, LEAD))],
        [Shot("https://other.example/a.html", article("Tide tables", LEAD, COST))],
    )


def record(offset: int, **more: object) -> Record:
    place = WarcPlace(filename="x.warc.gz", offset=offset, length=1)
    return Record(id=str(offset), warc=place, extraction=Extraction(version="1"), **more)  # type: ignore[arg-type]


def edit(path: Path, old: str, new: str) -> bytes:
    """Change a records file as another version would have written it."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path.read_bytes()


def paths(collection: Collection) -> Iterator[Path]:
    yield from sorted(path for path in collection.records.rglob("*") if path.is_file())


def test_nothing_changes_and_nothing_is_kept_where_the_code_is_the_same(collection: Collection, cleancopy: Run) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths(collection)}

    compared, rebuilt = cleancopy("extract", "courier", "--compare"), cleancopy("extract", "courier")

    assert compared.out == "3 records: 3 the same, 0 would change. Nothing was replaced.\n"
    assert (compared.code, rebuilt.code) == (0, 0)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths(collection)} == before


def test_changes_are_reported_before_anything_is_replaced(collection: Collection, cleancopy: Run) -> None:
    first, _ = sorted(collection.records.glob("*.jsonl"))
    old = edit(first, '"title":"Basin to be dredged"', '"title":"Basin \\u0007"')
    old = edit(first, "The work will cost four million and begin in spring", "The work will cost five million")
    shown = cleancopy("extract", "courier", "--compare").out
    told = json.loads(cleancopy("extract", "courier", "--compare", "--json").out)

    assert first.read_bytes() == old
    assert shown.startswith("3 records: 1 the same, 2 would change, 2 of these in their content. Nothing was replaced.")
    assert "Basin ⟨U+0007⟩ → Basin to be dredged" in shown
    assert "cost [-five million,-]{+four million and begin in spring,+} when" in shown
    assert told["fields"] == {"text": 2, "blocks.cut": 2, "title": 1}
    assert told["sites"]["courier.example"]["content"] == 2
    assert told["sites"]["other.example"]["changed"] == 0
    assert told["words"] == {"removed": 4, "added": 12}
    assert [case["url"] for case in told["worst"]] == [URL + "?2", URL]


def test_replaced_records_are_kept_once_and_are_no_part_of_the_collection(
    collection: Collection, cleancopy: Run
) -> None:
    first, _ = sorted(collection.records.glob("*.jsonl"))
    made = first.read_bytes()
    for _ in range(2):
        old = edit(first, "four million", "five million")
        rebuilt = cleancopy("extract", "courier")
        assert rebuilt.code == 0, rebuilt.err
        assert rebuilt.err.splitlines()[-1].startswith("1 file was replaced; what was there before is kept in ")
    assert first.read_bytes() == made
    (kept,) = (collection.records / "replaced").rglob("*.*")
    assert kept.parent.name == first.stem
    assert gzip.decompress(kept.read_bytes()) == old
    assert cleancopy("index", "courier").code == 0
    verified = cleancopy("verify", "courier", "--records")
    assert verified.code == 0, verified.out
    assert "3 record lines: no fault" in verified.err


def test_what_a_crash_leaves_between_keeping_and_replacing_verifies(collection: Collection, cleancopy: Run) -> None:
    first, _ = sorted(collection.records.glob("*.jsonl"))
    old = edit(first, '"title":"Ferry late"', '"title":"Ferry"')
    # A folder where the kept copy should go stands for a disk that takes no more.
    (collection.records / "replaced").write_bytes(b"")
    failed = cleancopy("extract", "courier")
    assert failed.code == 1
    assert "has not been replaced" in failed.err
    assert first.read_bytes() == old
    assert cleancopy("index", "courier").code == 0
    assert cleancopy("verify", "courier").code == 0


def test_a_full_disk_leaves_the_old_records(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"old")
    file = RecordsFile(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(CollectionError, match=r"x\.jsonl cannot be written: File too large"):
            file.write(b"line " * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [each.name for each in tmp_path.iterdir()] == ["x.jsonl"]
    assert path.read_bytes() == b"old"


def test_lines_of_other_captures_are_new_or_gone() -> None:
    old = [record(0), record(5, title="A"), record(20), record(30)]
    new = [record(0), record(5, title="B"), record(10), record(30)]
    lines = [b"broken\n", *(one.to_line() for one in old)]
    assert list(pairs(lines, (one.to_line() for one in new))) == [
        Pair(None, None, broken=True),
        Pair(None, new[0], same=True),
        Pair(old[1], new[1]),
        Pair(None, new[2]),
        Pair(old[2], None),
        Pair(None, new[3], same=True),
    ]
    assert list(pairs([old[3].to_line()], [])) == [Pair(old[3], None)]


def test_blocks_are_compared_by_place_and_text() -> None:
    def labelled(*labels: Label) -> tuple[Block, ...]:
        return tuple(
            Block(label=label, text=f"Text {number}", xpath=f"/{number}", rule="model", confidence=0.5)
            for number, label in enumerate(labels)
        )

    old = record(0, blocks=labelled(Label.BODY, Label.BODY, Label.RELATED))
    new = record(0, blocks=labelled(Label.BODY, Label.PROMOTION, Label.RELATED))
    assert [one.field for one in differences(old, new)] == ["blocks.label"]
    assert relabelled(old, new) == {(Label.BODY, Label.PROMOTION): (1, 2)}
    assert [one.field for one in differences(old, record(0, blocks=labelled(Label.BODY)))] == [
        "blocks.cut", "blocks.label", "blocks.rule", "blocks.confidence"
    ]  # fmt: skip


def test_the_report_as_json_is_only_for_comparing(collection: Collection, cleancopy: Run) -> None:
    assert cleancopy("extract", "courier", "--json").code == 2
