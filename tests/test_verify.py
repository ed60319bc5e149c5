"""Verifying finds what is wrong, says where, and never fails itself."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tracemalloc
from base64 import b32encode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.preservation.verify import total_bytes, verify
from archive.records import Record
from archive.warc import index_check
from archive.warc.record import read_warc
from tests.damages import DAMAGES, change, first_records, first_warc, flip
from tests.exchanges import chunked, exchange, page, response, samples, write_collection, write_warc, write_with_warcio
from tests.scripted import Run


def faults(target: Path) -> list[str]:
    found: list[str] = []
    verify(target, lambda fault: found.append(str(fault)))
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_collection(tmp_path_factory.mktemp("made") / "c", max_bytes=5000).path


@pytest.fixture
def collection(made: Path, tmp_path: Path) -> Collection:
    return Collection(Path(shutil.copytree(made, tmp_path / "c")))


def test_a_sound_collection_has_no_fault(collection):
    told: list[int] = []
    found = verify(collection.path, lambda fault: pytest.fail(str(fault)), told.append)
    assert (found.faults, found.notes) == (0, [])
    assert (found.files, found.lines) == (2, 4)
    assert sum(told) == total_bytes(collection.path) == sum(path.stat().st_size for path in collection.warcs())


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_told_with_its_place(collection, name):
    function, said = DAMAGES[name]
    function(collection)
    found = faults(collection.path)
    for sentence in said:
        assert any(sentence in fault for fault in found), found
    assert all(fault.partition(", ")[0].partition(":")[0].endswith((".warc.gz", ".jsonl", ".cdxj")) for fault in found)


def test_an_open_file_is_no_fault(collection):
    (collection.archive / "next.warc.gz.open").write_bytes(b"\x1f\x8b torn")
    (collection.records / "next.jsonl").write_bytes(b"")
    found = verify(collection.path, lambda fault: pytest.fail(str(fault)))
    written, unfinished = found.notes
    assert written == "next.warc.gz.open is being written, or was left by a crash, and was not verified."
    assert unfinished.startswith("The crawl is not finished: ")


WHOLE = [*samples()[:5], exchange("/again.html", response(page("Plain")), 20)]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_warc(tmp_path_factory.mktemp("small"), WHOLE)[0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_flipped_byte_is_found_or_changes_nothing(small, tmp_path_factory, data):
    whole = small.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    path = tmp_path_factory.mktemp("flip") / small.name
    path.write_bytes(broken)
    # Only a few bits at the end of a deflate stream mean nothing.
    assert faults(path) or gzip.decompress(broken) == gzip.decompress(whole)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_cut_is_found_unless_whole_members_are_left(small, tmp_path_factory, data):
    whole = small.read_bytes()
    ends = {record.offset + record.length for record in read_warc(small)} | {0}
    size = data.draw(st.integers(0, len(whole) - 1))
    path = tmp_path_factory.mktemp("cut") / small.name
    path.write_bytes(whole[:size])
    assert faults(path) or size in ends


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_that_bytes_can_be_makes_it_fail(small, tmp_path_factory, data):
    content = data.draw(
        st.one_of(
            st.binary(max_size=300),
            st.binary(max_size=300).map(lambda more: b"WARC/1.1\r\n" + more),
            st.binary(max_size=300).map(lambda more: gzip.compress(b"WARC/1.1\r\nContent-Length: 9\r\n\r\n" + more)),
            st.binary(max_size=300).map(lambda more: small.read_bytes()[:700] + more + small.read_bytes()[700:]),
            st.binary(max_size=300).map(lambda more: b"filedesc://" + more),
            st.binary(max_size=300).map(lambda more: b"PK\x03\x04" + more),
        )
    )
    for name in ("a.warc.gz", "a.warc", "a.wacz"):
        path = tmp_path_factory.mktemp("any") / name
        path.write_bytes(content)
        faults(path)


def test_behind_a_broken_member_everything_is_still_verified(small, tmp_path):
    broken = bytearray(small.read_bytes())
    records = list(read_warc(small))
    for record in (records[1], records[8]):
        broken[record.offset + 30] ^= 1
    (tmp_path / "a.warc.gz").write_bytes(bytes(broken))
    places = [f"byte {record.offset}:" for record in (records[1], records[8])]
    found = [fault for fault in faults(tmp_path / "a.warc.gz") if "is broken" in fault]
    assert len(found) == 2
    assert all(place in fault for place, fault in zip(places, found, strict=True))


def stating(folder: Path, digest: str, body: bytes = b"abc", **headers: str) -> Path:
    """A WARC of another tool whose one response states this payload digest."""
    records = [("response", "http://other.example/", body)]
    return write_with_warcio(folder / "other.warc.gz", records, {"WARC-Payload-Digest": digest}, **headers)


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256", "sha512"])
def test_digests_of_every_kind_are_checked(tmp_path, kind):
    right, wrong = (hashlib.new(kind, body).digest() for body in (b"abc", b"abd"))
    for written in (bytes.hex, lambda digest: b32encode(digest).decode()):
        assert faults(stating(tmp_path, f"{kind}:{written(right)}")) == []
        (fault,) = faults(stating(tmp_path, f"{kind}:{written(wrong)}"))
        assert "other.warc.gz, byte 0, record " in fault
        assert f"the payload digest says {kind}:{written(wrong)}, but the payload has another" in fault


def test_digests_that_are_not_known_are_no_fault(tmp_path):
    assert faults(stating(tmp_path, "blake9:XYZ")) == faults(stating(tmp_path, "nonsense")) == []


def test_both_readings_of_a_chunked_payload_are_accepted(tmp_path):
    body = chunked(b"abc" * 100)
    for read in (body, b"abc" * 100):
        stated = f"sha1:{hashlib.sha1(read).hexdigest()}"
        assert faults(stating(tmp_path, stated, body, Transfer_Encoding="chunked")) == []
    assert (
        len(faults(stating(tmp_path, f"sha1:{hashlib.sha1(b'').hexdigest()}", body, Transfer_Encoding="chunked"))) == 1
    )


def test_a_revisit_of_another_file_is_a_note(made):
    *_, last = Collection(made).complete_warcs()
    found = verify(last, lambda fault: pytest.fail(str(fault)))
    assert found.notes == ["1 revisits refer to records in other files."]


def test_a_file_that_is_one_member_is_verified(small, tmp_path):
    content = gzip.decompress(small.read_bytes())
    one = tmp_path / "one.warc.gz"
    one.write_bytes(gzip.compress(content))
    plain = tmp_path / "plain.warc"
    plain.write_bytes(content)
    assert faults(one) == faults(plain) == []
    plain.write_bytes(content.replace(b"Plain", b"Plane", 1))
    assert any("block digest" in fault for fault in faults(plain))


def test_what_is_nothing_to_verify_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="neither a collection nor a file"):
        faults(tmp_path / "nowhere")


def test_the_command_prints_faults_and_exits_with_1(collection: Collection, cleancopy: Run) -> None:
    sound = cleancopy("verify", collection.path)
    assert (sound.code, sound.out) == (0, "")
    assert "2 WARC files" in sound.err
    assert "4 record lines: no fault." in sound.err
    line = first_records(collection).read_bytes().splitlines(keepends=True)[0]
    text = Record.from_line(line).model_copy(update={"text": "other"}).to_line()
    change(first_records(collection), lambda content: content.replace(line, text))
    changed = cleancopy("verify", collection.path, "--records")
    assert changed.code == 1
    assert changed.out == (
        f"{first_records(collection).name}, line 1: the record is not what extraction gives now: nothing that it was "
        "made with has changed, so that the line, or the program, was changed by hand\n"
    )
    flip(first_warc(collection), 400)
    broken = cleancopy("verify", first_warc(collection))
    assert broken.code == 1
    assert "is broken" in broken.out
    assert cleancopy("verify", collection.path / "nowhere").code == 2


def test_memory_stays_flat(tmp_path):
    """Ten times the captures take no more memory, whatever their sizes."""
    peaks = []
    for count in (20, 200):
        folder = tmp_path / str(count)
        pages = [exchange(f"/{number}", response(os.urandom(50_000)), number) for number in range(count)]
        path, _ = write_warc(folder, pages)
        code = (
            "import sys, resource; from pathlib import Path; from archive.preservation.verify import verify; "
            "verify(Path(sys.argv[1]), print); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        peaks.append(int(ran.stdout))
    assert peaks[1] < peaks[0] * 1.1


def test_an_index_line_of_any_length_is_read_in_parts(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_check, "LONGEST_LINE", 10_000)
    lines = collection.index.read_bytes().splitlines(keepends=True)
    collection.index.write_bytes(b"".join(lines) + b"z" * 10_000_000)
    tracemalloc.start()
    told = faults(collection.path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told == [f"index.cdxj, line {len(lines) + 1}: this is no line of an index"]
    assert peak < 8_000_000
    collection.index.write_bytes(b"".join(lines) + b"z" * 9_999 + b"\n" + b"{}\n")
    assert [fault.split(": ")[0] for fault in faults(collection.path)] == [
        f"index.cdxj, line {len(lines) + 1}",
        f"index.cdxj, line {len(lines) + 2}",
    ]
