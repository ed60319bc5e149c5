"""Collections packed as WACZ: other tools accept them, and damage is found."""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.preservation.verify import verify
from archive.preservation.wacz import write_wacz
from tests.damages import flip_in_a_response
from tests.exchanges import HOST, NOON, write_collection, write_warc
from tests.scripted import Run


def faults(target: Path) -> list[str]:
    found: list[str] = []
    verify(target, lambda fault: found.append(str(fault)))
    return found


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return write_collection(tmp_path_factory.mktemp("made") / "harbour", max_bytes=5000)


@pytest.fixture(scope="module")
def packed(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("wacz") / "harbour.wacz"
    write_wacz(collection, path, lambda _: None, NOON)
    return path


def by_wacz(*arguments: object) -> subprocess.CompletedProcess[str]:
    """What the command `wacz` says."""
    code = "import sys, brotlicffi; sys.modules['brotli'] = brotlicffi; from wacz.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_validator_of_the_field_accepts_it(packed):
    ran = by_wacz("validate", "-f", packed)
    assert (ran.returncode, "Validation succeeded" in ran.stdout) == (0, True), ran.stdout + ran.stderr


def test_warcs_are_stored_as_they_are(packed, collection):
    with ZipFile(packed) as package:
        for path in collection.complete_warcs():
            info = package.getinfo(f"archive/{path.name}")
            assert info.compress_type == ZIP_STORED
            assert package.read(info) == path.read_bytes()


def test_pages_have_title_date_and_text_for_search(packed):
    with ZipFile(packed) as package:
        head, *pages = map(json.loads, package.read("pages/pages.jsonl").splitlines())
    assert head == {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
    (plain,) = (each for each in pages if each["url"] == HOST + "/plain.html")
    assert (plain["title"], plain["ts"]) == ("Plain", "2026-11-21T12:00:01Z")
    assert "the tide would wait for no committee" in plain["text"]


def test_the_index_can_be_read_from_its_blocks(packed, collection, monkeypatch):
    with ZipFile(packed) as package:
        index = package.read("indexes/index.cdx.gz")
        meta, *blocks = package.read("indexes/index.idx").decode().splitlines()
    assert meta == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    lines = b""
    for block in blocks:
        where = json.loads(block[block.index("{") :])
        member = index[where["offset"] : where["offset"] + where["length"]]
        assert where["digest"] == f"sha256:{sha256(member).hexdigest()}"
        lines += gzip.decompress(member)
    assert lines == collection.index.read_bytes()


def test_a_sound_package_has_no_fault(packed):
    found = verify(packed, lambda fault: pytest.fail(str(fault)))
    assert (found.files, found.notes) == (2, ["The package is not signed."])


def test_what_the_fields_own_tool_packs_has_no_fault(tmp_path):
    path, _ = write_warc(tmp_path)
    ran = by_wacz("create", "-o", tmp_path / "other.wacz", "--detect-pages", path)
    assert ran.returncode == 0, ran.stderr
    assert faults(tmp_path / "other.wacz") == []


def repacked(packed: Path, path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The package with its files changed."""
    with ZipFile(packed) as package:
        files = {name: package.read(name) for name in package.namelist()}
    change(files)
    with ZipFile(path, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return path


def without(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda files: files.pop(name)


def resized(files: dict[str, bytes]) -> None:
    package: dict[str, Any] = json.loads(files["datapackage.json"])
    package["resources"][0]["bytes"] += 1
    files["datapackage.json"] = json.dumps(package).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("datapackage.json"), "the package does not say what is in it"),
        (without("indexes/index.cdx.gz"), "is listed in datapackage.json and not there"),
        (without("pages/pages.jsonl"), "pages/pages.jsonl: the file is listed in datapackage.json and not there"),
        (resized, "as datapackage-digest.json says"),
        (resized, "as datapackage.json says"),
        (lambda files: files.update({"datapackage.json": b"{"}), "datapackage.json: cannot be read"),
        (lambda files: files.update({"datapackage.json": b"[]"}), "datapackage.json: cannot be read"),
        (lambda files: files.update({"datapackage-digest.json": b"?"}), "datapackage-digest.json: cannot be read"),
        (lambda files: files.update({"archive/more.warc.gz": b"?"}), "the file is not listed in datapackage.json"),
        (lambda files: files.update({"indexes/index.cdx.gz": b"?"}), "is not in the index"),
        (lambda files: files.update({"pages/pages.jsonl": b'{"format": "x"}\n{}\n'}), "line 2: this is no page"),
    ],
)
def test_damage_to_a_package_is_found(packed, tmp_path, change, said):
    found = faults(repacked(packed, tmp_path / "a.wacz", change))
    assert any(said in fault for fault in found), found


def test_a_flipped_byte_in_a_packed_warc_is_found_with_its_place(packed, tmp_path):
    path = tmp_path / "a.wacz"
    content = bytearray(packed.read_bytes())
    content[700] ^= 1
    path.write_bytes(bytes(content))
    found = faults(path)
    assert any("the digest is not sha256:" in fault for fault in found)
    assert any("the gzip member at byte" in fault for fault in found)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_flipped_byte_makes_it_fail(packed, tmp_path_factory, data):
    content = bytearray(packed.read_bytes())
    # Most of the package is WARC, of which other tests flip bytes: here it is the ZIP's own and what follows.
    at = data.draw(st.one_of(st.integers(0, len(content) - 1), st.integers(len(content) - 2500, len(content) - 1)))
    content[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("flip") / "a.wacz"
    path.write_bytes(bytes(content))
    faults(path)


def test_a_cut_package_is_told(packed, tmp_path):
    (tmp_path / "a.wacz").write_bytes(packed.read_bytes()[:-500])
    assert faults(tmp_path / "a.wacz") == ["a.wacz: the ZIP cannot be read: File is not a zip file"]


def test_an_output_that_cannot_be_written_is_told_and_leaves_nothing(collection, tmp_path):
    with pytest.raises(CollectionError, match="cannot be written"):
        write_wacz(collection, tmp_path / "nowhere" / "a.wacz", lambda _: None, NOON)
    assert list(tmp_path.iterdir()) == []


def test_the_command_packs_a_collection_that_has_no_index_yet(
    collection: Collection, tmp_path: Path, cleancopy: Run
) -> None:
    copy = Collection(Path(shutil.copytree(collection.path, tmp_path / "copy")))
    copy.index.unlink()
    copy.digests.unlink()
    ran = cleancopy("wacz", copy.path, "--output", tmp_path / "copy.wacz")
    assert (ran.code, "2 WARC files and 4 pages" in ran.err) == (0, True), ran.err
    assert faults(tmp_path / "copy.wacz") == []


@pytest.mark.parametrize("indexed", [False, True])
def test_the_command_packs_no_damaged_warc(
    collection: Collection, tmp_path: Path, cleancopy: Run, indexed: bool
) -> None:
    copy = Collection(Path(shutil.copytree(collection.path, tmp_path / "copy")))
    cut = copy.complete_warcs()[-1]
    cut.write_bytes(cut.read_bytes()[:-100])
    if indexed:
        assert cleancopy("index", copy.path).code == 1
    (tmp_path / "copy.wacz").write_bytes(b"an older package")
    refused = cleancopy("wacz", copy.path, "--output", "copy.wacz")
    assert (refused.code, "copy.wacz is there already. Give --replace" in refused.err) == (2, True)
    ran = cleancopy("wacz", copy.path, "--output", "copy.wacz", "--replace")
    assert ran.code == 1
    assert f"{cut.name}, byte " in ran.err
    assert "is cut short" in ran.err
    assert "copy.wacz was not written" in ran.err
    assert (tmp_path / "copy.wacz").read_bytes() == b"an older package"
    assert not (copy.path / "derived.jsonl").exists()


def test_the_command_packs_no_warc_that_was_altered(collection: Collection, tmp_path: Path, cleancopy: Run) -> None:
    copy = Collection(Path(shutil.copytree(collection.path, tmp_path / "copy")))
    flip_in_a_response(copy)
    ran = cleancopy("wacz", copy.path, "--output", "copy.wacz")
    assert (ran.code, "copy.wacz was not written" in ran.err) == (1, True), ran.err
    assert not (tmp_path / "copy.wacz").exists()


def test_the_command_packs_no_warc_that_the_index_lacks(collection: Collection, tmp_path: Path, cleancopy: Run) -> None:
    content = b"".join(gzip.decompress(path.read_bytes()) for path in collection.complete_warcs())
    (tmp_path / "one" / "archive").mkdir(parents=True)
    (tmp_path / "one" / "archive" / "a.warc.gz").write_bytes(gzip.compress(content))
    for said in ("a.warc.gz cannot be indexed: it is one gzip member", "of a.warc.gz is not in the index"):
        ran = cleancopy("wacz", "one", "--output", "one.wacz")
        assert (ran.code, said in ran.err) == (1, True), ran.err
    assert not (tmp_path / "one.wacz").exists()


def test_the_command_index_makes_everything_anew(collection: Collection, tmp_path: Path, cleancopy: Run) -> None:
    copy = Collection(Path(shutil.copytree(collection.path, tmp_path / "copy")))
    copy.index.write_bytes(b"nonsense\n")
    copy.digests.unlink()
    ran = cleancopy("index", copy.path)
    assert ran.code == 0, ran.err
    assert copy.index.read_bytes() == collection.index.read_bytes()
    (copy.archive / "broken.warc.gz").write_bytes(b"no WARC")
    ran = cleancopy("index", copy.path)
    assert ran.code == 1
    assert "broken.warc.gz: what stands at byte 0 is no WARC record" in ran.err


def test_files_of_a_package_have_headers_that_replayweb_page_can_read(packed):
    """It takes a file's bytes to begin behind its name: a ZIP64 field, which small files do not need, hides them."""
    with ZipFile(packed) as package, packed.open("rb") as file:
        for info in package.infolist():
            file.seek(info.header_offset)
            header = file.read(30)
            assert header.startswith(b"PK\x03\x04")
            assert int.from_bytes(header[28:30], "little") == 0, info.filename
