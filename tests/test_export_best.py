"""Whole articles with text go into a data set; what else there is, is named and can be asked for."""

import json
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.datasets.data_set import export
from archive.datasets.export_check import check_files, check_rebuilt
from archive.datasets.export_choices import Form, Lesser, Revisions
from archive.datasets.export_request import Request
from archive.datasets.filters import Filters
from archive.datasets.manifest import read_manifest
from archive.errors import CollectionError
from archive.exchange import Truncation
from archive.records import read_records
from tests.odd_answers import WALL
from tests.scripted import Run
from tests.shots import NOON, Shot, article, make_collection

TEXT = ("The harbour board met on Monday and agreed to dredge the eastern basin. " * 6, "Work begins in spring. " * 20)
PAGE = article("Dredging", *TEXT)
PAGES: dict[str, str | bytes] = {
    "w": PAGE,
    "c": PAGE.partition("</article>")[0],
    "e": "<!doctype html><html><body></body></html>",
    "o": WALL,
}
EVERYTHING = tuple(Lesser)


def shot(kind: str, url: str = "x", hours: float = 0) -> Shot:
    """A capture that is whole, cut, empty or an obstacle."""
    cut = Truncation.DISCONNECT if kind == "c" else None
    return Shot(f"https://a.example/{url}.html", PAGES[kind], NOON + timedelta(hours=hours), truncated=cut)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """One URL of each kind, and one that came whole at the second try."""
    alone = [shot(kind, url) for kind, url in zip("wceo", ("whole", "cut", "empty", "wall"), strict=True)]
    return make_collection(
        tmp_path_factory.mktemp("made") / "mixed", [*alone, shot("c", "again"), shot("w", "again", 1)]
    )


def names(
    collection: Collection, folder: Path, *include: Lesser, revisions: Revisions = Revisions.LAST
) -> list[tuple[str, str]]:
    """What an export holds: the name in the URL, and the hour since noon."""
    request = Request(
        columns=("url", "date_crawled_utc"), filters=Filters(include=include), revisions=revisions, form=Form.JSONL
    )
    export([collection.path], request, folder)
    lines = [
        json.loads(line) for path in sorted((folder / "data").iterdir()) for line in path.read_bytes().splitlines()
    ]
    return [(line["url"].rpartition("/")[2].removesuffix(".html"), line["date_crawled_utc"][8:13]) for line in lines]


def test_the_records_are_what_they_are_named(mixed: Collection) -> None:
    found = [record for path in mixed.records.glob("*.jsonl") for record in read_records(path)]
    told = [(record.completeness, record.obstacle, bool(record.text.strip())) for record in found]
    whole, cut = ("whole", None, True), ("disconnect", None, True)
    assert told == [whole, cut, ("whole", None, False), ("whole", "captcha", False), cut, whole]


def test_an_export_takes_whole_articles_with_text(mixed: Collection, tmp_path: Path) -> None:
    assert [name for name, _ in names(mixed, tmp_path / "out")] == ["whole", "again"]
    assert read_manifest(tmp_path / "out").left_out == {"cut": 2, "empty": 1, "obstacle": 1}


@pytest.mark.parametrize("include", [*combinations(EVERYTHING[:3], 1), *combinations(EVERYTHING[:3], 2)])
def test_what_is_asked_for_is_taken(mixed: Collection, tmp_path: Path, include: tuple[Lesser, ...]) -> None:
    wanted = {"whole", "again"} | {{"obstacle": "wall"}.get(lesser, lesser.value) for lesser in include}
    assert {name for name, _ in names(mixed, tmp_path / "out", *include, revisions=Revisions.ALL)} == wanted
    left = {"cut": 2, "empty": 1, "obstacle": 1, "tries": 1}
    assert read_manifest(tmp_path / "out").left_out == {
        lesser: count
        for lesser, count in left.items()
        if (Lesser.CUT in include if lesser == "tries" else lesser not in include)
    }


