"""Site files: what they may say, how they are found, and what they inherit."""

import json
import os
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from archive.commands.groups import app
from archive.errors import ConfigurationError
from archive.sites import (
    SITES_VARIABLE,
    Site,
    find_site,
    load_site,
    named_site,
    seconds_of,
    site_files,
    site_of_url,
    site_schema,
)
from crawler.run.plan import Options, plan_sites
from tests.site_file import problem, write


@pytest.fixture
def sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A directory of site files that is searched first."""
    monkeypatch.setenv(SITES_VARIABLE, str(tmp_path))
    return tmp_path


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


def test_a_layout_that_is_still_to_come_is_not_for_a_page_without_a_day(tmp_path: Path) -> None:
    content = "layouts: [{valid_until: 2999-01-01, body: .old}, {valid_from: 2999-01-01, body: .new}]"
    site = load_site(write(tmp_path, content))
    layout = site.layout(None)
    assert layout is not None
    assert layout.body == (".old",)


def test_the_digest_follows_what_extraction_reads(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, EVERYTHING))
    slower = load_site(write(tmp_path, EVERYTHING.replace("delay: 2.5", "delay: 9")))
    other = load_site(write(tmp_path, EVERYTHING.replace("div.story", "div.stories")))
    assert site.digest() == slower.digest()
    assert site.digest() != other.digest()
    read = site.model_dump_json(include={"domain", "name", "language", "layouts", "extract"})
    assert site.digest() == f"sha256:{sha256(read.encode()).hexdigest()}"


def test_a_site_without_a_file_is_one_whose_file_says_nothing() -> None:
    site, checked = site_of_url("https://www.m\u00fcnchner.example/a"), Site(domain="xn--mnchner-n2a.example")
    assert site == checked
    assert site.model_dump_json() == checked.model_dump_json()
    assert site.digest() == checked.digest()
    assert site.of_file(Path("a.yaml")).file == Path("a.yaml")
    assert site.file is None


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
