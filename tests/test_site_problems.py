"""What is said of site files that are wrong: file, line, key and what to write."""

from pathlib import Path

import pytest

from tests.site_file import problem

WRONG = {
    "no such day": (
        "name: G\nlayouts:\n  - valid_from: 2026-02-30",
        "gull.example.yaml:3: there is no such date or time: 2026-02-30",
    ),
    "a tab": (
        "crawl:\n\tdelay: 1",
        "gull.example.yaml:2: not YAML: found character that cannot start any token. A tab stands here: YAML is",
    ),
    "a colon in a value": (
        "name: A: b",
        "gull.example.yaml:1: not YAML: mapping values are not allowed in this context. Write a value that has a colon",
    ),
    "a key of other programs": (
        "crawl: {render: true}",
        "gull.example.yaml:1: unknown key 'crawl.render'; did you mean 'browser'?",
    ),
    "a number for a day": (
        "layouts: [{valid_from: 5}]",
        "gull.example.yaml:1: layouts[0].valid_from: expected a date such as 2026-11-24, found 5",
    ),
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
