"""WARC files compressed with Zstandard, with and without a dictionary."""

import struct
import sys
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.errors import WarcError
from archive.warc.scan import scan
from tests.foreign_warcs import news_records
from tests.scripted import Run

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RECORDS = news_records()
DICTIONARY = zstd.train_dict([each + bytes([number]) for number in range(20) for each in RECORDS], 4000)


def skippable(content: bytes, kind: int = 0x5D) -> bytes:
    return struct.pack("<4sI", bytes([kind]) + b"\x2a\x4d\x18", len(content)) + content


def frames(dictionary: zstd.ZstdDict | None = None) -> list[bytes]:
    return [zstd.compress(each, zstd_dict=dictionary) for each in RECORDS]


def read(content: bytes, offset: int = 0) -> list[tuple[int, int, bytes]]:
    found = []
    for one in scan(BufferedReader(BytesIO(content)), "a.warc.zst", offset):
        block = b"".join(one.pieces())
        one.finish()
        found.append((one.offset, one.length, block))
    return found


FORMS = {
    "without": b"".join(frames()),
    "plain dictionary": skippable(DICTIONARY.dict_content) + b"".join(frames(DICTIONARY)),
    "packed dictionary": skippable(zstd.compress(DICTIONARY.dict_content)) + b"".join(frames(DICTIONARY)),
    "other frames": skippable(b"", 0x50) + skippable(b"more", 0x5F).join(frames()) + skippable(b"end", 0x51),
    "padded": b"".join(frames()) + bytes(700),
}


@pytest.mark.parametrize("form", FORMS)
def test_records_are_read_from_their_places(form: str) -> None:
    content = FORMS[form]
    found = read(content)
    assert [block for *_, block in found] == [each.partition(b"\r\n\r\n")[2][:-4] for each in RECORDS]
    for offset, length, block in found:
        assert content[offset : offset + 4] == b"\x28\xb5\x2f\xfd"
        assert read(content, offset)[0] == (offset, length, block)


@pytest.mark.parametrize("form", FORMS)
def test_commands_read_them(form: str, tmp_path: Path, cleancopy: Run) -> None:
    (tmp_path / "a.warc.zst").write_bytes(FORMS[form])
    assert cleancopy("verify", "a.warc.zst").code == 0
    ran = cleancopy("extract", "a.warc.zst")
    assert (ran.code, "4 records are in a.jsonl" in ran.err) == (0, True)


def test_they_are_imported(tmp_path: Path, cleancopy: Run) -> None:
    (tmp_path / "a.warc.zst").write_bytes(FORMS["packed dictionary"])
    ran = cleancopy("import", "a.warc.zst", "--collection", "c")
    assert ran.code == 0, ran.err
    assert cleancopy("verify", "c").code == 0
    (path,) = (Collection(tmp_path / "c").records).glob("*.jsonl")
    assert len(path.read_bytes().splitlines()) == 4


def test_behind_a_broken_frame_reading_goes_on(tmp_path: Path, cleancopy: Run) -> None:
    members = frames(DICTIONARY)
    members[1] = members[1][:30] + b"\xff\xff\xff\xff" + members[1][34:]
    (tmp_path / "a.warc.zst").write_bytes(skippable(DICTIONARY.dict_content) + b"".join(members))
    ran = cleancopy("extract", "a.warc.zst")
    assert (ran.code, "a.jsonl is not complete: it has the 3 records that could be read" in ran.err) == (1, True)
    assert "the zstd frame at byte" in ran.err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (skippable(b"no dictionary"), "is no zstd dictionary"),
        (skippable(DICTIONARY.dict_content[:9]) + frames()[0], "the zstd dictionary at byte 0 is broken"),
        (skippable(zstd.compress(bytes(100_000_000))) + frames()[0], "is no zstd dictionary"),
        (b"".join(frames(DICTIONARY)), "the zstd frame at byte 0 is broken"),
        (frames()[0][:-10], "the zstd frame at byte 0 is cut short"),
        (zstd.compress(RECORDS[0], options={zstd.CompressionParameter.window_log: 30}), None),
    ],
)
def test_what_cannot_be_read_is_told(content: bytes, sentence: str | None) -> None:
    if sentence is None:
        # The window of a small frame is no larger than what is in it.
        assert len(read(content)) == 1
        return
    with pytest.raises(WarcError, match=sentence):
        read(content)


def test_a_frame_that_asks_for_too_much_memory_is_refused() -> None:
    machine = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 30})
    frame = machine.compress(b"WARC/1.0\r\n") + machine.flush()
    with pytest.raises(WarcError, match="is broken"):
        read(frame)


def test_a_bomb_is_given_out_in_small_pieces() -> None:
    block = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 50000000\r\n\r\n" + bytes(50_000_000)
    for one in scan(BufferedReader(BytesIO(zstd.compress(block))), "a.warc.zst"):
        assert max(map(len, one.pieces())) <= 262_144
