"""Files that a crash left open, torn at any byte."""

import gzip
from pathlib import Path

from archive.collection.folder import Collection
from archive.warc.record import read_warc
from archive.warc.repair import repair
from tests.exchanges import samples, write_warc


def ends(path: Path) -> list[int]:
    """The bytes behind which an exchange is complete, the warcinfo record counted as one."""
    return [record.offset + record.length for record in read_warc(path) if record.type in ("warcinfo", "metadata")]


def test_a_torn_file_ends_with_a_whole_exchange_and_its_tail_is_kept(tmp_path):
    path, _ = write_warc(tmp_path / "whole", samples()[:3])
    content, complete = path.read_bytes(), [0, *ends(path)]
    folder = tmp_path / "torn"
    near = {at + by for at in complete for by in (-9, -1, 0, 1, 9, 11)}
    for size in sorted(near & set(range(len(content) + 1)) | set(range(0, len(content), 211))):
        folder.mkdir()
        torn = folder / (path.name + ".open")
        torn.write_bytes(content[:size])
        done = repair(torn)
        end = max(at for at in complete if at <= size)
        kept = {each.name: each.read_bytes() for each in folder.iterdir()}
        assert kept.pop(path.name, b"") == content[:end]
        assert list(kept.values()) == ([content[end:size]] if end < size else [])
        assert (done is None) == (end == 0)
        assert done is None or (done.size, done.cut) == (end, size - end)
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()


def test_garbage_behind_the_last_exchange_is_cut(tmp_path):
    path, _ = write_warc(tmp_path)
    whole = path.read_bytes()
    for garbage in (b"\0" * 4096, b"\x1f\x8b\x08" + bytes(50), gzip.compress(b"no record"), b"text"):
        torn = path.with_name(path.name + ".open")
        torn.write_bytes(whole + garbage)
        done = repair(torn)
        assert done
        assert done.path.read_bytes() == whole
        assert done.tail
        assert done.tail.read_bytes() == garbage
        assert "bytes behind its last complete capture were cut off" in str(done)


def test_a_whole_file_is_only_closed(tmp_path):
    path, _ = write_warc(tmp_path)
    whole = path.read_bytes()
    path.rename(path.with_name(path.name + ".open"))
    done = repair(path.with_name(path.name + ".open"))
    assert done
    assert (done.cut, done.tail, path.read_bytes()) == (0, None, whole)
    assert "it is whole and closed now" in str(done)


def test_a_collection_repairs_all_its_files(tmp_path):
    collection = Collection(tmp_path)
    collection.create()
    for _ in range(2):
        path, _ = write_warc(collection.archive)
        path.with_name(path.name + ".open").write_bytes(path.read_bytes()[:-5])
        path.unlink()
    assert len(collection.recover()) == 2
    assert list(collection.archive.glob("*.open")) == []
    assert collection.recover() == []


def test_nothing_behind_a_link_is_repaired_or_dropped(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "c")
    collection.create()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    left = elsewhere / "left.jsonl.open"
    left.write_text("{}")
    torn, _ = write_warc(elsewhere)
    torn.write_bytes(content := torn.read_bytes()[:-5])
    for folder in (collection.indexes, collection.records, collection.crawls, collection.memory):
        if folder.exists():
            folder.rmdir()
        folder.symlink_to(elsewhere)
    (collection.archive / "torn.warc.gz.open").symlink_to(torn)
    with collection.lock():
        assert collection.recover() == []
    assert (left.read_text(), torn.read_bytes()) == ("{}", content)


def test_captures_on_another_disk_are_repaired(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "c")
    collection.create()
    collection.archive.rename(tmp_path / "disk")
    collection.archive.symlink_to(tmp_path / "disk")
    path, _ = write_warc(collection.archive)
    path.with_name(path.name + ".open").write_bytes(path.read_bytes()[:-5])
    path.unlink()
    with collection.lock():
        assert len(collection.recover()) == 1


def test_what_was_unfinished_beside_the_archive_is_dropped(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "c")
    collection.create()
    (collection.memory / "versions/a.example").mkdir(parents=True)
    whole = [collection.crawls / "20261126.json", collection.records / "a.jsonl"]
    half = [
        collection.crawls / "20261126.json.open",
        collection.records / "b.jsonl.open",
        collection.index.with_name("index.cdxj.open"),
        collection.memory / "versions/a.example/1.json.open",
    ]
    for path in (*whole, *half):
        path.write_text("{}")
    with collection.lock():
        assert collection.recover() == []
    assert [path for path in (*whole, *half) if path.exists()] == whole
