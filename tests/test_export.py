"""The formats of a data set."""

import csv
import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow.parquet as pq
import pytest
import yaml
from backports import zstd
from lxml import etree
from trafilatura.xml import validate_tei

from archive.article_text import text_of
from archive.collection.folder import Collection
from archive.datasets.data_set import export
from archive.datasets.export_check import check_rebuilt
from archive.datasets.export_choices import Form, Rows
from archive.datasets.export_request import Request
from archive.errors import ConfigurationError
from archive.labels import Label
from archive.markdown import body_markdown
from archive.packed_file import Packing
from archive.records import Extraction, Record, read_records
from tests.shots import NOON, Shot, article, demo_shots, make_collection

FERRY = "https://courier.example/world/2026/11/17/ferry-talks-stall.html"
MUSEUM = "https://courier.example/de/kultur/leuchtturm-museum-a-4720.html"
COMMENT = "https://courier.example/de/meinung/kommentar-parkplatz-deich-a-4723.html"
CUP = "https://courier.example/sport/2026/11/21/harbour-athletic-cup-shootout.html"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    shots = demo_shots()
    return make_collection(tmp_path_factory.mktemp("made") / "demo", shots[:7], shots[7:])


@pytest.fixture(scope="module")
def records(demo: Collection) -> list[Record]:
    return [record for path in sorted(demo.records.glob("*.jsonl")) for record in read_records(path)]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def data(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "data").rglob("*") if path.is_file())


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in data(folder) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("form", list(Form))
def test_two_exports_are_the_same_bytes(demo: Collection, tmp_path: Path, form: Form) -> None:
    first, second = tmp_path / "one" / "first", tmp_path / "second"
    export([demo.path], Request(form=form), first)
    export([demo.path], Request(form=form), second)

    assert files(first) == files(second)
    assert {"README.md", "manifest.json", "plots/days.svg", "plots/lengths.svg", "plots/languages.svg"} < set(
        files(first)
    )


def test_parquet_bytes_do_not_depend_on_batches(
    demo: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export([demo.path], Request(form=Form.PARQUET), tmp_path / "many")
    monkeypatch.setattr("archive.datasets.export_rows._ROWS", 2)
    export([demo.path], Request(form=Form.PARQUET), tmp_path / "few")

    assert files(tmp_path / "many") == files(tmp_path / "few")


def test_jsonl_holds_the_records(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    export([demo.path], Request(), tmp_path / "out")

    exported = lines(tmp_path / "out")
    assert len(exported) == len(records) == 12
    for line, record in zip(exported, records, strict=True):
        own = {name: line[name] for name in Record.model_fields}
        assert Record.from_line(json.dumps(own)) == record
        assert (line["collection"], line["word_count"]) == ("demo", len(record.text.split()))


def test_a_date_gets_no_offset_that_the_source_did_not_state(demo: Collection, tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.PARQUET), tmp_path / "out")
    table = pq.read_table(data(tmp_path / "out")[0])
    dates = {
        row["url"]: (row["date_published"], row["date_published_utc"], row["date_published_day"])
        for row in table.select(["url", "date_published", "date_published_utc", "date_published_day"]).to_pylist()
    }

    assert str(table.schema.field("date_published_utc").type) == "timestamp[us, tz=UTC]"
    assert dates[MUSEUM] == ("2026-11-18T19:00:00+01:00", datetime(2026, 11, 18, 18, tzinfo=UTC), date(2026, 11, 18))
    assert dates[COMMENT] == ("2026-11-22", None, date(2026, 11, 22))
    assert dates[CUP] == ("2026-11-21T22:52:00", None, date(2026, 11, 21))


def test_parquet_is_read_by_duckdb_pandas_and_polars(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.PARQUET, shard=5), tmp_path / "out")
    pattern = str(tmp_path / "out" / "data" / "*.parquet")

    assert [path.name for path in data(tmp_path / "out")] == [
        f"articles-0000{number}-of-00003.parquet" for number in range(3)
    ]
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT id, blocks[1].label, date_crawled_utc FROM '{pattern}'").fetchall()
    assert [(row[0], row[1]) for row in found] == [(record.id, record.blocks[0].label) for record in records]
    frame = pandas.concat([pandas.read_parquet(path) for path in data(tmp_path / "out")])
    assert list(frame["text"]) == [record.text for record in records]
    assert str(frame["date_crawled_utc"].dtype) == "datetime64[us, UTC]"
    polar = polars.read_parquet(pattern)
    assert polar["title"].to_list() == [record.title for record in records]
    assert polar.schema["date_published_utc"] == polars.Datetime("us", "UTC")


