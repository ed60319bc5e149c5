"""What `cleancopy crawl --status` and `cleancopy schedule status` show of a crawl under way."""

import time
from pathlib import Path

import typer

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError
from archive.operations.crawl_progress import HostProgress, progress_of
from archive.operations.shared_progress import WorkerProgress, shared_progress, shared_workers
from archive.telling.terminal import counted, put_table, tell

#: Hosts shown; those with most to do come first.
_SHOWN = 50


def show_progress(path: Path) -> None:
    """Say who crawls into a collection, and print a table of the hosts, in a pipe with tabs."""
    collection = Collection(path).require()
    now, holder = time.time(), collection.holder()
    if shared := load_settings(collection).frontier:
        _show_workers(shared, now)
        return
    hosts = progress_of(collection, now)
    who = f"It is in use by {holder}" if holder else "Nobody crawls into it now"
    _show_hosts(who, hosts, now, running=holder is not None)


def show_worker(path: Path, name: str) -> None:
    """Print how one worker of a shared crawl fares. Raises typer.Exit(1) unless it was heard of in the last minute."""
    shared = load_settings(Collection(path).require()).frontier
    if shared is None:
        raise ConfigurationError("--worker needs 'frontier' in collection.yaml: one process crawls a collection else.")
    found = [one for one in shared_workers(shared) if one.name == name]
    _put_workers(found)
    if all(one.is_silent for one in found):
        tell(f"No worker {name} is at work.")
        raise typer.Exit(1)


def _show_workers(url: str, now: float) -> None:
    found = shared_progress(url)
    who = f"{counted(len(found.workers), 'worker')} at work" if found.workers else "Nobody crawls into it now"
    _put_workers(found.workers)
    _show_hosts(who, found.hosts, now, running=bool(found.workers))


def _put_workers(workers: list[WorkerProgress]) -> None:
    rows = [
        (one.name, one.state, str(one.hosts), str(one.articles), f"{one.seconds:.0f} s", one.run) for one in workers
    ]
    if rows:
        put_table(("worker", "state", "hosts", "articles", "since", "run"), rows)


def _show_hosts(who: str, hosts: list[HostProgress], now: float, *, running: bool) -> None:
    waiting, rate = sum(host.queued for host in hosts), sum(host.last_minute for host in hosts)
    tell(f"{who}: {counted(waiting, 'URL')} waiting at {counted(len(hosts), 'host')}, {rate} done in the last minute.")
    rows = [_row(host, now, running=running) for host in hosts[:_SHOWN]]
    put_table(("host", "state", "waiting", "under way", "done", "failed", "last minute"), rows)
    if len(hosts) > _SHOWN:
        tell(f"{len(hosts) - _SHOWN} more hosts, with less to do, are not shown.")


def _row(host: HostProgress, now: float, *, running: bool) -> tuple[str, ...]:
    numbers = (host.queued, host.under_way, host.done, host.failed, host.last_minute)
    return host.host, host.state(now, running=running), *map(str, numbers)
