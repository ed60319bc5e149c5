"""Conditions of --where, which a manifest from somebody else may hold: read and refused before anything runs."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archive.collection.folder import Collection
from archive.datasets import record_table as table
from archive.datasets.data_set import export
from archive.datasets.export_request import Request
from archive.datasets.filters import Filters
from archive.datasets.record_table import check_expression, connect
from archive.errors import CollectionError, ConfigurationError
from tests.scripted import Run
from tests.shots import Shot, article, make_collection

EVIL = "true); COPY (SELECT content FROM read_text('{secret}')) TO '{stolen}' (HEADER false, QUOTE ''); SELECT (1=1"
TEXT = "The harbour board met on Monday and agreed to dredge the eastern basin. " * 6


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path_factory.mktemp("work")) as connection:
        yield connection


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    shots = [Shot(f"https://a.example/{number}.html", article("Dredging", TEXT)) for number in range(2)]
    return make_collection(tmp_path_factory.mktemp("made") / "a", shots)


@pytest.mark.parametrize(
    "condition",
    [
        "TITLE IS NOT NULL -- a remark",
        "site IN ('a', 'b') AND NOT (is_accessible_for_free OR license IS NULL)",
        "extra ->> 'id' = '7' AND word_count > 3",
        "coalesce(section, '') ILIKE 'x%' OR title NOT LIKE '%!%%' ESCAPE '!'",
        "regexp_matches(text, '(?i)gull') AND title SIMILAR TO 'a.*'",
        "CASE language WHEN 'de' THEN true ELSE false END",
        "'Ann' IN authors OR len(authors) BETWEEN 2 AND 3 OR list_contains(keywords, 'x')",
        "rights.robots = 'allowed' AND http.status = 200 AND blocks[1].label = 'body' AND warc['offset'] % 2 = 0",
        "len([b.text FOR b IN blocks IF b.label = 'body']) > 3",
        "len(list_filter(blocks, lambda b: b.confidence < 0.5 AND lower(b.text) LIKE '%x%')) = 0",
        "year(date_published_day) = 2026 AND extract(month FROM date_crawled_utc) = 1",
        "date_published_day > DATE '2026-01-01' - INTERVAL 3 DAY",
        "date_crawled_utc AT TIME ZONE 'UTC' > TIMESTAMP '2026-01-01'",
        "TRY_CAST(title AS INTEGER) IS NULL AND strftime(date_published_day, '%Y') = '2026'",
        "id IN (" + ", ".join(f"'{number:036d}'" for number in range(2_000)) + ")",
    ],
)
def test_what_looks_at_one_record_can_be_asked(db: duckdb.DuckDBPyConnection, condition: str) -> None:
    check_expression(db, condition)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (EVIL, "syntax error"),
        ("true; SELECT 1", "one condition and nothing else"),
        ("true;", "syntax error"),
        ("true) OR (true", "syntax error"),
        ("true), (true", "syntax error"),
        ("true) AS chosen, (true", "syntax error"),
        ("true /*", "unterminated"),
        ("", "syntax error"),
        ("true ORDER BY 1", "nothing else"),
        ("true LIMIT 1", "nothing else"),
        ("true GROUP BY 1", "nothing else"),
        ("true HAVING true", "nothing else"),
        ("true QUALIFY true", "nothing else"),
        ("true UNION SELECT true", "nothing else"),
        ("true USING SAMPLE 10%", "nothing else"),
        ("true WINDOW w AS (PARTITION BY 1)", "syntax error"),
        ("id IN (SELECT 'x')", "one record alone"),
        ("EXISTS (FROM read_text('/etc/hostname'))", "one record alone"),
        ("title = ANY (SELECT 1)", "one record alone"),
        ("array(SELECT 1) = [1]", "one record alone"),
        ("len(list_filter(blocks, lambda b: (SELECT true))) = 0", "one record alone"),
        ("row_number() OVER () = 1", "window functions"),
        ("sum(1) FILTER (WHERE true) > 1", "filter cannot be given"),
        ("count(*) > 1", "the function count_star cannot be used"),
        ("title = ?", "parameter"),
        ("* = 1", "must name the columns"),
        ("COLUMNS('a') = 'x'", "must name the columns"),
        ("#1 = 1", "positional reference"),
        ("title COLLATE nocase = 'x'", "collate"),
        ("getenv('HOME') = 'x'", "the function getenv"),
        ("current_setting('threads') = '1'", "the function current_setting"),
        ("current_user = 'x'", 'column "current_user" not found'),
        ("now() > date_crawled_utc", "the function now"),
        ("query('SELECT 1') = 1", "the function query"),
        ("getvariable('x') = 1", "the function getvariable"),
        ("error('x')", "the function error"),
        ("main.lower(title) = 'x'", "cannot be given"),
        ("title::nothing = 'x'", "the type nothing"),
        ("title::STRUCT(a INTEGER) IS NULL", "the type STRUCT"),
        ("repeat(text, 1000000) = 'x'", "the function repeat"),
        ("lpad(text, 1000000000, 'x') = 'x'", "the function lpad"),
        ("text || text = 'x'", "the function ||"),
        ("len(range(1000000000)) = 1", "the function range"),
        ("len(list_transform(blocks, lambda b: [c FOR c IN [1]])) = 1", "within another"),
        ("len(list_filter(blocks, lambda b: b.text = text)) = 1", "cannot stand within a lambda"),
        ("regexp_matches(text, title)", "must be a text in quotes"),
        (" OR ".join(f"upper(substr(text, {number})) = 'X'" for number in range(30)), "more than 20 times"),
        ("(" * 10_000 + "true" + ")" * 10_000, "nested more than 200 deep"),
        ("NOT " * 10_000 + "true", "nested more than 200 deep"),
        (" OR ".join(["id = 'x'"] * 20_000), "more than 100,000 characters"),
        ("\ud800", "surrogate"),
        ("title", "expected true or false"),
        ("len(authors)", "expected true or false"),
        ("words > 3", "word_count."),
        ("extra ->> title = 'x'", "must be a text in quotes"),
        ("extra ->> '$.**' = 'x'", "must name one field"),
    ],
)
def test_nothing_else_can(db: duckdb.DuckDBPyConnection, condition: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^--where .* cannot be used") as error:
        check_expression(db, condition)
    assert message in str(error.value)
    assert len(str(error.value)) < 3_000


def test_the_connection_itself_reaches_no_file_but_the_records(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"x": 1}\n')
    (tmp_path / "secret.txt").write_text("secret")
    with connect(tmp_path / "work", [tmp_path / "a.jsonl"]) as connection:
        assert connection.sql(f"SELECT x FROM read_json('{tmp_path}/a.jsonl')").fetchall() == [(1,)]
        for statement in (
            f"SELECT * FROM read_text('{tmp_path}/secret.txt')",
            f"COPY (SELECT 1) TO '{tmp_path}/b.csv'",
            f"ATTACH '{tmp_path}/b.db'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET enable_external_access = true",
            "SET memory_limit = '100GB'",
        ):
            with pytest.raises(duckdb.Error):
                connection.sql(statement)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "secret.txt"]


def test_a_manifest_from_somebody_else_writes_nothing(made: Collection, cleancopy: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "data"
    export([made.path], Request(filters=Filters(where="1 = 1")), folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    where = EVIL.format(secret=tmp_path / "secret", stolen=tmp_path / "stolen.csv")
    manifest["request"]["filters"]["where"] = where
    (folder / "manifest.json").write_text(json.dumps(manifest))
    checked = cleancopy("export", "--check", folder, "--collection", made.path)
    assert checked.code == 1
    assert "cannot be made again: --where" in checked.out + checked.err
    made_now = cleancopy("export", made.path, "--where", where, "--output", tmp_path / "new")
    assert (made_now.code, "syntax error" in made_now.err) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "secret"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda told: told["files"][0].update(path="../../etc/passwd"), "files.0.path"),
        (lambda told: told["files"][0].update(path="/etc/passwd"), "files.0.path"),
        (lambda told: told["files"][0].update(size=-1), "files.0.size"),
        (lambda told: told["files"][0].update(size="1"), "files.0.size"),
        (lambda told: told["files"][0].update(sha256="x"), "files.0.sha256"),
        (lambda told: told["warcs"][0].update(filename="../x.warc.gz"), "warcs.0.filename"),
        (lambda told: told.update(collections=["../a"]), "collections.0"),
        (lambda told: told.update(records=1e300), "records"),
        (lambda told: told.update(more=1), "more"),
        (lambda told: told["request"].update(shard=0), "request.shard"),
        (lambda told: told["request"]["filters"].update(where="x" * 100_001), "request.filters.where"),
    ],
)
def test_a_manifest_is_checked_against_its_schema(
    made: Collection, cleancopy: Run, tmp_path: Path, change: object, message: str
) -> None:
    export([made.path], Request(), tmp_path / "data")
    path = tmp_path / "data" / "manifest.json"
    manifest = json.loads(path.read_bytes())
    change(manifest)  # type: ignore[operator]
    path.write_text(json.dumps(manifest))
    checked = cleancopy("export", "--check", tmp_path / "data", "--collection", made.path)
    assert checked.code == 1
    assert "is no manifest of a data set" in checked.err
    assert message in checked.err
    shutil.rmtree(tmp_path / "data")


def test_what_takes_too_long_ends_in_a_sentence(
    made: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_PATIENCE", 0)
    with pytest.raises(CollectionError, match=r"took more than .* seconds. Give a simpler --where"):
        export([made.path], Request(filters=Filters(where="1 = 1")), tmp_path / "data")


def test_what_takes_too_much_memory_ends_in_a_sentence(
    made: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_MEMORY", "1MB")
    with pytest.raises(CollectionError, match=r"took more than .* of memory. Give a simpler --where"):
        export([made.path], Request(), tmp_path / "data")
