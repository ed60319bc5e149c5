"""All passes over labelled blocks: one list serves extraction and its benchmarks, and a site's own rules stand."""

import numpy as np
import pytest

from archive.exchange import Capture
from archive.extraction.model import LABELS
from archive.extraction.next_story import ended
from archive.extraction.page_reading import read_page
from archive.extraction.passes import COPY_RULE, READ_MORE_RULE, put_right, without_second_copy
from archive.extraction.rules import Verdict, relabelled
from archive.labels import Label
from benchmarks.corpus import Page
from benchmarks.examples import page_example

URL = "https://courier.example/news/ferry"
STORY = "The last car ferry across the sound will stop at the end of the month, the county said on Tuesday night. "
NEXT = "<section class=infinite-scroll-item><h1>Tram reopens</h1><p class=byline>By Priya Lund</p>"
PAGE = (
    f"<title>Last ferry</title><article><h1>Last ferry</h1><div><p>{STORY * 4}</p>"
    f"<p>Read more: <a href=/b>The bird that stopped a bridge</a></p></div></article>"
    f"{NEXT}<p>{STORY.replace('ferry', 'tram') * 3}</p></section>"
)
BODY = Verdict(Label.BODY, "model", 0.9)


def labelled(page: str, *labels: Label) -> list[Verdict]:
    read = read_page(Capture(URL, page.encode()))
    verdicts = [Verdict(label, "model", 0.9) for label in labels]
    return put_right(verdicts, read, lambda: np.zeros(len(labels), np.float32))


def test_passes_follow_each_other() -> None:
    found = labelled(PAGE, Label.HEADLINE, Label.BODY, Label.BODY, Label.HEADLINE, Label.BYLINE, Label.BODY)
    rules = ["model", "model", READ_MORE_RULE, *["general:next-story"] * 3]
    assert [verdict.rule for verdict in found] == rules
    assert [verdict.label for verdict in found[2:]] == [Label.RELATED] * 4


@pytest.mark.parametrize(
    ("markup", "labels"),
    [
        (PAGE, [Label.HEADLINE, Label.BODY, *[Label.RELATED] * 4]),
        ("<p><a href=/a>Why the harbour needs bridges</a></p>" * 9, [Label.RELATED] * 9),
    ],
)
def test_examples_of_the_corpus_are_put_right_too(markup: str, labels: list[Label]) -> None:
    example = page_example(Page("made/1", "made", "courier.example", URL, markup.encode(), None, (), None, {}))
    assert example is not None
    is_body = np.array([label is Label.BODY for label in LABELS], np.float32)
    example.sample.beliefs = np.tile(is_body, (len(labels), 1))
    example.sample.is_body = np.ones(len(labels), np.float32)
    example.sample.network = np.tile(np.append(40 * is_body, np.float32(40)), (len(labels), 1))
    assert example.labels() == labels


@pytest.mark.parametrize("rule", ["site:.note", "site:strip[0]"])
def test_relabelling_leaves_what_a_sites_file_decided(rule: str) -> None:
    said = [BODY, Verdict(Label.BODY, rule, 1.0)]
    assert relabelled(said, Label.RELATED, {0: "general:any", 1: "general:any"}) == [
        Verdict(Label.RELATED, "general:any", 0.9),
        said[1],
    ]


def test_a_strip_rule_stands_in_a_next_story() -> None:
    read = read_page(Capture(URL, PAGE.encode()))
    said = [Verdict(Label.HEADLINE, "model", 0.9), BODY, BODY, Verdict(Label.HEADLINE, "model", 0.9), BODY, BODY]
    said[4] = Verdict(Label.BYLINE, "site:strip[1]", 1.0)
    found = ended(said, read.page.blocks, read.facts, URL)
    assert found[4] == said[4]
    assert [found[place].label for place in (3, 5)] == [Label.RELATED] * 2


def test_a_strip_rule_stands_in_a_second_copy() -> None:
    texts = [f"{number} {STORY}" for number in range(6)] * 2
    said = [BODY] * 12
    said[8] = Verdict(Label.BODY, "site:strip[0]", 1.0)
    found = without_second_copy(said, texts)
    assert found[8] == said[8]
    assert [verdict.rule for verdict in found[6:]] == [COPY_RULE, COPY_RULE, "site:strip[0]", *[COPY_RULE] * 3]
