"""Duplicates in a data set."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.collection.folder import Collection
from archive.datasets.data_set import export
from archive.datasets.export_choices import Dedup, Form, Lesser
from archive.datasets.export_request import Request
from archive.datasets.filters import Filters
from tests.shots import NOON, Shot, article, make_collection

STORY = ("The harbour board met on Monday and agreed to dredge the eastern basin. " * 6, "Work begins in spring. " * 20)
OTHER = (
    "A choir of forty singers will open the new season at the old customs house. " * 6,
    "Doors open at seven. " * 20,
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """The agency's story is first in time and last in the files."""
    day = timedelta(days=1)
    return make_collection(
        tmp_path_factory.mktemp("made") / "wires",
        [
            Shot("https://b.example/copy.html", article("Dredging", *STORY), NOON + day),
            Shot("https://b.example/choir.html", article("Choir", *OTHER), NOON + day),
        ],
        [
            Shot("https://c.example/copy.html", article("Dredging", *STORY), NOON + 2 * day),
            Shot("https://a.example/story.html", article("Dredging", *STORY), NOON),
        ],
    )


def exported(collection: Collection, folder: Path, **wishes: Any) -> list[dict[str, Any]]:
    export(
        [collection.path], Request(columns=("id", "url", "cluster", "cluster_size", "duplicate_of"), **wishes), folder
    )
    return [json.loads(line) for line in next((folder / "data").iterdir()).read_bytes().splitlines()]


def test_the_earliest_capture_stands_for_all(collection: Collection, tmp_path: Path) -> None:
    lines = exported(collection, tmp_path / "out", dedup=Dedup.EXACT)

    assert [(line["url"], line["cluster_size"], line["duplicate_of"]) for line in lines] == [
        ("https://b.example/choir.html", 1, None),
        ("https://a.example/story.html", 3, None),
    ]
    assert all(line["cluster"] == line["id"] for line in lines)


def test_duplicates_are_marked_and_kept(collection: Collection, tmp_path: Path) -> None:
    lines = exported(collection, tmp_path / "out", dedup=Dedup.EXACT, keep_duplicates=True)
    ids = {line["url"]: line["id"] for line in lines}
    canonical = ids["https://a.example/story.html"]

    assert {line["url"]: (line["cluster"], line["duplicate_of"]) for line in lines} == {
        "https://a.example/story.html": (canonical, None),
        "https://b.example/copy.html": (canonical, canonical),
        "https://c.example/copy.html": (canonical, canonical),
        "https://b.example/choir.html": (ids["https://b.example/choir.html"], None),
    }


def test_parquet_has_the_same_marks(collection: Collection, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    lines = exported(collection, tmp_path / "lines", dedup=Dedup.EXACT, keep_duplicates=True)
    exported_ = tmp_path / "parquet"
    columns = ("id", "url", "cluster", "cluster_size", "duplicate_of")
    export(
        [collection.path],
        Request(form=Form.PARQUET, columns=columns, dedup=Dedup.EXACT, keep_duplicates=True),
        exported_,
    )
    assert pq.read_table(exported_ / "data").to_pylist() == lines


def test_texts_that_are_empty_are_no_duplicates(tmp_path: Path) -> None:
    empty = "<html><body></body></html>"
    shots = [Shot(f"https://a.example/{number}.html", empty) for number in range(2)]
    made = make_collection(tmp_path / "empty", shots)
    wishes = {"dedup": Dedup.EXACT, "filters": Filters(include=(Lesser.EMPTY,))}
    assert [line["cluster_size"] for line in exported(made, tmp_path / "out", **wishes)] == [1, 1]


def test_edited_copies_are_near_duplicates(tmp_path: Path) -> None:
    lead = "The harbour board met on Monday evening and agreed after a long debate to dredge the eastern basin."
    more = [
        "The work will cost four million and begin in spring, when the last of the winter storms has passed.",
        "Fishermen had asked for it since the ferry ran aground there in heavy fog two years ago.",
        "Opponents fear for the seals that rest on the sandbank in the middle of the old channel.",
        "A survey by the university found forty of them, more than in any year since counting began.",
    ]
    added = "The county will vote on its share of the costs before the summer, its treasurer said."
    day = timedelta(days=1)
    shots = [
        Shot("https://b.example/cut.html", article("Basin", lead, *more[:3]), NOON + day),
        Shot("https://c.example/more.html", article("Seals", lead, *more, added), NOON + 2 * day),
        Shot("https://a.example/wire.html", article("Harbour", lead, *more), NOON),
        Shot("https://a.example/choir.html", article("Choir", *OTHER), NOON),
    ]
    made = make_collection(tmp_path / "wires", shots)
    exact = exported(made, tmp_path / "exact", dedup=Dedup.EXACT)
    near = exported(made, tmp_path / "near", dedup=Dedup.NEAR)

    assert [line["cluster_size"] for line in exact] == [1, 1, 1, 1]
    assert [(line["url"], line["cluster_size"]) for line in near] == [
        ("https://a.example/wire.html", 3),
        ("https://a.example/choir.html", 1),
    ]
    marked = exported(made, tmp_path / "marked", dedup=Dedup.NEAR, keep_duplicates=True)
    wire = near[0]["id"]
    assert [line["duplicate_of"] for line in marked] == [wire, wire, None, None]
    manifest = json.loads((tmp_path / "near" / "manifest.json").read_bytes())
    assert "rensa" in manifest["versions"]
    assert "nearly the same text" in (tmp_path / "near" / "README.md").read_text("utf-8")


def test_duplicates_are_looked_for_among_what_passes_the_filters(collection: Collection, tmp_path: Path) -> None:
    filters = Filters(sites=("b.example", "c.example"))
    for dedup in (Dedup.EXACT, Dedup.NEAR):
        lines = exported(collection, tmp_path / dedup, dedup=dedup, filters=filters)
        assert [(line["url"], line["cluster_size"]) for line in lines] == [
            ("https://b.example/copy.html", 2),
            ("https://b.example/choir.html", 1),
        ]
