"""What is asked of an export: everything that decides the bytes of a data set, beside the records themselves."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archive.datasets.columns import COMMENT, choose, column_types
from archive.datasets.export_choices import Dedup, Form, Revisions, Rows
from archive.datasets.filters import Filters
from archive.datasets.formats import LEFT_OUT, LINES, TABLES, TABULAR, Columns
from archive.errors import ConfigurationError
from archive.labels import Label
from archive.packed_file import Packing


class Request(BaseModel):
    """The wishes of one export. `shard` is the number of records in a file (in a folder, where each has its own).
    `raw_cells` leaves texts of CSV as they are, also where a spreadsheet would run them. `text` are the labels of the
    text's blocks; without any, it is that of the record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Form = Form.JSONL
    columns: Annotated[tuple[Annotated[str, StringConstraints(max_length=100)], ...], Field(max_length=1_000)] = ()
    filters: Filters = Filters()
    revisions: Revisions = Revisions.LAST
    dedup: Dedup = Dedup.NONE
    keep_duplicates: bool = False
    shard: Annotated[int, Field(ge=1, le=2**31 - 1)] = 20_000
    raw_cells: bool = False
    text: tuple[Label, ...] = ()
    packing: Packing = Packing.NONE
    rows: Rows = Rows.ARTICLES

    def check(self) -> None:
        """Raises ConfigurationError at wishes that cannot be met."""
        self.filters.check()
        if self.columns and self.form not in TABULAR:
            raise ConfigurationError(f"--columns: {self.form} has its own form; {', '.join(TABULAR)} have columns")
        if self.keep_duplicates and self.dedup is Dedup.NONE:
            raise ConfigurationError("--keep-duplicates needs --dedup exact or near: otherwise none are looked for")
        if self.raw_cells and self.form is not Form.CSV:
            raise ConfigurationError(f"--raw-cells: {self.form} has no cells that a spreadsheet reads; csv has")
        if self.packing is not Packing.NONE and self.form not in LINES:
            raise ConfigurationError(f"--compress: {self.form} has no lines to pack; {', '.join(LINES)} have")
        if self.rows is Rows.COMMENTS and self.form not in TABLES:
            raise ConfigurationError(f"--table comments: {self.form} is of articles; {', '.join(TABLES)} are tables")
        self.chosen_columns()

    def chosen_columns(self) -> Columns:
        """The columns of the data set with their types."""
        if self.rows is Rows.COMMENTS:
            return choose(self.columns, COMMENT)
        chosen = choose(self.columns, column_types(clusters=self.dedup is not Dedup.NONE))
        left_out = () if self.columns else LEFT_OUT.get(self.form, ())
        return {name: kind for name, kind in chosen.items() if name not in left_out}

    def command(self, collections: Sequence[str]) -> str:
        """The command line that makes this data set from the named collections."""
        return shlex.join(["cleancopy", "export", *collections, *self._options(), "--output", "DIR"])

    def _options(self) -> Iterator[str]:
        filters, default = self.filters, Request()
        yield from ("--format", self.form)
        yield from _repeated("--site", filters.sites)
        yield from _repeated("--language", filters.languages)
        yield from _repeated("--since", [filters.since] if filters.since else [])
        yield from _repeated("--until", [filters.until] if filters.until else [])
        yield from _repeated("--min-words", [filters.min_words] if filters.min_words else [])
        yield from _repeated("--label-share", [f"{label}={share:g}" for label, share in filters.label_shares])
        yield from _repeated("--rights", filters.rights)
        yield from _repeated("--include", filters.include or [])
        yield from _repeated("--where", [filters.where] if filters.where else [])
        yield from _repeated("--columns", [",".join(self.columns)] if self.columns else [])
        yield from _repeated("--text", [",".join(self.text)] if self.text else [])
        yield from _repeated("--table", [self.rows] if self.rows is not Rows.ARTICLES else [])
        for name in ("revisions", "dedup", "shard"):
            if getattr(self, name) != getattr(default, name):
                yield from (f"--{name}", str(getattr(self, name)))
        yield from ["--keep-duplicates"] if self.keep_duplicates else []
        yield from ["--raw-cells"] if self.raw_cells else []
        yield from _repeated("--compress", [self.packing] if self.packing is not Packing.NONE else [])


def _repeated(option: str, values: Sequence[object]) -> Iterator[str]:
    for value in values:
        yield from (option, str(value))
