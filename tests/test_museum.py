"""One crawl through many odd servers at once: it ends, and says of every URL what became of it."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from archive.exchange import Origin
from archive.records import read_records
from benchmarks.exhibits import Exhibit, exhibits, http, story
from benchmarks.museum import Museum, Seen, seen, untold
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from crawler.run.account import Account
from crawler.spiders.news import NewsSpider
from tests.raw_server import RawServer, Then, self_signed
from tests.scripted import PATIENCE, Run, environment

#: Kinds of failures that are tried again after half a minute: `python -m benchmarks.museum` has those too.
SLOW = {"cut", "connection", "other", "dns"}


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Museum, Path]]:
    """The museum and the collection of a crawl through it."""
    opened = Museum([one for one in exhibits() if not SLOW & {*one.failures} and one.name != "cut-at-first"])
    path = tmp_path_factory.mktemp("museum") / "c"
    with opened.opened() as homes:
        program = [sys.executable, "-m", "crawler", "crawl", *homes, "--collection", str(path)]
        options = ["--allow-private", "--delay", "0"]
        subprocess.run([*program, *options], env=environment(), timeout=PATIENCE, check=False, capture_output=True)
        yield opened, path


def test_every_site_gives_what_it_has_and_every_url_is_accounted_for(museum: tuple[Museum, Path]) -> None:
    opened, path = museum
    found = seen(path, list(opened.sites))
    faults = {one.name: list(found[host].faults(one)) for host, one in opened.sites.items()}
    assert {name: said for name, said in faults.items() if said} == {}
    assert untold(path, list(opened.sites.values())) == set()
    (report,) = (path / "crawls").glob("*.json")
    assert json.loads(report.read_text())["ended"] == "finished"


def test_the_museum_notices_what_is_missing() -> None:
    shown = Exhibit("plain", {"/": http(story())}, 1, ("dns",))
    assert len(list(Seen(0, (), ("http://gull.example/",)).faults(shown))) == 3
    assert list(Seen(1, ("dns",), ()).faults(shown)) == []


def test_a_certificate_that_does_not_hold_is_told_of_and_refused_on_request(tmp_path: Path, cleancopy: Run) -> None:
    context: ssl.SSLContext = self_signed(tmp_path)
    with RawServer({"/a.html": [[http(story()) + b"\n", Then.CLOSE]]}, context) as server:
        urls = f"{server.origin}/a.html"
        ran = cleancopy("crawl", "--urls", "-", "--collection", "c", "--allow-private", stdin=urls)
        assert ran.code == 0, ran.err
        assert "the server's certificate does not hold (self-signed certificate; it is not for 127.0.0.1)" in ran.err
        (record,) = (one for file in (tmp_path / "c/records").iterdir() for one in read_records(file))
        assert "certificate" in record.extraction.warning_kinds
        asked = len(server.received("/a.html"))
        (tmp_path / "sites").mkdir()
        (tmp_path / "sites/127.0.0.1.yaml").write_text("crawl: {certificates: refuse}")
        refused = cleancopy(
            "crawl", "--urls", "-", "--collection", "d", "--allow-private", "--sites", "sites", stdin=urls
        )
        assert refused.code == 1
        assert f"{urls}: the server's certificate does not hold (self-signed" in refused.err
        assert len(server.received("/a.html")) == asked, "nothing is sent to such a server"


def test_whatever_goes_wrong_in_a_callback_the_host_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    frontier, entry = (
        Frontier(tmp_path / "state.sqlite"),
        Entry("http://a.example/", "http://a.example/", Origin(), "a"),
    )
    frontier.add(entry)
    leased = frontier.lease(1.0, 1)
    assert leased
    spider = NewsSpider()
    account, ended = Account(), SimpleNamespace(ended=lambda _: None)
    spider.run = SimpleNamespace(frontier=frontier, account=account, leases=ended)  # type: ignore[assignment]
    with spider._ending(leased, None):
        raise RecursionError("deep")
    assert frontier.leased() == 0
    ((_, why),) = frontier.questions.failures(0, 10)
    assert why.sentence == "reading it failed: the log of the run says how"
    assert "RecursionError: deep" in caplog.text
    frontier.add(replace(entry, key="b", url="http://a.example/b"))
    again = frontier.lease(1.0, 1)
    assert again
    monkeypatch.setattr(spider, "_count_failed", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), spider._ending(again, None):
        raise RecursionError("deeper")
    assert frontier.leased() == 0
    frontier.close()
