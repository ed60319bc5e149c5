"""`cleancopy site explain`: which rule decided what, where it stands, and what the model says."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.authoring.correcting import Corrector
from archive.authoring.explanation import Explanation, explain
from archive.collection.corrections import read_corrections
from archive.exchange import Capture
from archive.labels import Label
from archive.records import Block, read_records
from archive.sites import Site, extraction_hook, load_site
from tests.scripted import Run, ScriptedSite
from tests.shots import NOON, Shot, make_collection

SENTENCE = "The harbour office counted the gulls on the breakwater and found more of them than in any year before. "
PAGE = f"""<!doctype html><html lang="en"><head><title>Gulls return | The Gull</title>
<meta name="author" content="Web Desk"><meta property="og:title" content="Gulls return">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Gulls return",
"datePublished": "2026-11-18T07:30:00+00:00", "author": {{"name": "Web Desk"}}}}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Gulls return</h1><p class="who">By Nora Ellwood</p>
<div class="story"><p>{SENTENCE * 3}</p><p class="box">{SENTENCE}Subscribe to our letter today.</p>
<p>{SENTENCE * 2}</p></div></article><footer><p>Copyright The Gull</p></footer></body></html>"""
FILE = """\
name: The Gull
layouts:
  - body: main
    valid_until: 2020-01-01
  - valid_from: 2020-01-01
    body: [.none, .story]
    byline: .who
    strip:
      - {label: promotion, select: .box, text: Subscribe}
