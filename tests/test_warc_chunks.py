"""The chunked coding, in every form that servers send, fed in pieces of every size."""

import pytest

from archive.warc.message import Dechunker

CASES = {
    "plain": (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde", None),
    "extensions": (b'3;name="a;b"\r\nabc\r\n0;x\r\n\r\n', b"abc", None),
    "trailers": (b"3\r\nabc\r\n0\r\nX-Digest: 1\r\nY: 2\r\n\r\n", b"abc", None),
    "upper case and zeros": (b"00A\r\n0123456789\r\n000\r\n\r\n", b"0123456789", None),
    "bare LF": (b"3\nabc\n2\nde\n0\n\n", b"abcde", None),
    "spaces": (b" 3 \r\nabc\r\n0\r\n\r\n", b"abc", None),
    "line ends inside": (b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n", None),
    "no line end behind a chunk": (b"3\r\nabc2\r\nde\r\n0\r\n\r\n", b"abcde", None),
    "data behind the end": (b"3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK", b"abc", None),
    "no last chunk": (b"3\r\nabc\r\n", b"abc", "the last chunk is cut short"),
    "cut in a chunk": (b"5\r\nabc", b"abc", "the last chunk is cut short"),
    "no size": (b"<html>not chunked</html>\r\n", b"", "a chunk has no valid size"),
    "a bad size later": (b"3\r\nabc\r\nxyz\r\nde\r\n", b"abc", "a chunk has no valid size"),
    "a size too long": (b"3\r\nabc\r\n" + b"f" * 20 + b"\r\n", b"abc", "a chunk has no valid size"),
    "a line without end": (b"1" + b"0" * 70_000, b"", "a chunk has no valid size"),
    "nothing": (b"", b"", "a chunk has no valid size"),
}


@pytest.mark.parametrize("step", [1, 2, 3, 7, 100_000])
@pytest.mark.parametrize(("coded", "body", "fault"), CASES.values(), ids=CASES)
def test_chunks_come_off(coded, body, fault, step):
    chunks = Dechunker()
    found = b"".join(part for at in range(0, len(coded), step) for part in chunks.feed(coded[at : at + step]))
    assert (found, chunks.fault) == (body, fault)
