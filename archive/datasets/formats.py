"""The formats of a data set, and the data files of each."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from archive.article_text import retold, text_of
from archive.datasets.export_choices import Form
from archive.datasets.export_rows import Row
from archive.datasets.shards import DocumentFiles, LineFiles, Shards
from archive.datasets.table_types import FIELDS
from archive.datasets.tei import tei_document
from archive.datasets.typed_lines import TypedLineFiles
from archive.labels import Label
from archive.markdown import as_markdown, body_markdown
from archive.packed_file import Packing
from archive.records import Image, Record

#: What begins a formula; the wide forms of Japanese and Chinese keyboards too. Apostrophes that stand before it already
#: get one more, so that taking one away always gives the text as it was.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
Progress = Callable[[int], None]
Columns = Mapping[str, pa.DataType]
#: The formats that have a line for each record, and may be packed.
LINES = (Form.JSONL, Form.CSV, Form.SCHEMA_ORG, Form.DATATROVE)
#: The formats that a table of something else than articles may have.
TABLES = (Form.JSONL, Form.PARQUET, Form.CSV)
#: The formats whose columns can be chosen; the others have their own form.
TABULAR = (Form.JSONL, Form.PARQUET, Form.CSV, Form.DATATROVE)
#: What these formats leave out unless it is asked for: blocks are several times as long as the text.
LEFT_OUT = {Form.CSV: ("blocks",), Form.DATATROVE: ("blocks",)}
SUFFIXES = {Form.MARKDOWN: "md", Form.TEI: "xml", Form.CSV: "csv", Form.PARQUET: "parquet"}


def csv_line(values: Iterable[Any], *, raw: bool = False) -> bytes:
    """RFC 4180; lists and structures stand as JSON. Texts always stand in quotation marks, so that a semicolon or tab
    in one begins no cell where a spreadsheet separates by these.

    A spreadsheet takes a cell that begins with one of a few characters for a formula, which can send what is in other
    cells away or start programs. Such a text gets an apostrophe in front, as OWASP advises
    (https://owasp.org/www-community/attacks/CSV_Injection), but not with `raw`; numbers are none of it.
    """
    return (",".join(_cell(value, raw=raw) for value in values) + "\r\n").encode("utf-8", "replace")


def _cell(value: Any, *, raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text if raw or not _FORMULA.match(text) else f"'{text}"
    return '"' + shown.replace('"', '""') + '"'


def news_article(record: Record) -> dict[str, Any]:
    """The record as JSON-LD (https://schema.org/NewsArticle); what is not known is left out."""
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"urn:uuid:{record.id}" if record.id else None,
        "url": record.url,
        "mainEntityOfPage": record.canonical_url,
        "headline": record.title,
        "alternativeHeadline": record.standfirst,
        "description": record.description,
        "articleBody": record.text,
        "articleSection": record.section,
        "author": [{"@type": "Person", "name": name} for name in record.authors],
        "creditText": record.byline,
        "datePublished": record.date_published,
        "dateModified": record.date_modified,
        "inLanguage": record.language,
        "publisher": {"@type": "Organization", "name": record.publisher} if record.publisher else None,
        "keywords": list(record.keywords),
        "image": [_image(image) for image in record.images],
        "isAccessibleForFree": record.is_accessible_for_free,
        "license": record.license,
        "identifier": _digest(record),
    }
    return {name: value for name, value in article.items() if value not in (None, [])}


def _image(image: Image) -> dict[str, str]:
    values = {"caption": image.caption, "creditText": image.credit, "description": image.alt}
    known = {name: value for name, value in values.items() if value}
    return {"@type": "ImageObject", "contentUrl": image.url, **known}


def _digest(record: Record) -> dict[str, str] | None:
    """The payload digest: what the captured page can be known by in any archive."""
    if record.warc is None or record.warc.payload_digest is None:
        return None
    return {"@type": "PropertyValue", "propertyID": "WARC-Payload-Digest", "value": record.warc.payload_digest}


def suffix(form: Form, packing: Packing = Packing.NONE) -> str:
    """The suffix of a format's data files."""
    return SUFFIXES.get(form, "jsonl") + (f".{packing}" if packing is not Packing.NONE else "")


def write_lines(maker: "LineMaker", shards: Shards, rows: Iterable[Row], progress: Progress) -> None:
    """Write a format that has a line for each record."""
    is_json = maker.form is not Form.CSV
    with closing(TypedLineFiles(shards) if is_json else LineFiles(shards, maker.header)) as files:
        for row in rows:
            files.write(maker.line(row))
            progress(1)


def write_documents(
    form: Form, folder: Path, size: int, rows: Iterable[Row], progress: Progress, labels: Sequence[Label] = ()
) -> None:
    """Write a format that has a file for each record."""
    files = DocumentFiles(folder, suffix(form), size)
    for row in rows:
        record = Record.from_line(row.line)
        content = tei_document(record, labels) if form is Form.TEI else markdown_document(record, labels)
        files.write(str(record.id or "record"), content)
        progress(1)


@dataclass(frozen=True, slots=True)
class LineMaker:
    """Makes the lines of one data set. Where `labels` are given, the text is the blocks of these; `raw_cells` leaves
    texts of CSV as they are."""

    form: Form
    columns: Columns
    labels: Sequence[Label] = ()
    raw_cells: bool = False

    @property
    def header(self) -> bytes:
        """What stands above the first line."""
        return (",".join(self.columns) + "\r\n").encode() if self.form is Form.CSV else b""

    def line(self, row: Row) -> bytes:
        """One record."""
        if self.form is Form.SCHEMA_ORG:
            record = Record.from_line(row.line)
            return json_line(news_article(retold(record, self.labels)))
        fields = json.loads(row.line)
        if self.labels:
            fields["text"] = text_of(Record.from_line(row.line), self.labels)
        values = {name: fields.get(name) if name in FIELDS else row.added[name] for name in self.columns}
        if self.form is Form.CSV:
            return csv_line(values.values(), raw=self.raw_cells)
        return json_line(self._document(row, values) if self.form is Form.DATATROVE else values)

    def _document(self, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
        record = Record.from_line(row.line)
        metadata = {name: value for name, value in values.items() if name not in ("id", "text")}
        return {"text": body_markdown(record, self.labels or None), "id": record.id, "metadata": metadata}


def json_line(value: Mapping[str, Any]) -> bytes:
    """One line of compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def markdown_document(record: Record, labels: Sequence[Label] = ()) -> bytes:
    """The article as Markdown, its metadata in front as YAML."""
    names = ("id", "url", "title", "authors", "date_published", "date_modified", "date_crawled", "language", "site")
    front = {name: value for name, value in record.model_dump(mode="json", include=set(names)).items() if value}
    ordered = {name: front[name] for name in names if name in front}
    head = yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{head}---\n\n{as_markdown(record, labels or None)}".encode("utf-8", "replace")
