"""The archive holds what went over the wire, byte for byte, over http and https."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.warc.digest import sha1_digest
from archive.warc.fields import parse_fields
from archive.warc.record import WarcRecord, read_warc
from tests.capture_cases import BEHIND, CASES, PAGE, Case, page
from tests.capture_crawl import run_jobs
from tests.raw_server import RawServer, Step, Then, self_signed

SCHEMES = ("http", "https")
EXTRA: dict[str, list[list[Step]]] = {
    "/robots.txt": [[page(body=b"User-agent: *\nDisallow: /private\n")]],
    "/allowed": [[page()]],
    "/moved": [[b"HTTP/1.1 301 Moved\r\nLocation: /moved-here\r\nContent-Length: 0\r\n\r\n"]],
    "/moved-here": [[page()]],
    "/flaky": [[page().replace(b"200 OK", b"503 Busy")], [page()]],
    "/then-stale": [[page(), Then.DROP_NEXT]],
    "/stale": [[page()]],
    "/then-stale-post": [[page(), Then.DROP_NEXT]],
    "/stale-post": [[page()]],
    "/large-post": [[page()]],
    "/kept-1": [[page()]],
    "/kept-2": [[page()]],
    "/no-answer": [[Then.CLOSE]],
    "/reset-at-once": [[0.05, Then.RESET]],
    "/silent": [[1.0]],
}
#: More than the system takes at once.
LARGE = "".join(map(str, range(300_000)))
META: dict[str, dict[str, Any]] = {
    "/silent": {"download_timeout": 0.4},
    "/allowed": {"dont_obey_robotstxt": False},
    "/moved": {"handle_httpstatus_all": False},
    "/flaky": {"dont_retry": False, "handle_httpstatus_all": False},
}


@dataclass
class Crawled:
    """What came of the jobs of one server."""

    server: RawServer
    records: list[WarcRecord]
    outcomes: dict[str, dict[str, Any]]
    warc: Path

    def of(self, path: str, kind: str) -> list[WarcRecord]:
        url = self.server.origin + path
        return [record for record in self.records if record.type == kind and record.field("WARC-Target-URI") == url]

    def notes(self, path: str) -> list[dict[str, str]]:
        return [parse_fields(record.block) for record in self.of(path, "metadata")]


def jobs_of(server: RawServer) -> Iterator[dict[str, Any]]:
    for name, case in CASES.items():
        yield {"url": f"{server.origin}/{name}", **case.request}
    for path in EXTRA:
        if path not in ("/robots.txt", "/moved-here"):
            method = "POST" if "post" in path else "GET"
            body = LARGE if path == "/large-post" else ""
            yield {"url": server.origin + path, "method": method, "body": body, "meta": META.get(path, {})}


def scripts() -> dict[str, list[list[Step]]]:
    return {f"/{name}": [case.steps] for name, case in CASES.items()} | EXTRA


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Crawled]]:
    """One crawl of both servers; then one Crawled for each scheme."""
    folder = tmp_path_factory.mktemp("capture")
    with RawServer(scripts()) as plain, RawServer(scripts(), self_signed(folder)) as secure:
        outcomes = run_jobs(folder, [*jobs_of(plain), *jobs_of(secure)])
        [warc] = folder.glob("*.warc.gz")
        records = list(read_warc(warc))
        yield {
            scheme: Crawled(
                server,
                [record for record in records if (record.field("WARC-Target-URI") or "").startswith(server.origin)],
                {outcome["url"].removeprefix(server.origin): outcome for outcome in outcomes},
                warc,
            )
            for scheme, server in zip(SCHEMES, (plain, secure), strict=True)
        }


@pytest.fixture(params=SCHEMES)
def crawled(request: pytest.FixtureRequest, crawls: dict[str, Crawled]) -> Crawled:
    return crawls[request.param]


@pytest.mark.parametrize("name", CASES)
def test_an_exchange_is_kept_byte_for_byte(crawled: Crawled, name: str) -> None:
    case: Case = CASES[name]
    path = f"/{name}"
    [response], [request] = crawled.of(path, "response"), crawled.of(path, "request")
    assert response.block == case.expected
    assert request.block == crawled.server.received(path)[-1].data
    assert response.field("WARC-Payload-Digest") == (None if case.entity is None else sha1_digest(case.entity))
    assert response.field("WARC-Truncated") == case.truncated
    assert crawled.outcomes[path].get("error") == case.error
    assert crawled.notes(path)[0].get("interim", "").encode("latin-1") == case.interim


def test_an_answer_says_over_which_protocols_it_came(crawled: Crawled) -> None:
    for name, case in CASES.items():
        [response] = crawled.of(f"/{name}", "response")
        protocols = [value for key, value in response.fields if key == "WARC-Protocol"]
        secure = ["tls/1.3"] if crawled.server.tls else []
        assert protocols == ([case.protocol] if case.protocol else []) + secure, name
        assert (response.field("WARC-Cipher-Suite") or "").startswith("TLS_") == bool(secure), name
        assert response.field("WARC-IP-Address") == "127.0.0.1", name


def test_scrapy_is_given_the_page_and_its_place(crawled: Crawled) -> None:
    for name in ("chunked", "gzip", "until-close", "latin-1", "early-hints", "behind-length"):
        outcome = crawled.outcomes[f"/{name}"]
        [response] = crawled.of(f"/{name}", "response")
        assert outcome["status"] == 200
        assert PAGE in b64decode(outcome["body"])
        assert response.id == outcome["record_id"]


def test_an_idle_connection_is_used_again(crawled: Crawled) -> None:
    [first], [second] = crawled.server.received("/kept-1"), crawled.server.received("/kept-2")
    assert first.connection == second.connection
    for path in ("/kept-1", "/kept-2"):
        [response] = crawled.of(path, "response")
        assert response.block == page()


def test_bytes_behind_an_answer_are_not_taken_for_the_next(crawled: Crawled) -> None:
    for name in BEHIND:
        [request] = crawled.server.received(f"/{name}")
        others = [other.path for other in crawled.server.log if other.connection == request.connection]
        assert others[-1] == request.path


def test_a_request_sent_again_on_a_new_connection_is_kept_twice(crawled: Crawled) -> None:
    [lost, answered] = crawled.server.received("/stale")
    assert lost.connection != answered.connection
    assert [record.block for record in crawled.of("/stale", "request")] == [lost.data, answered.data]
    [response] = crawled.of("/stale", "response")
    assert response.block == page()
    assert ["failure" in note for note in crawled.notes("/stale")] == [True, False]
    assert crawled.outcomes["/stale"]["record_id"] == response.id


def test_a_post_is_not_sent_again(crawled: Crawled) -> None:
    [lost] = crawled.server.received("/stale-post")
    [request] = crawled.of("/stale-post", "request")
    assert request.block == lost.data
    assert not crawled.of("/stale-post", "response")
    assert crawled.outcomes["/stale-post"]["error"] == "DownloadFailedError"


def test_a_large_request_goes_out_whole_and_in_order(crawled: Crawled) -> None:
    [received], [request] = crawled.server.received("/large-post"), crawled.of("/large-post", "request")
    assert received.data.endswith(b"\r\n\r\n" + LARGE.encode())
    assert request.block == received.data


def test_a_try_of_scrapys_own_is_kept_too(crawled: Crawled) -> None:
    busy, page_ = crawled.of("/flaky", "response")
    assert busy.block.startswith(b"HTTP/1.1 503 Busy")
    assert page_.block == page()


def test_a_redirect_is_kept_with_where_it_leads(crawled: Crawled) -> None:
    [moved], [page_] = crawled.of("/moved", "response"), crawled.of("/moved-here", "response")
    assert moved.block == EXTRA["/moved"][0][0]
    assert page_.block == page()


def test_robots_txt_is_kept(crawled: Crawled) -> None:
    [robots] = crawled.of("/robots.txt", "response")
    assert robots.block == EXTRA["/robots.txt"][0][0]
    [request] = crawled.of("/robots.txt", "request")
    assert request.block == crawled.server.received("/robots.txt")[0].data


@pytest.mark.parametrize("path", ["/no-answer", "/reset-at-once", "/silent"])
def test_a_request_without_an_answer_is_kept_with_the_reason(crawled: Crawled, path: str) -> None:
    # On an idle connection, Twisted takes it for a closed one and tries again.
    assert [record.block for record in crawled.of(path, "request")] == [
        request.data for request in crawled.server.received(path)
    ]
    assert not crawled.of(path, "response")
    assert crawled.outcomes[path]["error"] in crawled.notes(path)[-1]["failure"]


def test_block_digests_are_those_of_the_blocks(crawled: Crawled) -> None:
    for record in crawled.records:
        assert record.field("WARC-Block-Digest") == sha1_digest(record.block)


def test_warcio_reads_the_same_bytes(crawled: Crawled) -> None:
    blocks = {record.id: record.block for record in crawled.records}
    with crawled.warc.open("rb") as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            record_id = record.rec_headers.get_header("WARC-Record-ID")[10:-1]
            if record_id in blocks:
                assert record.raw_stream.read() == blocks.pop(record_id)
    assert not blocks


def test_warcio_finds_the_digests_right(crawled: Crawled) -> None:
    """But for payload digests of chunked bodies, which it takes over the chunks (warcio issue 74)."""
    with crawled.warc.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.raw_stream.read()
            chunked = record.http_headers and record.http_headers.get_header("Transfer-Encoding") == "chunked"
            problems = [
                problem for problem in record.digest_checker.problems if "payload" not in problem or not chunked
            ]
            assert not problems, record.rec_headers.get_header("WARC-Target-URI")
