"""Which records go into a data set."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.collection.folder import Collection
from archive.datasets.data_set import export
from archive.datasets.export_choices import Lesser, Revisions, RightsRule
from archive.datasets.export_request import Request
from archive.datasets.filters import Filters, label_share
from archive.errors import CollectionError, ConfigurationError
from archive.labels import Label
from archive.records import Record, read_records
from tests.scripted import Run
from tests.shots import NOON, Shot, article, demo_shots, make_collection

TEXT = ("The harbour board met on Monday and agreed to dredge the eastern basin. " * 6, "Work begins in spring. " * 20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return make_collection(tmp_path_factory.mktemp("made") / "demo", demo_shots())


@pytest.fixture(scope="module")
def records(demo: Collection) -> list[Record]:
    return [record for path in demo.records.glob("*.jsonl") for record in read_records(path)]


def exported(folder: Path, *collections: Collection, **wishes: Any) -> list[dict[str, Any]]:
    request = Request(columns=("id", "url", "collection", "revision", "revisions", "title"), **wishes)
    export([collection.path for collection in collections], request, folder)
    files = sorted((folder / "data").iterdir())
    return [json.loads(line) for path in files for line in path.read_bytes().splitlines()]


def share(record: Record, label: Label) -> float:
    sizes = [(block.label, len(block.text)) for block in record.blocks]
    return sum(size for kind, size in sizes if kind is label) / sum(size for _, size in sizes)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(languages=("de",)), lambda record: record.language == "de"),
        (Filters(languages=("EN-us",)), lambda record: record.language == "en-US"),
        (
            Filters(since=date(2026, 11, 18), until=date(2026, 11, 20)),
            lambda record: "2026-11-18" <= record.date_published[:10] <= "2026-11-20",
        ),
        (Filters(min_words=340), lambda record: len(record.text.split()) >= 340),
        (Filters(label_shares=((Label.BODY, 0.7),)), lambda record: share(record, Label.BODY) <= 0.7),
        (Filters(where="len(authors) = 2 OR title LIKE '%kelp%'"), lambda r: len(r.authors) == 2 or "kelp" in r.title),
        (
            Filters(where="date_published_utc >= '2026-11-20 00:00:00Z'"),
            lambda record: record.date_published[:10] == "2026-11-20",
        ),
    ],
)
def test_filters(
    demo: Collection, records: list[Record], tmp_path: Path, filters: Filters, expected: Callable[[Record], bool]
) -> None:
    wanted = [record.url for record in records if expected(record)]
    assert 0 < len(wanted) < len(records)
    assert [line["url"] for line in exported(tmp_path / "out", demo, filters=filters)] == wanted


def test_rights(tmp_path: Path) -> None:
    html = (("Content-Type", "text/html; charset=utf-8"),)
    page = article("Dredging", *TEXT)
    robots = '<meta name="robots" content="{}">'
    shots = [
        Shot("https://a.example/plain.html", page),
        Shot("https://a.example/noai.html", page, headers=(*html, ("X-Robots-Tag", "somebot: noindex, noai"))),
        Shot("https://a.example/image.html", page.replace("</head>", robots.format("noimageai") + "</head>")),
        Shot("https://a.example/noarchive.html", page.replace("</head>", robots.format("noarchive") + "</head>")),
        Shot("https://a.example/tdm.html", page, headers=(*html, ("TDM-Reservation", "1"))),
        Shot("https://a.example/tdm-0.html", page, headers=(*html, ("TDM-Reservation", "0"))),
        Shot("https://a.example/blocked.html", page, origin=demo_shots()[0].origin.__class__(robots="disallowed")),
        Shot(
            "https://a.example/licence.html",
            page.replace("</head>", '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head>'),
        ),
    ]
    collection = make_collection(tmp_path / "a", shots)

    def names(*rules: RightsRule) -> set[str]:
        found = exported(tmp_path / "-".join(rules), collection, filters=Filters(rights=rules))
        return {line["url"].rpartition("/")[2].removesuffix(".html") for line in found}

    every = {shot.url.rpartition("/")[2].removesuffix(".html") for shot in shots}
    assert names(RightsRule.AI) == every - {"noai", "image"}
    assert names(RightsRule.TDM) == every - {"tdm"}
    assert names(RightsRule.ROBOTS, RightsRule.TDM) == every - {"blocked", "tdm"}
    assert names(RightsRule.LICENCE) == {"licence"}


def test_revisions_of_one_url(tmp_path: Path) -> None:
    def shot(name: str, title: str, day: int) -> Shot:
        return Shot(f"https://a.example/{name}.html", article(title, *TEXT), NOON + timedelta(days=day))

    # The later capture lies in the first file: time decides, not the order of the files.
    collection = make_collection(
        tmp_path / "a", [shot("x", "Third", 3), shot("y", "Alone", 0)], [shot("x", "First", 1), shot("x", "Second", 2)]
    )

    def found(which: Revisions) -> list[tuple[str, int, int]]:
        lines = exported(tmp_path / which, collection, revisions=which)
        return [(line["title"], line["revision"], line["revisions"]) for line in lines]

    assert found(Revisions.ALL) == [("Third", 3, 3), ("Alone", 1, 1), ("First", 1, 3), ("Second", 2, 3)]
    assert found(Revisions.LAST) == [("Third", 3, 3), ("Alone", 1, 1)]
    assert found(Revisions.FIRST) == [("Alone", 1, 1), ("First", 1, 3)]


def test_collections_are_told_apart(demo: Collection, tmp_path: Path) -> None:
    other = make_collection(tmp_path / "other", [Shot("https://a.example/1.html", article("Dredging", *TEXT))])
    lines = exported(tmp_path / "out", other, demo)

    assert [line["collection"] for line in lines] == ["other"] + ["demo"] * 12
    with pytest.raises(ConfigurationError, match="two collections are named 'demo'"):
        exported(tmp_path / "twice", demo, demo)


def test_records_are_chosen_by_the_kinds_of_their_warnings(tmp_path: Path) -> None:
    good, bad = "https://a.example/good.html", "https://a.example/bad.html"
    shots = [Shot(good, article("Dredging", *TEXT)), Shot(bad, "<nav><a href=/>Home</a></nav>")]
    made = make_collection(tmp_path / "made", shots)
    asked = "list_contains(extraction.warning_kinds, 'no_body')"
    with_empty = Filters(where=asked, include=(Lesser.EMPTY,))
    assert [line["url"] for line in exported(tmp_path / "bad", made, filters=with_empty)] == [bad]
    assert [line["url"] for line in exported(tmp_path / "good", made, filters=Filters(where=f"NOT {asked}"))] == [good]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("nope = 1", 'column "nope" not found'),
        ("title =", "syntax error"),
        ("id IN (SELECT 'x')", "one record alone"),
        ("row_number() OVER () = 1", "cannot contain window functions"),
        ("count(*) > 1", "the function count_star cannot be used"),
    ],
)
def test_conditions_that_cannot_be_used(demo: Collection, tmp_path: Path, where: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match="--where") as error:
        exported(tmp_path / "out", demo, filters=Filters(where=where))
    assert message in str(error.value)
    assert not any(tmp_path.iterdir())


def test_a_condition_that_fails_on_a_record(demo: Collection, tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="Could not convert string"):
        exported(tmp_path / "out", demo, filters=Filters(where="title::INTEGER > 1"))
    assert not any(tmp_path.iterdir())


def test_filters_that_nothing_can_pass(demo: Collection, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--since 2026-11-20 is after --until 2026-11-19"):
        exported(tmp_path / "out", demo, filters=Filters(since=date(2026, 11, 20), until=date(2026, 11, 19)))
    with pytest.raises(CollectionError, match="none of 12 records passes the filters"):
        exported(tmp_path / "out", demo, filters=Filters(sites=("elsewhere.example",)))
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["promo=0.1", "promotion", "promotion=x", "promotion=1.5"])
def test_label_shares_are_checked(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--label-share promo"):
        Filters(label_shares=(label_share(text),)).check()


def test_the_card_names_a_command_that_makes_the_same_data_set(
    demo: Collection, cleancopy: Run, tmp_path: Path
) -> None:
    options = "--format jsonl --language en --language de --since 2026-11-01 --until 2026-11-30 --min-words 100"
    options += " --label-share promotion=0.5 --rights robots --rights tdm --columns id,title --revisions all --shard 5"
    first = cleancopy(
        "export", demo.path, *options.split(), "--where", "len(title) > 3", "--output", tmp_path / "first"
    )
    assert first.code == 0, first.err
    manifest = json.loads((tmp_path / "first" / "manifest.json").read_bytes())
    import shlex

    words = shlex.split(manifest["command"])
    assert f"    {manifest['command']}\n" in (tmp_path / "first" / "README.md").read_text("utf-8")
    arguments = [{"demo": demo.path, "DIR": tmp_path / "second"}.get(word, word) for word in words[1:]]
    assert cleancopy(*arguments).code == 0
    assert (tmp_path / "second" / "manifest.json").read_bytes() == (tmp_path / "first" / "manifest.json").read_bytes()


def test_a_condition_may_look_at_what_is_counted(demo: Collection, records: list[Record], tmp_path: Path) -> None:
    def titles(number: int, where: str) -> set[str]:
        return {line["title"] for line in exported(tmp_path / str(number), demo, filters=Filters(where=where))}

    long = {record.title for record in records if len(record.text.split()) > 340}
    assert titles(1, "word_count > 340") == long
    assert titles(2, "word_count <= 340 AND language = 'de'") == {
        record.title for record in records if record.language == "de" and record.title not in long
    }
    assert titles(3, "revision = 1 AND revisions = 1 AND word_count > 340") == long
    with pytest.raises(CollectionError, match="none of 12 records passes"):
        exported(tmp_path / "4", demo, filters=Filters(where="revisions > 1"))


def test_a_condition_on_revisions_comes_before_the_choice_of_one(tmp_path: Path) -> None:
    page = article(*TEXT)
    shots = [Shot(f"https://a.example/{name}.html", page, NOON + timedelta(days=day)) for name, day in
             (("twice", 0), ("once", 0), ("twice", 3))]  # fmt: skip
    collection = make_collection(tmp_path / "c", shots)

    def found(number: int, where: str, revisions: Revisions) -> list[tuple[str, int]]:
        wishes = {"filters": Filters(where=where), "revisions": revisions}
        return [
            (line["url"][18:-5], line["revision"]) for line in exported(tmp_path / str(number), collection, **wishes)
        ]

    assert found(1, "revisions > 1", Revisions.LAST) == [("twice", 2)]
    assert found(2, "revision = 1", Revisions.LAST) == [("twice", 1), ("once", 1)]
    assert found(3, "revision < 3 AND site = 'a.example'", Revisions.ALL) == [("twice", 1), ("once", 1), ("twice", 2)]


def test_a_condition_with_a_long_list_chooses_what_it_names(tmp_path: Path) -> None:
    shots = demo_shots()
    made = make_collection(tmp_path / "parted", shots[:4], shots[4:7], shots[7:])
    kept = [record for path in sorted(made.records.glob("*.jsonl")) for record in read_records(path)]
    titles = [record.title for record in kept if record.title][::2]
    named = ", ".join("'" + title.replace("'", "''") + "'" for title in [*titles, *map(str, range(20))])
    for number in range(8):
        rows = exported(tmp_path / str(number), made, filters=Filters(where=f"title IN ({named})"))
        assert [row["title"] for row in rows] == titles
