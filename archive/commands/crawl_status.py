"""What `cleancopy crawl --status` and `cleancopy schedule status` show of a crawl under way."""

import time
from pathlib import Path

from archive.collection.folder import Collection
from archive.operations.crawl_progress import HostProgress, progress_of
from archive.telling.terminal import counted, put_table, tell

#: Hosts shown; those with most to do come first.
_SHOWN = 50


def show_progress(path: Path) -> None:
    """Say who crawls into a collection, and print a table of the hosts, in a pipe with tabs."""
    collection = Collection(path).require()
    now, holder = time.time(), collection.holder()
    hosts = progress_of(collection, now)
    waiting, rate = sum(host.queued for host in hosts), sum(host.last_minute for host in hosts)
    who = f"It is in use by {holder}" if holder else "Nobody crawls into it now"
    tell(f"{who}: {counted(waiting, 'URL')} waiting at {counted(len(hosts), 'host')}, {rate} done in the last minute.")
    rows = [_row(host, now, running=holder is not None) for host in hosts[:_SHOWN]]
    put_table(("host", "state", "waiting", "under way", "done", "failed", "last minute"), rows)
    if len(hosts) > _SHOWN:
        tell(f"{len(hosts) - _SHOWN} more hosts, with less to do, are not shown.")


def _row(host: HostProgress, now: float, *, running: bool) -> tuple[str, ...]:
    numbers = (host.queued, host.under_way, host.done, host.failed, host.last_minute)
    return host.host, host.state(now, running=running), *map(str, numbers)
