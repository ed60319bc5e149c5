"""The loader and the JSON Schema, which editors read, agree on what a site file may say."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archive.errors import ConfigurationError
from archive.sites import bundled_sites, load_site, site_schema
from archive.sites.yaml_lines import load_mapping
from tests.site_file import write

CHECK = jsonschema.Draft202012Validator(site_schema())
GOOD = (
    "name: G",
    "language: pt-BR",
    "language: 'no'",
    "country: 'NO'",
    "status: active",
    "status: {state: blocked, since: 2026-11-01, reason: Answers 403.}",
    "status: {state: active}",
    "home: https://gull.example/",
    "aliases: [gull.co.example, möwe.example, xn--mwe-sna.example]",
    "revisit: 1h",
    "revisit: [1h, 1d]",
    "schedule: 6h",
    "schedule: {every: 6h, priority: 3, quiet_hours: 22:00-06:00}",
    "crawl: {delay: 2, concurrency: 2, requisites: true}",
    "crawl: {delay: 0.5, headers: {Accept-Language: de}}",
    "crawl: {cookies: {sid: {env: CLEANCOPY_SITE_GULL}}}",
    "crawl: {headers: {X-Api-Key: {file: ~/.cleancopy-gull}}}",
    "articles: {include: /a/, exclude: [/b/]}",
    "discover: {feeds: /rss, sitemaps: [https://gull.example/map.xml], sections: [/a, {url: /b, next: .n, pages: 3}]}",
    "discover: {archives: [{url: '/{date:%Y/%m}', since: 2020-01-01}]}",
    "layouts: [{body: article, strip: [{label: note, text: '^x'}, {label: note, select: .n}]}]",
    "layouts: [{valid_until: 2026-11-01}, {valid_from: '2026-11-01'}]",
    "tests: [{url: 'https://gull.example/a', title: A, date_published: 2026-11-18, labels: {byline: By}}]",
    "extract: trafilatura",
    "inherits: wordpress",
)
BAD = (
    "name: 5",
    "name: [G]",
    "nam: G",
    "language: german",
    "language: no",
    "country: de",
    "country: NO",
    "status: gone",
    "status: blocked",
    "status: {state: blocked}",
    "status: {state: deprecated, since: 2026-11-01}",
    "status: {since: 20261101}",
    "home: gull.example",
    "home: /a",
    "aliases: [www.gull.example]",
    "aliases: [gull..example]",
    "aliases: [https://gull.example]",
    "aliases: [Gull.example]",
    "revisit: soon",
    "revisit: 0h",
    "schedule: {every: 6}",
    "schedule: {priority: '3'}",
    "schedule: {priority: 500}",
    "crawl: {delay: '2'}",
    "crawl: {delay: true}",
    "crawl: {delay: -1}",
    "crawl: {concurrency: 99}",
    "crawl: {concurrency: '2'}",
    "crawl: {concurrency: 1.5}",
    "crawl: {requisites: 'true'}",
    "crawl: {requisites: 1}",
    "crawl: {render: true}",
    "crawl: {secrets: hide}",
    "crawl: {cookies: {sid: {env: HOME}}}",
    "crawl: {cookies: {sid: {}}}",
    "crawl: {cookies: {sid: abc}}",
    "crawl: {headers: {X-Api-Key: {env: CLEANCOPY_SITE_A, file: /x/cleancopy-a}}}",
    "crawl: 5",
    "articles: {include: 5}",
    "articles: [a]",
    "discover: {feeds: rss}",
    "discover: {feeds: //gull.example/rss}",
    "discover: {sections: [{links: a}]}",
    "discover: {archives: [{url: /archive, since: 2020-01-01}]}",
    "discover: {archives: [{url: '/{date:%Y}'}]}",
    "discover: {archives: [{url: '/{date:%Y}', since: 2020}]}",
    "layouts: article",
    "layouts: [{by: x}]",
    "layouts: [{strip: [{label: note}]}]",
    "layouts: [{strip: [{label: note, select: []}]}]",
    "layouts: [{strip: [{label: nothing, text: a}]}]",
    "layouts: [{valid_from: 5}]",
    "layouts: [{valid_from: soon}]",
    "layouts: [{valid_from: 2026-11-01 10:00:00}]",
    "tests: [{url: 'https://gull.example/a'}]",
    "tests: [{title: A}]",
    "tests: [{url: /a, title: A}]",
    "tests: [{url: 'https://gull.example/a', labels: {nothing: a}}]",
    "extract: my hook",
    "extract: module.function",
)


def plain(value: Any) -> Any:
    """YAML as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def said(path: Path) -> tuple[bool, bool]:
    """Whether the loader takes a file, and whether the schema does."""
    try:
        load_site(path)
    except ConfigurationError:
        loads = False
    else:
        loads = True
    return loads, CHECK.is_valid(plain(load_mapping(path)))


@pytest.mark.parametrize("content", GOOD)
def test_both_take_what_is_right(content: str, tmp_path: Path) -> None:
    assert said(write(tmp_path, content)) == (True, True)


@pytest.mark.parametrize("content", BAD)
def test_both_refuse_what_is_wrong(content: str, tmp_path: Path) -> None:
    assert said(write(tmp_path, content)) == (False, False)


def test_both_take_all_of_the_library() -> None:
    wrong = [path.name for path in bundled_sites().glob("*.yaml") if not CHECK.is_valid(plain(load_mapping(path)))]
    assert wrong == []
