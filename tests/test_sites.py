"""Site files: what they may say, and what is said about those that are wrong."""

import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from archive.cli import app
from archive.errors import ConfigurationError
from archive.extraction.extract import extract
from archive.sites import (
    SITES_VARIABLE,
    Site,
    extraction_hook,
    find_site,
    load_site,
    named_site,
    seconds_of,
    site_files,
    site_of_url,
    site_schema,
)
from crawler.plan import Options, plan_sites


@pytest.fixture
def sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A directory of site files that is searched first."""
    monkeypatch.setenv(SITES_VARIABLE, str(tmp_path))
    return tmp_path


def write(folder: Path, content: str, name: str = "gull.example.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def problem(folder: Path, content: str, name: str = "gull.example.yaml") -> str:
    """What is said of a wrong file, without the folder's name."""
    path = write(folder, content, name)
    with pytest.raises(ConfigurationError) as caught:
        load_site(path)
    return str(caught.value).replace(f"{folder}/", "")


EVERYTHING = """\
name: The Gull
language: en
country: IE
status: active
home: https://www.gull.example/
aliases: [gull.test]
discover:
  news_sitemaps: https://www.gull.example/news.xml
  sitemaps: [/sitemap.xml]
  feeds: [/feed.xml, /sport/feed.json]
  sections:
    - /harbour/
    - url: /tides/
      links: article h2 a
      next: a.next
      pages: 5
  archives:
    - url: /archive/{date:%Y/%m/%d}
      since: 2019-02-01
      links: //main//a
articles:
  include: /\\d{4}/
  exclude: [/live/]
crawl:
  delay: 2.5
  concurrency: 2
  requisites: true
  headers: {Accept-Language: en}
  obey_robots: true
layouts:
  - valid_until: 2024-06-01
    body: [div.story]
  - valid_from: 2024-06-01
    body: [article .text, main]
    byline: //p[@class='by']
    strip:
      - {label: promotion, select: .box, text: '(?i)subscribe'}
revisit: [1h, 1d, 1w]
tests:
  - url: https://www.gull.example/2024/a
    title: A gull
    authors: Ann Tern
    contains: wings
    labels: {promotion: Subscribe}
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, EVERYTHING))
    assert site.domain == "gull.example"
    assert site.discover.sections[0].url == "/harbour/"
    assert site.discover.sections[1].pages == 5
    assert site.place(site.discover.sitemaps[0]) == "https://www.gull.example/sitemap.xml"
    assert site.layouts[1].strip[0].select == (".box",)
    assert site.tests[0].labels == {"promotion": ("Subscribe",)}
    assert [seconds_of(time) for time in site.revisit] == [3600, 86_400, 604_800]


def test_a_name_alone_is_enough(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, "name: The Gull\n"))
    assert (site.name, site.layouts, site.front) == ("The Gull", (), "https://gull.example/")
    assert load_site(write(tmp_path, "", "empty.example.yaml")) == Site(domain="empty.example")


def test_layouts_are_chosen_by_the_capture_s_day(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, EVERYTHING))
    old, new = site.layouts
    assert site.layout(datetime(2024, 5, 31, 23, 59, tzinfo=UTC)) is old
    assert site.layout(datetime(2024, 6, 1, tzinfo=UTC)) is new
    assert site.layout(None) is new


def test_the_digest_follows_what_extraction_reads(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, EVERYTHING))
    slower = load_site(write(tmp_path, EVERYTHING.replace("delay: 2.5", "delay: 9")))
    other = load_site(write(tmp_path, EVERYTHING.replace("div.story", "div.stories")))
    assert site.digest() == slower.digest()
    assert site.digest() != other.digest()


WRONG = {
    "unknown key": ("nam: Gull", "gull.example.yaml:1: unknown key 'nam'; did you mean 'name'?"),
    "unknown key, nothing near": (
        "name: G\nzzz: 1",
        "gull.example.yaml:2: unknown key 'zzz'; expected one of discover,",
    ),
    "unknown key in a mapping": (
        "crawl:\n  delay: 1\n  concurency: 2",
        "gull.example.yaml:3: unknown key 'crawl.concurency'; did you mean 'concurrency'?",
    ),
    "unknown label of a layout": (
        "layouts:\n  - body: article\n    by_line: .by",
        "gull.example.yaml:3: unknown key 'layouts[0].by_line'; did you mean 'byline'?",
    ),
    "unknown key of a strip rule": (
        "layouts:\n  - strip:\n    - label: note\n      selct: p",
        "gull.example.yaml:4: unknown key 'layouts[0].strip[0].selct'; did you mean 'select'?",
    ),
    "unknown key of a section": (
        "discover:\n  sections:\n    - url: /a\n      link: a",
        "gull.example.yaml:4: unknown key 'discover.sections[0].link'; did you mean 'links'?",
    ),
    "domain": ("domain: gull.example", "gull.example.yaml:1: unknown key 'domain': the file's name is the domain"),
    "wrong type: text": ("name: 5", "gull.example.yaml:1: name: expected text, found 5"),
    "wrong type: number": (
        "crawl:\n  delay: soon",
        "gull.example.yaml:2: crawl.delay: expected a number, found 'soon'",
    ),
    "wrong type: truth": (
        "crawl: {requisites: maybe}",
        "gull.example.yaml:1: crawl.requisites: expected true or false, found 'maybe'",
    ),
    "wrong type: mapping": ("crawl: 5", "gull.example.yaml:1: crawl: expected keys and values, found 5"),
    "wrong type: list": ("layouts: article", "gull.example.yaml:1: layouts: expected a list, found 'article'"),
    "out of range": (
        "crawl: {concurrency: 99}",
        "gull.example.yaml:1: crawl.concurrency: expected less than or equal to 16, found 99",
    ),
    "bad CSS": (
        "layouts:\n  - body:\n    - article\n    - 'div['",
        "gull.example.yaml:4: layouts[0].body[1]: expected a CSS or XPath selector: 'div[' is not a valid CSS selector",
    ),
    "bad XPath": (
        "layouts:\n  - byline: //p[",
        "gull.example.yaml:2: layouts[0].byline[0]: expected a CSS or XPath selector: '//p[' is not a valid XPath",
    ),
    "bad pattern": (
        "articles:\n  include: '(a'",
        "gull.example.yaml:2: articles.include[0]: expected a regular expression: missing )",
    ),
    "bad URL": (
        "discover:\n  feeds: [feed.xml]",
        "gull.example.yaml:2: discover.feeds[0]: expected an http or https URL, or a path that begins with /, found",
    ),
    "bad date": (
        "layouts:\n  - valid_from: last year",
        "gull.example.yaml:2: layouts[0].valid_from: expected a date such as 2026-11-24, found 'last year'",
    ),
    "bad date range": (
        "layouts:\n  - body: p\n    valid_from: 2025-01-01\n    valid_until: 2024-01-01",
        "gull.example.yaml:3: layouts[0]: expected valid_from to be before valid_until",
    ),
    "bad date range of an archive": (
        "discover:\n  archives:\n  - url: /{date:%Y}/\n    since: 2025-01-01\n    until: 2024-01-01",
        "gull.example.yaml:4: discover.archives[0]: expected 'since' to be before 'until'",
    ),
    "layouts that overlap": (
        "layouts:\n  - body: p\n  - body: div",
        "gull.example.yaml:1: layouts: expected layouts whose dates (valid_from, valid_until) do not overlap",
    ),
    "unknown status": (
        "status: activ",
        "gull.example.yaml:1: status.state: expected one of active, blocked, deprecated, found 'activ'; "
        "did you mean 'active'?",
    ),
    "status without reason": (
        "status: blocked",
        "gull.example.yaml:1: status: expected 'since' and 'reason' with blocked",
    ),
    "unknown label": (
        "layouts:\n  - strip:\n    - {label: promotoin, text: a}",
        "gull.example.yaml:3: layouts[0].strip[0].label: expected one of headline, standfirst, byline, date, body, "
        "caption, author_bio, note, share_prompt, promotion, legal_notice, contact, related, comments, navigation, "
        "found 'promotoin'; did you mean 'promotion'?",
    ),
    "strip rule that says nothing": (
        "layouts:\n  - strip:\n    - label: note",
        "gull.example.yaml:3: layouts[0].strip[0]: expected 'select' or 'text', or both",
    ),
    "missing key": (
        "tests:\n  - title: A",
        "gull.example.yaml:2: the key 'tests[0].url' is missing",
    ),
    "test of nothing": (
        "tests:\n  - url: https://gull.example/a",
        "gull.example.yaml:2: tests[0]: expected something to test",
    ),
    "unknown label in a test": (
        "tests:\n  - url: https://gull.example/a\n    labels:\n      boddy: x",
        "gull.example.yaml:4: tests[0].labels.boddy: expected one of headline,",
    ),
    "time of a test without quotes": (
        "tests:\n  - url: https://gull.example/a\n    date_published: 2026-11-18T07:30:00+00:00",
        "gull.example.yaml:3: tests[0].date_published: expected a time in quotes, as it stands in the record",
    ),
    "duplicate key": ("name: A\nname: B", "gull.example.yaml:2: the key 'name' stands here a second time"),
    "not YAML": ("name: A\n\tb: c", "gull.example.yaml:2: not YAML"),
    "no mapping": ("- a", "gull.example.yaml:1: expected keys and values, as in 'name: The Gazette'"),
    "Norway": ("language: no", "gull.example.yaml:1: language: expected a language; YAML reads a bare no as false"),
    "bad language": ("language: German", "gull.example.yaml:1: language: expected a language tag such as 'de'"),
    "bad country": ("country: Germany", "gull.example.yaml:1: country: expected a country as two capitals"),
    "bad alias": ("aliases: [www.gull.test]", "gull.example.yaml:1: aliases[0]: expected a host name in small letters"),
    "bad duration": ("revisit: [1 hour]", "gull.example.yaml:1: revisit[0]: expected a time such as 30m, 1h, 7d or 4w"),
    "durations that do not grow": ("revisit: [1d, 2h]", "gull.example.yaml:1: revisit: expected times since"),
    "archive without a date": (
        "discover:\n  archives:\n  - {url: /archive/, since: 2020-01-01}",
        "gull.example.yaml:3: discover.archives[0].url: expected a URL with a date in it such as {date:%Y/%m/%d}",
    ),
    "archive with other braces": (
        "discover:\n  archives:\n  - {url: '/{date.__class__:%Y}', since: 2020-01-01}",
        "gull.example.yaml:3: discover.archives[0].url: expected a URL with a date in it",
    ),
    "pages without next": (
        "discover:\n  sections:\n  - {url: /a, pages: 3}",
        "gull.example.yaml:3: discover.sections[0]: expected 'next'",
    ),
    "bad header": ("crawl:\n  headers: {'A:': b}", "gull.example.yaml:2: crawl.headers: expected a header name"),
    "header with a line break": (
        'crawl:\n  headers: {A: "b\\r\\nHost: c"}',
        "gull.example.yaml:2: crawl.headers: expected the value of A on one line",
    ),
    "bad hook": ("extract: module.function", "gull.example.yaml:1: extract: expected package.module:function"),
    "hook that is not there": (
        "name: A\nextract: no_such_module:run",
        "gull.example.yaml:2: extract: no_such_module:run: the module cannot be imported",
    ),
    "hook that is none": ("extract: os:getcwd", "gull.example.yaml:1: extract: os:getcwd: the function is not marked"),
    "unknown system": ("name: A\ninherits: wordpres", "gull.example.yaml:2: inherits: no system 'wordpres'"),
}


@pytest.mark.parametrize(("content", "said"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_said_with_file_line_and_key(tmp_path: Path, content: str, said: str) -> None:
    assert problem(tmp_path, content).startswith(said)


def test_every_problem_of_a_file_is_told(tmp_path: Path) -> None:
    said = problem(tmp_path, "nam: Gull\ncrawl: {delay: x}\n")
    assert said.splitlines() == [
        "gull.example.yaml:2: crawl.delay: expected a number, found 'x'",
        "gull.example.yaml:1: unknown key 'nam'; did you mean 'name'?",
    ]


def test_a_file_s_name_is_a_domain(tmp_path: Path) -> None:
    assert "expected a file named by its domain" in problem(tmp_path, "name: A", "www.gull.example.yaml")


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("gull.example.yml", "name: B", "gull.example.yml:1: the domain 'gull.example' is taken already by"),
        ("tern.example.yaml", "aliases:\n- gull.example", "tern.example.yaml:2: the domain 'gull.example' is taken"),
    ],
)
def test_a_domain_has_one_file(tmp_path: Path, name: str, content: str, where: str) -> None:
    write(tmp_path, "name: A")
    write(tmp_path, content, name)
    with pytest.raises(ConfigurationError) as caught:
        site_files(tmp_path)
    assert where in str(caught.value)


def test_sites_are_found_by_domain_subdomain_and_alias(sites: Path) -> None:
    write(sites, EVERYTHING)
    for host in ("gull.example", "www.gull.example", "sport.gull.example", "gull.test"):
        found = find_site(host)
        assert found is not None, host
        assert found.name == "The Gull"
    assert find_site("seagull.example") is None
    assert site_of_url("https://seagull.example/a").domain == "seagull.example"


def test_an_unknown_domain_is_told_with_the_nearest(sites: Path) -> None:
    write(sites, "name: The Gull")
    with pytest.raises(ConfigurationError, match=r"No site file for 'gul\.example'\. Did you mean 'gull\.example'\?"):
        named_site("gul.example")


def test_the_user_s_directories_come_before_a_collection_s(
    sites: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = tmp_path_factory.mktemp("collection")
    write(own, "name: As crawled")
    assert site_of_url("https://gull.example/", [own]).name == "As crawled"
    write(sites, "name: As corrected")
    assert site_of_url("https://gull.example/", [own]).name == "As corrected"


def test_a_directory_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(SITES_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(ConfigurationError, match="gone is not a directory of site files"):
        find_site("gull.example")


SYSTEM = """\
crawl: {delay: 3, concurrency: 2}
layouts:
  - body: .entry-content
    byline: .author
    strip:
      - {label: share_prompt, select: .sharedaddy}
