"""How a page changed over time."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.research.revision_changes import RevisionChange, versions
from archive.research.revisions import captures_of
from archive.research.word_differences import Piece, compare, count_words
from archive.warc.index import REVISIT_MIME, IndexEntry
from tests.scripted import Run
from tests.shots import NOON, Shot, article, make_collection

URL = "https://courier.example/dredging.html"
LEAD = "The harbour board met on Monday evening and agreed after a long debate to dredge the eastern basin."
COST = "The work will cost {} million and begin in spring, when the last of the winter storms has passed."
END = "Fishermen had asked for it since the ferry ran aground there in heavy fog two years ago."
STATED = "2026-11-20T10:00:00+00:00"


def shot(hour: int, title: str, cost: str, modified: str, foot: str = "© Courier") -> Shot:
    page = article(title, LEAD, COST.format(cost), END, published=STATED, modified=modified)
    return Shot(URL, page.replace("© Courier", foot), NOON + timedelta(hours=hour))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    later = "2026-11-20T15:00:00+00:00"
    made = make_collection(
        tmp_path_factory.mktemp("made") / "courier",
        [
            shot(3, "Basin to be dredged", "five", later),
            shot(0, "Basin to be dredged", "four", STATED),
            shot(1, "Basin to be dredged", "four", STATED, foot="© Courier and Sons"),
        ],
        [
            shot(4, "Basin to be dredged in spring", "six", later),
            Shot("https://courier.example/other.html", article("X")),
        ],
    )
    entry = IndexEntry(URL, "2026-11-20T14:30:00Z", REVISIT_MIME, "304", "sha1:X", 0, 1, "x.warc.gz")
    other = IndexEntry(URL + "l", "2026-11-20T14:30:00Z", REVISIT_MIME, "304", "sha1:X", 0, 1, "x.warc.gz")
    made.index.write_bytes(entry.line() + other.line())
    return made


def test_captures_are_listed_by_time(collection: Collection) -> None:
    found = captures_of(collection, URL)

    assert [(seen.at.hour, seen.record is None) for seen in found] == [
        (12, False), (13, False), (14, True), (15, False), (16, False)
    ]  # fmt: skip
    assert found[2].at == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


def test_urls_are_compared_as_an_index_does(collection: Collection) -> None:
    assert len(captures_of(collection, "http://www.Courier.example/dredging.html")) == 5
    with pytest.raises(CollectionError, match=r"there is no record of https://courier\.example/dredge"):
        captures_of(collection, "https://courier.example/dredge")


def test_changes_of_the_article_are_told_and_of_the_page_around_it_are_not(collection: Collection) -> None:
    first, foot, revisit, stated, silent = versions(captures_of(collection, URL))

    assert first.first
    assert foot.unchanged
    assert revisit.unchanged
    assert RevisionChange("date_modified", STATED, "2026-11-20T15:00:00+00:00") in stated.changes
    assert [piece for piece in stated.body if not piece.kept] == [Piece("four ", "five ")]
    assert not stated.silent
    assert RevisionChange("title", "Basin to be dredged", "Basin to be dredged in spring") in silent.changes
    assert [piece for piece in silent.body if not piece.kept] == [Piece("five ", "six ")]
    assert silent.silent


def test_the_command_shows_changes_and_flags_silent_edits(collection: Collection, cleancopy: Run) -> None:
    ran = cleancopy("history", collection.path, URL)

    assert ran.code == 0, ran.err
    assert "The work will cost [-four-]{+five+} million and begin in spring" in " ".join(ran.out.split())
    assert "title: Basin to be dredged → Basin to be dredged in spring" in ran.out
    assert [line[:19] for line in ran.out.splitlines() if "silent edit" in line] == ["2026-11-20 16:00:00"]
    assert ran.out.splitlines()[-1] == "5 captures, 2 with changes, 1 of them silent."
    assert "[-" not in cleancopy("history", collection.path, URL, "--no-changes").out


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("", "", []),
        ("one two", "one two", []),
        ("", "one", [("", "one")]),
        ("one", "", [("one", "")]),
        ("one two three", "one 2 three", [("two ", "2 ")]),
        ("a b\n\nc d\n\ne f", "a b\n\ne f", [("c d\n\n", "")]),
        ("a b\n\nc d", "a b\n\nc d\n\ne f", [("", "\n\ne f")]),
        ("a b c\n\nd", "a b\n\nc d", [("b c", "b"), ("", "c ")]),
    ],
)
def test_words_that_changed(old: str, new: str, changed: list[tuple[str, str]]) -> None:
    pieces = compare(old, new)
    assert "".join(piece.removed for piece in pieces) == old
    assert "".join(piece.added for piece in pieces) == new
    assert [(piece.removed, piece.added) for piece in pieces if not piece.kept] == changed


def test_long_texts_that_changed_everywhere_are_compared_in_time() -> None:
    old, new = (" ".join(f"{side}{number}" for number in range(200_000)) for side in "ab")
    pieces = compare(old, new)
    assert pieces == [Piece(old, new)]
    assert count_words(pieces) == (200_000, 200_000)
