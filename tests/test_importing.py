"""Corpora of others taken into a collection."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from archive.collection.folder import Collection
from archive.datasets.import_items import Bad, ImportColumns
from archive.datasets.import_sources import find_sources
from archive.datasets.importing import Importer
from archive.preservation.verify import verify
from archive.records import Record, read_records
from archive.warc.record import WarcRecord, read_warc
from tests.exchanges import page, response, ticking_clock
from tests.foreign_warcs import HOST, heritrix_records, news_records, wget_records, write
from tests.foreign_warcs import record as warc_record
from tests.scripted import Run, story

NOTE = (
    "The harbour board met on Monday evening and agreed after a long debate to dredge the eastern basin.\n\n"
    "The work will cost four million and begin in spring, when the last of the winter storms has passed.\n\n"
    "Fishermen had asked for it since the ferry ran aground there in heavy fog two years ago."
)


def url(name: str) -> str:
    return f"https://gull.example/2026/11/20/{name}.html"


def json_lines(path: Path, *rows: object) -> Path:
    """Strings stand as they are."""
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def records(collection: Path) -> list[Record]:
    return [record for path in sorted((collection / "records").glob("*.jsonl")) for record in read_records(path)]


def warc_records(collection: Path) -> list[WarcRecord]:
    return [record for path in sorted((collection / "archive").glob("*.warc.gz")) for record in read_warc(path)]


def faults(collection: Path) -> list[str]:
    told: list[str] = []
    verify(collection, lambda fault: told.append(str(fault)))
    return told


def test_json_lines_become_warc_records_and_records(tmp_path: Path, cleancopy: Run) -> None:
    page = {"url": url("one"), "html": story("One"), "title": "One, as the feed had it", "date": "20 Nov 2026"}
    json_lines(
        tmp_path / "corpus.jsonl", page, "{broken", {"url": url("two")}, "", {"text": NOTE}, {"html": "\ud800<p>"}
    )
    done = cleancopy("import", "corpus.jsonl", "--collection", "c")

    assert done.code == 1
    assert done.err.splitlines()[:2] == [
        "corpus.jsonl:2: this is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        'corpus.jsonl:3: expected a string that is not empty under "html" or "text"',
    ]
    assert "corpus.jsonl: 3 imported, 2 could not be imported." in done.err
    one, text, _ = records(tmp_path / "c")
    assert (one.url, one.title, one.site) == (url("one"), "One, as the feed had it", "gull.example")
    assert (one.date_published, one.extraction.imported) == ("2026-11-20", ("title", "date_published"))
    assert (one.discovery.type, one.discovery.url) == ("import", "corpus.jsonl:1")
    assert (one.discovery.title, one.discovery.date) == ("One, as the feed had it", "20 Nov 2026")
    assert (text.url, text.discovery.url) == ("file:///corpus.jsonl#5", "corpus.jsonl:5")
    assert [block.text for block in text.blocks] == NOTE.split("\n\n")
    assert str(text.extraction.model).startswith("text:")
    kept = next(record for record in warc_records(tmp_path / "c") if record.type == "resource")
    assert (kept.block.decode(), kept.field("Content-Type")) == (page["html"], "text/html; charset=utf-8")


def test_everything_works_on_what_was_imported(tmp_path: Path, cleancopy: Run) -> None:
    json_lines(tmp_path / "corpus.jsonl", {"url": url("one"), "html": story("One")}, {"text": NOTE})
    assert cleancopy("import", "corpus.jsonl", "--collection", "c").code == 0
    assert cleancopy("verify", "c", "--records").code == 0
    assert "would change" in cleancopy("extract", "c", "--compare").out
    assert cleancopy("export", "c", "--output", "set").code == 0
    assert cleancopy("export", "--check", "set", "--collection", "c").code == 0
    assert url("one") in cleancopy("search", "c", "harbour").out
    for record, passage in zip(records(tmp_path / "c"), ("the tide would wait", "four million"), strict=True):
        traced = cleancopy("source", "c", record.id, "--text", passage)
        assert traced.code == 0, traced.err
    assert cleancopy("takedown", "c", "--url", url("one"), "--reason", "x", "--yes").code == 0
    assert faults(tmp_path / "c") == []
    (tmp_path / "more.jsonl").write_bytes((tmp_path / "corpus.jsonl").read_bytes() + b"\n")
    again = cleancopy("import", "more.jsonl", "--collection", "c")
    assert (
        "more.jsonl: 0 imported, 1 of 1 are in the collection already, 1 left out (taken down from this collection)."
        in again.err
    )


def test_tables_are_read_by_the_names_that_they_have(tmp_path: Path, cleancopy: Run) -> None:
    times = [datetime(2026, 1, 2, 3, tzinfo=UTC), None]
    table = {"page": [story("One").encode("utf-16"), None], "body": [None, NOTE], "at": times, "link": [url("a"), None]}
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    names = ("--html-column", "page", "--text-column", "body", "--url-column", "link", "--captured-column", "at")
    done = cleancopy("import", "t.parquet", "--collection", "c", *names)
    assert done.code == 0, done.err
    one, text = records(tmp_path / "c")
    assert (one.title, one.date_crawled, one.url) == ("One", "2026-01-02T03:00:00Z", url("a"))
    assert text.discovery.url == "t.parquet:2"
    again = cleancopy("import", "t.parquet", "--collection", "c", *names)
    assert "0 imported, 2 of 2 are in the collection already" in again.err


def test_folders_may_grow(tmp_path: Path, cleancopy: Run) -> None:
    pages = tmp_path / "pages"
    (pages / "sub").mkdir(parents=True)
    (pages / "b.html").write_bytes(story("Grünes Öl").encode("latin-1", "replace"))
    (pages / "sub/note.txt").write_text(NOTE)
    (pages / "other.pdf").write_bytes(b"%PDF")
    assert cleancopy("import", "pages", "--collection", "c").code == 0
    (pages / "a.html").write_text(story("Added"))
    (pages / "empty.html").write_text(" ")
    grown = cleancopy("import", "pages", "--collection", "c")
    assert grown.code == 1
    assert "pages:empty.html: the file is empty" in grown.err
    assert "pages: 1 imported, 2 of 3 are in the collection already, 1 could not be imported." in grown.err
    assert sorted(str(record.url) for record in records(tmp_path / "c")) == [
        "file:///pages/a.html", "file:///pages/b.html", "file:///pages/sub/note.txt"
    ]  # fmt: skip
    assert faults(tmp_path / "c") == []


@pytest.mark.parametrize(
    ("name", "made", "pages"),
    [("CC-NEWS.warc.gz", news_records, 4), ("wget.warc", wget_records, 1), ("h.warc.gz", heritrix_records, 1)],
)
def test_articles_of_a_warc_are_copied_byte_for_byte(
    name: str, made: Callable[[], list[bytes]], pages: int, tmp_path: Path, cleancopy: Run
) -> None:
    write(tmp_path / name, made())
    done = cleancopy("import", name, "--collection", "c")
    assert done.code == 0, done.err
    assert faults(tmp_path / "c") == []
    assert len(records(tmp_path / "c")) == pages
    assert {record.discovery.type for record in records(tmp_path / "c")} == {"import"}
    there = gzip.decompress(b"".join(path.read_bytes() for path in (tmp_path / "c/archive").iterdir()))
    wanted = [record for record in made() if b"WARC-Type: response" in record and HOST.encode() in record]
    copied = [record for record in wanted if record in there]
    assert len(copied) == pages
    packed = b"".join(path.read_bytes() for path in (tmp_path / "c/archive").iterdir())
    assert name == "wget.warc" or all(gzip.compress(record, mtime=0)[10:] in packed for record in copied)
    (source,) = find_sources([tmp_path / name], ImportColumns())
    again = Importer(Collection(tmp_path / "c"), _fail).take(source)
    assert (again.items, again.known) == (0, pages)


def test_a_wacz_is_taken_apart_and_lists_only_with_all(tmp_path: Path, cleancopy: Run) -> None:
    with ZipFile(tmp_path / "news.wacz", "w") as package:
        package.write(write(tmp_path / "n.warc.gz", news_records()), "archive/n.warc.gz")
    assert cleancopy("import", "news.wacz", "--collection", "c", "--all").code == 0
    assert len(records(tmp_path / "c")) == 5
    assert {str(record.discovery.url).partition("@")[0] for record in records(tmp_path / "c")} == {
        "news.wacz:n.warc.gz"
    }
    assert "news.wacz: 0 imported" in cleancopy("import", "news.wacz", "--collection", "c", "--all").err


def test_half_a_record_is_not_copied_and_those_beside_it_are(tmp_path: Path, cleancopy: Run) -> None:
    pages = [
        warc_record("response", f"{HOST}/2026/11/20/gulls-{at}", response(page(f"Gulls {at}", 400)), at)
        for at in (1, 2, 3)
    ]
    write(tmp_path / "a.warc", [pages[0], pages[1][:-300], pages[2]])
    write(tmp_path / "b.warc.gz", pages)
    content = (tmp_path / "b.warc.gz").read_bytes()
    (tmp_path / "b.warc.gz").write_bytes(content[:-20])
    for name, titles in (("a.warc", ["Gulls 1", "Gulls 3"]), ("b.warc.gz", ["Gulls 1", "Gulls 2"])):
        done = cleancopy("import", name, "--collection", name[0])
        assert done.code == 1
        assert "the record is cut short, and half a record is not copied" in done.err
        assert [one.title for one in records(tmp_path / name[0])] == titles
        assert faults(tmp_path / name[0]) == []


def test_what_cannot_be_copied_is_told(tmp_path: Path, cleancopy: Run) -> None:
    write(tmp_path / "one.warc.gz", news_records(), one_member=True)
    torn = write(tmp_path / "torn.warc.gz", news_records())
    torn.write_bytes(torn.read_bytes()[:-20])
    done = cleancopy("import", "one.warc.gz", "torn.warc.gz", "--collection", "c")
    assert done.code == 1
    assert "the file is one gzip member: `warcio recompress` makes it one" in done.err
    assert "is cut short" in done.err
    assert len(records(tmp_path / "c")) == 4
    for wrong in ("absent.jsonl", "strange.bin"):
        (tmp_path / "strange.bin").write_bytes(b"")
        assert cleancopy("import", wrong, "--collection", "c").code == 2
    assert cleancopy("import", "torn.warc.gz", "./torn.warc.gz", "--collection", "c").code == 2


class StopError(Exception):
    """Stands for a kill."""


def test_an_interrupted_import_goes_on_without_duplicates(tmp_path: Path) -> None:
    wanted = [f"https://gull.example/{number}.html" for number in range(12)]
    path = json_lines(tmp_path / "c.jsonl", *({"url": each, "html": story(each)} for each in wanted))
    collection = Collection(tmp_path / "c")
    (source,) = find_sources([path], ImportColumns())
    clock = ticking_clock()
    for stop in (4, 9, 7):
        with collection.lock():
            collection.recover()
            importer = Importer(collection, _fail, now=clock, max_bytes=2000)
            with pytest.raises(StopError):
                importer.take(source, _stopping(stop))
    last = max(collection.archive.glob("*.warc.gz"))
    last.with_name(last.name + ".open").write_bytes(last.read_bytes()[:-40])
    last.unlink()
    with collection.lock():
        collection.recover()
        importer = Importer(collection, _fail, now=clock, max_bytes=2000)
        importer.take(source)
        assert importer.take(source).items == 0
    found = [record.url for record in warc_records(collection.path) if record.type == "resource"]
    assert sorted(found) == sorted(wanted)


def imported(cleancopy: Run, *arguments: str) -> str:
    """What an import says of its source."""
    done = cleancopy("import", *arguments, "--collection", "c")
    assert done.code == 0, done.err
    return next(line for line in done.err.splitlines() if " imported" in line)


def test_other_content_with_the_same_size_and_start_is_imported(tmp_path: Path, cleancopy: Run) -> None:
    for name in ("one", "two"):
        page = {"url": url(name), "html": story("One")}
        json_lines(tmp_path / f"{name}.jsonl", *({"url": url("same"), "text": NOTE},) * 2000, page)
    assert (tmp_path / "one.jsonl").stat().st_size == (tmp_path / "two.jsonl").stat().st_size
    first = imported(cleancopy, "one.jsonl")
    assert first == "one.jsonl: 2 imported, 1999 of 2001 are in the collection already."
    assert imported(cleancopy, "two.jsonl") == "two.jsonl: 1 imported, 2000 of 2001 are in the collection already."
    assert sorted(str(record.url) for record in records(tmp_path / "c")) == [url("one"), url("same"), url("two")]


def test_a_line_that_is_added_comes_alone_and_names_do_not_count(tmp_path: Path, cleancopy: Run) -> None:
    rows = [{"text": NOTE}, {"url": url("one"), "html": story("One")}]
    path = json_lines(tmp_path / "corpus.jsonl", *rows)
    assert imported(cleancopy, "corpus.jsonl") == "corpus.jsonl: 2 imported."
    path.rename(tmp_path / "renamed.jsonl")
    assert imported(cleancopy, "renamed.jsonl") == "renamed.jsonl: 0 imported, 2 of 2 are in the collection already."
    json_lines(tmp_path / "renamed.jsonl", {"url": url("two"), "html": story("Two")}, *rows)
    assert imported(cleancopy, "renamed.jsonl") == "renamed.jsonl: 1 imported, 2 of 3 are in the collection already."


def test_a_wrong_column_is_put_right(tmp_path: Path, cleancopy: Run) -> None:
    json_lines(tmp_path / "c.jsonl", {"link": url("one"), "html": story("One"), "seen": "2026-01-02T03:00:00Z"})
    assert imported(cleancopy, "c.jsonl") == "c.jsonl: 1 imported."
    assert imported(cleancopy, "c.jsonl", "--url-column", "link") == "c.jsonl: 1 imported."
    right = ("c.jsonl", "--url-column", "link", "--captured-column", "seen")
    assert imported(cleancopy, *right) == "c.jsonl: 1 imported."
    assert imported(cleancopy, *right) == "c.jsonl: 0 imported, 1 of 1 are in the collection already."
    assert [str(record.url) for record in records(tmp_path / "c")] == ["file:///c.jsonl#1", url("one"), url("one")]


def test_a_column_that_is_not_there(tmp_path: Path, cleancopy: Run) -> None:
    json_lines(tmp_path / "c.jsonl", {"link": url("one"), "html": "<p>"}, "[]", {"late": "x", "text": NOTE})
    pq.write_table(pa.table({"page": [story("One")], "link": [url("a")]}), tmp_path / "t.parquet")
    for name, there in (("c.jsonl", "link, html, late, text"), ("t.parquet", "page, link")):
        wrong = cleancopy("import", name, "--collection", "c", "--url-column", "lnik")
        assert wrong.code == 2
        assert f"{name} has no column lnik; those that it has: {there}." in wrong.err
    assert not (tmp_path / "c").exists()
    assert cleancopy("import", "c.jsonl", "--collection", "c", "--title-column", "late").code == 1


def test_collections_that_note_no_digests_have_them_taken(
    tmp_path: Path, cleancopy: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"url": url("one"), "html": story("One"), "title": "A title", "date_crawled": "2026-01-02T03:00:00Z"}
    json_lines(tmp_path / "c.jsonl", row, {"text": NOTE})
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a b.html").write_text(story("Page"))
    write(tmp_path / "wget.warc", wget_records())
    sources = ("c.jsonl", "pages", "wget.warc")
    monkeypatch.setattr("archive.datasets.importing.fields_block", lambda _: b"")
    assert cleancopy("import", *sources, "--collection", "c").code == 0
    monkeypatch.undo()
    (tmp_path / "c/imports.sqlite").unlink()
    monkeypatch.chdir(tmp_path)
    again = cleancopy("import", *sources, "--collection", "c")
    told = [line.partition(", ")[0] for line in again.err.splitlines() if " imported" in line]
    assert told == ["c.jsonl: 0 imported", "pages: 0 imported", "wget.warc: 0 imported"]


def test_what_is_no_longer_in_the_archive_is_imported_again(tmp_path: Path, cleancopy: Run) -> None:
    json_lines(tmp_path / "c.jsonl", {"url": url("one"), "html": story("One")})
    assert imported(cleancopy, "c.jsonl") == "c.jsonl: 1 imported."
    for path in (tmp_path / "c/archive").iterdir():
        path.unlink()
    assert imported(cleancopy, "c.jsonl") == "c.jsonl: 1 imported."


def _fail(bad: Bad) -> None:
    raise AssertionError(bad)


def _stopping(after: int) -> Callable[[float], None]:
    """Progress that ends the import at the numbered line."""
    seen = count(1)

    def progress(_: float) -> None:
        if next(seen) > after:
            raise StopError

    return progress


def test_what_a_source_says_is_kept_and_comes_again_from_the_warc(tmp_path: Path, cleancopy: Run) -> None:
    row = {"id": 7, "url": url("one"), "html": story("One"), "title": "Zwölf", "author": "Ada Quill; Bo Reed"}
    row |= {"date": "2026-11-20T08:00:00+01:00", "language": "German", "odd": "50 % \ud800\n", "big": 2**70}
    json_lines(tmp_path / "corpus.jsonl", row, {"text": NOTE + "\n\nAll rights reserved.", "date": "never"})
    assert cleancopy("import", "corpus.jsonl", "--collection", "c", "--trust-text").code == 0
    one, text = records(tmp_path / "c")
    assert (one.title, one.authors) == ("Zwölf", ("Ada Quill", "Bo Reed"))
    assert (one.date_published, one.language) == ("2026-11-20T08:00:00+01:00", "en")
    assert one.extra == {"id": 7, "language": "German", "odd": "50 % ?\n", "big": 2**70}
    assert one.extraction.imported == ("title", "authors", "date_published")
    assert (text.text, text.extra) == (NOTE + "\n\nAll rights reserved.", {"date": "never"})
    assert faults(tmp_path / "c") == []
    before = [path.read_bytes() for path in (tmp_path / "c" / "records").iterdir()]
    assert cleancopy("extract", "c").code == 0
    assert [path.read_bytes() for path in sorted((tmp_path / "c" / "records").glob("*.jsonl"))] == before
    assert (
        "2 of 2 are in the collection already"
        in cleancopy("import", "corpus.jsonl", "--collection", "c", "--trust-text").err
    )


def test_errors_can_be_kept_in_their_places(tmp_path: Path, cleancopy: Run) -> None:
    rows: list[object] = [{"id": 1, "text": NOTE}, "{broken", {"id": 3}, {"id": 4, "text": ""}, {"id": 5, "text": NOTE}]
    json_lines(tmp_path / "corpus.jsonl", *rows)
    wish = ("import", "corpus.jsonl", "--collection", "c", "--errors", "keep")
    done = cleancopy(*wish)
    assert (done.code, "2 imported, 3 could not be imported." in done.err) == (1, True)
    found = records(tmp_path / "c")
    assert [record.extra.get("id") for record in found] == [1, None, 3, 4, 5]
    assert [bool(record.text) for record in found] == [True, False, False, False, True]
    assert [record.extraction.warning_kinds for record in found[1:4]] == [("bad_input",)] * 3
    assert found[1].extraction.warnings[0].startswith("this is no JSON: ")
    assert faults(tmp_path / "c") == []
    cleancopy(*wish)
    assert len(records(tmp_path / "c")) == 5


def test_all_columns_of_a_table_are_passed_on(tmp_path: Path, cleancopy: Run) -> None:
    table = {"text": [NOTE], "authors": [["Ada Quill"]], "date": [datetime(2026, 1, 2, 3, tzinfo=UTC)]}
    table |= {
        "raw": [b"\xff"],
        "share": [float("nan")],
        "at": [datetime.fromisoformat("2026-01-02")],
        "meta": [{"a": 1}],
    }
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    assert cleancopy("import", "t.parquet", "--collection", "c").code == 0
    (record,) = records(tmp_path / "c")
    assert (record.authors, record.date_published) == (("Ada Quill",), "2026-01-02T03:00:00+00:00")
    assert record.extra == {"raw": "_w==", "share": None, "at": "2026-01-02T00:00:00", "meta": {"a": 1}}


def test_packed_lines_and_pages_are_taken(tmp_path: Path, cleancopy: Run) -> None:
    lines = "".join(json.dumps({"id": number, "text": f"{number} {NOTE}"}) + "\n" for number in range(3)).encode()
    (tmp_path / "a.jsonl.zst").write_bytes(zstd.compress(lines))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines.replace(b"The harbour", b"A harbour"))[:-9])
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.html.zst").write_bytes(zstd.compress(story("One").encode()))
    (tmp_path / "pages" / "two.html.gz").write_bytes(b"\x1f\x8b\x08 no gzip")
    done = cleancopy("import", "a.jsonl.zst", "b.jsonl.gz", "pages", "--collection", "c")
    assert "a.jsonl.zst: 3 imported." in done.err
    assert "b.jsonl.gz: the file cannot be read further: " in done.err
    assert "pages:two.html.gz: the file cannot be read: " in done.err
    assert "One" in {record.title for record in records(tmp_path / "c")}
