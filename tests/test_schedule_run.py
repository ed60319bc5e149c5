"""`cleancopy schedule run` as it runs: its process, real servers, a collection on disk."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.collection.folder import Collection
from archive.exchange import Capture
from archive.operations.alarm_conditions import Event
from archive.operations.alarm_ledger import open_ledger
from archive.operations.schedule_store import KeptRun, ScheduleStore
from archive.operations.scheduled_run import Run, RunOutcome
from archive.pipeline.captures import read_captures
from archive.records import read_records
from tests.scripted import PATIENCE, ScriptedSite, command, environment, story
from tests.scripted import Run as Command

DELAY = 0.2
#: Schedules that are not due while a test runs.
NEW_YEAR, LEAP_DAY = "0 0 1 1 *", "0 0 29 2 *"
#: Seconds until a scheduler that was told to end has to have ended. It gives what it crawls 25 of them.
ENDED = 120


@pytest.fixture
def sites() -> Iterator[list[ScriptedSite]]:
    """Three sites on hosts of their own, with a feed of six stories each."""
    opened = [ScriptedSite(f"127.0.0.{number}") for number in (2, 3, 4)]
    for site in opened:
        publish(site, 6)
    yield opened
    for site in opened:
        site.close()


def path_of(number: int) -> str:
    return f"/2026/11/25/a-story-with-number-{number}.html"


def publish(site: ScriptedSite, count: int) -> None:
    paths = [path_of(number) for number in range(count)]
    for path in paths:
        site.page(path, story(f"Story {path} of {site.url}", 150))
    items = "".join(f"<item><title>{path}</title><link>{site.url}{path}</link></item>" for path in paths)
    feed = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    site.page("/feed.xml", feed, Content_Type="application/rss+xml")


def domain(site: ScriptedSite) -> str:
    return urlsplit(site.url).hostname or ""


def collection_of(folder: Path, sites: list[ScriptedSite], delay: float = DELAY) -> Collection:
    """A collection that crawls these sites, which its scheduler knows, once a year and whenever it is asked to."""
    collection = Collection(folder / "c")
    collection.create()
    lines = [f"schedule: {NEW_YEAR}", "sites:"]
    for site in sites:
        crawl = f"{{delay: {delay}, allow_private: true}}"
        content = (
            f"# A comment.\nname: A test\nhome: {site.url}/\nschedule: {{priority: 1}}\n"
            f"discover: {{feeds: [/feed.xml]}}\ncrawl: {crawl}\n"
        )
        (collection.sites / f"{domain(site)}.yaml").write_text(content)
        lines.append(f"  {domain(site)}:")
    lines.append("alarms: {disk_free: 1 MB, webhooks: 'http://127.0.0.1:9/'}")
    collection.settings.write_text("\n".join(lines) + "\n")
    store = ScheduleStore(collection.schedule)
    store.set_sites({domain(site): KeptRun("", None) for site in sites})
    store.close()
    return collection


@contextmanager
def scheduler(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that keeps the schedule of the collection `c`."""
    log = (folder / "log").open("a")
    process = subprocess.Popen(
        command("schedule", "run", "c"), cwd=folder, env=environment(), stderr=log, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def until(holds: Callable[[], bool], folder: Path) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, (folder / "log").read_text()
        time.sleep(0.05)


def ended(collection: Collection) -> list[Run]:
    store = ScheduleStore(collection.schedule)
    runs = store.history()
    store.close()
    return runs


def captures(collection: Collection) -> list[Capture]:
    return [capture for warc in collection.warcs() for capture in read_captures(warc)]


def captured(collection: Collection) -> Counter[str]:
    """How often each article is in the archive."""
    return Counter(capture.url for capture in captures(collection) if capture.url.endswith(".html"))


def said(folder: Path, text: str) -> bool:
    return text in (folder / "log").read_text()


def test_one_process_crawls_all_sites_at_a_time_and_each_run_stands_alone(
    tmp_path: Path, sites: list[ScriptedSite], cleancopy: Command
) -> None:
    sites[1].pages.clear()  # this one is out of order
    collection = collection_of(tmp_path, sites)
    with scheduler(tmp_path) as process:
        until(lambda: said(tmp_path, "Keeping the schedule of 3 sites"), tmp_path)
        assert cleancopy("schedule", "run", "c").code == 1, "one keeper at most"
        assert cleancopy("schedule", "pause", "c").code == 0
        for site in sites:
            assert cleancopy("schedule", "now", "c", domain(site)).code == 0
        assert cleancopy("schedule", "resume", "c").code == 0
        until(lambda: len(ended(collection)) == 3, tmp_path)
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDED) == 0
    runs = {run.site: run for run in ended(collection)}
    assert {run.outcome for run in runs.values()} == {RunOutcome.FINISHED}
    assert [runs[domain(site)].articles for site in sites] == [6, 0, 6]
    assert set(captured(collection).values()) == {1}
    assert len(captured(collection)) == 12
    records = [record for path in collection.records.glob("*.jsonl") for record in read_records(path)]
    assert len(records) == 12
    assert len(list(collection.archive.iterdir())) == 1, "one archive writer for all sites"
    assert all(path.read_text().startswith("# A comment.") for path in collection.sites.iterdir()), "files of a person"
    reports = {path.name: json.loads(path.read_text()) for path in collection.crawls.glob("*.json")}
    assert sorted(name.partition("-")[2] for name in reports) == [f"{domain(site)}.json" for site in sites]
    first, broken, _ = (next(each for name, each in reports.items() if domain(site) in name) for site in sites)
    assert (first["counts"]["articles"], first["records"], first["frontier"]) == (6, 6, {"done": 7})
    assert [failure["url"] for failure in broken["failures"]] == [f"{sites[1].url}/feed.xml"]
    assert sites[2].hits[0][0] < sites[0].hits[-1][0], "they are crawled at a time"
    for site in sites:
        # When requests went out: the server may see a single one late.
        own = [capture for capture in captures(collection) if capture.url.startswith(site.url + "/")]
        sent = sorted(capture.date for capture in own if capture.date)
        assert len(sent) == len(site.hits)
        gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(sent)]
        assert min(gaps) > DELAY - 0.01, "and no host is asked too fast"


