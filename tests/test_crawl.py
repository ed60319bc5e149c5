"""Crawls as a user runs them: the command, a real server, a collection on disk."""

import gzip
import itertools
import json
import os
import re
import signal
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.pipeline.captures import read_captures
from archive.records import Record, read_records
from crawler.commands.crawl_run import summarise
from crawler.crawl import CrawlReport
from crawler.demo import DemoSite
from tests.scripted import PATIENCE, Answer, Run, ScriptedSite, command, environment, story

FAST = ("--delay", 0, "--allow-private")
TRUTHS = [json.loads(path.read_text()) for path in Path(__file__).parent.glob("demo_truth/*.json")]


def records(collection: Path) -> list[Record]:
    return [record for path in sorted((collection / "records").glob("*.jsonl")) for record in read_records(path)]


def report(collection: Path) -> dict[str, object]:
    newest = max((collection / "crawls").glob("*.json"))
    return dict(json.loads(newest.read_text()))


def test_the_demo_site_from_its_address_alone(tmp_path: Path, cleancopy: Run) -> None:
    with DemoSite() as demo:
        first = cleancopy("crawl", demo.url, "--collection", "news", *FAST)
        assert first.code == 0, first.err
        hits = demo.counts
        second = cleancopy("crawl", demo.url, "--collection", "news", *FAST)
        assert second.code == 0, second.err
        again = demo.counts - hits
    collection = tmp_path / "news"
    assert {record.title for record in records(collection)} == {truth["title"] for truth in TRUTHS}
    assert hits["/robots.txt"] == 1
    assert hits["/drafts/2026/swing-bridge-reopens.html"] == 0, "robots.txt forbids it"
    assert all(count == 1 for count in hits.values()), hits
    assert "Nothing new" in second.err
    versions = report(collection)["versions"]
    assert isinstance(versions, dict)
    assert {"cleancopy", "scrapy", "lxml", "warcio", "htmldate", "numpy"} <= set(versions), "what decides results"
    assert "trafilatura" not in versions, "which took no part"
    assert not any(path.endswith((".html", ".htm")) for path in again), again
    assert {warc.suffix for warc in (collection / "archive").iterdir()} == {".gz"}
    warcs = [path.name.removesuffix(".warc.gz") for path in (collection / "archive").iterdir()]
    assert sorted(warcs) == sorted(path.stem for path in (collection / "records").iterdir()), "one for each WARC file"


def test_every_exchange_is_in_the_archive(tmp_path: Path, cleancopy: Run) -> None:
    with DemoSite() as demo:
        urls = [demo.url_of("/go/4711"), demo.url_of("/nowhere.html"), demo.url_of("/news/")]
        ran = cleancopy("crawl", "--urls", "-", "--collection", "c", *FAST, stdin="# a list\n\n" + "\n".join(urls))
        served = [hit.path for hit in demo.hits]
    kept = [capture for warc in (tmp_path / "c/archive").iterdir() for capture in read_captures(warc)]
    assert sorted(served) == sorted(capture.url.removeprefix(demo.origin) for capture in kept)
    assert sorted(capture.status for capture in kept) == [200, 200, 200, 301, 404]
    assert f"{urls[1]}: HTTP 404" in ran.err
    moved = next(record for record in records(tmp_path / "c") if "fischmarkt" in (record.url or ""))
    assert moved.requested_url == urls[0]
    assert moved.discovery.type == "list"


def test_records_are_rebuilt_byte_for_byte(tmp_path: Path, cleancopy: Run) -> None:
    with DemoSite() as demo:
        cleancopy("crawl", demo.url, "--collection", "c", *FAST)
    before = {path.name: path.read_bytes() for path in (tmp_path / "c/records").iterdir()}
    assert before
    for path in (tmp_path / "c/records").iterdir():
        path.unlink()
    ran = cleancopy("extract", "c")
    assert ran.code == 0, ran.err
    assert {path.name: path.read_bytes() for path in (tmp_path / "c/records").iterdir()} == before


def test_a_limit_counts_articles_and_the_rest_is_kept_for_later(tmp_path: Path, cleancopy: Run) -> None:
    with DemoSite() as demo:
        assert cleancopy("crawl", demo.url, "--collection", "c", "--limit", 2, *FAST).code == 0
        assert len(records(tmp_path / "c")) == 2
        assert cleancopy("crawl", demo.url, "--collection", "c", *FAST).code == 0
    assert len(records(tmp_path / "c")) == 12


