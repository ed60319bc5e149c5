"""Gzip members and plain files as sections, inflated piece by piece."""

import gzip
import os
from io import BufferedReader, BytesIO

import pytest
from isal import igzip

from archive.errors import WarcError
from archive.warc.scan import sections
from archive.warc.sections import GzipSections


def opened(content: bytes) -> BufferedReader:
    return BufferedReader(BytesIO(content))


def members(content: bytes) -> list[tuple[int, int, bytes]]:
    source, found = sections(opened(content), "a.warc.gz"), []
    while source.begin():
        inflated = b"".join(iter(source.read, b""))
        found.append((source.start, source.end, inflated))
    return found


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 262_143, 262_144, 262_145, 600_000])
@pytest.mark.parametrize("compress", [gzip.compress, lambda data: igzip.compress(data, 2)])
def test_members_are_found_with_their_places_whatever_their_size(size, compress):
    for data in (b"a" * size, os.urandom(size)):
        member = compress(data)
        length = len(member)
        assert members(member * 3) == [(at, at + length, data) for at in (0, length, 2 * length)]


def test_a_plain_file_is_one_section():
    content = b"WARC/1.1\r\n" + bytes(200_000)
    assert members(content) == [(0, len(content), content)]


def test_a_section_can_be_read_from_its_offset():
    first, second = gzip.compress(b"one"), gzip.compress(b"two")
    source = sections(opened(first + second), "a.warc.gz", len(first))
    assert source.begin()
    assert (source.start, source.read()) == (len(first), b"two")


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 40])
def test_a_member_that_is_cut_short_is_told_with_its_offset(cut):
    whole = gzip.compress(os.urandom(100))
    with pytest.raises(WarcError, match=rf"a\.warc\.gz: the gzip member at byte {len(whole)} is cut short"):
        members(whole + whole[:-cut])


def test_a_flipped_byte_behind_the_header_is_found_or_changes_nothing():
    data = bytes(range(200))
    whole = gzip.compress(data, mtime=0)
    harmless = 0
    for at in range(10, len(whole)):
        broken = bytearray(whole)
        broken[at] ^= 0x10
        try:
            assert members(bytes(broken)) == [(0, len(whole), data)]
            harmless += 1
        except WarcError as error:
            assert "the gzip member at byte 0 is" in str(error)  # noqa: PT017
    # The last byte in front of the trailer may hold bits that mean nothing.
    assert harmless <= 1


def test_what_is_no_member_is_told_with_its_offset():
    whole = gzip.compress(b"one")
    with pytest.raises(WarcError, match=f"what stands at byte {len(whole)} is no gzip member"):
        members(whole + b"\0" * 512 + b"x")


@pytest.mark.parametrize("size", [1, 512, 200_000])
def test_zeros_behind_the_last_member_are_its_padding(size):
    whole = gzip.compress(b"one")
    assert members(whole + bytes(size)) == [(0, len(whole), b"one")]
    with pytest.raises(WarcError, match="what stands at byte 0 is no WARC record"):
        members(bytes(size))


def test_a_bomb_is_given_out_in_small_pieces():
    source = sections(opened(gzip.compress(bytes(50_000_000))), "a.warc.gz")
    source.begin()
    assert max(len(piece) for piece in iter(source.read, b"")) <= 262_144


def test_behind_a_broken_member_the_next_one_is_found():
    record = b"WARC/1.1\r\n" + os.urandom(200_000)
    first, second = gzip.compress(record), gzip.compress(b"WARC/1.1\r\nsecond")
    broken = bytearray(first + second)
    broken[500] ^= 0xFF
    # A start of a member that is none lies in between.
    broken[1000:1003] = b"\x1f\x8b\x08"
    source = GzipSections(opened(bytes(broken)), "a.warc.gz")
    source.begin()
    with pytest.raises(WarcError):
        b"".join(iter(source.read, b""))
    assert source.skip_broken()
    assert source.begin()
    assert (source.start, source.read()) == (len(first), b"WARC/1.1\r\nsecond")
    assert source.read() == b""
    assert not source.begin()
    assert not source.skip_broken()
