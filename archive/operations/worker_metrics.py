"""The workers of a shared crawl for Prometheus, all on one page: what each of them told their server."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import CleancopyError, ConfigurationError
from archive.operations.shared_progress import WorkerProgress, shared_workers


class WorkerMetrics(Collector):
    """Asks the server for each scrape; says nothing of a collection whose frontier is its own."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def collect(self) -> Iterable[Metric]:
        """All metrics. A server that does not answer is a metric too: the others are still told."""
        try:
            url = load_settings(self._collection).frontier
        except ConfigurationError:
            return  # Whoever keeps the schedule goes on with what was in force before, and says so.
        if url is None:
            return
        try:
            workers = shared_workers(url)
        except CleancopyError:
            yield _up(0)
            return
        yield _up(1)
        yield from of_workers(workers, time.time())

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry would ask the server for the names."""
        return ()


def _up(value: int) -> Metric:
    return GaugeMetricFamily("cleancopy_frontier_up", "Whether the shared frontier's server answers.", value)


def of_workers(workers: Sequence[WorkerProgress], now: float) -> Iterator[Metric]:
    """The figures of each, by name; `now` is in epoch seconds.

    Of a worker that was killed and began again in the same run, both count: what it captured never shrinks."""
    articles: dict[str, int] = defaultdict(int)
    hosts: dict[str, int] = defaultdict(int)
    heard: dict[str, float] = defaultdict(float)
    for one in workers:
        articles[one.name] += one.articles
        hosts[one.name] += one.hosts
        heard[one.name] = max(heard[one.name], now - one.silent)
    living = len({one.name for one in workers if not one.is_silent})
    yield GaugeMetricFamily("cleancopy_workers_under_way", "Workers that are at work.", living)
    family: CounterMetricFamily | GaugeMetricFamily
    what = "Articles that a worker has captured in the run under way."
    family = CounterMetricFamily("cleancopy_worker_articles_captured", what, labels=("worker",))
    yield _filled(family, articles)
    family = GaugeMetricFamily("cleancopy_worker_hosts_under_way", "Hosts that a worker holds.", labels=("worker",))
    yield _filled(family, hosts)
    what = "When a worker was last heard of."
    family = GaugeMetricFamily("cleancopy_worker_last_heard_timestamp_seconds", what, labels=("worker",))
    yield _filled(family, heard)


def _filled(family: CounterMetricFamily | GaugeMetricFamily, values: dict[str, int] | dict[str, float]) -> Metric:
    for worker, value in values.items():
        family.add_metric((worker,), value)
    return family