def test_dates_choose_articles_and_drop_none_for_good(tmp_path: Path, cleancopy: Run) -> None:
    with DemoSite() as demo:
        cleancopy("crawl", demo.url, "--collection", "c", "--since", "2026-11-20", "--until", "2026-11-21", *FAST)
        some = records(tmp_path / "c")
        cleancopy("crawl", demo.url, "--collection", "c", *FAST)
    expected = {truth["title"] for truth in TRUTHS if "2026-11-20" <= truth["date_published"][:10] <= "2026-11-21"}
    assert expected <= {record.title for record in some}, (expected, [record.discovery for record in some])
    assert len(some) < 12
    assert len(records(tmp_path / "c")) == 12


def test_politeness_one_request_at_a_time_with_the_longer_of_both_delays(
    tmp_path: Path, cleancopy: Run, site: ScriptedSite
) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.6\nDisallow: /private", Content_Type="text/plain")
    for number in range(3):
        site.page(f"/story-number-{number}.html", story(f"Story {number}"))
    urls = [f"{site.url}/story-number-{number}.html" for number in range(3)] + [f"{site.url}/private.html"]
    delayed = ("--collection", "c", "--delay", 0.1, "--allow-private")
    ran = cleancopy("crawl", "--urls", "-", *delayed, stdin="\n".join(urls))
    assert "private.html: robots.txt forbids it" in ran.err
    assert "/private.html" not in site.paths()
    captures = [capture for warc in (tmp_path / "c/archive").iterdir() for capture in read_captures(warc)]
    sent = sorted(capture.date for capture in captures if capture.date and "/story" in capture.url)
    gaps = [(later - sooner).total_seconds() for sooner, later in itertools.pairwise(sent)]
    assert len(gaps) == 2
    assert min(gaps) > 0.59, gaps
    # The server may see a single request late; that it saw them twice as fast as it asks for cannot be.
    seen = [moment for moment, path, _ in site.hits if path.startswith("/story")]
    assert seen[-1] - seen[0] > 0.6
    agents = {headers["User-Agent"] for _, _, headers in site.hits}
    assert all(agent.startswith("cleancopy/") and "http" in agent for agent in agents), agents


