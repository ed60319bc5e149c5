"""A collection's figures for Prometheus, named by its conventions (https://prometheus.io/docs/practices/naming/).

What is asked for is read when it is asked for; counters count the runs that ended while this process lived.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from math import inf

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from archive.collection.folder import Collection
from archive.errors import CollectionError, ConfigurationError
from archive.operations.alarm_conditions import AlarmKind
from archive.operations.alarm_ledger import open_ledger
from archive.operations.schedule_store import ScheduleStore
from archive.operations.scheduled_run import Run
from archive.operations.worker_metrics import WorkerMetrics
from archive.preservation.fixity import HERE, open_fixity
from archive.software import software_version

_ADDRESS = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})")
#: Seconds: from a feed that has not changed to a first crawl that takes a day.
_DURATIONS = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0, inf)


class CollectionMetrics(Collector):
    """Reads a collection for each scrape."""

    def __init__(self, collection: Collection, since: datetime) -> None:
        """Runs that ended after `since` (UTC) are counted."""
        self._collection = collection
        self._since = since
        self._durations: Counter[float] = Counter()
        self._seconds = 0.0
        self._seen: set[int] = set()
        self._runs: Counter[tuple[str, str]] = Counter()
        self._articles: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._last: dict[str, datetime] = {}

    def collect(self) -> Iterable[Metric]:
        """All metrics."""
        yield InfoMetricFamily("cleancopy_build", "The version of cleancopy.", {"version": software_version()})
        yield from self._of_schedule()
        yield from self._of_alarms()
        yield from self._of_files()

    def _of_schedule(self) -> Iterator[Metric]:
        if not self._collection.schedule.exists():
            return
        with closing(ScheduleStore(self._collection.schedule)) as store:
            self._count_all(store.ended_since(self._since))
            due = {site: kept.due.timestamp() for site, kept in store.sites().items() if kept.due}
            under_way, paused = store.under_way(), store.paused()
        began = sum(run.started is not None for run in under_way)
        yield _gauge("cleancopy_sites_paused", "Sites whose schedule is paused; all count as one.", len(paused))
        yield _gauge("cleancopy_runs_under_way", "Runs that have begun and not ended.", began)
        yield _gauge("cleancopy_runs_waiting", "Runs that are due and have not begun.", len(under_way) - began)
        yield _by_site("cleancopy_next_run_timestamp_seconds", "When a site is due next.", due)
        last = {site: moment.timestamp() for site, moment in self._last.items()}
        yield _by_site("cleancopy_last_run_timestamp_seconds", "When a site's last run ended.", last)
        yield from self._counters()

    def _count_all(self, ended: Sequence[Run]) -> None:
        """Count what was not counted at the last scrape. What ended in the same moment as the last of those comes
        again."""
        for run in ended:
            if run.id not in self._seen:
                self._count(run)
        self._since = max((run.ended for run in ended if run.ended), default=self._since)
        self._seen = {run.id for run in ended if run.ended == self._since}

    def _count(self, run: Run) -> None:
        assert run.ended is not None  # noqa: S101 - the store was asked for these
        self._runs[run.site, str(run.outcome)] += 1
        self._articles[run.site] += run.articles
        self._failed[run.site] += run.failed
        self._last[run.site] = max(run.ended, self._last.get(run.site, run.ended))
        if run.started:
            took = (run.ended - run.started).total_seconds()
            self._seconds += took
            self._durations.update(limit for limit in _DURATIONS if took <= limit)

    def _counters(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("cleancopy_runs", "Runs that have ended, by outcome.", labels=("site", "outcome"))
        for (site, outcome), count in self._runs.items():
            runs.add_metric((site, outcome), count)
        yield runs
        buckets = [("+Inf" if limit == inf else str(limit), self._durations[limit]) for limit in _DURATIONS]
        what = "How long runs took."
        yield HistogramMetricFamily("cleancopy_run_duration_seconds", what, buckets=buckets, sum_value=self._seconds)
        for name, what, counts in (
            ("cleancopy_articles_captured", "Articles captured.", self._articles),
            ("cleancopy_requests_failed", "Requests of runs that failed.", self._failed),
        ):
            family = CounterMetricFamily(name, what, labels=("site",))
            for site, count in counts.items():
                family.add_metric((site,), count)
            yield family

    def _of_alarms(self) -> Iterator[Metric]:
        kinds = dict.fromkeys(AlarmKind, 0)
        if self._collection.alarms.exists():
            with open_ledger(self._collection) as ledger:
                for kind, _ in ledger.in_force():
                    kinds[kind] += 1
        family = GaugeMetricFamily("cleancopy_alarms", "Alarms in force, by kind.", labels=("kind",))
        for kind, count in kinds.items():
            family.add_metric((kind.value,), count)
        yield family

    def _of_files(self) -> Iterator[Metric]:
        sizes = [path.stat().st_size for path in self._collection.complete_warcs()]
        free = shutil.disk_usage(self._collection.path).free
        yield _gauge("cleancopy_disk_free_bytes", "Room on the disk of the collection.", free)
        yield _gauge("cleancopy_archive_bytes", "Size of all complete WARC files.", sum(sizes))
        yield _gauge("cleancopy_archive_files", "Complete WARC files.", len(sizes))
        if self._collection.fixity.exists():
            yield from self._of_copies()

    def _of_copies(self) -> Iterator[Metric]:
        with open_fixity(self._collection) as fixity:
            faults = Counter(known.place for known in fixity.faults())
            copied = fixity.places()
        damaged = GaugeMetricFamily("cleancopy_damaged_files", "Files that are not what they were.", labels=("place",))
        for place in (HERE, *copied):
            damaged.add_metric((place or "collection",), faults[place])
        yield damaged
        last = GaugeMetricFamily(
            "cleancopy_last_copy_timestamp_seconds", "When a copy was last complete.", labels=("place",)
        )
        for place, moment in copied.items():
            last.add_metric((place,), moment or 0)
        yield last


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value)


def _by_site(name: str, what: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=("site",))
    for site, value in sorted(values.items()):
        family.add_metric((site,), value)
    return family


def registry_of(collection: Collection, since: datetime) -> CollectorRegistry:
    """Everything that is told of a collection."""
    registry = CollectorRegistry()
    registry.register(CollectionMetrics(collection, since))
    registry.register(WorkerMetrics(collection))
    return registry


@contextmanager
def served_metrics(collection: Collection, address: str) -> Iterator[int]:
    """Serve metrics at HOST:PORT until the end; the port, which is a free one where 0 is asked for.

    Raises ConfigurationError for what is no address, and CollectionError where nobody can listen.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or int(match["port"]) > 65535:
        raise ConfigurationError(f"metrics at {address}: expected HOST:PORT, such as 127.0.0.1:9108")
    try:
        server, thread = start_http_server(
            int(match["port"]), match["host"].strip("[]"), registry_of(collection, datetime.now(UTC))
        )
    except OSError as error:
        raise CollectionError(f"metrics at {address}: nobody can listen there: {error.strerror}") from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
