"""Captures read back: by stream and by place, with their origin, from whole and broken files."""

import gzip
import os
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from archive.errors import WarcError
from archive.exchange import Origin, Place, Purpose
from archive.pipeline.captures import captures_in, read_capture, read_captures
from archive.warc.record import read_warc
from tests.exchanges import HOST, NOON, exchange, page, response, samples, write_warc


def test_captures_come_back_with_codings_removed(tmp_path):
    path, _ = write_warc(tmp_path)
    bodies = {capture.url.removeprefix(HOST): capture.body for capture in read_captures(path)}
    titles = ("Plain", "Zipped", "Brotli", "Chunked")
    assert [bodies[f"/{title.lower()}.html"] for title in titles] == [page(title) for title in titles]
    assert "/silent.html" not in bodies


def test_everything_noted_comes_back(tmp_path):
    origin = Origin(
        Purpose.ARTICLE, "feed", HOST + "/feed.xml", "A title: 100 %\nof it", "Sat, 21 Nov", HOST + "/r", "allowed"
    )
    path, (written,) = write_warc(tmp_path, [exchange("/a", response(b"abc", Last_Modified="x"), 9, origin=origin)])
    (capture,) = read_captures(path)
    assert capture.origin == origin
    assert (capture.status, capture.header("last-modified")) == (200, "x")
    assert capture.date == NOON + timedelta(seconds=9)
    assert (capture.place, capture.record_id, capture.payload_digest) == (
        written.place,
        written.record_id,
        written.payload_digest,
    )
    assert capture.warnings == ()


def test_each_place_gives_the_same_capture(tmp_path):
    path, _ = write_warc(tmp_path)
    captures = list(read_captures(path))
    assert len(captures) == 8
    assert [read_capture(path, capture.place) for capture in captures if capture.place] == captures


def test_a_place_without_response_is_told(tmp_path):
    path, _ = write_warc(tmp_path)
    with pytest.raises(WarcError, match="there is no response at byte 0"):
        read_capture(path, Place(path.name, 0, 1))


def test_a_response_before_a_torn_tail_is_given(tmp_path):
    path, _ = write_warc(tmp_path)
    last = [record for record in read_warc(path) if record.type == "response"][-1]
    path.write_bytes(path.read_bytes()[: last.offset + last.length + 20])
    captures = read_captures(path)
    assert [next(captures).url for _ in range(8)][-1] == last.url
    with pytest.raises(WarcError, match="is cut short"):
        next(captures)


def test_a_file_that_is_one_member_is_read_with_a_warning(tmp_path):
    path, _ = write_warc(tmp_path)
    content = gzip.decompress(path.read_bytes())
    (tmp_path / "one.warc.gz").write_bytes(gzip.compress(content))
    captures = list(read_captures(tmp_path / "one.warc.gz"))
    assert [capture.body for capture in captures] == [capture.body for capture in read_captures(path)]
    assert all("the WARC is one gzip member" in capture.warnings[0] for capture in captures)


def test_a_plain_file_is_read_by_place_too(tmp_path):
    path, _ = write_warc(tmp_path)
    plain = tmp_path / "plain.warc"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    for capture in read_captures(plain):
        assert capture.place
        assert read_capture(plain, capture.place) == capture


def test_what_cannot_be_sought_is_read_as_well(tmp_path):
    path, _ = write_warc(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    thread = Thread(target=lambda: pipe.write_bytes(path.read_bytes()))
    thread.start()
    with pipe.open("rb") as file:
        assert list(captures_in(file, path.name)) == list(read_captures(path))
    thread.join()


def test_an_arc_file_is_read(tmp_path):
    body = response(page("Old"))
    version = b"1 0 test\nURL IP-address Archive-date Content-type Archive-length\n"
    parts = [
        b"filedesc://old.arc 0.0.0.0 20061121120000 text/plain %d\n" % len(version) + version + b"\n",
        b"http://news.example/old.html 192.0.2.7 20061121120000 text/html %d\n" % len(body) + body + b"\n",
    ]
    (tmp_path / "old.arc").write_bytes(b"".join(parts))
    (tmp_path / "old.arc.gz").write_bytes(b"".join(map(gzip.compress, parts)))
    for name in ("old.arc", "old.arc.gz"):
        (capture,) = read_captures(tmp_path / name)
        assert (capture.url, capture.status, capture.body) == ("http://news.example/old.html", 200, page("Old"))


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x1f\x8b", b"WARC/1.1", bytes(1000)])
def test_a_file_that_is_no_warc_is_told_or_empty(tmp_path, content):
    path: Path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    if content:
        with pytest.raises(WarcError, match=r"a\.warc\.gz"):
            list(read_captures(path))
    else:
        assert list(read_captures(path)) == []


def test_samples_have_one_of_each():
    assert len({each.url for each in samples()}) == len(samples())