def test_private_addresses_are_refused_unless_allowed(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    url = site.page("/story-of-the-day.html", story("Of the day"))
    ran = cleancopy("crawl", "--urls", "-", "--delay", 0, "--collection", "c", stdin=url)
    assert ran.code == 1
    assert "127.0.0.1" in ran.err
    assert "--allow-private" in ran.err
    assert site.paths() == []


def test_a_site_without_lists_is_read_from_its_links(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    links = "".join(f"<a href=/2026/11/20/a-story-with-a-name-{number}>Story</a>" for number in range(3))
    site.page("/", f"<html><body>{links}<a href=/about>About</a><a href=https://other.example/x>x</a></body></html>")
    for number in range(3):
        site.page(f"/2026/11/20/a-story-with-a-name-{number}", story(f"Story {number}"))
    ran = cleancopy("crawl", site.url, "--collection", "c", *FAST)
    assert ran.code == 0, ran.err
    assert sorted(record.title or "" for record in records(tmp_path / "c")) == ["Story 0", "Story 1", "Story 2"]
    assert "/about" not in site.paths()


def test_what_a_server_can_do_to_a_crawl_ends_in_a_sentence(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    sentences = {
        site.page("/gone.html", "gone", status=410): "HTTP 410",
        site.page("/loop-a.html", "", status=302, Location="/loop-b.html"): "",
        site.page("/loop-b.html", "", status=302, Location="/loop-a.html"): "redirected in a loop, to",
        site.page("/long.html", "", status=302, Location="/long-1.html"): "",
        site.url + "/long-10.html": "redirected more than 10 times, last to",
        site.page("/elsewhere.html", "", status=301, Location="ftp://ftp.example/"): "which is not http or https",
        site.page("/paper.pdf", b"%PDF-1.7", Content_Type="application/pdf"): "is application/pdf and not HTML",
        site.page("/bomb.html", gzip.compress(b"<p>" + b"0" * 200_000_000, 6), Content_Encoding="gzip"): "",
    }
    for hop in range(1, 14):
        site.page(f"/long-{hop}.html", "", status=307, Location=f"/long-{hop + 1}.html")
    urls = [site.page("/good.html", story("Good")), *(url for url in sentences if "long-10" not in url)]
    ran = cleancopy("crawl", "--urls", "-", "--collection", "c", *FAST, stdin="\n".join(urls))
    assert ran.code == 0, ran.err
    for url, sentence in sentences.items():
        assert not sentence or re.search(f"{re.escape(url)}: .*{sentence}", ran.err), (url, ran.err)
    good, bomb = records(tmp_path / "c")
    assert (good.title, bomb.url) == ("Good", f"{site.url}/bomb.html"), "what could be unpacked of it has a record"
    assert "size" in bomb.extraction.warning_kinds
    statuses = [capture.status for warc in (tmp_path / "c/archive").iterdir() for capture in read_captures(warc)]
    assert statuses.count(302) + statuses.count(307) >= 12, "what fails is captured as well"


def test_an_answer_larger_than_the_limit_is_asked_for_once(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    def long(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "64000001")
        handler.end_headers()
        handler.wfile.write(story("Long").encode())

    def wide(handler: BaseHTTPRequestHandler) -> None:
        site.send(handler, Answer(story("Wide").encode(), headers={"X-Padding": "x" * 300_000}))

    site.pages |= {"/long.html": long, "/wide.html": wide}
    urls = [f"{site.url}/{name}.html" for name in ("long", "wide")]
    ran = cleancopy("crawl", "--urls", "-", "--collection", "c", *FAST, stdin="\n".join(urls))
    assert ran.code == 1, ran.err
    assert sorted(site.paths()) == ["/long.html", "/robots.txt", "/wide.html"]
    failures = report(tmp_path / "c")["failures"]
    assert isinstance(failures, list)
    assert {failed["kind"] for failed in failures} == {"too_large"}
    for url in urls:
        assert re.search(f"{re.escape(url)}: the page is larger than the limit", ran.err), ran.err
    site.pages["/robots.txt"] = wide
    forbidden = cleancopy("clean", urls[0], "--allow-private")
    assert f"{urls[0]}: robots.txt cannot be read (the page is larger than the limit" in forbidden.err
    assert "Error" not in ran.err + forbidden.err, "people read no names of Python's"


def test_odd_pages_have_records_that_say_what_is_odd(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    site.page("/empty.html", "")
    site.page("/wrong.html", story("Größe und Maß").encode("latin-1"), Content_Type="text/html; charset=utf-8")
    site.page("/huge.html", story("Huge").encode() + (b"<p>" + b"filler " * 700 + b"</p>") * 10_000)
    urls = [f"{site.url}/{name}.html" for name in ("empty", "wrong", "huge")]
    ran = cleancopy("crawl", "--urls", "-", "--collection", "c", *FAST, stdin="\n".join(urls))
    assert ran.code == 0, ran.err
    found = {(record.url or "")[len(site.url) :]: record for record in records(tmp_path / "c")}
    assert found["/empty.html"].extraction.warnings == ("the page is empty",)
    assert found["/wrong.html"].title == "Größe und Maß"
    assert any("charset" in warning for warning in found["/wrong.html"].extraction.warnings)
    assert found["/huge.html"].title == "Huge"
    assert any("only the first" in warning for warning in found["/huge.html"].extraction.warnings)


def test_a_host_that_does_not_answer(cleancopy: Run) -> None:
    ran = cleancopy("clean", "http://127.0.0.1:9/story.html", "--allow-private")
    assert ran.code == 1
    assert "http://127.0.0.1:9/story.html: the server refused the connection" in ran.err
    unknown = cleancopy("clean", "http://no-such-host.invalid/story.html")
    assert unknown.code == 1
    assert "the host name is not known" in unknown.err


@pytest.mark.parametrize(
    ("sent", "reason"),
    [(b"", "the server closed the connection"), (b"SSH-2.0-gull\r\n\r\n", "what came is no HTTP")],
)
def test_a_server_that_does_not_speak_http(cleancopy: Run, site: ScriptedSite, sent: bytes, reason: str) -> None:
    def odd(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)
        handler.close_connection = True

    site.pages["/odd.html"] = odd
    ran = cleancopy("clean", f"{site.url}/odd.html", "--allow-private")
    assert (ran.code, ran.err.strip()) == (1, f"{site.url}/odd.html: {reason}"), ran.err


def test_a_server_that_asks_for_patience_gets_it(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    asked: list[float] = []

    def busy_once(handler: BaseHTTPRequestHandler) -> None:
        asked.append(time.monotonic())
        busy = len(asked) == 1
        body = b"busy" if busy else story("At last").encode()
        site.send(handler, Answer(body, 429 if busy else 200, {"Content-Type": "text/html", "Retry-After": "2"}))

    site.pages["/busy.html"] = busy_once
    site.page("/other.html", story("Other"))
    urls = f"{site.url}/busy.html\n{site.url}/other.html\n"
    ran = cleancopy("crawl", "--urls", "-", "--collection", "c", *FAST, stdin=urls)
    assert ran.code == 0, ran.err
    assert {record.title for record in records(tmp_path / "c")} == {"At last", "Other"}
    assert asked[1] - asked[0] >= 2
    other = next(moment for moment, path, _ in site.hits if path == "/other.html")
    assert not asked[0] + 0.1 < other < asked[0] + 2, "the whole host is left alone"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("crawl",), 2, "Give one or more sites"),
        (("crawl", "no-such-site.example"), 2, "No site file for 'no-such-site.example'"),
        (("crawl", "--urls", "missing.txt"), 2, "missing.txt cannot be read"),
        (("crawl", "--urls", "-"), 2, "no URLs found"),
        (("crawl", "bad.yaml"), 2, "bad.yaml:1: unknown key 'discovr'; did you mean 'discover'?"),
        (("crawl", "torn.yaml"), 2, "torn.yaml:2: not YAML"),
        (("crawl", "ftp://site.example/"), 2, "expected an http or https URL"),
        (("crawl", "http://site.example/", "--since", "2026-02-01", "--until", "2026-01-01"), 2, "is later than"),
        (("crawl", "http://site.example/", "--since", "yesterday"), 2, "'--since': 'yesterday' is no day"),
        (("export", "c", "--format", "xslx"), 2, "'--format': 'xslx' is not one of 'jsonl', "),
        (("extract", "nowhere"), 2, "nowhere: there is no such file"),
        (("clean", "nowhere.html"), 2, "nowhere.html cannot be read"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    tmp_path: Path, cleancopy: Run, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    (tmp_path / "bad.yaml").write_text("discovr:\n  feeds: []\n")
    (tmp_path / "torn.yaml").write_text("name: [a\n")
    ran = cleancopy(*arguments)
    assert (ran.code, "Traceback" in ran.err) == (code, False), ran.err
    assert sentence in ran.err


def test_ctrl_c_ends_cleanly_and_the_same_command_goes_on(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    for number in range(30):
        site.page(f"/story-number-{number}.html", story(f"Story {number}"))
    (tmp_path / "urls.txt").write_text("\n".join(f"{site.url}/story-number-{number}.html" for number in range(30)))
    gate = site.gate("/story-number-5.html")
    arguments = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", "0.1", "--allow-private")
    process = subprocess.Popen(
        command(*arguments), cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, start_new_session=True
    )
    while "/story-number-5.html" not in site.paths():
        time.sleep(0.02)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    gate.set()
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert b"Interrupted; the same command goes on from here" in said
    assert not list((tmp_path / "c/archive").glob("*.open"))
    captured = len(records(tmp_path / "c"))
    assert 5 <= captured < 30
    ran = cleancopy(*arguments)
    assert ran.code == 0, ran.err
    assert len(records(tmp_path / "c")) == 30
    assert len(site.paths()) <= 30 + 1 + 2, "robots.txt twice, and no page anew but what was under way"


@pytest.mark.parametrize(("ended", "advised"), [("finished", True), ("interrupted", False), ("stopped", False)])
def test_why_nothing_came_is_said_of_whole_runs_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ended: str, advised: bool
) -> None:
    report = CrawlReport("1", "", 0.1, ended, None, {}, {}, {}, {}, [], [], [], [], {}, 0, 0, {}, {})
    summarise(report, Collection(tmp_path))
    assert ("No article found" in capsys.readouterr().err) is advised


def test_a_second_process_is_told_who_is_at_work(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    url = site.page("/slow-story.html", story("Slow"))
    gate = site.gate("/slow-story.html")
    process = subprocess.Popen(
        command("crawl", "--urls", "-", "--collection", "c", *FAST),
        stdin=subprocess.PIPE, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(url.encode())
    process.stdin.close()
    while "/slow-story.html" not in site.paths():
        time.sleep(0.02)
        assert process.poll() is None
    ran = cleancopy("crawl", "--urls", "-", "--collection", "c", *FAST, stdin=url)
    assert ran.code == 1
    assert f"c is in use by process {process.pid}" in ran.err
    gate.set()
    assert process.wait(timeout=PATIENCE) == 0
