"""Damaged files: what is read behind damage, and what is said of it."""

import gzip
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest

from archive.warc.check import FileCheck, header_faults
from archive.warc.digest import sha1_digest
from archive.warc.fault import Fault
from archive.warc.salvage import MOST_FAULTS, Salvage
from archive.warc.scan import parse_head
from tests.foreign_warcs import HOST, record


class Stream(BytesIO):
    """A file that cannot be sought, such as an answer from the web."""

    def seekable(self) -> bool:
        return False


def salvaged(content: bytes, name: str = "a.warc", kind: type[BytesIO] = BytesIO) -> tuple[list[str], list[str]]:
    """The blocks of the records, and the faults as sentences."""
    faults: list[Fault] = []
    blocks = []
    for one in Salvage(BufferedReader(kind(content)), name, faults.append):
        blocks.append(b"".join(one.pieces()).decode("latin-1")[:20])
        one.finish()
    return blocks, [str(fault) for fault in faults]


def text(number: int, block: bytes | None = None) -> bytes:
    return record("resource", f"{HOST}/{number}", block or b"block %d" % number, number, "text/plain")


ONE, TWO, THREE = text(1), text(2), text(3)


def stating(length: int, number: int = 2) -> bytes:
    return text(number).replace(b"Content-Length: 7", b"Content-Length: %d" % length)


def test_sound_files_have_no_fault() -> None:
    embedded = text(2, b"one\r\n\r\n" + text(9))
    for content in (ONE + TWO + THREE, ONE + TWO + THREE[:-4], ONE + TWO + THREE + bytes(70_000), b"", ONE + embedded):
        assert salvaged(content)[1] == []
    assert salvaged(ONE + embedded + THREE)[0] == ["block 1", "one\r\n\r\nWARC/1.0\r\nWAR", "block 3"]


@pytest.mark.parametrize("length", [16, 40, 250, len(TWO), 5000, 10**14])
def test_a_length_that_is_too_long_swallows_nothing(length: int) -> None:
    blocks, faults = salvaged(ONE + stating(length) + THREE + text(4))
    assert blocks == ["block 1", "block 2", "block 3", "block 4"]
    place = f"a.warc, byte {len(ONE)}, record 00000000-0000-0000-0000-000000000002"
    assert faults == [f"{place}: the record at byte {len(ONE)} does not end where its Content-Length says"]


def test_a_length_that_is_too_short_is_told() -> None:
    blocks, faults = salvaged(ONE + stating(3) + THREE)
    assert blocks == ["block 1", "blo", "block 3"]
    assert [fault.partition(": ")[2] for fault in faults] == [
        f"the record at byte {len(ONE)} does not end where its Content-Length says"
    ]


def test_behind_a_header_that_is_none_the_next_line_with_a_version_is_looked_for() -> None:
    for broken in (b"XARC" + TWO[4:], TWO.replace(b"Content-Length: 7", b"Content-Length: 7x"), b"garbage" * 20_000):
        blocks, faults = salvaged(ONE + broken + THREE)
        assert blocks == ["block 1", "block 3"]
        assert len(faults) == 1
        assert faults[0].startswith(f"a.warc, byte {len(ONE)}: ")


def test_a_header_without_an_end_hides_no_other() -> None:
    blocks, faults = salvaged(ONE + TWO[:60] + THREE)
    assert blocks == ["block 1", "block 3"]
    assert faults == [f"a.warc, byte {len(ONE)}: the record at byte {len(ONE)} has no end of its header"]


def test_zeros_between_records_are_a_fault_and_behind_the_last_none() -> None:
    for zeros in (1, 65_536, 65_536 - len(ONE), 200_000):
        blocks, faults = salvaged(ONE + bytes(zeros) + TWO + bytes(zeros))
        assert blocks == ["block 1", "block 2"]
        assert faults == [f"a.warc, byte {len(ONE)}: what stands at byte {len(ONE)} is no WARC record"]


def test_a_cut_record_is_read_as_far_as_it_goes() -> None:
    assert salvaged(ONE + TWO[:-6]) == (
        ["block 1", "block"],
        [
            f"a.warc, byte {len(ONE)}, record 00000000-0000-0000-0000-000000000002: the record at byte {len(ONE)} is "
            "shorter than its Content-Length says"
        ],
    )


def test_within_a_member_a_wrong_length_hides_nothing_behind_it() -> None:
    members = [gzip.compress(each, mtime=0) for each in (ONE, stating(900), THREE)]
    blocks, faults = salvaged(b"".join(members), "a.warc.gz")
    assert blocks == ["block 1", "block 2\r\n\r\n", "block 3"]
    assert len(faults) == 1
    assert f"a.warc.gz, byte {len(members[0])}, record" in faults[0]
    blocks, faults = salvaged(gzip.compress(ONE + b"garbage" + TWO + THREE), "a.warc.gz")
    assert blocks == ["block 1", "block 2", "block 3"]
    assert faults == [f"a.warc.gz, byte 0: what stands at byte {len(ONE)} is no WARC record"]


def test_the_first_bytes_of_a_file_may_be_what_is_damaged() -> None:
    content = bytearray(gzip.compress(ONE) + gzip.compress(TWO))
    content[0] ^= 1
    assert salvaged(bytes(content), "a.warc.gz.open")[0] == ["block 2"]


