"""`archive.open`: records one by one and as tables, filtered as exports are; errors name the argument."""

import shutil
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

import archive
from archive.authoring.correcting import Corrector
from archive.collection.folder import Collection
from archive.datasets import opened
from archive.datasets.opened import OpenCollection
from archive.errors import CollectionError, ConfigurationError
from archive.pipeline.renewal import renew
from archive.records import Record, read_records
from tests.shots import NOON, Shot, article, make_collection

HTML = (("Content-Type", "text/html; charset=utf-8"),)
ORIGIN = "https://gull.example"
SENTENCE = "The harbour office counted the gulls on the breakwater and found more of them than in any year before. "


def shot(name: str, times: int, published: str, origin: str = ORIGIN) -> Shot:
    page = article(f"On {name}", *[SENTENCE * times] * 2, published=published)
    return Shot(f"{origin}/{name}.html", page.encode(), NOON, HTML)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shots = [
        shot("gulls", 2, "2026-10-18T07:30:00+00:00"),
        shot("ferries", 6, "2026-11-02T07:30:00+00:00"),
        shot("tides", 4, "2025-12-31T07:30:00+00:00", "https://heron.example"),
    ]
    return make_collection(tmp_path_factory.mktemp("made") / "gull", shots[:2], shots[2:]).path


@pytest.fixture
def news(path: Path) -> OpenCollection:
    return archive.open(str(path))


def titles(found: OpenCollection) -> list[str | None]:
    return [record.title for record in found]


def test_all_records_come_in_their_order_and_when_they_are_asked_for(path: Path, news: OpenCollection) -> None:
    records = [record for file in sorted(path.glob("records/*.jsonl")) for record in read_records(file)]
    assert list(news) == records
    assert titles(news) == ["On gulls", "On ferries", "On tides"]
    assert news.record(str(records[1].id)) == records[1]
    with pytest.raises(CollectionError, match="there is no record 'none'"):
        news.record("none")
    assert next(iter(news)) == records[0]
    assert repr(news.filter(min_words=100)) == f"<records of {path}, min_words=100>"


@pytest.mark.parametrize(
    ("narrow", "left"),
    [
        (lambda news: news.filter(site="heron.example"), ["On tides"]),
        (lambda news: news.filter(site=["heron.example", "gull.example"]), ["On gulls", "On ferries", "On tides"]),
        (lambda news: news.filter(since="2026", until="2026-10"), ["On gulls"]),
        (lambda news: news.filter(since=date(2026, 11, 2)), ["On ferries"]),
        (lambda news: news.filter(language="en").filter(min_words=100), ["On ferries", "On tides"]),
        (lambda news: news.filter(where="word_count > 100").filter(where="title LIKE '%tides'"), ["On tides"]),
        (lambda news: news.filter(where="title LIKE '%nothing'"), []),
        (lambda news: news.filter(whole=True, revisions="last"), ["On gulls", "On ferries", "On tides"]),
    ],
)
def test_filters_choose_as_exports_do(
    news: OpenCollection, narrow: Callable[[OpenCollection], OpenCollection], left: list[str]
) -> None:
    found = narrow(news)
    assert titles(found) == left
    assert found.to_arrow(["title"])["title"].to_pylist() == left
    assert len(titles(news)) == 3


def test_a_table_has_the_columns_of_a_data_set(news: OpenCollection) -> None:
    table = news.to_arrow()
    assert "blocks" not in table.column_names
    assert {"title", "text", "word_count", "date_published_utc"} <= {*table.column_names}
    named = news.to_arrow(["word_count", "blocks"])
    assert named.column_names == ["word_count", "blocks"]
    assert [len(blocks) for blocks in named["blocks"].to_pylist()] == [len(record.blocks) for record in news]


def test_pandas_and_datasets_have_the_same(news: OpenCollection) -> None:
    frame = news.filter(min_words=100).to_pandas()
    assert frame.title.tolist() == ["On ferries", "On tides"]
    assert frame.date_published_utc.dt.year.tolist() == [2026, 2025]
    rows = news.filter(min_words=100).to_datasets(["title", "word_count"])
    assert rows["title"][:] == ["On ferries", "On tides"]
    assert rows[0]["word_count"] == frame.word_count[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"site": 7}, "site: expected a text or several, got 7"),
        ({"since": "soon"}, r"since: 'soon' is no day: expected a day \(2026-11-18\)"),
        ({"until": 2026.5}, "until: '2026.5' is no day"),
        ({"since": "2026", "until": "2025"}, "^since 2026-01-01 is after until 2025-12-31"),
        ({"min_words": "many"}, "min_words: expected a number from 0, got 'many'"),
        ({"min_words": True}, "min_words: expected a number from 0, got True"),
        ({"where": 1}, "where: expected a condition in SQL as a text, got 1"),
        ({"rights": "all"}, "rights: expected 'robots' or 'tdm' or 'ai' or 'licence', got 'all'"),
        ({"revisions": "newest"}, "revisions: expected 'first' or 'last' or 'all', got 'newest'"),
    ],
)
def test_errors_name_the_argument(news: OpenCollection, given: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        news.filter(**given)  # type: ignore[arg-type]


def test_what_only_a_table_shows_names_it_too(news: OpenCollection, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^columns: there is no column 'titel'. Did you mean 'title'\?"):
        news.to_arrow(["titel"])
    with pytest.raises(ConfigurationError, match=r"^where 'titel = 1' cannot be used: column \"titel\" not found"):
        news.filter(where="titel = 1").to_arrow()
    with pytest.raises(ConfigurationError, match=r"^where 'titel = 1' cannot be used"):
        list(news.filter(where="titel = 1"))
    with pytest.raises(CollectionError, match="is not a collection"):
        archive.open(tmp_path)
    with pytest.raises(TypeError, match="path: expected the folder of a collection, got None"):
        archive.open(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("missing", "use", "said"),
    [
        ("pandas", OpenCollection.to_pandas, r"pandas is not installed; to_pandas needs it: .*'cleancopy\[notebook\]'"),
        ("datasets", OpenCollection.to_datasets, r"datasets is not .* to_datasets .*'cleancopy\[notebook\]'"),
        ("pyarrow", OpenCollection.to_arrow, r"pyarrow is not .* to_arrow .*'cleancopy\[export\]'"),
        ("duckdb", lambda news: list(news.filter(site="a")), r"duckdb is not .* filter .*'cleancopy\[export\]'"),
    ],
)
def test_what_is_not_installed_is_told_with_its_extra(
    news: OpenCollection,
    missing: str,
    use: Callable[[OpenCollection], object],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = find_spec
    monkeypatch.setattr(opened, "find_spec", lambda name: None if name == missing else known(name))
    with pytest.raises(ConfigurationError, match=said):
        use(news)
    assert len(list(news)) == 3


def test_corrections_are_seen_at_once(path: Path, tmp_path: Path) -> None:
    news = archive.open(shutil.copytree(path, tmp_path / "copy"))
    collection = Collection(news.path)
    first: Record = next(iter(news))
    Corrector(collection, pytest.fail, "ada").set(first, "section", "Harbour")
    renew(collection, first)
    assert news.filter(where="section = 'Harbour'").to_arrow(["title"])["title"].to_pylist() == ["On gulls"]
