"""What runs the units of a batch: processes of this machine, or a Dask cluster."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.batch.unit import Pools, Progress, Result, Settings, extract_file
from archive.datasets.warc_sources import is_url, source_of
from archive.errors import ConfigurationError
from archive.telling.terminal import tell

PROCESSES = "processes"


@dataclass(frozen=True, slots=True)
class Batch:
    """WARC files, where their records go (None: beside each), and how they are made."""

    locations: Sequence[str]
    folder: str | None
    settings: Settings

    def absolute(self) -> "Batch":
        """The same for processes in other folders."""
        locations = [name if is_url(name) else str(Path(name).absolute()) for name in self.locations]
        folder = str(Path(self.folder).absolute()) if self.folder and not is_url(self.folder) else self.folder
        sites = tuple(str(Path(name).absolute()) for name in self.settings.sites or ())
        return Batch(locations, folder, replace(self.settings, sites=sites))


def results(batch: Batch, engine: str, progress: Progress) -> Iterator[Result]:
    """The result of each unit, as they come. `engine` is `processes` or `dask://HOST:PORT`. Raises ConfigurationError
    for another one, and where what it takes is not installed."""
    if engine == PROCESSES:
        yield from _here(batch, progress)
        return
    if not engine.startswith("dask://"):
        raise ConfigurationError(f"--on {engine}: expected {PROCESSES} or dask://HOST:PORT")
    try:
        from archive.batch.dask_engine import on_dask  # noqa: PLC0415 - an extra, and a second to load
    except ImportError as error:
        raise ConfigurationError(
            f"--on {engine} needs Dask, which is not installed: pip install 'cleancopy[distributed]'"
        ) from error
    for done in on_dask(batch.absolute(), engine.removeprefix("dask://"), tell):
        progress(source_of(done.source).size or 0)
        yield done


def _here(batch: Batch, progress: Progress) -> Iterator[Result]:
    with Pools(batch.settings.jobs) as pools:
        for location in batch.locations:
            yield extract_file(location, batch.folder, batch.settings, pools=pools, progress=progress)