def test_parquet_is_read_by_datasets(
    demo: Collection, records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    import datasets

    export([demo.path], Request(form=Form.PARQUET, shard=5), tmp_path / "out")
    found = datasets.load_dataset(
        "parquet",
        data_files=[str(path) for path in data(tmp_path / "out")],
        split="train",
        cache_dir=str(tmp_path / "c"),
    )

    assert found["text"][:] == [record.text for record in records]
    assert [block["label"] for block in found[0]["blocks"]] == [block.label for block in records[0].blocks]
    assert found[0]["date_crawled_utc"] == NOON


def test_csv_has_lists_and_structures_as_json(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.CSV), tmp_path / "out")
    with data(tmp_path / "out")[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["text"] for row in rows] == [record.text for record in records]
    assert [json.loads(row["authors"]) for row in rows] == [list(record.authors) for record in records]
    assert [json.loads(row["warc"]) for row in rows] == [
        record.warc and record.warc.model_dump(mode="json") for record in records
    ]
    assert "blocks" not in rows[0]
    export([demo.path], Request(form=Form.CSV, columns=("id", "blocks")), tmp_path / "blocks")
    assert data(tmp_path / "blocks")[0].read_bytes().startswith(b"id,blocks\r\n")


def test_a_spreadsheet_runs_no_title(tmp_path: Path) -> None:
    html = article("=HYPERLINK(&quot;https://evil.example&quot;)", "Some words of the ferry's master.")
    made = make_collection(tmp_path / "made", [Shot(FERRY, html)])
    titles = {}
    for name, raw in (("shown", False), ("raw", True)):
        request = Request(form=Form.CSV, columns=("title", "word_count"), raw_cells=raw)
        manifest = export([made.path], request, tmp_path / name)
        assert ("--raw-cells" in manifest.command) is raw
        assert check_rebuilt(tmp_path / name, [made.path]) == []
        with data(tmp_path / name)[0].open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        titles[name] = row["title"]
        card = (tmp_path / name / "README.md").read_text("utf-8")
        assert ("have an apostrophe in front" in card, "do not open" in card) == (not raw, raw)

    assert titles["raw"].startswith("=HYPERLINK")
    assert titles["shown"] == "'" + titles["raw"]


def test_raw_cells_are_for_csv(demo: Collection, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--raw-cells: jsonl has no cells"):
        export([demo.path], Request(raw_cells=True), tmp_path / "out")


def test_markdown_has_a_file_for_each_article(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.MARKDOWN, shard=10), tmp_path / "out")

    assert len(list((tmp_path / "out" / "data" / "00000").iterdir())) == 10
    record = records[-1]
    text = (tmp_path / "out" / "data" / "00001" / f"{record.id}.md").read_text("utf-8")
    _, front, body = text.split("---\n", 2)
    assert yaml.safe_load(front)["url"] == record.url
    assert body.startswith(f"\n# {record.title}\n")
    assert all(paragraph in body for paragraph in record.text.split("\n\n")[-1:])


def test_tei_keeps_to_the_schema(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.TEI), tmp_path / "out")

    documents = {path.stem: etree.parse(path).getroot() for path in data(tmp_path / "out")}
    assert set(documents) == {record.id for record in records}
    for record in records:
        document = documents[str(record.id)]
        assert validate_tei(document)
        for picture in document.findall(".//{*}ab[@type='figure']"):
            picture[:] = []
            picture.text = None
        words = " ".join(
            str(etree.tostring(document.findall(".//{*}body")[0], encoding="unicode", method="text")).split()
        )
        assert words == " ".join(record.text.split())
        assert document.findtext(".//{*}titleStmt/{*}title") == record.title


def test_tei_leaves_out_what_xml_cannot_hold_and_is_valid_for_an_empty_record(tmp_path: Path) -> None:
    from archive.datasets.tei import tei_document
    from archive.records import Extraction

    record = Record(title="A\x00B\x0c\ud800", keywords=("x\x1by",), extraction=Extraction(version="1"))
    document = etree.fromstring(tei_document(record))
    assert validate_tei(document)
    assert document.findtext(".//{*}titleStmt/{*}title") == "AB"


