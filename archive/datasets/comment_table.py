"""The table of readers' comments: a row for each, with the article that it stands under."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.datasets import parquet
from archive.datasets.export_choices import Form
from archive.datasets.export_request import Request
from archive.datasets.export_rows import Row
from archive.datasets.formats import Progress, csv_line, json_line, suffix
from archive.datasets.shards import LineFiles, Shards
from archive.datasets.typed_lines import TypedLineFiles

_ROWS = 1000


def write_comments(request: Request, articles: Callable[[], Iterable[Row]], folder: Path, progress: Progress) -> None:
    """Write the comments of all articles, which are read twice: their number is part of the files' names. `progress` is
    told of articles."""
    total = sum(1 for _ in _comments(articles(), lambda _: None))
    packing, columns = request.packing, request.chosen_columns()
    shards = Shards(folder, suffix(request.form, packing), total, request.shard, packing, "comments")
    rows = ({name: row[name] for name in columns} for row in _comments(articles(), progress))
    if request.form is Form.PARQUET:
        schema = pa.schema(list(columns.items()))
        batches = iter(lambda: list(islice(rows, _ROWS)), [])
        tables = (pa.Table.from_pylist(batch, schema) for batch in batches)
        parquet.write(shards, columns, tables, lambda _: None)
        return
    is_csv = request.form is Form.CSV
    header = (",".join(columns) + "\r\n").encode()
    with closing(LineFiles(shards, header) if is_csv else TypedLineFiles(shards)) as files:
        for row in rows:
            files.write(csv_line(row.values(), raw=request.raw_cells) if is_csv else json_line(row))


def _comments(articles: Iterable[Row], progress: Progress) -> Iterator[dict[str, Any]]:
    for article in articles:
        fields = json.loads(article.line)
        own = {"article_id": fields["id"], **{name: fields.get(name) for name in ("url", "site", "date_crawled")}}
        # Lines of earlier schemas have no comments.
        yield from (
            {**own, "number": number, **one} for number, one in zip(count(1), fields.get("comments", ()), strict=False)
        )
        progress(1)
