"""Collections, copies and packages that somebody else made: what lies in them is believed as far as it is checked."""

import json
import os
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from archive.collection.derived import derived_from
from archive.collection.folder import Collection
from archive.collection.pending_takedown import is_pending
from archive.collection.sqlite_file import open_database
from archive.errors import CleancopyError, CollectionError, ConfigurationError, WarcError
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.memory.site_memory import SiteMemory
from archive.operations.site_runs import site_runs
from archive.preservation.directory_store import Directory
from archive.preservation.restoring import restore
from archive.preservation.verify import verify
from archive.research.captured_page import find_record, source_of
from archive.research.revisions import captures_of
from archive.sites import find_site
from archive.sites.hooks import HOOKS_VARIABLE, load_hook
from archive.sites.loading import SITES_VARIABLE, load_site
from archive.sites.yaml_lines import load_mapping
from archive.warc.index import fields_of
from crawler.frontier.entry import entry_of
from tests.scripted import Run
from tests.shots import Shot, article, make_collection

TEXT = "The harbour board met on Monday and agreed to dredge the eastern basin. " * 6


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return make_collection(tmp_path / "handed", [Shot("https://gull.example/1.html", article("Dredging", TEXT))])


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A function that leaves a file when its module is imported."""
    name = f"handed_hook_{tmp_path.name}"
    code = "import pathlib\nfrom archive.sites import extraction_hook\n"
    code += f"pathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
    code += "@extraction_hook\ndef keep(record, tree):\n    return record\n"
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / f"{name}.py").write_text(code)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "modules"), *sys.path])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv(HOOKS_VARIABLE, "")
    monkeypatch.setenv(SITES_VARIABLE, "")
    return f"{name}:keep"


def test_python_that_a_collection_names_is_not_even_imported(
    collection: Collection, hook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (collection.sites / "gull.example.yaml").write_text(f"layouts: [{{body: article}}]\nextract: {hook}\n")
    site = find_site("gull.example", [collection.sites])
    assert site
    assert site.extract == hook
    for use in (site.digest, lambda: load_hook(hook)):
        with pytest.raises(ConfigurationError, match=f"give --sites .* or set {HOOKS_VARIABLE}={hook}"):
            use()
    assert not (tmp_path / "ran").exists()
    # Whoever names the folder, or has a file with the same function, lets it run.
    own = tmp_path / "own"
    own.mkdir()
    (own / "gull.example.yaml").write_text(f"extract: {hook}\n")
    load_site(own / "gull.example.yaml")
    assert site.digest()
    assert (tmp_path / "ran").exists()
    monkeypatch.setenv(HOOKS_VARIABLE, "")
    monkeypatch.setenv(SITES_VARIABLE, str(collection.sites))
    load_site(collection.sites / "gull.example.yaml")
    load_hook(hook)


def test_extract_says_that_python_would_run(collection: Collection, hook: str, cleancopy: Run, tmp_path: Path) -> None:
    (collection.sites / "gull.example.yaml").write_text(f"layouts: [{{body: article}}]\nextract: {hook}\n")
    before = {path: path.read_bytes() for path in collection.records.iterdir()}
    ran = cleancopy("extract", collection.path)
    assert (ran.code, HOOKS_VARIABLE in ran.err, "Traceback" in ran.err) == (2, True, False), ran.err
    assert {path: path.read_bytes() for path in collection.records.glob("*.jsonl")} == before
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("gone", name) for name in ("../../x", "/etc/passwd", "..", "a/../../x", "records/../../x", ".lock", "")),
        *(("new", name) for name in (".lock", "notes.txt", "records/a.sh", "archive/authorized_keys")),
    ],
)
def test_a_takedown_that_was_never_decided_here_touches_nothing(
    collection: Collection, tmp_path: Path, kind: str, name: str
) -> None:
    (tmp_path / "x").write_text("precious")
    folder = collection.path / ".takedown"
    (folder / "files").mkdir(parents=True)
    (folder / "gone.json").write_text(json.dumps([name] if kind == "gone" else []))
    if kind == "new":
        (folder / "files" / name).parent.mkdir(exist_ok=True)
        (folder / "files" / name).write_text("evil")
    with pytest.raises(CollectionError, match="no file of a collection"):
        collection.require()
    assert (tmp_path / "x").read_text() == "precious"


def test_a_takedown_does_not_write_through_links(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (collection.path / "memory").symlink_to(tmp_path / "home")
    files = collection.path / ".takedown" / "files" / "memory"
    files.mkdir(parents=True)
    (files / "x.json").write_text("{}")
    (collection.path / ".takedown" / "gone.json").write_text("[]")
    with pytest.raises(CollectionError, match="lies behind a link"):
        collection.require()
    assert not any((tmp_path / "home").iterdir())


@pytest.mark.parametrize("content", ["", "{}", "[1]", "[" * 100_000])
def test_a_list_of_a_takedown_that_is_none(collection: Collection, content: str) -> None:
    (collection.path / ".takedown" / "files").mkdir(parents=True)
    (collection.path / ".takedown" / "gone.json").write_text(content)
    with pytest.raises(CollectionError, match="no list of files"):
        collection.require()


def test_a_takedown_behind_a_link_is_none(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "theirs" / "files").mkdir(parents=True)
    (tmp_path / "theirs" / "gone.json").write_text('["state.sqlite"]')
    (collection.path / ".takedown").symlink_to(tmp_path / "theirs")
    assert not is_pending(collection.path)


@pytest.mark.parametrize("name", ["../../secret.warc.gz", "/etc/passwd", "..", "a\x00b", "", "a/b.warc.gz"])
def test_a_record_cannot_name_a_file_elsewhere(collection: Collection, name: str) -> None:
    (path,) = collection.records.glob("*.jsonl")
    record = json.loads(path.read_bytes())
    record["warc"]["filename"] = name
    path.write_text(json.dumps(record, separators=(",", ":")) + "\n")
    with pytest.raises(CollectionError, match="expected a plain name"):
        source_of(collection, find_record(collection, record["id"]))


@pytest.mark.parametrize("offset", [-1, 1 << 62, 1 << 70])
def test_a_record_with_an_impossible_place(collection: Collection, offset: int) -> None:
    (path,) = collection.records.glob("*.jsonl")
    record = json.loads(path.read_bytes())
    record["warc"]["offset"] = offset
    path.write_text(json.dumps(record, separators=(",", ":")) + "\n")
    with pytest.raises(CleancopyError):
        source_of(collection, find_record(collection, record["id"]))


@pytest.mark.parametrize("line", [b"", b"a b\n", b'a 1 {"filename": 3}', b"a 1 []", b"a 1 " + b"[" * 100_000])
def test_a_line_of_an_index_that_is_none(line: bytes) -> None:
    with pytest.raises(WarcError, match="makes it anew"):
        fields_of(line)


def test_a_copy_with_links_gives_away_nothing(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.jsonl").write_text("secret")
    for folder in ("archive", "records"):
        (tmp_path / "copy" / folder).mkdir(parents=True)
    (tmp_path / "copy" / "records" / "a.jsonl").symlink_to(tmp_path / "secret")
    (tmp_path / "copy" / "memory").symlink_to(tmp_path / "folder")
    (tmp_path / "copy" / "collection.yaml").symlink_to(tmp_path / "secret")
    (tmp_path / "copy" / "manifest-sha256.txt").write_text(f"{'0' * 64}  ../../x\n{'0' * 64}  records/a.jsonl\n")
    target, told = Collection(tmp_path / "new"), list[str]()
    store = Directory(tmp_path / "copy", create=False)
    restore(store, target, lambda fault: told.append(str(fault)), lambda _: None)
    kept = [path for path in target.path.rglob("*") if path.is_file() and path.name != "manifest-sha256.txt"]
    assert kept == []
    assert any("records/a.jsonl" in fault for fault in told)
    assert not (tmp_path / "x").exists()


def _memory(**changes: object) -> bytes:
    told = json.loads(SiteMemory("gull.example", "m", 3).to_bytes())
    return json.dumps({**told, **changes}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        _memory(site="../../evil"),
        _memory(articles=-1),
        _memory(articles=1e300),
        _memory(articles="3"),
        _memory(texts=[{"key": "a", "pages": 1, "labels": {"body": 7}, "text": "", "place": ""}]),
        _memory(texts=[{"key": "a", "pages": 1, "labels": {"body": float("nan")}, "text": "", "place": ""}]),
        _memory(texts=[{"key": "a", "pages": 1, "labels": {"nothing": 1}, "text": "", "place": ""}]),
        _memory(places=[{"place": "a", "pages": 1, "labels": {}, "blocks": 1, "repeats": -5}]),
    ],
)
def test_a_memory_is_checked(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gull.example.json").write_bytes(content)
    with pytest.raises(ConfigurationError, match="not a site memory"):
        MemoryShelf(tmp_path).latest("gull.example")


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE VIEW things AS SELECT 1 AS name",
        "CREATE TABLE things (name TEXT); CREATE TRIGGER t AFTER INSERT ON things BEGIN DELETE FROM things; END",
    ],
)
def test_a_database_with_a_program_in_it_is_refused(tmp_path: Path, schema: str) -> None:
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as db:
        db.executescript(schema)
    with pytest.raises(sqlite3.DatabaseError, match="which cleancopy never makes"):
        open_database(tmp_path / "state.sqlite")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: " + "[" * 100_000, "nested more than 100 deep"),
        ("a: " + "{b: " * 5_000, "nested more than 100 deep"),
        (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
            "repeats by \\* included",
        ),
        ("a: &a [*a]\n", "repeats by \\* included"),
        ("a: x\n" * 1_500_000, "bytes"),
    ],
)
def test_yaml_that_would_fill_the_memory(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "gull.example.yaml").write_text(content)
    with pytest.raises(ConfigurationError, match=message):
        load_mapping(tmp_path / "gull.example.yaml")


@pytest.mark.parametrize(
    "line", ['{"x": 1}', '{"at":"2026-01-01T00:00:00Z","kind":"WACZ","path":"../x"}', "[" * 100_000]
)
def test_a_line_of_derived_that_is_none(tmp_path: Path, line: str) -> None:
    (tmp_path / "derived.jsonl").write_text(line + "\n")
    told: list[str] = []
    assert list(derived_from(tmp_path, told.append)) == []
    assert len(told) == 1


def test_a_report_of_a_run_without_end(collection: Collection) -> None:
    (collection.crawls / "20261120120000.json").write_text("[" * 100_000)
    with pytest.raises(CollectionError, match="no report of a crawl"):
        site_runs(collection)


@pytest.mark.parametrize(
    "files",
    [
        {"../../evil": b"x", "/etc/evil": b"x", "archive/../../evil.warc.gz": b"x"},
        {"datapackage.json": b"[" * 100_000},
        {"datapackage.json": b'{"resources": [{"path": ["x"]}, 3]}'},
        {"datapackage.json": b'{"resources": 3}'},
        {"datapackage.json": b'{"resources": []}', "pages/pages.jsonl": b"[" * 100_000},
        {"datapackage.json": b'{"resources": []}', "pages/pages.jsonl": b"x" * 50_000_000},
        {"datapackage.json": b'{"resources": []}', "indexes/index.cdxj": b"x" * 50_000_000},
    ],
)
def test_a_package_from_somebody_else(tmp_path: Path, files: dict[str, bytes]) -> None:
    with ZipFile(tmp_path / "a.wacz", "w", compression=8) as package:
        for name, content in files.items():
            package.writestr(name, content)
    told: list[str] = []
    verify(tmp_path / "a.wacz", lambda fault: told.append(str(fault)))
    assert told
    assert [path.name for path in tmp_path.iterdir()] == ["a.wacz"]


def test_a_memory_that_was_learnt_is_read_again(tmp_path: Path) -> None:
    MemoryShelf(tmp_path).put(SiteMemory("gull.example", "m", 3), datetime(2026, 11, 20, tzinfo=UTC))
    assert MemoryShelf(tmp_path).latest("gull.example").articles == 3


@pytest.mark.parametrize(
    "changes", [{"date_crawled": "soon"}, {"date_crawled": "2026-11-20T12:00:00"}, {"date_crawled": "9" * 5_000}]
)
def test_a_record_without_a_moment(collection: Collection, changes: dict[str, str]) -> None:
    (path,) = collection.records.glob("*.jsonl")
    record = {**json.loads(path.read_bytes()), **changes}
    path.write_text(json.dumps(record, separators=(",", ":")) + "\n")
    with pytest.raises(CollectionError, match="not a record line"):
        captures_of(collection, "https://gull.example/1.html")


@pytest.mark.parametrize("origin", ["", "{}", '{"purpose": "harm"}', '{"purpose": "article", "x": 1}', "[" * 100_000])
def test_a_frontier_that_holds_no_origin(origin: str) -> None:
    row = (
        1,
        "k",
        "https://gull.example/",
        "gull.example",
        "article",
        origin,
        "gull.example",
        0,
        0,
        0,
        None,
        None,
        None,
        0,
    )
    with pytest.raises(CollectionError, match="how the URL was found"):
        entry_of(row)