def test_schema_org_is_a_news_article(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.SCHEMA_ORG), tmp_path / "out")
    article = next(line for line in lines(tmp_path / "out") if line["url"] == FERRY)
    record = next(record for record in records if record.url == FERRY)

    assert (article["@context"], article["@type"]) == ("https://schema.org", "NewsArticle")
    assert article["headline"] == record.title
    assert article["articleBody"] == record.text
    assert article["author"] == [{"@type": "Person", "name": name} for name in record.authors]
    assert article["datePublished"] == record.date_published
    assert None not in article.values()


def test_datatrove_documents_are_as_its_reader_takes_them(
    demo: Collection, records: list[Record], tmp_path: Path
) -> None:
    export([demo.path], Request(form=Form.DATATROVE), tmp_path / "out")

    for line, record in zip(lines(tmp_path / "out"), records, strict=True):
        assert list(line) == ["text", "id", "metadata"]
        assert (line["text"], line["id"]) == (body_markdown(record), record.id)
        assert line["metadata"]["url"] == record.url


@pytest.mark.parametrize("form", [Form.JSONL, Form.PARQUET, Form.CSV, Form.SCHEMA_ORG])
def test_the_labels_of_the_text_are_chosen_alike_in_every_format(
    demo: Collection, records: list[Record], tmp_path: Path, form: Form
) -> None:
    request = Request(form=form, text=(Label.HEADLINE, Label.BODY))
    export([demo.path], request, tmp_path / "out")
    (path,) = data(tmp_path / "out")
    if form is Form.PARQUET:
        found = pq.read_table(path).to_pylist()
    elif form is Form.CSV:
        found = list(csv.DictReader(path.read_text("utf-8").splitlines(keepends=True)))
    else:
        found = lines(tmp_path / "out")
    name = "articleBody" if form is Form.SCHEMA_ORG else "text"
    assert [row[name] for row in found] == [text_of(record, ("headline", "body")) for record in records]
    if form is Form.PARQUET:
        assert [row["word_count"] for row in found] == [len(row["text"].split()) for row in found]
    assert "--text headline,body" in request.command(["demo"])


def test_blocks_of_a_table_have_kinds_and_links(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.PARQUET, columns=("blocks",)), tmp_path / "out")
    (path,) = data(tmp_path / "out")
    for row, record in zip(pq.read_table(path).to_pylist(), records, strict=True):
        assert row["blocks"] == [block.model_dump(mode="json") for block in record.blocks]


