"""Search over the records of a collection."""

import os
from datetime import date
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.errors import CollectionError, ConfigurationError
from archive.records import Extraction, Record
from archive.research.search_index import SearchFilters, open_index, search_path
from archive.research.search_terms import fts_query, spaced, unspaced
from tests.scripted import Run


def record(number: int, title: str, text: str, **fields: str) -> Record:
    site = fields.get("site", "a.example")
    own = {"id": f"id-{number}", "url": f"https://{site}/{number}", "site": site, "language": "en", **fields}
    return Record(title=title, text=text, extraction=Extraction(version="1"), **own)  # type: ignore[arg-type]


RECORDS = [
    record(1, "Ferry talks stall", "The pilots left the table after an hour.", date_published="2026-11-17T21:10:00Z"),
    record(2, "Kelp farms grow", "A ferry carried the kelp past the café.", date_published="2026-11-20"),
    record(3, "Der Fischmarkt zieht um", "Die Möwen ziehen mit.", site="b.example", language="de-DE"),
    record(4, "渡船停航", "由于大雾，渡船今天停航。", site="c.example", language="zh"),
]


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    made = Collection(tmp_path / "courier")
    made.create()
    write(made, "one", RECORDS[:2])
    write(made, "two", RECORDS[2:])
    return made


def write(collection: Collection, name: str, records: list[Record]) -> Path:
    path = collection.records / f"{name}.jsonl"
    path.write_bytes(b"".join(record.to_line() for record in records))
    return path


def found(collection: Collection, query: str, filters: SearchFilters | None = None) -> list[str]:
    with open_index(collection) as index:
        index.catch_up()
        return [hit.id for hit in index.search(query, filters or SearchFilters())]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ferry", ["id-1", "id-2"]),  # the headline counts more
        ("FERRY kelp", ["id-2"]),
        ("cafe", ["id-2"]),
        ("mowen", ["id-3"]),
        ('"the kelp"', ["id-2"]),
        ('"kelp the"', []),
        ("pilot*", ["id-1"]),
        ("pilot", []),
        ("ferry -kelp", ["id-1"]),
        ("pilots OR kelp", ["id-2", "id-1"]),
        ("渡船", ["id-4"]),
        ("船渡", []),
        ("大雾 停航", ["id-4"]),
        ("train", []),
    ],
)
def test_queries(collection: Collection, query: str, ids: list[str]) -> None:
    assert found(collection, query) == ids


@pytest.mark.parametrize(
    "query", ['"', "-", "ferry AND", "(ferry", "fer'ry", "ferry: NEAR(", "title:ferry", "*", "OR ferry"]
)
def test_whatever_is_typed_is_a_query_or_a_clear_error(collection: Collection, query: str) -> None:
    try:
        found(collection, query)
    except ConfigurationError as error:
        assert "has no word to look for" in str(error)  # noqa: PT017


def test_filters(collection: Collection) -> None:
    assert found(collection, "ferry OR Möwen", SearchFilters(sites=("b.example", "c.example"))) == ["id-3"]
    assert found(collection, "ferry OR Möwen", SearchFilters(language="de")) == ["id-3"]
    assert found(collection, "ferry", SearchFilters(since=date(2026, 11, 18))) == ["id-2"]
    assert found(collection, "ferry", SearchFilters(until=date(2026, 11, 17))) == ["id-1"]
    assert found(collection, "ferry", SearchFilters(language="d")) == []


def test_snippets_mark_the_words_found(collection: Collection) -> None:
    with open_index(collection) as index:
        index.catch_up()
        assert index.search("kelp")[0].snippet == "A ferry carried the \x02kelp\x03 past the café."
        assert index.search("渡船")[0].snippet.replace("\x02", "").replace("\x03", "") == "由于大雾，渡船今天停航。"


def test_the_index_follows_the_record_files(collection: Collection) -> None:
    seen: list[int] = []
    with open_index(collection) as index:
        index.catch_up(seen.append)
        assert len(seen) == 4
        index.catch_up(seen.append)
        assert len(seen) == 4
        write(collection, "three", [record(5, "A new ferry", "It sails in May.")])
        path = write(collection, "one", RECORDS[1:2])
        os.utime(path, ns=(1, 1))
        index.catch_up(seen.append)
        assert len(seen) == 6
        assert [hit.id for hit in index.search("ferry")] == ["id-5", "id-2"]
        (collection.records / "two.jsonl").unlink()
        index.catch_up()
        assert (index.search("Möwen"), len(index)) == ([], 2)


def test_a_broken_record_line_leaves_the_index_as_it_was(collection: Collection) -> None:
    assert found(collection, "kelp") == ["id-2"]
    path = write(collection, "one", RECORDS[:1])
    path.write_bytes(path.read_bytes() + b'{"schema_version"\n')

    with open_index(collection) as index, pytest.raises(CollectionError, match=r"one\.jsonl:2: not a record line"):
        index.catch_up()
    with open_index(collection) as index:
        assert [hit.id for hit in index.search("kelp")] == ["id-2"]


def test_an_index_that_cannot_be_used(collection: Collection) -> None:
    search_path(collection).write_bytes(b"no database at all" * 100)
    with pytest.raises(CollectionError, match="It can be deleted; it is made anew then"), open_index(collection):
        pass
    search_path(collection).unlink()
    assert found(collection, "kelp") == ["id-2"]


def test_the_command(collection: Collection, cleancopy: Run) -> None:
    ran = cleancopy("search", collection.path, "ferry kelp", "--site", "a.example", "--since", "2026-11-01")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [
        "Kelp farms grow",
        "  2026-11-20 · a.example · id-2",
        "  https://a.example/2",
        "  A ferry carried the kelp past the café.",
    ]
    nothing = cleancopy("search", collection.path, "train")
    assert (nothing.code, nothing.out, nothing.err) == (1, "", "Nothing was found.\n")
    assert cleancopy("search", collection.path, "--", "-").code == 2


def test_texts_without_spaces_are_indexed_by_character() -> None:
    assert spaced("停航 now") == " 停  航  now"
    assert unspaced("由 于 \x02大\x03 now") == "由于\x02大\x03now"
    assert fts_query('a "b c" -d e*') == '(("a") AND ("b c") AND ("e"*)) NOT ("d")'
    with pytest.raises(ConfigurationError, match="has no word to look for"):
        fts_query("-x")


def test_of_very_many_matches_the_last_are_ranked(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    write(collection, "three", [record(number, "Tide", "The tide " * (10 - number)) for number in range(5, 10)])
    assert len(found(collection, "tide")) == 5
    monkeypatch.setattr("archive.research.search_index.MOST_RANKED", 3)
    assert set(found(collection, "tide")) == {"id-7", "id-8", "id-9"}
    assert found(collection, "ferry") == ["id-1", "id-2"]
    assert len(found(collection, "tide", SearchFilters(sites=("a.example",)))) == 3
