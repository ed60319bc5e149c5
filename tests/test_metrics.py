"""Metrics for Prometheus: their names, their types, and what they say."""

import re
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client import Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from archive.collection.folder import Collection
from archive.errors import CollectionError, ConfigurationError
from archive.operations.alarm_conditions import AlarmKind, Condition
from archive.operations.alarm_ledger import open_ledger
from archive.operations.metrics import registry_of, served_metrics
from archive.operations.schedule_store import KeptRun, ScheduleStore
from archive.operations.scheduled_run import RunOutcome
from archive.operations.shared_progress import WorkerProgress
from archive.operations.worker_metrics import of_workers
from archive.preservation.fixity import KnownDigest, open_fixity
from tests.scripted import PATIENCE, command, environment

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
#: Base units, and what may stand in their place (https://prometheus.io/docs/practices/naming/).
UNITS = tuple("_seconds _bytes _info _alarms _files _runs _paused _under_way _waiting _captured _failed _up".split())


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Two sites: one that was crawled, one that waits; an alarm, a damaged file."""
    made = Collection(tmp_path / "courier")
    made.create()
    (made.archive / "a.warc.gz").write_bytes(b"x" * 1000)
    with closing(ScheduleStore(made.schedule)) as store:
        due = NOW + timedelta(hours=6)
        store.set_sites({"gull.example": KeptRun("6h", due), "tern.example": KeptRun("6h", due)})
        finish(store, NOW - timedelta(days=1), 100)
        finish(store, NOW, 7)
        store.begin("tern.example", NOW, due)
    with open_ledger(made) as ledger:
        ledger.look([Condition(AlarmKind.DISK, "/x", "low"), Condition(AlarmKind.LATE, "a", "b")], [], 0)
    with open_fixity(made) as fixity:
        fixity.put(KnownDigest("/mnt/backup", "archive/a.warc.gz", "0" * 64, 1, 0, 0, 0, "it is missing"))
        fixity.copied("/mnt/backup", 1_800_000_000, None)
    return made


def finish(store: ScheduleStore, at: datetime, articles: int) -> None:
    run = store.begin("gull.example", at, at + timedelta(hours=6))
    store.part_begins(run.id, at, "report")
    store.part_ends(run.id, articles, 2)
    store.end(run.id, at + timedelta(seconds=30), RunOutcome.FINISHED)


def scraped(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(family: Metric) -> dict[tuple[str, ...], float]:
    return {tuple(value for _, value in sorted(sample.labels.items())): sample.value for sample in family.samples}


def test_what_they_say(collection: Collection) -> None:
    registry = registry_of(collection, NOW)
    found = scraped(generate_latest(registry).decode())
    assert values(found["cleancopy_runs"]) == {("finished", "gull.example"): 1}
    assert values(found["cleancopy_articles_captured"]) == {("gull.example",): 7}
    assert values(found["cleancopy_requests_failed"]) == {("gull.example",): 2}
    assert values(found["cleancopy_runs_waiting"]) == {(): 1}
    assert values(found["cleancopy_next_run_timestamp_seconds"])["tern.example",] == NOW.timestamp() + 6 * 3600
    assert values(found["cleancopy_last_run_timestamp_seconds"]) == {("gull.example",): NOW.timestamp() + 30}
    alarms = values(found["cleancopy_alarms"])
    assert {kind for (kind,), count in alarms.items() if count} == {"disk", "late"}
    assert len(alarms) == len(AlarmKind)
    assert values(found["cleancopy_archive_bytes"]) == {(): 1000}
    assert values(found["cleancopy_damaged_files"]) == {("collection",): 0, ("/mnt/backup",): 1}
    assert values(found["cleancopy_last_copy_timestamp_seconds"]) == {("/mnt/backup",): 1_800_000_000}
    samples = found["cleancopy_run_duration_seconds"].samples
    told = {sample.name.rpartition("_")[2] + sample.labels.get("le", ""): sample.value for sample in samples}
    assert (told["bucket15.0"], told["bucket60.0"], told["bucket+Inf"], told["count"], told["sum"]) == (0, 1, 1, 1, 30)


def test_counters_only_grow_and_count_each_run_once(collection: Collection) -> None:
    registry = registry_of(collection, NOW)
    generate_latest(registry)
    with closing(ScheduleStore(collection.schedule)) as store:
        finish(store, NOW + timedelta(hours=6), 5)
    for _ in range(2):
        found = scraped(generate_latest(registry).decode())
        assert values(found["cleancopy_articles_captured"]) == {("gull.example",): 12}


def test_names_and_types_keep_to_the_conventions(collection: Collection) -> None:
    text = generate_latest(registry_of(collection, NOW)).decode()
    families = scraped(text)
    assert len(families) > 12
    for family in families.values():
        assert re.fullmatch(r"cleancopy_[a-z]+(_[a-z]+)*", family.name), family.name
        assert family.documentation.endswith("."), family.name
        assert family.name.endswith(UNITS), family.name
        assert not re.search(r"(milli|kilo|mega|minutes|hours|percent|_total_|count_)", family.name)
        totals = {sample.name.endswith("_total") for sample in family.samples}
        assert totals <= {family.type == "counter"}, family.name
        for sample in family.samples:
            assert all(re.fullmatch(r"[a-z]+", label) for label in sample.labels), sample
    assert text.count("# HELP") == text.count("# TYPE")


def test_an_empty_collection_can_be_scraped(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "empty")
    collection.create()
    assert values(scraped(generate_latest(registry_of(collection, NOW)).decode())["cleancopy_archive_files"]) == {(): 0}


def test_a_worker_that_was_killed_and_came_again_is_one() -> None:
    workers = [
        WorkerProgress("auk", 7, 300.0, 400.0, 0, "run"),
        WorkerProgress("auk", 2, 1.0, 90.0, 3, "run"),
        WorkerProgress("gull", 5, 90.0, 400.0, 1, "run"),
    ]
    found = {family.name: values(family) for family in of_workers(workers, 1000.0)}
    assert found["cleancopy_worker_articles_captured"] == {("auk",): 9, ("gull",): 5}
    assert found["cleancopy_worker_hosts_under_way"] == {("auk",): 3, ("gull",): 1}
    assert found["cleancopy_worker_last_heard_timestamp_seconds"] == {("auk",): 999, ("gull",): 910}
    assert found["cleancopy_workers_under_way"] == {(): 1}


@pytest.mark.parametrize(
    ("settings", "up"), [("", None), ("frontier: 7\n", None), ("frontier: postgresql://127.0.0.1:9/x\n", 0)]
)
def test_a_frontier_that_is_not_there_keeps_nothing_else_from_being_told(
    collection: Collection, settings: str, up: int | None
) -> None:
    collection.settings.write_text(settings)
    found = scraped(generate_latest(registry_of(collection, NOW)).decode())
    assert values(found["cleancopy_archive_bytes"]) == {(): 1000}
    told = values(found["cleancopy_frontier_up"]) if "cleancopy_frontier_up" in found else None
    assert told == (None if up is None else {(): up})


def test_they_are_served_until_the_end(collection: Collection) -> None:
    with served_metrics(collection, "127.0.0.1:0") as port:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            assert "cleancopy_alarms" in scraped(answer.read().decode())
        taken = pytest.raises(CollectionError, match="nobody can listen there: Address already in use")
        with taken, served_metrics(collection, f"127.0.0.1:{port}"):
            pass
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE)


@pytest.mark.parametrize("address", ["9108", "127.0.0.1", "127.0.0.1:99999", "a b:1"])
def test_what_is_no_address_is_refused(collection: Collection, address: str) -> None:
    with pytest.raises(ConfigurationError, match="expected HOST:PORT"), served_metrics(collection, address):
        pass


def test_the_scheduler_serves_them(tmp_path: Path) -> None:
    made = Collection(tmp_path / "c")
    made.create()
    made.settings.write_text("schedule: 6h\nsites: {gull.example: {home: 'http://127.0.0.1:9/'}}\n")
    program = command("schedule", "run", "c", "--metrics", "127.0.0.1:0")
    with subprocess.Popen(program, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = next(line for line in process.stderr if line.startswith("Metrics: "))
        next(line for line in process.stderr if line.startswith("Keeping the schedule"))
        with urlopen(told.split()[1], timeout=PATIENCE) as answer:
            text = answer.read().decode()
        process.terminate()
        process.stderr.read()
    assert process.returncode == 0
    assert values(scraped(text)["cleancopy_alarms"])["disk",] == 0
