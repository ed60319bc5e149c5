"""Records as a stream, from files of every shape."""

import gzip
from io import BufferedReader, BytesIO

import pytest

from archive.errors import WarcError
from archive.warc.scan import OpenRecord, scan


def record(block: bytes, *, end: bytes = b"\r\n\r\n", line: bytes = b"\r\n", more: bytes = b"") -> bytes:
    fields = (b"WARC/1.0", b"WARC-Type: resource", b"WARC-Record-ID: <urn:uuid:1>", b"Content-Length: %d" % len(block))
    return line.join([*fields, *([more] if more else []), b"", b""]) + block + end


def read(content: bytes) -> list[tuple[int, int, bool, bytes]]:
    found = []
    for one in scan(BufferedReader(BytesIO(content)), "a.warc"):
        block = b"".join(one.pieces())
        one.finish()
        found.append((one.offset, one.length, one.alone, block))
    return found


def opened(content: bytes) -> list[OpenRecord]:
    return list(scan(BufferedReader(BytesIO(content)), "a.warc"))


def test_one_record_a_member():
    first, second = gzip.compress(record(b"one")), gzip.compress(record(b"two" * 100_000))
    assert read(first + second) == [
        (0, len(first), True, b"one"),
        (len(first), len(second), True, b"two" * 100_000),
    ]


def test_a_plain_file():
    first, second = record(b"one"), record(b"")
    assert read(first + second) == [(0, len(first) - 4, True, b"one"), (len(first), len(second) - 4, True, b"")]


def test_a_file_that_is_one_member_counts_inflated_bytes():
    first, second, third = record(b"one"), record(b"two"), record(b"three")
    found = read(gzip.compress(first + second) + gzip.compress(third))
    assert found[:2] == [(0, len(first) - 4, False, b"one"), (len(first), len(second) - 4, False, b"two")]
    assert found[2] == (len(gzip.compress(first + second)), len(gzip.compress(third)), True, b"three")


def test_blocks_that_are_not_asked_for_are_passed_over():
    content = record(b"x" * 300_000) + record(b"two")
    assert [one.size for one in opened(content)] == [300_000, 3]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r\n\r\n\r\n"])
def test_odd_line_ends_behind_a_block_are_borne(end):
    found = read(record(b"one", end=end) + record(b"two"))
    assert [block for *_, block in found] == [b"one", b"two"]


def test_bare_lf_and_folded_fields_are_borne():
    (one,) = opened(record(b"one", line=b"\n", more=b"X: a\n\tb\n c"))
    assert one.field("x") == "a b c"
    assert one.type == "resource"


def test_field_values_keep_characters_that_python_takes_for_line_ends():
    (one,) = opened(record(b"one", more="X: a\u2028b\u0085c".encode()))
    assert one.field("X") == "a\u2028b\u0085c"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (record(b"one")[:-6], "the record at byte 0 is shorter than its Content-Length says"),
        (record(b"one") + b"garbage", r"what stands at byte \d+ is no WARC record"),
        (b"WARC/1.1\r\nContent-Length: 5", "what stands at byte 0 is no WARC record"),
        (b"WARC/1.1\r\nA: b\r\n\r\n", "the record at byte 0 has no valid Content-Length"),
        (b"WARC/1.1\r\nContent-Length: -1\r\n\r\n", "no valid Content-Length"),
        (b"WARC/1.1\r\nContent-Length: \xc2\xb2\r\n\r\n", "no valid Content-Length"),
        (b"WARC/1.1\r\nA: " + b"b" * 3_000_000, "is no WARC record"),
    ],
)
def test_what_cannot_be_read_is_told(content, sentence):
    with pytest.raises(WarcError, match=sentence):
        opened(content)


def test_nothing_is_in_an_empty_file():
    assert read(b"") == []
