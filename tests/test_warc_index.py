"""The CDXJ index, line for line as cdxj-indexer writes it."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from archive.collection.catalogue import Catalogue, catalogued
from archive.collection.folder import Collection
from archive.errors import WarcError
from archive.warc.index import IndexEntry, merge_into, sort_lines, timestamp, url_key
from tests.exchanges import exchange, page, response, samples, write_warc, write_with_warcio, writer


def by_cdxj_indexer(*paths: Path) -> str:
    """What the command `cdxj-indexer --sort` writes."""
    code = "from cdxj_indexer.main import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "--sort", *map(str, paths)], capture_output=True, text=True, check=True
    )
    return ran.stdout


def ours(path: Path) -> str:
    return "".join(sorted(entry.line().decode() for entry in catalogued(path)))


def catalogue(folder: Path) -> Catalogue:
    return Catalogue(folder / "index.cdxj", folder / "digests.sqlite")


def test_lines_are_those_of_cdxj_indexer(tmp_path):
    odd = [
        exchange("/Ünïcode?b=2&a=1&utm_source=x", response(b"abc"), 20),
        exchange("/no-type", b"HTTP/1.1 200 OK\r\n\r\nabc", 21),
        exchange("/odd-type", response(b"abc", Content_Type="Text/HTML ;charset=x"), 22),
        exchange("/late", response(b"abc", status="599 Odd"), 23.999999),
    ]
    path, _ = write_warc(tmp_path, [*samples(), *odd])
    assert ours(path) == by_cdxj_indexer(path)


def test_other_tools_files_give_the_same_lines_but_those_of_metadata(tmp_path):
    kinds = ("response", "resource", "metadata", "conversion", "revisit")
    path = write_with_warcio(tmp_path / "other.warc.gz", [(kind, f"http://o.example/{kind}", b"abc") for kind in kinds])
    theirs = by_cdxj_indexer(path).splitlines(keepends=True)
    # Replay would show what is noted of a page, such as browsertrix's text of it, in the page's place.
    assert ours(path) == "".join(line for line in theirs if "/metadata" not in line)
    assert (len(theirs), ours(path).count("\n")) == (4, 3)


def test_plain_files_give_the_same_lines(tmp_path):
    path, _ = write_warc(tmp_path)
    plain = tmp_path / "plain.warc"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert ours(plain) == by_cdxj_indexer(plain)


def test_records_without_digest_are_digested(tmp_path):
    path, _ = write_warc(tmp_path)
    stripped = tmp_path / "stripped.warc"
    lines = gzip.decompress(path.read_bytes()).split(b"\r\n")
    stripped.write_bytes(b"\r\n".join(line for line in lines if not line.startswith(b"WARC-Payload-Digest")))
    assert ours(stripped) == by_cdxj_indexer(stripped)


def test_the_writer_keeps_the_index_as_a_rebuild_makes_it(tmp_path):
    closed: list[Path] = []
    kept = catalogue(tmp_path)
    made = writer(tmp_path, catalogue=kept, max_bytes=3000, on_close=closed.append)
    for turn in range(3):
        for each in samples():
            made.write(each, failure=None if each.response else "no answer")
        made.write(exchange("/no-http", b"SSH-2.0\r\n\r\nrest", 99))
        made.write(exchange("/once.html", response(page(f"Once {turn}")), 100 + turn))
    made.close()
    assert len(closed) > 2
    index = (tmp_path / "index.cdxj").read_text()
    assert '"warc/revisit"' in index
    assert index == by_cdxj_indexer(*closed)
    assert kept.rebuild(closed) == []
    assert (tmp_path / "index.cdxj").read_text() == index


def test_catching_up_takes_in_what_is_new(tmp_path):
    first, _ = write_warc(tmp_path)
    kept = catalogue(tmp_path)
    kept.catch_up([first])
    second, _ = write_warc(tmp_path, [exchange("/new.html", response(page("New")), 500)])
    read: list[int] = []
    kept.catch_up([first, second], read.append)
    assert sum(read) == second.stat().st_size
    assert (tmp_path / "index.cdxj").read_text() == by_cdxj_indexer(first, second)


def test_catching_up_makes_all_anew_where_a_file_is_gone_or_changed(tmp_path):
    first, _ = write_warc(tmp_path)
    second, _ = write_warc(tmp_path, [exchange("/new.html", response(page("New")), 500)])
    kept = catalogue(tmp_path)
    kept.catch_up([first, second])
    second.unlink()
    kept.catch_up([first])
    assert (tmp_path / "index.cdxj").read_text() == by_cdxj_indexer(first)
    (tmp_path / "index.cdxj").unlink()
    kept.catch_up([first])
    assert (tmp_path / "index.cdxj").read_text() == by_cdxj_indexer(first)


def test_a_broken_file_is_told_and_what_can_be_read_of_it_is_indexed(tmp_path):
    good, _ = write_warc(tmp_path)
    bad, _ = write_warc(tmp_path, [exchange(f"/bad-{number}", response(page(f"Bad {number}"))) for number in range(3)])
    bad.write_bytes(bad.read_bytes()[:-300])
    (tmp_path / "text.warc.gz").write_bytes(b"no WARC")
    faults = catalogue(tmp_path).catch_up([bad, good, tmp_path / "text.warc.gz"])
    assert [str(fault).partition(":")[0] for fault in faults] == [bad.name, "text.warc.gz"]
    index = (tmp_path / "index.cdxj").read_text()
    assert "/bad-0" in index
    assert "/plain.html" in index


def test_a_file_that_is_one_member_cannot_be_indexed(tmp_path):
    path, _ = write_warc(tmp_path)
    one = tmp_path / "one.warc.gz"
    one.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    with pytest.raises(WarcError, match=r"it is one gzip member.*warcio recompress"):
        list(catalogued(one))


def test_a_broken_digest_store_is_made_anew(tmp_path):
    path, _ = write_warc(tmp_path)
    (tmp_path / "digests.sqlite").write_bytes(b"no database, " * 100)
    catalogue(tmp_path).catch_up([path])
    assert (tmp_path / "index.cdxj").read_text() == by_cdxj_indexer(path)


def test_more_lines_than_memory_holds_are_sorted_through_files(tmp_path, monkeypatch):
    monkeypatch.setattr("archive.warc.index._RUN", 100)
    monkeypatch.setattr("archive.warc.index._MOST_PARKED", 3)
    lines = [b"%05d\n" % number for number in range(1050)]
    mixed = random.Random(1).sample(lines, len(lines)) + lines[:50]
    assert list(sort_lines(mixed, tmp_path)) == lines
    merge_into(tmp_path / "a", lines[::2])
    merge_into(tmp_path / "a", lines[1::2])
    assert (tmp_path / "a").read_bytes() == b"".join(lines)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_keys_and_dates():
    assert url_key("https://www.News.example:443/A?b=2&a=1") == "example,news)/a?a=1&b=2"
    assert timestamp("2026-11-21T12:00:00.999Z") == "20261121120000"
    assert timestamp("2026-11-21") == "20261121000000"
    assert timestamp("2026-11-21T12:00Z") == "20261121120000"
    assert timestamp("20261121120001") == "20261121120001"
    assert timestamp("2026-11-21 12:00:00") == "20261121120000"


def test_whatever_stands_in_a_line_is_quoted():
    mime = 'text/"x"\\ä\x00\ud800\n'
    line = IndexEntry("http://a.example/b", "2026-01-02T03:04:05Z", mime, None, "sha1:A", 7, 11, "a.gz").line()
    key, date, told = line.split(b" ", 2)
    assert (key, date, told.count(b"\n")) == (b"example,a)/b", b"20260102030405", 1)
    fields = {"url": "http://a.example/b", "mime": mime, "digest": "sha1:A", "length": "11", "offset": "7"}
    assert json.loads(told) == fields | {"filename": "a.gz"}


def test_a_collection_knows_its_complete_files(tmp_path):
    collection = Collection(tmp_path)
    collection.create()
    path, _ = write_warc(collection.archive)
    (collection.archive / "b.warc.gz.open").write_bytes(b"")
    assert collection.complete_warcs() == [path]
