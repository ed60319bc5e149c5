"""Crawl, extract, verify, restore, package and export agree on every capture, however odd the answers were."""

import json
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.exchange import Completeness, Kind
from archive.pipeline.captures import read_captures
from archive.records import Record, read_records
from tests.odd_answers import ODD, Odd
from tests.raw_server import RawServer, Step, Then
from tests.scripted import run_cleancopy

FAST = ("--delay", "0", "--allow-private")


def steps(odd: Odd) -> list[Step]:
    return [odd.raw, Then.CLOSE] if odd.closes else [odd.raw]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, bytes]]:
    """One crawl of all odd answers: the collection, the server's address, and the records as the crawl made them."""
    folder = tmp_path_factory.mktemp("odd")
    scripts = {f"/2026/11/{name}.html": [steps(odd)] for name, odd in ODD.items()}
    scripts["/robots.txt"] = [[b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]]
    with RawServer(scripts) as server:
        origin = server.origin
        urls = "\n".join(f"{origin}/2026/11/{name}.html" for name in ODD)
        ran = run_cleancopy(folder, "crawl", "--urls", "-", "--collection", "odd", *FAST, stdin=urls)
    assert "Traceback" not in ran.err
    return folder / "odd", origin, {path.name: path.read_bytes() for path in (folder / "odd/records").iterdir()}


def records(collection: Path) -> list[Record]:
    return [record for path in sorted((collection / "records").glob("*.jsonl")) for record in read_records(path)]


def test_every_article_has_a_record_whole_or_not(crawled: tuple[Path, str, dict[str, bytes]]) -> None:
    collection, origin, _ = crawled
    captures = [capture for warc in Collection(collection).warcs() for capture in read_captures(warc)]
    assert {record.id for record in records(collection)} == {each.record_id for each in captures if each.has_record}
    kinds = {capture.url.removeprefix(f"{origin}/2026/11/").removesuffix(".html"): capture for capture in captures}
    for name, odd in ODD.items():
        assert kinds[name].kind is odd.kind, name
    cut = {record.url: record.completeness for record in records(collection) if record.completeness != "whole"}
    assert cut[f"{origin}/2026/11/length-too-long.html"] is Completeness.DISCONNECT


def test_no_record_holds_what_is_no_text(crawled: tuple[Path, str, dict[str, bytes]]) -> None:
    for record in records(crawled[0]):
        assert not record.text.startswith(("%PDF", "\x89", "PK"))
        assert not any("\ufffd" in block.text for block in record.blocks)


def test_what_scrapy_cannot_decode_is_no_failure(crawled: tuple[Path, str, dict[str, bytes]]) -> None:
    collection, origin, _ = crawled
    (report,) = (json.loads(path.read_text()) for path in (collection / "crawls").glob("*.json"))
    failed = {each["url"].removeprefix(f"{origin}/2026/11/").removesuffix(".html") for each in report["failures"]}
    whole = {name for name, odd in ODD.items() if odd.kind is Kind.ARTICLE and odd.completeness is Completeness.WHOLE}
    assert not failed & whole


def test_verify_finds_no_fault(crawled: tuple[Path, str, dict[str, bytes]]) -> None:
    ran = run_cleancopy(crawled[0].parent, "verify", "odd", "--records")
    assert (ran.code, ran.out) == (0, "")


def test_extract_makes_the_same_bytes_and_an_export_does_not_change(
    crawled: tuple[Path, str, dict[str, bytes]],
) -> None:
    collection, _, made = crawled
    folder = collection.parent
    before = run_cleancopy(folder, "export", "odd", "--format", "jsonl", "--output", "before")
    again = run_cleancopy(folder, "extract", "odd")
    after = run_cleancopy(folder, "export", "odd", "--format", "jsonl", "--output", "after")
    assert (before.code, again.code, after.code) == (0, 0, 0), before.err + again.err + after.err
    assert {path.name: path.read_bytes() for path in (collection / "records").glob("*.jsonl")} == made
    files = [
        {path.name: path.read_bytes() for path in (folder / name).rglob("*.jsonl")} for name in ("before", "after")
    ]
    assert files[0] == files[1] != {}


def test_a_package_and_a_copy_verify(crawled: tuple[Path, str, dict[str, bytes]]) -> None:
    collection = crawled[0]
    packed = run_cleancopy(collection.parent, "wacz", "odd", "--output", "odd.wacz")
    checked = run_cleancopy(collection.parent, "verify", "odd.wacz")
    assert (packed.code, checked.code, checked.out) == (0, 0, "")
