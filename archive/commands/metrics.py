"""`cleancopy schedule metrics`: a collection's figures for Prometheus, where no process keeps the schedule."""

import signal
from importlib.util import find_spec
from typing import Annotated

import typer

from archive.commands.options import CollectionArgument
from archive.commands.schedule import scheduled_collection
from archive.errors import ConfigurationError
from archive.telling.terminal import tell


def metrics(
    path: CollectionArgument,
    address: Annotated[str, typer.Argument(metavar="HOST:PORT", help="Where to serve them.")],
) -> None:
    """Serve a collection's figures for Prometheus until SIGTERM or Ctrl-C; of a shared crawl those of all workers."""
    if find_spec("prometheus_client") is None:
        raise ConfigurationError("It needs prometheus-client, which is not installed: pip install 'cleancopy[metrics]'")
    from archive.operations.metrics import served_metrics  # noqa: PLC0415 - of the extra [metrics]

    ends = (signal.SIGTERM, signal.SIGINT)
    # Before the threads begin, which inherit it: the signals wait for sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with served_metrics(scheduled_collection(path), address) as port:
        tell(f"Metrics: http://{address.rpartition(':')[0]}:{port}/metrics")
        signal.sigwait(ends)