@pytest.mark.parametrize(
    ("captures", "chosen"),
    [
        # Tries within a day, in either order: the whole one alone.
        ("c0 w1", {Revisions.ALL: [1], Revisions.LAST: [1], Revisions.FIRST: [1]}),
        ("w0 c5", {Revisions.ALL: [0], Revisions.LAST: [0], Revisions.FIRST: [0]}),
        ("o0 e1 c2", {Revisions.ALL: [2], Revisions.LAST: [2], Revisions.FIRST: [2]}),
        ("c0 o24", {Revisions.ALL: [0], Revisions.LAST: [0], Revisions.FIRST: [0]}),
        # Further apart they are revisions; of one revision the best is taken, then the first or the last.
        ("w0 c25", {Revisions.ALL: [0, 25], Revisions.LAST: [0], Revisions.FIRST: [0]}),
        ("c0 w30 w60", {Revisions.ALL: [0, 30, 60], Revisions.LAST: [60], Revisions.FIRST: [30]}),
        ("c0 o30 c60", {Revisions.ALL: [0, 30, 60], Revisions.LAST: [60], Revisions.FIRST: [0]}),
        # Equals never stand in each other's place.
        ("w0 w1 c2 c40 c41", {Revisions.ALL: [0, 1, 40, 41], Revisions.LAST: [1], Revisions.FIRST: [0]}),
    ],
)
def test_the_best_capture_stands_for_its_tries(
    tmp_path: Path, captures: str, chosen: dict[Revisions, list[int]]
) -> None:
    shots = [shot(each[0], hours=int(each[1:])) for each in captures.split()]
    other = [shot("w", "another", 2), shot("c", "before", 1)]
    collection = make_collection(tmp_path / "c", [other[0], *shots, other[1]])
    for revisions, hours in chosen.items():
        found = names(collection, tmp_path / revisions, *EVERYTHING[:3], revisions=revisions)
        assert [at for name, at in found if name == "x"] == [
            f"{NOON + timedelta(hours=hour):%d}T{NOON + timedelta(hours=hour):%H}" for hour in hours
        ]
        assert {name for name, _ in found} == {"another", "x", "before"}


def test_all_tries_can_be_asked_for(mixed: Collection, tmp_path: Path) -> None:
    found = names(mixed, tmp_path / "all", *EVERYTHING, revisions=Revisions.ALL)
    assert [name for name, _ in found] == ["whole", "cut", "empty", "wall", "again", "again"]
    assert read_manifest(tmp_path / "all").left_out == {}
    later = make_collection(tmp_path / "later", [shot("w"), shot("c", hours=1)])
    assert names(later, tmp_path / "last", *EVERYTHING) == [("x", "20T13")], "the last, be it cut"


def test_records_of_the_first_schema_count_as_whole(tmp_path: Path) -> None:
    collection = make_collection(tmp_path / "c", [shot("w")])
    (path,) = collection.records.glob("*.jsonl")
    line = json.loads(path.read_bytes())
    del line["completeness"], line["obstacle"]
    path.write_text(json.dumps({**line, "schema_version": "1.0"}) + "\n")
    assert len(names(collection, tmp_path / "out")) == 1


def test_nothing_whole_is_said_with_what_to_do(tmp_path: Path) -> None:
    collection = make_collection(tmp_path / "c", [shot("c")])
    with pytest.raises(CollectionError, match=r"none of 1 records .* \(--include cut takes it\)"):
        names(collection, tmp_path / "out")


def test_the_command_and_the_card_name_what_was_left_out(mixed: Collection, tmp_path: Path, cleancopy: Run) -> None:
    done = cleancopy("export", mixed.path, "--output", "out", "--include", "obstacle")
    assert done.code == 0, done.err
    assert "2 records were left out: only the beginning of the page came (--include cut takes them)." in done.err
    assert "1 record was left out: no text was found (--include empty takes it)." in done.err
    assert "captcha" not in done.err
    card = (tmp_path / "out/README.md").read_text()
    assert "| 2 | only the beginning of the page came | `--include cut` |" in card
    assert "--include obstacle" in read_manifest(tmp_path / "out").command
    assert cleancopy("export", "--check", "out", "--collection", mixed.path).code == 0


def test_a_data_set_made_before_the_choice_holds_everything(mixed: Collection, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export([mixed.path], Request(filters=Filters(include=None)), folder)
    path = folder / "manifest.json"
    told = json.loads(path.read_bytes())
    del told["left_out"], told["request"]["filters"]["include"]
    path.write_text(json.dumps(told))

    assert read_manifest(folder).request.filters.include is None
    assert "Left out" not in (folder / "README.md").read_text()
    assert told["records"] == 5, "one of each URL, whatever it is"
    assert check_files(folder) == check_rebuilt(folder, [mixed.path]) == []


@pytest.mark.parametrize("include", [(), (Lesser.CUT,), EVERYTHING])
def test_a_check_leaves_out_the_same(mixed: Collection, tmp_path: Path, include: tuple[Lesser, ...]) -> None:
    request = Request(filters=Filters(include=include), revisions=Revisions.ALL)
    export([mixed.path], request, tmp_path / "out")
    assert read_manifest(tmp_path / "out").request == request
    assert check_rebuilt(tmp_path / "out", [mixed.path]) == []
