"""The process that keeps a schedule: `cleancopy schedule run` becomes this one.

    python -m crawler.schedule COLLECTION [HOST:PORT]

The command has loaded what reads a command line; what lives for years has what it needs itself and no more.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import CleancopyError, CollectionError, ConfigurationError
from archive.operations.scheduler_presence import keeping
from archive.telling.terminal import tell
from crawler.schedule.service import Service


def main() -> None:
    """The entry point; exit codes are those of every command."""
    collection, address = Collection(Path(sys.argv[1])), next(iter(sys.argv[2:]), None)
    try:
        with _service(collection) as service, _metrics(collection, address):
            asyncio.run(service.run())
    except CleancopyError as error:
        tell(str(error))
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)


@contextmanager
def _service(collection: Collection) -> Iterator[Service]:
    frontier = load_settings(collection).frontier
    if frontier is None:
        with keeping(collection):
            yield Service(collection, tell)
        return
    if find_spec("psycopg") is None:
        raise ConfigurationError(
            "'frontier' in collection.yaml needs psycopg, which is not installed: pip install 'cleancopy[postgres]'"
        )
    from crawler.schedule.shared_schedule import SharedSchedule  # noqa: PLC0415 - of the extra [postgres]

    with ExitStack() as held:
        keeps_folder = True
        try:
            held.enter_context(keeping(collection))
        except CollectionError:
            keeps_folder = False  # Another process of this folder does what is done once for each folder.
        yield Service(collection, tell, SharedSchedule(frontier), keeps_folder)


@contextmanager
def _metrics(collection: Collection, address: str | None) -> Iterator[None]:
    if address is None:
        yield
        return
    if find_spec("prometheus_client") is None:
        raise ConfigurationError(
            "--metrics needs prometheus-client, which is not installed: pip install 'cleancopy[metrics]'"
        )
    from archive.operations.metrics import served_metrics  # noqa: PLC0415 - of the extra [metrics]

    with served_metrics(collection, address) as port:
        tell(f"Metrics: http://{address.rpartition(':')[0]}:{port}/metrics")
        yield


if __name__ == "__main__":
    main()
