"""Gzip members: compressed, or stored."""

import gzip
import random

import pytest
from isal import isal_zlib

from archive.warc.packing import compressed, is_packed, stored


@pytest.mark.parametrize("size", [1, 65_534, 65_535, 65_536, 131_070, 131_071, 300_000])
def test_a_stored_member_holds_the_content(size: int) -> None:
    content = random.Random(size).randbytes(size)
    member = stored(content)
    assert gzip.decompress(member) == content
    machine = isal_zlib.decompressobj(wbits=31)
    assert machine.decompress(member + b"next") == content
    assert machine.unused_data == b"next"
    assert len(member) < size * 1.0001 + 30


def test_members_tell_no_time() -> None:
    assert stored(b"a")[:10] == compressed(b"a")[:10]
    assert stored(b"a")[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("size", "codings", "mime", "packed"),
    [
        (10_000, ["gzip"], "text/html", True),
        (10_000, ["br"], None, True),
        (10_000, [], "image/jpeg", True),
        (10_000, [], "Image/WebP", True),
        (10_000, [], "font/woff2", True),
        (10_000, [], "image/svg+xml", False),
        (10_000, ["identity"], "text/html", False),
        (10_000, [], None, False),
        (1000, ["gzip"], "text/html", False),
    ],
)
def test_what_is_compressed_already_is_known(size: int, codings: list[str], mime: str | None, *, packed: bool) -> None:
    assert is_packed(size, codings, mime) == packed
