"""What no body begins with: a test for each kind, and for what looks like it and is text."""

import pytest

from archive import extract
from archive.article_text import article_text
from archive.extraction.blocks import segment
from archive.extraction.metadata.facts import Fact, Facts
from archive.extraction.parsing import parse_page
from archive.extraction.passes.controls import COUNT_RULE
from archive.extraction.passes.false_starts import (
    BYLINE_RULE,
    DATE_RULE,
    HEADLINE_RULE,
    MESSAGE_RULE,
    without_false_start,
)
from archive.extraction.rules import Verdict
from archive.labels import Label

STORY = "The last car ferry across the sound will stop at the end of the month, the county said on Tuesday night."
BODY = Verdict(Label.BODY, "model", 0.9)
ERROR = "<b>Warning</b>: Undefined variable $ad in <b>/srv/www/lib/ads.php</b> on line <b>31</b>"


def started(page: str, *, title: str = "", headlines: int = 0, verdict: Verdict = BODY) -> list[tuple[Label, str]]:
    """The labels and rules of a page of which all but its first headlines was taken for body."""
    blocks = segment(parse_page(page))
    said = [Verdict(Label.HEADLINE, "model", 0.9)] * headlines + [verdict] * (len(blocks) - headlines)
    facts = Facts(titles=(Fact(title, "meta:og:title"),)) if title else Facts()
    return [(verdict.label, verdict.rule) for verdict in without_false_start(said, blocks, facts)]


@pytest.mark.parametrize(
    ("first", "label", "rule"),
    [
        ("<p>83.1k</p>", Label.NAVIGATION, COUNT_RULE),
        ("<p>4.7 / 5</p>", Label.NAVIGATION, COUNT_RULE),
        (f"<p>{ERROR}</p>", Label.NAVIGATION, MESSAGE_RULE),
        (f"<p>{ERROR}<br>{ERROR}</p>", Label.NAVIGATION, MESSAGE_RULE),
        ("<h1>Last ferry</h1>", Label.HEADLINE, HEADLINE_RULE),
        ("<p>2003年4月8日</p>", Label.DATE, DATE_RULE),
        ("<p>Published Monday, 3 May 2021, 10:30 am</p>", Label.DATE, DATE_RULE),
        ("<p>Mira Holt, 3 May 2021</p>", Label.BYLINE, BYLINE_RULE),
    ],
)
def test_a_body_begins_with_its_first_paragraph(first: str, label: Label, rule: str) -> None:
    assert started(f"{first}<p>{STORY}</p>") == [(label, rule), (Label.BODY, "model")]


@pytest.mark.parametrize(
    "first",
    [
        "<p>1</p>",
        "<p>1984</p>",
        "<p>Hollow Ford, 3 May 2021: the ferry stops.</p>",
        "<p>On 3 May 2021 the ferry stopped.</p>",
        "<h2>Last ferry</h2>",
        "<p>Warning: the quay is slippery.</p>",
        f"<p>PHP then says: {ERROR}</p>",
    ],
)
def test_what_belongs_to_a_text_stays(first: str) -> None:
    assert started(f"{first}<p>{STORY}</p>") == [(Label.BODY, "model")] * 2


def test_a_count_or_a_message_amid_the_text_stays() -> None:
    assert {label for label, _ in started(f"<p>{STORY}</p><p>83.1k</p><p>{ERROR}</p>")} == {Label.BODY}


def test_many_messages_amid_the_text_are_the_servers() -> None:
    found = started(f"<p>{STORY}</p>" + f"<p>{STORY}</p><p>{ERROR}</p>" * 6)
    assert found[1:] == [(Label.BODY, "model"), (Label.NAVIGATION, MESSAGE_RULE)] * 6


def test_nothing_is_taken_from_a_text_of_nothing_else() -> None:
    assert {label for label, _ in started("<p>83.1k</p><p>4.7 / 5</p>")} == {Label.BODY}
    assert started("<h1>Last ferry</h1>") == [(Label.BODY, "model")]


def test_a_second_h1_is_the_headline_only_if_the_page_states_it() -> None:
    page = f"<h1>Courier</h1><h1>Last ferry</h1><p>{STORY}</p>"
    assert started(page, headlines=1)[1] == (Label.BODY, "model")
    assert started(page, headlines=1, title="Last ferry - Courier")[1] == (Label.HEADLINE, HEADLINE_RULE)


def test_a_site_s_own_rule_stands() -> None:
    own = Verdict(Label.BODY, "site:article", 1.0)
    assert started(f"<p>83.1k</p><p>{STORY}</p>", verdict=own) == [(Label.BODY, "site:article")] * 2


def test_a_server_s_messages_are_not_in_the_text() -> None:
    page = f"{ERROR}<br>\n" * 40 + f"<title>Last ferry</title><article><h1>Last ferry</h1><p>{STORY}</p>"
    page += "".join(f"<p>{STORY.replace('ferry', boat)}</p>" for boat in ("tram", "bus", "train")) + "</article>"
    record = extract(page.encode(), "https://courier.example/news/ferry")
    assert article_text(record.blocks).startswith(STORY[:40])
    assert "on line" not in (record.text or "")
