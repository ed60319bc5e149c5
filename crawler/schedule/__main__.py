"""The process that keeps a schedule: `cleancopy schedule run` becomes this one.

    python -m crawler.schedule COLLECTION [HOST:PORT]

The command has loaded what reads a command line; what lives for years has what it needs itself and no more.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from archive.collection.folder import Collection
from archive.errors import CleancopyError, ConfigurationError
from archive.operations.scheduler_presence import keeping
from archive.telling.terminal import tell
from crawler.schedule.service import Service


def main() -> None:
    """The entry point; exit codes are those of every command."""
    collection, address = Collection(Path(sys.argv[1])), next(iter(sys.argv[2:]), None)
    try:
        with keeping(collection), _metrics(collection, address):
            asyncio.run(Service(collection, tell).run())
    except CleancopyError as error:
        tell(str(error))
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)


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