def test_sigterm_ends_it_within_seconds_and_a_restart_goes_on(
    tmp_path: Path, sites: list[ScriptedSite], cleancopy: Command
) -> None:
    slow, stuck = sites[0], sites[1]
    publish(slow, 12)
    publish(stuck, 2)
    gates = [slow.gate(path_of(5)), stuck.gate(path_of(0))]
    collection = collection_of(tmp_path, [slow, stuck])
    with scheduler(tmp_path) as process:
        cleancopy("schedule", "now", "c", domain(slow))
        cleancopy("schedule", "now", "c", domain(stuck))
        until(lambda: path_of(5) in slow.paths() and path_of(0) in stuck.paths(), tmp_path)
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDED) == 0
    for gate in gates:
        gate.set()
    assert not list(collection.archive.glob("*.open"))
    before = captured(collection)
    assert 0 < len(before) < 12
    publish(stuck, 2)
    with scheduler(tmp_path) as process:
        until(lambda: len(ended(collection)) == 2, tmp_path)
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDED) == 0
    assert captured(collection) == dict.fromkeys(captured(collection), 1), "nothing is fetched twice"
    assert len(captured(collection)) == 14
    assert slow.paths().count("/feed.xml") == 1, "the run goes on, it does not begin anew"
    assert {run.site: run.parts for run in ended(collection)} == {domain(slow): 2, domain(stuck): 2}
    assert {run.articles for run in ended(collection)} == {12, 2}


def test_outages_are_alarmed_once_and_hosts_that_ask_for_time_get_it(
    tmp_path: Path, sites: list[ScriptedSite], cleancopy: Command
) -> None:
    well, busy, blocking = sites
    collection = collection_of(tmp_path, sites)
    busy.page("/feed.xml", "", status=503, Retry_After="4")
    blocking.page("/feed.xml", "<title>Access denied</title>", status=403)
    with scheduler(tmp_path) as process:
        crawl_all(collection, sites, cleancopy, tmp_path, runs=3)
        cleancopy("alarms", "check", "c")
        publish(busy, 6)
        publish(blocking, 6)
        crawl_all(collection, sites, cleancopy, tmp_path, runs=6)
        cleancopy("alarms", "check", "c")
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDED) == 0
    asked = [at for at, path, _ in busy.hits if path == "/feed.xml"]
    assert len(asked) > 1
    assert asked[1] - asked[0] >= 3.9, "it asked for four seconds"
    assert len(captured(collection)) == 18
    with open_ledger(collection) as ledger:
        assert ledger.in_force() == {}
        messages = [pending.message for pending in ledger.pending()]
    told = [(message.event, message.subject) for message in messages if message.kind in ("blocks", "errors")]
    assert told.count((Event.BEGIN, domain(blocking))) == told.count((Event.END, domain(blocking))) == 1
    assert domain(well) not in {subject for _, subject in told}