"""


def explained(folder: Path, content: str = FILE) -> Explanation:
    path = folder / "gull.example.yaml"
    path.write_text(content)
    return explain(Capture(url="https://gull.example/a", body=PAGE.encode()), load_site(path), path)


def test_each_block_names_its_rule_and_what_the_model_says(tmp_path: Path) -> None:
    found = explained(tmp_path)
    told = {reason.block.text[:12]: reason for reason in found.blocks}
    assert told["By Nora Ellw"].told == "layouts[1].byline, .who, gull.example.yaml:7"
    assert told["Gulls return"].told == "structured:title"
    assert told["Home"].told == "model"
    box = next(reason for reason in found.blocks if "Subscribe" in reason.block.text)
    assert box.told == "layouts[1].strip[0], select .box and text Subscribe, gull.example.yaml:9"
    assert box.block.label == "promotion"
    assert 0 < (box.probability or 0) <= 1
    body = next(reason for reason in found.blocks if reason.block.label == "body")
    assert body.told == "layouts[1].body, .story, gull.example.yaml:6"
    assert body.agrees
    assert found.layout == "layouts[1] (from 2020-01-01)"


def test_each_field_names_the_places_that_have_its_value(tmp_path: Path) -> None:
    fields = {field.name: field for field in explained(tmp_path).fields}
    assert fields["title"].value == "Gulls return"
    assert [source.place for source in fields["title"].sources] == [
        "json-ld:headline",
        "meta:og:title",
        "headline block",
        "html:title, in part",
    ]
    assert fields["authors"].value == ("Nora Ellwood",)
    assert fields["authors"].sources == (("byline block by the site's selector", "/html/body/article/p"),)
    assert [source.place for source in fields["date_published"].sources] == ["json-ld:datePublished"]
    assert [source.place for source in fields["language"].sources] == ["html:lang"]
    assert fields["publisher"].sources == (("the site file's name", None),)


def test_without_a_selector_all_places_that_name_the_authors_are_told(tmp_path: Path) -> None:
    path = tmp_path / "gull.example.yaml"
    path.write_text("name: The Gull")
    page = PAGE.replace("Web Desk", "Nora Ellwood")
    found = explain(Capture(url="https://gull.example/a", body=page.encode()), load_site(path), path)
    fields = {field.name: field for field in found.fields}
    assert [source.place for source in fields["authors"].sources] == ["json-ld:author", "meta:author", "byline block"]
    assert {reason.told for reason in found.blocks} <= {"structured:title", "model", "trafilatura:vote"}


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ('<p><time datetime="2026-11-18">18 November</time></p>', "html:time"),
        ("<p>Nothing</p>", "the page's URL"),
    ],
)
def test_dates_that_nothing_states_are_found_on_the_page(page: str, place: str) -> None:
    url = "https://gull.example/2026/11/18/a"
    body = f"<html><body><article>{page}<p>{SENTENCE * 4}</p></article></body></html>".encode()
    found = explain(Capture(url=url, body=body), Site(domain="gull.example"))
    fields = {field.name: field for field in found.fields}
    assert fields["date_published"].value == "2026-11-18"
    assert place in [source.place for source in fields["date_published"].sources]


@extraction_hook
def add_section(record: Any, tree: Any) -> Any:
    """A hook for the test below."""
    return record.model_copy(update={"section": tree.findtext(".//nav/a")})


def test_a_hook_is_named_where_it_changed_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "explain_hooks", sys.modules[__name__])
    found = explained(tmp_path, FILE + "extract: explain_hooks:add_section\n")
    fields = {field.name: field for field in found.fields}
    assert fields["section"].value == "Home"
    assert fields["section"].sources == (("hook explain_hooks:add_section", None),)
    assert fields["title"].sources[0].place == "json-ld:headline"
    assert found.hook == "explain_hooks:add_section had the last word and left the blocks as they are"


def test_inherited_rules_say_from_where(tmp_path: Path) -> None:
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "press.yaml").write_text("layouts: [{body: .story, strip: [{label: note, select: .box}]}]")
    found = explained(tmp_path, "inherits: press\nlayouts:\n  - byline: .who\n    strip: [{label: note, text: zzz}]\n")
    told = {reason.told for reason in found.blocks}
    assert "layouts[0].body, .story, inherited from press" in told
    assert "layouts[0].strip[1], select .box, inherited from press" in told
    assert "layouts[0].byline, .who, gull.example.yaml:3" in told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "gull.example.yaml").write_text(FILE)
    return tmp_path


def test_the_command_explains_a_file(folder: Path, cleancopy: Run) -> None:
    ran = cleancopy("site", "explain", "page.html", "--url", "https://gull.example/a", "--sites", "sites")
    assert ran.code == 0, ran.err
    assert "layouts[1].strip[0], select .box and text Subscribe, gull.example.yaml:9 · model " in ran.out
    assert "authors: Nora Ellwood\n    byline block by the site's selector  /html/body/article/p\n" in ran.out
    as_json = cleancopy("site", "explain", "page.html", "--site", "sites/gull.example.yaml", "--json")
    data = json.loads(as_json.out)
    assert data["site"] == "gull.example"
    assert {*Block.model_fields, "told", "model"} == set(data["blocks"][0])


def test_a_url_is_taken_from_the_collection_or_fetched(folder: Path, cleancopy: Run, site: ScriptedSite) -> None:
    url = site.page("/a", PAGE)
    fetched = cleancopy("site", "explain", url, "--allow-private")
    assert fetched.code == 0, fetched.err
    assert "authors:" in fetched.out
    crawled = cleancopy("crawl", "--urls", "-", "--allow-private", "--collection", "c", stdin=url)
    assert crawled.code == 0, crawled.err
    hits = len(site.hits)
    kept = cleancopy("site", "explain", url, "--collection", "c")
    assert kept.code == 0, kept.err
    assert "title: Gulls return" in kept.out
    assert len(site.hits) == hits
    missing = cleancopy("site", "explain", url + "b", "--collection", "c")
    assert missing.code == 1
    assert "has no capture of" in missing.err


def test_what_cannot_be_explained_is_said(folder: Path, cleancopy: Run) -> None:
    (folder / "empty.html").write_text("")
    assert cleancopy("site", "explain", "gone.html").code == 2
    ran = cleancopy("site", "explain", "empty.html")
    assert (ran.code, ran.err) == (1, "the page is empty\n")


def test_what_a_person_put_right_is_told_with_who_and_when(tmp_path: Path, cleancopy: Run) -> None:
    url = "https://gull.example/a"
    shots = [Shot(url, PAGE.encode(), NOON, (("Content-Type", "text/html; charset=utf-8"),))]
    collection = make_collection(tmp_path / "gull", shots)
    (record,) = read_records(next(collection.records.iterdir()))
    number = next(number for number, block in enumerate(record.blocks) if "Subscribe" in block.text)
    Corrector(collection, pytest.fail, "ada").label(record, number, Label.PROMOTION)
    Corrector(collection, pytest.fail, "ada").set(record, "section", None)
    assert cleancopy("index", collection.path).code == 0
    ran = cleancopy("site", "explain", url, "--collection", collection.path)
    assert ran.code == 0, ran.err
    day = f"{next(read_corrections(collection.path)).at:%Y-%m-%d}"
    assert f"    corrected by ada on {day} · model " in ran.out
    assert f"section: nothing\n    corrected by ada on {day}\n" in ran.out
