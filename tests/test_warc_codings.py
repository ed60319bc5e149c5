"""Content codings come off as far as they go, and never further than the limit."""

import gzip
import tracemalloc
import zlib

import brotlicffi
import pytest

from archive.warc.codings import decoded
from tests.exchanges import page

BODY = page("Codings", words=4000)


def raw_deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


CODERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "br": brotlicffi.compress}


@pytest.mark.parametrize(("coding", "compress"), CODERS.items())
def test_each_coding_comes_off(coding, compress):
    assert decoded(compress(BODY), [coding], 10**8) == (BODY, ())


def test_raw_deflate_is_understood():
    assert decoded(raw_deflate(BODY), ["deflate"], 10**8) == (BODY, ())


def test_codings_come_off_in_turn():
    assert decoded(gzip.compress(brotlicffi.compress(BODY)), ["br", "gzip"], 10**8) == (BODY, ())


@pytest.mark.parametrize(("coding", "compress"), CODERS.items())
def test_an_empty_body_is_no_fault(coding, compress):
    assert decoded(b"", [coding], 100) == (b"", ())


@pytest.mark.parametrize(("coding", "compress"), CODERS.items())
def test_a_cut_body_gives_what_is_there(coding, compress):
    coded = compress(BODY)
    body, warnings = decoded(coded[: len(coded) // 2], [coding], 10**8)
    assert 100 < len(body) < len(BODY)
    assert BODY.startswith(body)
    assert warnings == (f"content coding: {coding}: ends before its end",)


@pytest.mark.parametrize(("coding", "compress"), CODERS.items())
def test_data_behind_the_end_is_left_out(coding, compress):
    body, warnings = decoded(compress(BODY) + b"garbage", [coding], 10**8)
    assert (body, warnings) == (BODY, ())


@pytest.mark.parametrize(("coding", "compress"), CODERS.items())
def test_a_broken_body_gives_what_stands_before_the_fault(coding, compress):
    coded = bytearray(compress(BODY * 40))
    coded[len(coded) * 2 // 3 :] = b"\xff" * (len(coded) - len(coded) * 2 // 3)
    body, warnings = decoded(bytes(coded), [coding], 10**8)
    assert len(warnings) == 1
    assert (BODY * 40)[:100] == body[:100]


@pytest.mark.parametrize(("coding", "compress"), CODERS.items())
def test_a_bomb_is_cut_at_the_limit_and_takes_no_memory(coding, compress):
    bomb = compress(bytes(20_000_000)) if coding != "br" else brotlicffi.compress(bytes(20_000_000), quality=1)
    tracemalloc.start()
    body, warnings = decoded(bomb, [coding], 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert body == bytes(1_000_000)
    assert warnings == (f"content coding: {coding}: more than 1000000 bytes; the rest was not read",)
    assert peak < 10_000_000


def test_what_is_exactly_as_long_as_the_limit_is_whole():
    for coding, compress in CODERS.items():
        assert decoded(compress(BODY), [coding], len(BODY))[0] == BODY


def test_an_unknown_coding_leaves_the_body_as_it_is():
    assert decoded(b"abc", ["x-foo"], 100) == (b"abc", ("content coding: 'x-foo' is not known",))


def test_what_says_gzip_and_is_not_stays_as_it_is():
    assert decoded(b"<p>plain", ["gzip"], 100) == (b"<p>plain", ("content coding: gzip: is not gzip",))


def test_a_plain_body_is_cut_at_the_limit():
    assert decoded(b"abcdef", [], 4) == (b"abcd", ("size: only the first 4 bytes were read",))


def test_deep_stacks_are_not_unpacked():
    body = BODY
    for _ in range(6):
        body = gzip.compress(body)
    found, warnings = decoded(body, ["gzip"] * 6, 10**8)
    assert gzip.decompress(gzip.decompress(found)) == BODY
    assert warnings == ("content coding: 6 codings; only the last 4 were removed",)


@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_wrong_checksum_costs_nothing_of_what_stands_before_it(coding, compress):
    coded = bytearray(compress(BODY))
    coded[-5 if coding == "gzip" else -1] ^= 1
    body, warnings = decoded(bytes(coded), [coding], 10**8)
    assert body == BODY
    assert "incorrect data check" in warnings[0]


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd"])
@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /private/\n",
        '{"items": [{"url": "https://gull.example/a"}]}',
        "Möwen\n",
        "é" * 300,
        "x",
    ],
)
def test_text_that_is_said_to_be_compressed_is_kept(coding, text):
    body, warnings = decoded(text.encode(), [coding], 10**8)
    assert (body, warnings) == (text.encode(), (f"content coding: {coding}: is not {coding}",))