def crawl_all(
    collection: Collection, sites: list[ScriptedSite], cleancopy: Command, folder: Path, *, runs: int
) -> None:
    """Have every site crawled; wait until so many runs have ended in all."""
    for site in sites:
        cleancopy("schedule", "now", "c", domain(site))
    until(lambda: len(ended(collection)) == runs, folder)


def crawling_process(scheduler: int) -> int:
    """The process that crawls for this one."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            parent = int((path.parent / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == scheduler and b"crawler.schedule.worker" in path.read_bytes():
                return int(path.parent.name)
    raise AssertionError("nothing crawls")


def finish(process: subprocess.Popen[str], collection: Collection, folder: Path) -> None:
    """Wait for the end of a run, and end the scheduler."""
    until(lambda: len(ended(collection)) == 1, folder)
    process.send_signal(signal.SIGTERM)
    assert process.wait(ENDED) == 0


@pytest.mark.parametrize("killed", ["scheduler", "crawler"])
def test_a_killed_process_loses_nothing(
    tmp_path: Path, sites: list[ScriptedSite], cleancopy: Command, killed: str
) -> None:
    publish(sites[0], 12)
    gate = sites[0].gate(path_of(4))
    collection = collection_of(tmp_path, sites[:1])
    with scheduler(tmp_path) as process:
        cleancopy("schedule", "now", "c", domain(sites[0]))
        until(lambda: path_of(4) in sites[0].paths(), tmp_path)
        victim = process.pid if killed == "scheduler" else crawling_process(process.pid)
        os.kill(victim, signal.SIGKILL)
        gate.set()
        if killed == "crawler":
            finish(process, collection, tmp_path)
    if killed == "scheduler":
        with scheduler(tmp_path) as process:
            finish(process, collection, tmp_path)
    assert len(captured(collection)) == 12
    assert sum(captured(collection).values()) <= 13, "only what was under way is fetched again"
    (run,) = ended(collection)
    assert (run.outcome, run.articles, run.parts) == (RunOutcome.FINISHED, 12, 2)
    assert cleancopy("verify", "c").code == 0


def test_a_changed_configuration_is_taken_up_and_a_broken_one_refused(
    tmp_path: Path, sites: list[ScriptedSite], cleancopy: Command
) -> None:
    (file,) = collection_of(tmp_path / "other", sites[1:2]).sites.iterdir()
    collection = collection_of(tmp_path, sites[:1])
    name, new = domain(sites[0]), domain(sites[1])
    with scheduler(tmp_path):
        until(lambda: said(tmp_path, "Keeping the schedule of 1 site of"), tmp_path)
        collection.settings.write_text(f"schedule: {LEAP_DAY}\nsites: {{{name}: {{priorty: 1}}}}\n")
        until(lambda: said(tmp_path, "did you mean 'priority'?"), tmp_path)
        assert said(tmp_path, "not taken; what was in force before stays")
        store = ScheduleStore(collection.schedule)
        assert json.loads(store.sites()[name].schedule)["cron"] == NEW_YEAR
        collection.settings.write_text(f"schedule: {LEAP_DAY}\nsites: {{{name}: {{priority: 1}}}}\n")
        until(lambda: json.loads(store.sites()[name].schedule)["cron"] == LEAP_DAY, tmp_path)
        store.close()
        listed = cleancopy("schedule", "status", "c")
        assert listed.out.startswith(f"{name}\tidle\t20")
        assert "keeps the schedule" in listed.err
        file.rename(collection.sites / file.name)
        until(lambda: len(ended(collection)) == 1, tmp_path)
        assert [(run.site, run.articles) for run in ended(collection)] == [(new, 6)], "a new site is crawled at once"