def test_a_stream_says_what_it_does_not_read() -> None:
    members = [bytearray(gzip.compress(each, mtime=0)) for each in (ONE, TWO, THREE)]
    members[1][20] ^= 255
    blocks, faults = salvaged(b"".join(members), "a.warc.gz", Stream)
    assert blocks == ["block 1"]
    assert "is broken" in faults[0]
    assert faults[1].endswith("the rest was not read, for this file cannot be sought: download it first")
    # A plain one goes on, but what a wrong length swallowed is behind it.
    blocks, faults = salvaged(ONE + stating(20) + THREE + text(4), "a.warc", Stream)
    assert (blocks[0], blocks[-1], len(faults)) == ("block 1", "block 4", 1)


def test_a_file_made_of_faults_ends_reading() -> None:
    blocks, faults = salvaged(b"WARC/1.0\r\nA: b\r\n\r\n" * (MOST_FAULTS + 50) + ONE)
    assert (blocks, len(faults)) == ([], MOST_FAULTS + 1)
    assert faults[-1].endswith(f"there are more than {MOST_FAULTS} faults; the rest was not read")


def checked(content: bytes) -> list[str]:
    check = FileCheck(BufferedReader(BytesIO(content)), "a.warc", lambda _: None)
    assert [one.id for one in check]
    return [fault.what for fault in check.faults]


def test_two_headers_that_zeroing_melted_into_one_are_a_fault(tmp_path: Path) -> None:
    both = ONE[: ONE.index(b"Content-Type")] + bytes(60) + TWO[40:]
    assert "the header holds control characters" in checked(both)
    deleted = ONE[: ONE.index(b"Content-Type")] + TWO[TWO.index(b"WARC-Date") :]
    assert checked(deleted) == [
        "the header has the field warc-date 2 times",
        "the header has the field warc-target-uri 2 times",
    ]


DATES = (
    b"2026 2026-11 2026-11-20 2026-11-20T08:00Z 2026-11-20T08:00:00Z 2026-11-20T08:00:00.123456789Z "
    b"2026-11-20T08:00:00+01:00 20261120080000 2026-11-20T08:00:00"
).split()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b"WARC-Type: a", []),
        (b"WARC-Concurrent-To: <a>\r\nWARC-Concurrent-To: <b>\r\nX: 1\r\nX: 2", []),
        (b"WARC-Protocol: http/1.1\r\nwarc-protocol: tls/1.3", []),
        (b"X: a\tb\r\n c", []),
        ("X: gr\u00fc\u00dfe \u0085".encode(), []),
        (b"WARC-Type: a\r\nwarc-type: a", ["the header has the field warc-type 2 times"]),
        (b"X: 2026\0", ["the header holds control characters"]),
        (b"X: a\rb", ["the header holds control characters"]),
        (b"X: a\x1f\r\nWARC\x7f: b", ["the header holds control characters"]),
        (b"HTTP/1.1 200 OK", ["a line of the header names no field: 'HTTP/1.1 200 OK'"]),
        *((b"WARC-Date: " + date, []) for date in DATES),
        (b"WARC-Date: 20260T08:00:00Z", ["the header's warc-date is none: '20260T08:00:00Z'"]),
        (b"WARC-Record-ID: <urn:uuid:1> ", []),
        (
            b"WARC-Record-ID: <urn:uuid:1<urn:uuid:2>",
            ["the header's warc-record-id is none: '<urn:uuid:1<urn:uuid:2>'"],
        ),
        (b": a", ["a line of the header names no field: ''"]),
    ],
)
def test_headers_that_damage_leaves(lines: bytes, said: list[str]) -> None:
    assert list(header_faults(parse_head(b"WARC/1.1\r\n" + lines))) == said


def test_a_digest_in_base_64_is_unknown_and_one_of_another_length_wrong() -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\nabc"

    def said(digest: str) -> list[str]:
        return checked(record("response", HOST, answer, 1, WARC_Block_Digest=digest))

    assert said(sha1_digest(answer)) == said("sha1:" + "A" * 27 + "=") == said("sha256:" + "b+/" * 14 + "x=") == []
    assert len(said("sha1:" + "A" * 26)) == len(said("sha1:" + "A" * 32)) == len(said("sha1:!" + "A" * 26)) == 1


def test_payloads_of_other_protocols_are_not_judged() -> None:
    wrong = sha1_digest(b"other")
    for kind, url in (("text/dns", "dns:gull.example"), ("application/gemini", "gemini://gull.example/")):
        assert checked(record("response", url, b"20 text\r\n\r\nabc", 1, kind, WARC_Payload_Digest=wrong)) == []
    assert checked(record("response", HOST, b"ICY 200 OK\r\n\r\nabc", 1, WARC_Payload_Digest=wrong)) == []
    assert len(checked(record("response", HOST, b"HTTP/1.1 200 OK\r\n\r\nabc", 1, WARC_Payload_Digest=wrong))) == 1
    assert len(checked(record("resource", HOST, b"abc", 1, "text/html", WARC_Payload_Digest=wrong))) == 1