def test_columns_are_chosen_in_order(demo: Collection, tmp_path: Path) -> None:
    for form in (Form.PARQUET, Form.JSONL):
        export([demo.path], Request(form=form, columns=("word_count", "title", "collection")), tmp_path / form)

    assert pq.read_schema(data(tmp_path / "parquet")[0]).names == ["word_count", "title", "collection"]
    assert lines(tmp_path / "jsonl") == pq.read_table(data(tmp_path / "parquet")[0]).to_pylist()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(columns=("titel",)), "no column 'titel'. Did you mean 'title'"),
        (Request(form=Form.TEI, columns=("title",)), "tei has its own form"),
        (Request(keep_duplicates=True), "needs --dedup"),
    ],
)
def test_wishes_that_cannot_be_met(demo: Collection, tmp_path: Path, request_: Request, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        export([demo.path], request_, tmp_path / "out")
    assert not any(tmp_path.iterdir())


def test_words_of_scripts_without_spaces_are_characters(tmp_path: Path) -> None:
    page = article("渡船停航", "由于大雾，渡船今天停航。" * 5, "港口管理局说明天恢复。" * 5).replace(
        'lang="en"', 'lang="zh"'
    )
    collection = make_collection(tmp_path / "zh", [Shot("https://zh.example/1.html", page)])
    export([collection.path], Request(columns=("text", "word_count", "language")), tmp_path / "out")

    (line,) = lines(tmp_path / "out")
    assert line["language"].startswith("zh")
    assert line["word_count"] == sum(1 for c in line["text"] if "一" <= c <= "鿿") + len(line["text"].split())


@pytest.mark.parametrize("form", [Form.JSONL, Form.CSV])
def test_files_of_lines_can_be_packed(demo: Collection, tmp_path: Path, form: Form) -> None:
    made = {}
    for packing in Packing:
        export([demo.path], Request(form=form, packing=packing, shard=7), tmp_path / packing)
        made[packing] = data(tmp_path / packing)
    assert [path.name for path in made[Packing.GZIP]] == [f"{path.name}.gz" for path in made[Packing.NONE]]
    for plain, gz, zst in zip(*made.values(), strict=True):
        assert plain.read_bytes() == gzip.decompress(gz.read_bytes()) == zstd.decompress(zst.read_bytes())
    assert check_rebuilt(tmp_path / Packing.GZIP, [demo.path]) == []
    assert "--compress zst" in (tmp_path / Packing.ZSTD / "README.md").read_text()


def test_what_has_no_lines_is_not_packed() -> None:
    with pytest.raises(ConfigurationError, match="--compress: parquet has no lines to pack"):
        Request(form=Form.PARQUET, packing=Packing.GZIP).check()


COMMENTS = "".join(
    f'<li class="comment" id="comment-{number}"><cite>{name}</cite><time datetime="2026-11-20T0{number}:00Z">x</time>'
    f"<p>Comment {number} on the harbour.</p></li>"
    for number, name in enumerate(("Ada", "=Bo", "Cy"), 1)
)


@pytest.mark.parametrize("form", [Form.JSONL, Form.CSV, Form.PARQUET])
def test_comments_are_a_table(tmp_path: Path, form: Form) -> None:
    pages = [article("Harbour", *["The board met and agreed after long debate to dredge the basin."] * 6)] * 2
    pages[0] = pages[0].replace("</main>", f"<ol>{COMMENTS}</ol></main>")
    shots = [Shot(f"https://a.example/{number}.html", page) for number, page in enumerate(pages)]
    collection = make_collection(tmp_path / "c", shots)
    export([collection.path], Request(form=form, rows=Rows.COMMENTS, shard=2), tmp_path / "out")
    made = data(tmp_path / "out")
    reader = {Form.JSONL: lambda path: pandas.read_json(path, lines=True), Form.CSV: pandas.read_csv}
    frame = pandas.concat([reader.get(form, pandas.read_parquet)(path) for path in made])
    assert [path.name.rsplit(".", 1)[0] for path in made] == ["comments-00000-of-00002", "comments-00001-of-00002"]
    assert list(frame["author"]) == ["Ada", "'=Bo" if form is Form.CSV else "=Bo", "Cy"]
    assert [f"Comment {number} on the harbour." for number in (1, 2, 3)] == list(frame["text"])
    assert (list(frame["number"]), set(frame["depth"]), set(frame["site"])) == ([1, 2, 3], {1}, {"a.example"})
    assert check_rebuilt(tmp_path / "out", [collection.path]) == []
    assert "| depth | int32 | 1 for a comment on the article" in (tmp_path / "out" / "README.md").read_text()


def test_pandas_and_polars_read_every_table_at_their_defaults(tmp_path: Path) -> None:
    collection = make_collection(tmp_path / "c", demo_shots())
    (path,) = collection.records.glob("*.jsonl")
    full = [json.loads(line) for line in path.read_bytes().splitlines()]
    bare = json.loads(Record(extraction=Extraction(version="0"), warc=None, text="One.").to_line())
    more = [{**bare, "id": f"x{number}", "url": f"https://x.example/{number}"} for number in range(150)]
    for number, line in enumerate(full):
        line["extra"] = {"id": number, "score": [1, 0.5, None][number % 3], f"k{number % 2}": ["a"]}
    path.write_text("".join(json.dumps(line) + "\n" for line in (*more, *full)))
    for form in (Form.JSONL, Form.SCHEMA_ORG, Form.DATATROVE, Form.CSV, Form.PARQUET):
        export([collection.path], Request(form=form, shard=100_000), tmp_path / form)
        (made,) = data(tmp_path / form)
        lines = form in (Form.JSONL, Form.SCHEMA_ORG, Form.DATATROVE)
        panda = pandas.read_json(made, lines=True) if lines else getattr(pandas, f"read_{form}")(made)
        polar = polars.read_ndjson(made) if lines else getattr(polars, f"read_{form}")(made)
        assert len(panda) == len(polar) == 162
        assert set(polar.columns) == set(panda.columns)
        if "title" in polar.columns:
            assert {title for title in polar["title"] if title} == {line["title"] for line in full}
