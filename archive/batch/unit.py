"""One WARC to one records file: the unit of work of every engine."""

import json
import os
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from archive.batch.digests import Digests, digests_here
from archive.batch.places import Place, place_of
from archive.collection.folder import Collection
from archive.datasets.foreign_records import Pool, extract_source
from archive.datasets.foreign_records import new_pool as new_foreign_pool
from archive.datasets.warc_sources import WarcSource, source_of
from archive.errors import WarcError
from archive.pipeline.pool import ExtractionPool
from archive.pipeline.record_lines import RecordLine, Task, extract_warc, new_pool
from archive.pipeline.web import Web
from archive.preservation.file_digests import sha256_of
from archive.sites.loading import SITES_VARIABLE

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How records are made: of the articles or of `every` HTML page, of all hosts or of these with their subdomains.

    `sites` are the user's own directories of site files, None for those of the environment. With `collection` the WARC
    is one of its archive, and its memory and site files count. `jobs` pages are extracted at once, by default one for
    each processor. `web` is what fetches http(s) URLs (`crawler.cli.WEB`)."""

    every: bool = False
    hosts: tuple[str, ...] = ()
    sites: tuple[str, ...] | None = None
    collection: Path | None = None
    jobs: int | None = None
    web: Web | None = None
    allow_private: bool = False

    def use_sites(self) -> None:
        """Let this process and those that it starts read the user's own site files."""
        if self.sites is not None:
            os.environ[SITES_VARIABLE] = os.pathsep.join(self.sites)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one WARC. `left_out` counts its other responses by reason, `doubts` the records that seem damaged by
    what tells of it. `faults` could not be read, and `incomplete` says what is in the file then; `failure` ended the
    work. `replaced` is where an older file of other bytes is kept, `sha256` the digest of the new one."""

    source: str
    records_file: str
    records: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    incomplete: str = ""
    failure: str | None = None
    replaced: str | None = None
    sha256: str | None = None
    digests: Digests | None = None
    #: Whether it was there already, made of the same WARC in the same way.
    known: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the records file has all that the WARC holds."""
        return not self.faults and self.failure is None


class Pools(ExitStack):
    """The processes in which pages are extracted, begun when they are first needed. Lent to one unit after the other
    they spare each the start."""

    def __init__(self, jobs: int | None = None) -> None:
        super().__init__()
        self._jobs = jobs

    @cached_property
    def foreign(self) -> Pool:
        """For WARC files from anywhere."""
        return self.enter_context(new_foreign_pool(self._jobs))

    @cached_property
    def own(self) -> ExtractionPool[Task, RecordLine]:
        """For those of collections."""
        return self.enter_context(new_pool(self._jobs))


def extract_file(
    location: str,
    folder: str | Path | None = None,
    settings: Settings | None = None,
    *,
    pools: Pools | None = None,
    progress: Progress = lambda _: None,
) -> Result:
    """Write the records of one WARC to NAME.jsonl: in a folder or s3://BUCKET/PREFIX, else beside the WARC.

    `location` is a path or an http, https or s3 URL. With a folder, what came of it stands in results/NAME.json there,
    and what stands there as whole already is not made again. `progress` is told the bytes read since it was last told.
    Raises ConfigurationError, and CollectionError if the records cannot be written; what is wrong with the WARC itself
    is in the result.
    """
    chosen = settings or Settings()
    chosen.use_sites()
    with nullcontext(pools) if pools else Pools(chosen.jobs) as at_work:
        if chosen.collection:
            return _of_collection(Path(location), Collection(chosen.collection), at_work)
        source = source_of(location)
        if folder is None:
            return _made(source, place_of(str(source.folder)), chosen, at_work, progress)
        return _kept(source, place_of(str(folder)), chosen, at_work, progress)


def records_name(source: WarcSource) -> str:
    """The file of a source's records in a folder."""
    return f"{source.stem}.jsonl"


def result_name(source: WarcSource) -> str:
    """The file of what came of a source in a folder."""
    return f"results/{source.stem}.json"


def _kept(source: WarcSource, place: Place, settings: Settings, pools: Pools, progress: Progress) -> Result:
    """The result that is kept at a place, or a new one."""
    digests, name = digests_here(), result_name(source)
    mark = _mark(source, settings, digests)
    if (known := _known(place.read(name), mark)) and place.has(records_name(source)):
        progress(source.size or 0)
        return known
    made = replace(_made(source, place, settings, pools, progress), digests=digests)
    # Behind the records: a result that is there means records that are.
    said = json.dumps({"mark": mark, **asdict(made)}, ensure_ascii=False, indent=1)
    place.put(name, said.encode("utf-8", "replace") + b"\n")
    return made


def _mark(source: WarcSource, settings: Settings, digests: Digests) -> str:
    """What a result is of, so that the same work is known again."""
    said = [source.name, source.size, settings.every, sorted(settings.hosts), asdict(digests)]
    return sha256(json.dumps(said).encode()).hexdigest()


def _known(content: bytes | None, mark: str) -> Result | None:
    try:
        found = json.loads(content or b"{}")
        if found.pop("mark", None) != mark:
            return None
        digests = Digests(**found.pop("digests"))
        result = Result(**{**found, "faults": tuple(found["faults"])}, digests=digests)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return replace(result, known=True) if result.is_whole else None


def _made(source: WarcSource, place: Place, settings: Settings, pools: Pools, progress: Progress) -> Result:
    name = records_name(source)
    target = place.path(name)
    with place.writing(name) as path:
        try:
            with source.open(settings.web, allow_private=settings.allow_private) as opened:
                found = extract_source(
                    opened, path, pools.foreign, progress, every=settings.every, hosts=settings.hosts
                )
        except WarcError as error:
            return Result(source.location, target, failure=str(error).replace(str(path), target))
        return Result(
            source.location,
            target,
            records=found.records,
            left_out=dict(found.left_out),
            doubts=dict(+found.doubts),
            faults=tuple(map(str, found.faults)),
            incomplete=found.incomplete.replace(str(path), target),
            sha256=sha256_of(path),
        )


def _of_collection(warc: Path, collection: Collection, pools: Pools) -> Result:
    path = collection.records_path(warc.name)
    try:
        made = extract_warc(collection, warc, pools.own)
    except WarcError as error:
        return Result(str(warc), str(path), failure=str(error))
    replaced = str(made.replaced) if made.replaced else None
    return Result(str(warc), str(path), records=made.lines, replaced=replaced, sha256=sha256_of(path))