"""


def test_a_site_takes_from_its_system_what_it_does_not_say(sites: Path) -> None:
    write(sites / "systems", SYSTEM, "press.yaml")
    site = load_site(
        write(
            sites,
            "inherits: press\ncrawl: {delay: 9}\n"
            "layouts:\n  - body: main\n    strip: [{label: note, text: Correction}]",
        )
    )
    assert (site.crawl.delay, site.crawl.concurrency) == (9, 2)
    layout = site.layouts[0]
    assert (layout.body, layout.byline) == (("main",), (".author",))
    assert [rule.label for rule in layout.strip] == ["note", "share_prompt"]
    assert load_site(write(sites, "inherits: press")).layouts[0].body == (".entry-content",)


def test_inheritance_is_part_of_the_digest(sites: Path) -> None:
    path, system = write(sites, "inherits: press"), sites / "systems" / "press.yaml"
    digests = set()
    for author in (".author", ".the-writer"):
        write(sites / "systems", SYSTEM.replace(".author", author), "press.yaml")
        os.utime(system, ns=(1, 1))  # as if within one tick of the clock
        digests.add(load_site(path).digest())
    assert len(digests) == 2


def test_a_wrong_system_is_told_by_its_own_file(sites: Path) -> None:
    write(sites / "systems", "layouts:\n  - bodi: p", "press.yaml")
    with pytest.raises(ConfigurationError, match=r"systems/press\.yaml:2: unknown key 'layouts\[0\]\.bodi'"):
        load_site(write(sites, "inherits: press"))


def test_a_near_system_is_suggested_and_a_circle_refused(sites: Path) -> None:
    write(sites / "systems", SYSTEM, "press.yaml")
    assert "no system 'pres'; did you mean 'press'?" in problem(sites, "inherits: pres")
    write(sites / "systems", "inherits: two", "one.yaml")
    write(sites / "systems", "inherits: one", "two.yaml")
    assert "a circle: one -> two -> one" in problem(sites, "inherits: one")


@pytest.mark.parametrize("state", ["blocked", "deprecated"])
def test_an_inactive_site_is_not_crawled(tmp_path: Path, state: str) -> None:
    site = load_site(
        write(
            tmp_path, f"status: {{state: {state}, since: 2025-03-01, reason: Closed in spring.}}", "gull.example.yaml"
        )
    )
    with pytest.raises(ConfigurationError, match=f"gull.example is {state} since 2025-03-01: Closed in spring."):
        plan_sites([site], Options())
    assert site.status.since == date(2025, 3, 1)


@extraction_hook
def shout(record: Any, tree: Any) -> Any:
    """A hook for the test below."""
    title = tree.findtext(".//title")
    blocks = tuple(block.model_copy(update={"text": block.text.upper()}) for block in record.blocks)
    return record.model_copy(update={"title": title, "blocks": blocks, "text": "not from the blocks"})


@extraction_hook
def stumble(record: Any, tree: Any) -> Any:
    """A hook that fails."""
    raise KeyError("gull")


PAGE = "<html><title>Gulls</title><body><article><p>They came in from the sea at dawn, loud and hungry.</p></article>"


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """This module under a name that site files can give."""
    monkeypatch.setitem(sys.modules, "gull_hooks", sys.modules[__name__])
    monkeypatch.setattr(shout, "__module__", "gull_hooks")


def test_a_hook_has_the_last_word(tmp_path: Path, hooks: None) -> None:
    site = load_site(write(tmp_path, "layouts: [{body: article}]\nextract: gull_hooks:shout"))
    record = extract(PAGE, "https://gull.example/a", site=site)
    assert record.title == "Gulls"
    assert record.text == "THEY CAME IN FROM THE SEA AT DAWN, LOUD AND HUNGRY."
    assert record.extraction.config_digest != load_site(write(tmp_path, "layouts: [{body: article}]")).digest()


def test_a_hook_that_fails_leaves_the_record_and_a_warning(
    tmp_path: Path, hooks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stumble, "__module__", "gull_hooks")
    site = load_site(write(tmp_path, "layouts: [{body: article}]\nextract: gull_hooks:stumble"))
    record = extract(PAGE, "https://gull.example/a", site=site)
    assert record.text.startswith("They came")
    assert record.extraction.warnings[-1] == "hook: gull_hooks:stumble failed: KeyError: 'gull'"


def test_the_schema_accepts_and_refuses_what_the_program_does() -> None:
    schema = site_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    content = json.loads(json.dumps(yaml.safe_load(EVERYTHING), default=str))
    assert list(check.iter_errors(content)) == []
    assert list(check.iter_errors({"inherits": "press", "name": "A"})) == []
    for wrong in ({"nam": "A"}, {"domain": "a"}, {"crawl": {"delay": "x"}}, {"layouts": [{"strip": [{"label": "x"}]}]}):
        assert list(check.iter_errors(wrong)), wrong


def test_the_schema_explains_every_key() -> None:
    for name, model in site_schema()["$defs"].items():
        for key, said in model.get("properties", {}).items():
            if key not in ("title", "authors", "date_modified"):
                assert said.get("description"), f"{name}.{key}"


def test_list_and_schema_commands(sites: Path) -> None:
    write(sites, EVERYTHING)
    run = CliRunner()
    listed = run.invoke(app, ["site", "list", "--sites", str(sites)])
    assert listed.exit_code == 0
    assert "gull.example" in listed.output
    assert json.loads(run.invoke(app, ["site", "schema"]).output)["properties"]["inherits"]
    write(sites, "nam: A", "tern.example.yaml")
    assert run.invoke(app, ["site", "list"]).exit_code == 2
