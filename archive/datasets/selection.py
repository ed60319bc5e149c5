"""The first pass over the records: which of them go into the data set, and what is counted of them.

What is kept of a record are numbers, about 200 bytes; texts are not held.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from archive.datasets.export_choices import Lesser
from archive.datasets.filters import RIGHTS_CONDITIONS, Filters
from archive.datasets.record_table import COUNTED, LONGEST_LINE, LineTooLongError, Table, passing
from archive.labels import Label

Array = npt.NDArray[Any]

LABELS = tuple(Label)
_LABEL_NAMES = pa.array([str(label) for label in LABELS])
#: In languages that set no spaces, every character of these scripts counts as a word.
_UNSPACED_LANGUAGES = r"^(zh|ja|th|lo|km|my)\b"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
#: Times in UTC and days, as they stand in the data set.
MOMENTS = ("date_published_utc", "date_modified_utc", "date_crawled_utc")
DAYS = ("date_published_day", "date_modified_day")
_NAMED = ("site", "language", "license", "model", "config", "version", "warc")
_COLUMNS = ", ".join(
    [
        "id, text, language, site, license, collection",
        "coalesce(completeness, 'whole') <> 'whole' AS cut, obstacle IS NOT NULL AS hindered",
        "md5_number_upper(coalesce(url, id)) AS url_0, md5_number_lower(coalesce(url, id)) AS url_1",
        "md5_number_upper(text) AS text_0, md5_number_lower(text) AS text_1",
        *(f"epoch_us({name}) AS {name}" for name in MOMENTS),
        *(f"date_diff('day', DATE '1970-01-01', {name})::INTEGER AS {name}" for name in DAYS),
        *(f"({condition}) AS {rule}" for rule, condition in RIGHTS_CONDITIONS.items()),
        "extraction.model AS model, extraction.version AS version, warc.filename AS warc",
        "extraction.config || ' ' || coalesce(extraction.config_digest, '') AS config",
        "[b.label FOR b IN blocks] AS labels, [length(b.text) FOR b IN blocks] AS sizes",
    ]
)
#: What each value of `rank` is, the best first; 0 are whole articles with text.
RANKS = (None, Lesser.CUT, Lesser.EMPTY, Lesser.OBSTACLE)
#: Stands for a missing time or day.
MISSING = np.iinfo(np.int64).min


class Reader(Protocol):
    """Sees the texts that may go into the data set on their way past, position by position."""

    def add(self, positions: Array, texts: pa.Array) -> None:
        """The texts of one batch."""


@dataclass(frozen=True, slots=True)
class Selection:
    """All records of the collections by position. `values` holds one array a measure; `labels` characters by record
    and label; `names` the texts that codes stand for (-1: none); `bounds` where each collection ends; `left_out`
    how many records would have passed, were they not lesser ones."""

    kept: Array
    ids: pa.StringArray
    values: dict[str, Array]
    labels: Array
    names: dict[str, list[str]]
    bounds: tuple[int, ...]
    left_out: Counter[Lesser] = field(default_factory=Counter)

    def __len__(self) -> int:
        return int(self.kept.sum())

    def positions(self, collection: int | None = None) -> Array:
        """Where the kept records are: all, or those of one collection by its number."""
        if collection is None:
            return np.flatnonzero(self.kept)
        start = self.bounds[collection - 1] if collection else 0
        return start + np.flatnonzero(self.kept[start : self.bounds[collection]])

    def named(self, name: str, positions: Array) -> dict[str | None, int]:
        """How many records have each value of a named measure, most frequent first."""
        codes = self.values[name][positions]
        counts = np.bincount(codes + 1, minlength=1)
        found = {None if code < 0 else self.names[name][code]: int(count) for code, count in enumerate(counts, -1)}
        return dict(sorted(((k, n) for k, n in found.items() if n), key=lambda item: (-item[1], item[0] or "")))


@dataclass(slots=True)
class _Codes:
    """Texts as numbers in the order of their first sight."""

    codes: dict[str, int] = field(default_factory=dict)

    def of(self, column: pa.Array) -> Array:
        seen = column.dictionary_encode()
        table = [self.codes.setdefault(text, len(self.codes)) for text in seen.dictionary.to_pylist()]
        indices = seen.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        coded: Array = np.asarray([*table, -1], dtype=np.int32)[indices]
        return coded


@dataclass(slots=True)
class _Gathering:
    """What one pass gathers, batch by batch."""

    codes: dict[str, _Codes] = field(default_factory=lambda: {name: _Codes() for name in _NAMED})
    parts: list[dict[str, Array]] = field(default_factory=list)
    ids: list[pa.Array] = field(default_factory=list)
    left_out: Counter[Lesser] = field(default_factory=Counter)
    rows: int = 0

    def add(self, batch: pa.RecordBatch, filters: Filters) -> tuple[Array, pa.Array]:
        """Take one batch; the positions and texts of what passes the filters."""
        part: dict[str, Array] = {name: self.codes[name].of(batch[name]) for name in _NAMED}
        part |= {name: batch[name].fill_null(MISSING).to_numpy() for name in MOMENTS}
        part |= {name: batch[name].cast(pa.int64()).fill_null(MISSING).to_numpy() for name in DAYS}
        part |= {name: batch[name].to_numpy() for name in ("url_0", "url_1", "text_0", "text_1")}
        part |= {rule.value: batch[rule.value].to_numpy(zero_copy_only=False) for rule in RIGHTS_CONDITIONS}
        part["words"] = _words(batch)
        part["labels"] = _label_sizes(batch)
        part["rank"] = _ranks(batch, part["words"])
        chosen = batch["chosen"].to_numpy(zero_copy_only=False) & _passes(part, filters)
        for rank, lesser in enumerate(RANKS):
            if lesser and not filters.includes(lesser):
                self.left_out[lesser] += int((chosen & (part["rank"] == rank)).sum())
                chosen &= part["rank"] != rank
        part["kept"] = chosen
        positions = self.rows + np.flatnonzero(chosen)
        self.parts.append(part)
        self.ids.append(batch["id"])
        self.rows += len(chosen)
        return positions, batch["text"].filter(pa.array(chosen))

    def selection(self, bounds: Sequence[int]) -> Selection:
        joined = {
            name: np.concatenate([part[name] for part in self.parts]) for name in (self.parts[0] if self.parts else ())
        }
        kept, labels = joined.pop("kept", np.zeros(0, bool)), joined.pop("labels", np.zeros((0, len(LABELS))))
        names = {name: list(codes.codes) for name, codes in self.codes.items()}
        ids = pa.chunked_array(self.ids, pa.string()).combine_chunks()
        return Selection(kept, ids, joined, labels, names, tuple(bounds), self.left_out)


def select(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], filters: Filters, readers: Sequence[Reader] = ()
) -> Selection:
    """Read all records once. Raises CollectionError at a line that is no record."""
    gathering = _Gathering()
    columns = f"{_COLUMNS}, {filters.condition()} AS chosen"
    bounds = []
    for table in tables:
        for batch in _batches(connection, table, columns):
            positions, texts = gathering.add(batch, filters)
            for reader in readers:
                reader.add(positions, texts)
        bounds.append(gathering.rows)
    return gathering.selection(bounds)


def narrow(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    selection: Selection,
    condition: str,
    used: Collection[str],
) -> None:
    """Leave out what does not meet a condition that looks at what was counted; `used` are the columns it names."""
    own = ", ".join(sorted(set(used) - set(COUNTED))) or "id"
    at = 0
    for table in tables:
        for batch in table.batches(connection, own):
            rows = slice(at, at + batch.num_rows)
            counted = {"word_count": selection.values["words"][rows]}
            counted |= {name: selection.values[name][rows] for name in COUNTED if name in selection.values}
            arrays = {name: pa.array(counted[name]) for name in COUNTED if name in used}
            passes = passing(connection, batch, arrays, condition).to_numpy(zero_copy_only=False)
            selection.kept[rows] &= passes
            at += batch.num_rows


def _batches(connection: duckdb.DuckDBPyConnection, table: Table, columns: str) -> Iterator[pa.RecordBatch]:
    done = 0
    try:
        for batch in table.batches(connection, columns):
            yield batch
            done += batch.num_rows
    except LineTooLongError:
        table.longest_line = LONGEST_LINE
        for batch in table.batches(connection, columns):
            seen = min(done, batch.num_rows)
            done -= seen
            yield batch.slice(seen)


def _words(batch: pa.RecordBatch) -> Array:
    texts = pc.utf8_trim_whitespace(batch["text"])
    pieces = pc.list_value_length(pc.utf8_split_whitespace(texts))
    counts: Array = pieces.to_numpy(zero_copy_only=False).astype(np.int32)
    counts[pc.equal(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)] = 0
    unspaced = pc.match_substring_regex(batch["language"].fill_null(""), _UNSPACED_LANGUAGES)
    if pc.any(unspaced).as_py():
        characters = pc.count_substring_regex(texts.filter(unspaced), _UNSPACED).to_numpy()
        counts[unspaced.to_numpy(zero_copy_only=False)] += characters
    return counts


def _label_sizes(batch: pa.RecordBatch) -> Array:
    """Characters by record and label."""
    labels, sizes = batch["labels"], batch["sizes"]
    codes = pc.index_in(labels.flatten(), _LABEL_NAMES).fill_null(0).to_numpy(zero_copy_only=False)
    rows = pc.list_parent_indices(labels).to_numpy(zero_copy_only=False)
    weights = sizes.flatten().fill_null(0).to_numpy(zero_copy_only=False)
    total = np.bincount(rows * len(LABELS) + codes, weights, minlength=batch.num_rows * len(LABELS))
    table: Array = total.reshape(batch.num_rows, len(LABELS)).astype(np.uint32)
    return table


def _ranks(batch: pa.RecordBatch, words: Array) -> Array:
    """How good each record is, as `RANKS` says: one without text is empty, cut or not."""
    hindered, cut = (batch[name].to_numpy(zero_copy_only=False) for name in ("hindered", "cut"))
    ranks: Array = np.select([hindered, words == 0, cut], [3, 2, 1], 0).astype(np.int8)
    return ranks


def _passes(part: dict[str, Array], filters: Filters) -> Array:
    passes: Array = part["words"] >= filters.min_words
    sizes = part["labels"]
    total = np.maximum(sizes.sum(axis=1), 1)
    for label, share in filters.label_shares:
        passes &= sizes[:, LABELS.index(label)] / total <= share
    return passes
