"""`archive.open(COLLECTION)`: the records of a collection at hand, one by one or as a table.

Records are read when they are asked for. Tables and filters are those of `cleancopy export`; what they need is loaded
where they are called for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from archive.collection.folder import Collection
from archive.datasets.export_choices import Revisions, RightsRule
from archive.datasets.filters import Filters
from archive.days import first_day, last_day
from archive.errors import ConfigurationError
from archive.records import Record, read_records
from archive.research.captured_page import find_record

if TYPE_CHECKING:
    import datasets
    import pandas as pd
    import pyarrow as pa

Kind = TypeVar("Kind", bound=StrEnum)
#: Everything that is there.
_ALL = Filters(include=None)
#: An option of the command line in an error: here it is an argument.
_OPTION = re.compile(r"--([a-z]{1,20}+)(?:-([a-z]{1,20}+))?+")


@dataclass(frozen=True, slots=True)
class OpenCollection:
    """The records of a collection, in the order of its WARC files.

        news = archive.open("collections/courier")
        for record in news.filter(language="en", since="2026-11"):
            print(record.title)

    `filter` narrows and gives another of these; `to_pandas`, `to_arrow` and `to_datasets` make a table of what is left.
    """

    path: Path
    filters: Filters = _ALL
    revisions: Revisions = Revisions.ALL

    def __repr__(self) -> str:
        """The collection and what of it."""
        said = self.filters.model_dump(mode="json", exclude_defaults=True, exclude={"include"})
        return f"<records of {self.path}{''.join(f', {name}={value!r}' for name, value in said.items())}>"

    def __iter__(self) -> Iterator[Record]:
        """The records, one by one. Raises WarcError, with file and line, at a line that is none."""
        if self.filters == _ALL and self.revisions is Revisions.ALL:
            return (
                record
                for path in sorted(Collection(self.path).records.glob("*.jsonl"))
                for record in read_records(path)
            )
        _need("filter", "export", "duckdb", "pyarrow")
        from archive.datasets import opened_table  # noqa: PLC0415 - needs what is large

        with _in_python():
            return opened_table.records(self.path, self.filters, self.revisions)

    def record(self, record_id: str) -> Record:
        """The record with an id, whatever the filters. Raises CollectionError if there is none."""
        return find_record(Collection(self.path), record_id)

    def filter(
        self,
        *,
        site: str | Iterable[str] | None = None,
        language: str | Iterable[str] | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        min_words: int | None = None,
        where: str | None = None,
        rights: str | Iterable[str] | None = None,
        whole: bool | None = None,
        revisions: str | None = None,
    ) -> "OpenCollection":
        """Those of these records that have what is given, as `cleancopy export` chooses them.

        Days of publication are dates or texts such as "2026-11". `where` is a condition in SQL on a record's fields.
        `whole` leaves out what is cut, has no text, is an obstacle or was captured better soon after. `revisions` is
        "all", or "last" or "first" of the captures of each URL. What is given again takes the place of what was there;
        another `where` must hold too. Raises ConfigurationError, naming the argument.
        """
        given: dict[str, object] = {
            "sites": None if site is None else _texts("site", site),
            "languages": None if language is None else _texts("language", language),
            "since": None if since is None else _day("since", since, first_day),
            "until": None if until is None else _day("until", until, last_day),
            "min_words": None if min_words is None else _count("min_words", min_words),
            "where": None if where is None else self._also(where),
            "rights": None
            if rights is None
            else [_one_of("rights", each, RightsRule) for each in _texts("rights", rights)],
        }
        changed = {name: value for name, value in given.items() if value is not None}
        include = {} if whole is None else {"include": () if whole else None}
        filters = Filters.model_validate({**self.filters.model_dump(), **changed, **include})
        with _in_python():
            filters.check()
        chosen = self.revisions if revisions is None else _one_of("revisions", revisions, Revisions)
        return replace(self, filters=filters, revisions=chosen)

    def _also(self, where: object) -> str:
        if not isinstance(where, str):
            raise ConfigurationError(f"where: expected a condition in SQL as a text, got {where!r}")
        return f"({self.filters.where}) AND ({where})" if self.filters.where else where

    def to_arrow(self, columns: Sequence[str] | None = None) -> "pa.Table":
        """The records as an Arrow table, with the columns of a data set: all but `blocks`, or those named."""
        return self._table("to_arrow", columns)

    def to_pandas(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """The same as a DataFrame of pandas."""
        _need("to_pandas", "notebook", "pandas")
        return self._table("to_pandas", columns).to_pandas()

    def to_datasets(self, columns: Sequence[str] | None = None) -> "datasets.Dataset":
        """The same as a Dataset of Hugging Face's library, in memory."""
        _need("to_datasets", "notebook", "datasets")
        from datasets import Dataset  # noqa: PLC0415 - the extra [notebook] brings it
        from datasets.table import InMemoryTable  # noqa: PLC0415

        return Dataset(InMemoryTable(self._table("to_datasets", columns)))

    def _table(self, method: str, columns: Sequence[str] | None) -> "pa.Table":
        _need(method, "export", "duckdb", "pyarrow")
        from archive.datasets import opened_table  # noqa: PLC0415 - needs what is large

        names = () if columns is None else _texts("columns", columns)
        with _in_python():
            return opened_table.table(self.path, self.filters, self.revisions, names)


def open_collection(path: str | Path) -> OpenCollection:
    """Open a collection for reading. Raises CollectionError if there is none."""
    if not isinstance(path, str | Path):
        raise TypeError(f"path: expected the folder of a collection, got {path!r}")
    return OpenCollection(Collection(Path(path)).require().path)


def _need(method: str, extra: str, *modules: str) -> None:
    for name in modules:
        if find_spec(name) is None:
            raise ConfigurationError(f"{name} is not installed; {method} needs it: pip install 'cleancopy[{extra}]'")


def _texts(name: str, value: object) -> tuple[str, ...]:
    found = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (value,)
    if not all(isinstance(each, str) for each in found):
        raise ConfigurationError(f"{name}: expected a text or several, got {value!r}")
    return tuple(map(str, found))


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ConfigurationError(f"{name}: expected a number from 0, got {value!r}")
    return value


def _day(name: str, value: object, read: Callable[[str], date]) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return read(str(value))
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}") from error


def _one_of(name: str, value: object, kind: type[Kind]) -> Kind:
    try:
        return kind(str(value))
    except ValueError as error:
        raise ConfigurationError(f"{name}: expected {' or '.join(map(repr, map(str, kind)))}, got {value!r}") from error


@contextmanager
def _in_python() -> Iterator[None]:
    """Errors name arguments: what they call `--min-words` is `min_words` here."""
    try:
        yield
    except ConfigurationError as error:
        raise ConfigurationError(_OPTION.sub(_argument, str(error))) from error


def _argument(option: re.Match[str]) -> str:
    return "_".join(filter(None, option.groups()))
