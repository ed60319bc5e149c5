"""Several `cleancopy crawl` at work on one collection, over a frontier that they share."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.collection.workers import is_of, working
from archive.errors import CollectionError, ConfigurationError
from archive.records import read_records
from benchmarks.postgres_server import PostgresServer, programs
from tests.scripted import Run, ScriptedSite, command, environment, story

needs_postgres = pytest.mark.skipif(programs() is None, reason="PostgreSQL (initdb, pg_ctl) is not installed")
DELAY = 0.3
PAGES = 12


@pytest.fixture(scope="module")
def sites() -> Iterator[list[ScriptedSite]]:
    """Three hosts, each with pages of its own and one that all of them have."""
    made = [ScriptedSite(f"127.0.0.{number}") for number in (2, 3, 4)]
    for number, one in enumerate(made):
        for page in range(PAGES):
            one.page(f"/story-{page}.html", story(f"Story {page} of {number}", 150))
        one.page("/shared.html", story("The same everywhere", 200))
    yield made
    for one in made:
        one.close()


def listed(folder: Path, sites: list[ScriptedSite]) -> list[str]:
    """The command that fetches all pages of all sites."""
    urls = [one.url + path for path in sites[0].pages for one in sites]
    (folder / "urls.txt").write_text("\n".join(urls))
    return command("crawl", "--urls", "urls.txt", "--delay", DELAY, "--allow-private", "--collection")


def texts(collection: Path) -> set[tuple[str, str]]:
    """Address and text of each record; of what all sites have it is chance whose came first."""
    records = (one for path in collection.glob("records/*.jsonl") for one in read_records(path))
    return {((one.url or "") if "story" in (one.url or "") else "", one.text or "") for one in records}


@needs_postgres
def test_workers_that_are_killed_and_a_server_that_is_lose_nothing(
    tmp_path: Path, postgres: PostgresServer, sites: list[ScriptedSite], cleancopy: Run
) -> None:
    crawl = listed(tmp_path, sites)
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "collection.yaml").write_text(f"frontier: {postgres.new('killed')}\n")

    opened = sites[0].gate(f"/story-{PAGES - 1}.html")

    def start(name: str) -> subprocess.Popen[bytes]:
        lease = {**environment(), "CLEANCOPY_LEASE": "3"}
        arguments = [*crawl, "shared", "--worker", name]
        return subprocess.Popen(arguments, cwd=tmp_path, env=lease, start_new_session=True)

    workers = {name: start(name) for name in ("auk", "gull")}
    while sum(len(one.hits) for one in sites) < 10:
        assert all(worker.poll() is None for worker in workers.values())
        time.sleep(0.02)
    # On a busy machine one has all hosts before the other has begun: it is killed with what it holds.
    killed = sorted(shared.glob("archive/*"))[0].name.split("-")[1]
    os.killpg(workers[killed].pid, signal.SIGKILL)
    workers.pop(killed).wait()
    postgres.stop()
    postgres.start()
    workers["tern"] = start("tern")
    while not list(shared.glob("crawls/*-tern.log")):
        assert workers["tern"].poll() is None
        time.sleep(0.02)
    opened.set()
    assert [worker.wait() for worker in workers.values()] == [0, 0]

    wanted = {one.url + path for one in sites for path in one.pages}
    indexed = re.findall(r'"url": "([^"]+)"', (shared / "indexes/index.cdxj").read_text())
    assert {url for url in indexed if not url.endswith("/robots.txt")} == wanted
    assert not list(shared.glob("archive/*.open"))
    writers = {path.name.split("-")[1] for path in shared.glob("archive/*")}
    assert {killed} < writers, "each has files of its own"
    for one in sites:
        hits = [moment for moment, path, _ in one.hits if path != "/robots.txt"]
        gaps = [later - earlier for earlier, later in pairwise(hits)]
        assert min(gaps) > DELAY * 0.6, "this machine may be busy; without a shared pace gaps are next to nothing"
        assert len(hits) - len(one.pages) <= 6, "only what was not written down yet is fetched again"
    assert cleancopy("verify", "shared").code == 0
    (tmp_path / "alone").mkdir()
    subprocess.run([*crawl, "alone"], cwd=tmp_path, env=environment(), check=True)
    assert texts(shared) == texts(tmp_path / "alone"), "the records are those of one worker"

    (path,) = shared.glob("crawls/*.json")
    report = json.loads(path.read_text())
    assert report["ended"] == "finished"
    assert sorted(one["ended"] for one in report["workers"]) == ["finished", "finished", "killed"]
    assert report["frontier"] == {"done": len(wanted)}
    assert (shared / "custody.jsonl").read_text().count('"action":"crawl"') == 1


@needs_postgres
def test_the_last_worker_that_lives_writes_the_report(
    tmp_path: Path, postgres: PostgresServer, sites: list[ScriptedSite]
) -> None:
    page = sites[0].page("/late.html", story("The last one", 150))
    opened = sites[0].gate("/late.html")
    (tmp_path / "urls.txt").write_text(page)
    (tmp_path / "c").mkdir()
    (tmp_path / "c/collection.yaml").write_text(f"frontier: {postgres.new('late')}\n")
    crawl = command("crawl", "--urls", "urls.txt", "--delay", 0, "--allow-private", "--no-records", "--collection", "c")

    def start(name: str) -> subprocess.Popen[str]:
        lease = {**environment(), "CLEANCOPY_LEASE": "12"}
        arguments = [*crawl, "--worker", name]
        return subprocess.Popen(
            arguments, cwd=tmp_path, env=lease, start_new_session=True, stderr=subprocess.PIPE, text=True
        )

    auk = start("auk")
    while "/late.html" not in sites[0].paths():
        assert auk.poll() is None
        time.sleep(0.02)
    gull = start("gull")
    while not list(tmp_path.glob("c/crawls/*-gull.log")):
        assert gull.poll() is None
        time.sleep(0.02)
    os.killpg(gull.pid, signal.SIGKILL)
    gull.communicate()
    opened.set()
    _, said = auk.communicate()
    assert auk.returncode == 0, said
    assert "Not heard of: gull." in said
    (path,) = tmp_path.glob("c/crawls/*.json")
    workers = {one["name"]: one["ended"] for one in json.loads(path.read_text())["workers"]}
    assert workers == {"auk": "finished", "gull": "killed"}


@needs_postgres
def test_the_status_shows_workers_and_a_takedown_reaches_the_shared_tables(
    tmp_path: Path, postgres: PostgresServer, sites: list[ScriptedSite], cleancopy: Run
) -> None:
    listed(tmp_path, sites[:1])
    pages = len(sites[0].pages)
    (tmp_path / "c").mkdir()
    (tmp_path / "c/collection.yaml").write_text(f"frontier: {postgres.new('seen')}\n")
    empty = cleancopy("crawl", "--status", "--collection", "c")
    assert empty.code == 2 or "is not a collection" in empty.err
    before = len(sites[0].hits)
    done = cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private")
    assert done.code == 0, done.err
    status = cleancopy("crawl", "--status", "--collection", "c")
    assert status.err.startswith("Nobody crawls into it now: 0 URLs waiting at 1 host")
    assert f"\tdone\t0\t0\t{pages}\t0\t{pages}" in status.out

    gone = f"{sites[0].url}/story-1.html"
    taken = cleancopy("takedown", "c", "--url", gone, "--reason", "a test", "--yes")
    assert taken.code == 0, taken.err
    again = cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private")
    assert "Nothing new" in again.err
    assert len(sites[0].hits) - before == pages + 1, "nothing is fetched again"


@needs_postgres
def test_what_is_discovered_is_for_whoever_crawls_next(
    tmp_path: Path, postgres: PostgresServer, sites: list[ScriptedSite], cleancopy: Run
) -> None:
    site = sites[1]
    items = "".join(
        f"<item><title>A {path}</title><link>{site.url}{path}</link></item>" for path in list(site.pages)[:3]
    )
    feed = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    site.page("/feed.xml", feed, Content_Type="application/rss+xml")
    (tmp_path / "127.0.0.3.yaml").write_text(
        f"home: {site.url}/\ndiscover: {{feeds: [/feed.xml]}}\ncrawl: {{delay: 0, allow_private: true}}\n"
    )
    for name in ("alone", "shared"):
        (tmp_path / name).mkdir()
    (tmp_path / "shared/collection.yaml").write_text(f"frontier: {postgres.new('discovered')}\n")
    before = len(site.hits)
    alone, shared = (cleancopy("discover", "127.0.0.3.yaml", "--collection", name) for name in ("alone", "shared"))
    assert (alone.code, shared.code) == (0, 0), shared.err
    assert shared.out == alone.out
    assert shared.out.count("\n") == 3
    assert "3 articles to fetch, from 1 list." in shared.err
    assert [path for _, path, _ in site.hits[before:]] == ["/robots.txt", "/feed.xml"] * 2, "no article is fetched"
    assert len(list(tmp_path.glob("shared/crawls/*.json"))) == 1
    crawled = cleancopy("crawl", "127.0.0.3.yaml", "--collection", "shared", "--no-records")
    assert "Finished: 3 articles" in crawled.err


def test_workers_hold_a_collection_together_and_no_command_with_them(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    with working(collection, "gull") as gull, working(collection, "tern") as tern:
        assert (gull.prefix, gull.others(), tern.others()) == ("cleancopy-gull", {"tern"}, {"gull"})
        with pytest.raises(CollectionError, match="is in use by workers"), collection.lock():
            pass
        with pytest.raises(CollectionError, match="named tern is at work"), working(collection, "tern"):
            pass
        with working(collection) as one, working(collection) as other:
            assert one.name != other.name
    with collection.lock(), pytest.raises(CollectionError, match="is in use by process"), working(collection, "gull"):
        pass
    with pytest.raises(ConfigurationError, match=r"--worker 'a/b'"), working(collection, "a/b"):
        pass


def test_what_a_living_worker_writes_is_left_alone(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    names = ("cleancopy-gull-20261129000000000-00001", "cleancopy-gull-2-20261129000000000-00001", "cleancopy-2026")
    with working(collection, "auk") as auk, working(collection, "gull"):
        for name in names:
            (collection.archive / f"{name}.warc.gz.open").touch()
        assert is_of(collection.archive / f"{names[0]}.warc.gz", {"gull"})
        assert not is_of(collection.archive / f"{names[1]}.warc.gz", {"gull"})
        auk.recover()
        left = [path.name for path in collection.archive.iterdir()]
    assert left == [f"{names[0]}.warc.gz.open"], "files without a record are removed, but for those of the living"


def test_a_worker_is_named_only_where_there_are_several(cleancopy: Run, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("http://auk.example/1\n")
    refused = cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--worker", "gull")
    assert (refused.code, "--worker needs 'frontier'" in refused.err) == (2, True)
