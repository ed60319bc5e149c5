"""The WARC being written: rotation, names, full disks, and that other tools read it."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive.errors import CollectionError
from archive.exchange import Truncation
from archive.warc.fields import parse_fields
from archive.warc.message import entity, parse_message
from archive.warc.record import read_warc
from archive.warc.repair import repair
from tests.exchanges import HOST, exchange, page, response, samples, ticking_clock, write_warc, writer


def test_each_exchange_is_one_write(tmp_path, monkeypatch):
    writes: list[int] = []
    real = os.write

    def write(fd: int, content: bytes) -> int:
        writes.append(len(content))
        return real(fd, content)

    monkeypatch.setattr(os, "write", write)
    path, _ = write_warc(tmp_path)
    # The file's own warcinfo record comes before the first.
    assert len(writes) == 1 + len(samples())
    assert sum(writes) == path.stat().st_size


def test_records_stand_in_order_and_name_each_other(tmp_path):
    path, written = write_warc(tmp_path, samples()[1:2])
    info, answer, request, metadata = read_warc(path)
    assert [record.type for record in (info, answer, request, metadata)] == [
        "warcinfo",
        "response",
        "request",
        "metadata",
    ]
    assert request.field("WARC-Concurrent-To") == metadata.field("WARC-Concurrent-To") == f"<urn:uuid:{answer.id}>"
    assert {record.field("WARC-Warcinfo-ID") for record in (answer, request, metadata)} == {f"<urn:uuid:{info.id}>"}
    assert (written[0].record_id, written[0].place.offset, written[0].place.length) == (
        answer.id,
        answer.offset,
        answer.length,
    )
    assert answer.field("WARC-Date") == "2026-11-21T12:00:01.123456Z"
    assert info.field("WARC-Filename") == path.name == "cleancopy-20261121120002123-00001.warc.gz"
    assert parse_fields(info.block)["software"] == "cleancopy/test"


def test_blocks_hold_the_bytes_of_the_wire(tmp_path):
    odd = b"HTTP/1.1 200\r\nX-odd :  two  spaces\r\nset-cookie: a\r\nSET-COOKIE: b\r\n\r\n\xff\x00body"
    ask = b"GET /odd?q=1&q=2 HTTP/1.1\r\nhost: NEWS.example\r\n\r\n"
    path, _ = write_warc(tmp_path, [exchange("/odd?q=1&q=2", odd, request=ask)])
    _, answer, request, _ = read_warc(path)
    assert (answer.block, request.block) == (odd, ask)
    assert answer.url == HOST + "/odd?q=1&q=2"


def test_where_nothing_came_back_the_request_and_the_reason_are_kept(tmp_path):
    path, (written,) = write_warc(tmp_path, [exchange("/silent", b"")])
    _, request, metadata = read_warc(path)
    assert (request.type, request.id, written.payload_digest) == ("request", written.record_id, "")
    assert request.field("WARC-Concurrent-To") is None
    assert metadata.field("WARC-Concurrent-To") == f"<urn:uuid:{request.id}>"
    assert parse_fields(metadata.block)["failure"] == "no answer"


def test_where_not_even_a_request_was_sent_the_reason_is_kept(tmp_path):
    path, (written,) = write_warc(tmp_path, [exchange("/silent", b"")._replace(request=b"")])
    _, metadata = read_warc(path)
    assert (metadata.type, metadata.id) == ("metadata", written.record_id)


def test_a_cut_response_says_why(tmp_path):
    path, _ = write_warc(tmp_path, [exchange("/a", response(b"abc"), truncated=Truncation.TIME)])
    assert [record.field("WARC-Truncated") for record in read_warc(path)] == [None, "time", None, None]


def test_files_are_rotated_by_size(tmp_path):
    closed: list[Path] = []
    made = writer(tmp_path, max_bytes=4000, on_close=closed.append)
    pages = [exchange(f"/{number}", response(os.urandom(900)), number) for number in range(6)]
    written = [made.write(each) for each in pages]
    assert len(closed) == 2
    assert [path.name for path in tmp_path.glob("*.open")] == [written[-1].place.filename + ".open"]
    made.close()
    assert [path.name for path in closed] == sorted({one.place.filename for one in written})
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in closed]
    assert all(next(read_warc(path)).type == "warcinfo" for path in closed)


def test_files_are_rotated_by_age(tmp_path):
    made = writer(tmp_path, max_age=10, clock=ticking_clock(seconds=6))
    names = [made.write(each).place.filename for each in samples()[:4]]
    made.close()
    assert len(set(names)) > 1


def test_nothing_is_written_before_the_first_exchange(tmp_path):
    writer(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_taken_are_passed_over(tmp_path):
    first, _ = write_warc(tmp_path)
    second, _ = write_warc(tmp_path)
    assert (first.name[-13:], second.name[-13:]) == ("00001.warc.gz", "00002.warc.gz")


def test_a_full_disk_leaves_whole_exchanges(tmp_path):
    made = writer(tmp_path)
    made.write(samples()[0])
    size = next(tmp_path.glob("*.open")).stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300, hard))
    try:
        with pytest.raises(CollectionError, match="No space left on device; the archive is whole"):
            made.write(exchange("/big", response(os.urandom(5000))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert next(tmp_path.glob("*.open")).stat().st_size == size
    made.write(samples()[1])
    made.close()
    (path,) = tmp_path.glob("*.warc.gz")
    assert [record.type for record in read_warc(path)].count("response") == 2


def test_a_file_closed_is_as_one_repaired(tmp_path):
    whole, _ = write_warc(tmp_path / "a")
    left = writer(tmp_path / "a" / "..")
    for each in samples():
        left.write(each, failure=None if each.response else "no answer")
    (open_file,) = tmp_path.glob("*.open")
    done = repair(open_file)
    assert done is not None
    assert done.path.read_bytes() == whole.read_bytes()


def test_warcio_reads_it_and_finds_the_digests_right(tmp_path):
    path, _ = write_warc(tmp_path)
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.raw_stream.read()
            # Of the payload of chunked responses it takes the chunks themselves; the standard means the entity.
            assert record.digest_checker.passed is not False or "chunked" in record.rec_headers["WARC-Target-URI"]


def test_warcio_check_disagrees_on_chunked_payloads_alone(tmp_path):
    # brotlicffi is what it decodes br with once Google's module, which it cannot drive, is out of the way.
    code = "import sys, brotlicffi; sys.modules['brotli'] = brotlicffi; from warcio.cli import main; main()"
    plain, _ = write_warc(tmp_path / "plain", [each for each in samples() if "chunked" not in each.url])
    both, _ = write_warc(tmp_path / "both")
    ran = [
        subprocess.run([sys.executable, "-c", code, "check", str(path)], capture_output=True, text=True, check=False)
        for path in (plain, both)
    ]
    assert (ran[0].returncode, ran[0].stdout) == (0, "")
    assert (ran[1].returncode, ran[1].stdout.count("payload digest failed")) == (1, 1)
    assert "block digest failed" not in ran[1].stdout


def test_fastwarc_reads_it_and_finds_the_block_digests_right(tmp_path):
    path, written = write_warc(tmp_path)
    found = []
    with path.open("rb") as file:
        for record in FastIterator(file, parse_http=False):
            assert record.verify_block_digest() in (True, None)
            found.append(str(record.record_id).removeprefix("<urn:uuid:").removesuffix(">"))
    assert [one.record_id for one in written] == [each for each in found if each in {one.record_id for one in written}]
    assert found == [record.id for record in read_warc(path)]


def test_payload_digests_are_those_of_the_entity(tmp_path):
    path, written = write_warc(tmp_path)
    by_id = {record.id: record for record in read_warc(path)}
    for one, each in zip(written, samples(), strict=True):
        body = entity(each.response, parse_message(each.response))[0]
        assert by_id[one.record_id].field("WARC-Payload-Digest") == (one.payload_digest or None)
        assert not one.payload_digest or b"0\r\n" not in body
    assert page("Chunked") == entity(samples()[4].response, parse_message(samples()[4].response))[0]
