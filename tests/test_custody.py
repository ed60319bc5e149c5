"""The chain of custody: who did what, bound line by line, and what the WARC files were."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.collection.custody import LOG, OPERATOR, Action, note, read
from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError
from archive.preservation.verify import verify
from archive.signing import new_key
from tests.exchanges import write_collection


def quiet(_: str) -> None:
    pass


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setenv(OPERATOR, "the archivist")
    made = write_collection(tmp_path / "harbour", max_bytes=5000)
    note(made, Action.CRAWL, {"run": "one", "articles": 3}, quiet)
    note(made, Action.EXPORT, {"folder": "data"}, quiet)
    note(made, Action.NOTE, {"text": "looked at by hand"}, quiet)
    return made


def faults(collection: Collection) -> list[str]:
    found: list[str] = []
    verify(collection.path, lambda fault: found.append(str(fault)))
    return found


def rewritten(collection: Collection, change: Callable[[list[bytes]], list[bytes]]) -> list[str]:
    path = collection.path / LOG
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    return faults(collection)


def test_each_line_names_the_one_before_and_the_first_the_warc_files(collection):
    lines = list(read(collection.path))
    assert [line.fault for line in lines] == ["", "", ""]
    first, second, _ = (line.entry for line in lines)
    assert first
    assert second
    assert (first.who, first.action, first.what) == ("the archivist", "crawl", {"run": "one", "articles": 3})
    assert set(first.warcs) == {path.name for path in collection.complete_warcs()}
    assert second.warcs == {}
    assert (first.before, str(second.before).startswith("sha256:")) == (None, True)
    assert first.at <= datetime.now(UTC)
    assert faults(collection) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0], lines[1].replace(b"data", b"date"), lines[2]],
        lambda lines: [lines[0], lines[2]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2], lines[1]],
        lambda lines: [lines[0], lines[1], lines[1], lines[2]],
        lambda lines: [lines[0], b"no json\n", *lines[1:]],
        lambda lines: [lines[0], b"[]\n", *lines[1:]],
    ],
)
def test_a_log_that_was_changed_is_a_fault(collection, change):
    assert any(fault.startswith(LOG) for fault in rewritten(collection, change))


def test_a_line_that_a_crash_cut_short_is_no_fault_and_goes(collection):
    path = collection.path / LOG
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"action":"crawl"')
    assert faults(collection) == []
    note(collection, Action.NOTE, {"text": "after the crash"}, quiet)
    assert path.read_bytes().startswith(whole)
    assert [line.fault for line in read(collection.path)] == [""] * 4


def test_a_warc_file_that_is_gone_or_another_is_a_fault(collection):
    gone, other, *_ = collection.complete_warcs()
    records = [collection.records_path(path.name) for path in (gone, other)]
    content = other.read_bytes()
    gone.unlink()
    other.write_bytes(content + b"\0")
    told = faults(collection)
    assert any(gone.name in fault and "it is gone" in fault for fault in told)
    assert any(other.name in fault and f"not {len(content)} as the log says" in fault for fault in told)
    assert records  # their other faults are told beside these


def test_a_file_given_up_is_none_when_the_log_says_why(collection, cleancopy):
    lost = collection.complete_warcs()[-1]
    kept = cleancopy("log", collection.path, "--note", "the disk died", "--gone", lost.name)
    assert (kept.code, "Move it away first" in kept.err) == (2, True)
    lost.unlink()
    assert cleancopy("log", collection.path, "--gone", lost.name).code == 2
    assert cleancopy("log", collection.path, "--note", "the disk died", "--gone", lost.name).code == 0
    assert not [fault for fault in faults(collection) if "as the log says" in fault or "it is gone" in fault]


def test_lines_are_signed_with_the_key_of_the_collection(collection, tmp_path, monkeypatch):
    key = new_key(tmp_path / "my.key")
    collection.settings.write_text(f"key: {tmp_path / 'my.key'}\n")
    note(collection, Action.CRAWL, {"run": "two"}, quiet)
    assert [line.signer and line.signer.fingerprint for line in read(collection.path)] == [
        None,
        None,
        None,
        key.fingerprint,
    ]
    assert faults(collection) == []
    changed = rewritten(collection, lambda lines: [*lines[:3], lines[3].replace(b'"two"', b'"six"')])
    assert [fault for fault in changed if "changed after it was signed" in fault]


def test_a_key_that_cannot_be_used_is_told_and_the_line_stands(collection):
    collection.settings.write_text("key: /nowhere/my.key\n")
    told: list[str] = []
    note(collection, Action.CRAWL, {"run": "two"}, told.append)
    assert ["is not signed" in sentence and "/nowhere/my.key" in sentence for sentence in told] == [True]
    assert len(list(read(collection.path))) == 4


def test_a_key_in_the_collection_is_refused(collection):
    collection.settings.write_text(f"key: {collection.path / 'my.key'}\n")
    with pytest.raises(ConfigurationError, match="Keep the key outside"):
        load_settings(collection)


def test_what_users_do_stands_in_the_log(cleancopy, tmp_path, monkeypatch):
    monkeypatch.setenv(OPERATOR, "the archivist")
    collection = write_collection(tmp_path / "harbour")
    assert cleancopy("extract", "harbour").code == 0
    assert cleancopy("wacz", "harbour", "--output", "harbour.wacz").code == 0
    url = "http://news.example/plain.html"
    assert cleancopy("takedown", "harbour", "--url", url, "--reason", "asked", "--yes").code == 0
    done = ["extract", "package", "takedown"]
    shown = cleancopy("log", "harbour")
    assert shown.code == 0
    assert [row.split("\t")[3].partition(",")[0] for row in shown.out.splitlines()] == [
        "extract",
        "package",
        "takedown",
    ]
    assert "the archivist" in shown.out
    raw = cleancopy("log", "harbour", "--raw").out
    assert raw == (Path(tmp_path) / "harbour" / LOG).read_text()
    assert [json.loads(line)["action"] for line in raw.splitlines()] == done
    assert [fault for fault in faults(collection) if LOG in fault or "as the log says" in fault] == []
