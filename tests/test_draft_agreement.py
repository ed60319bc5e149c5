"""A draft is never worse than no file: which proposed rules are kept."""

import pytest

from archive.authoring.draft_agreement import Proposed, agreed
from archive.authoring.draft_articles import DraftArticle, read_articles
from archive.authoring.draft_candidates import is_utility
from archive.authoring.draft_layout import Draft, Reason
from archive.exchange import Capture
from archive.extraction.extract import extract_capture
from archive.extraction.model import load_model
from archive.extraction.page_reading import read_page
from archive.labels import Label
from archive.sites import Site

SENTENCE = "The harbour office counted the gulls on the breakwater and found more of them than in any year before. "


def article(number: int, *, unsure: float = 0.0) -> DraftArticle:
    """An article with a box that the model takes for promotion; or, unsure of it to that degree, for body."""
    html = f"""<html lang="en"><body><article><h1>Gulls {number}</h1><div class="story"><p>{SENTENCE * 3}</p>
    <p class="box">Read the letter of page {number}.</p><p>{SENTENCE * 2}</p></div></article></body></html>"""
    capture = Capture(url=f"https://gull.example/{number}", body=html.encode())
    made = extract_capture(capture, Site(domain="gull.example"), load_model())
    labels = [Label.HEADLINE, Label.BODY, Label.BODY if unsure else Label.PROMOTION, Label.BODY]
    blocks = [
        block.model_copy(update={"label": label, "confidence": unsure if unsure and number == 2 else 0.95})
        for number, (block, label) in enumerate(zip(made.blocks, labels, strict=True))
    ]
    record = made.model_copy(update={"blocks": tuple(blocks)})
    return DraftArticle(capture, read_page(capture), record, record)


def kept(articles: list[DraftArticle], **selectors: str) -> dict[str, list[str]]:
    strip = [Reason(Label.PROMOTION, selectors.pop("strip"), 1, 1.0)] if "strip" in selectors else []
    chosen = {Label(label): [Reason(Label(label), selector, 1, 1.0)] for label, selector in selectors.items()}
    left = agreed(Proposed(Draft(chosen, strip), ()), articles).draft
    found = {label.value: [one.selector for one in reasons] for label, reasons in left.selectors.items()}
    return found | ({"strip": [one.selector for one in left.strip]} if left.strip else {})


def test_rules_that_change_nothing_are_left_out() -> None:
    articles = [article(number) for number in range(3)]
    assert kept(articles, headline="h1", body="article", strip=".box") == {}
    assert kept(articles, strip=".box") == {}


def test_a_body_with_a_name_is_kept_where_each_page_s_rules_stand_on_others_too() -> None:
    articles = [article(number) for number in range(3)]
    assert kept(articles, body=".story", strip=".box") == {"body": [".story"], "strip": [".box"]}
    assert kept(articles[:1], body=".story", strip=".box") == {}


def test_rules_that_contradict_what_the_model_is_sure_of_are_left_out() -> None:
    articles = [article(number) for number in range(3)]
    assert kept(articles, body=".story") == {}
    assert kept(articles, promotion=".story > p") == {}
    assert kept(articles, body=".story > .box") == {}


@pytest.mark.parametrize(("others", "rules"), [(2, {"strip": [".box"]}), (1, {}), (0, {})])
def test_what_the_model_is_unsure_of_is_decided_by_other_pages(others: int, rules: dict[str, list[str]]) -> None:
    articles = [article(9, unsure=0.5), *(article(number) for number in range(others))]
    assert kept(articles, strip=".box") == rules


def test_what_the_model_is_sure_of_is_not_outvoted() -> None:
    assert kept([article(9, unsure=0.9), *(article(number) for number in range(4))], strip=".box") == {}


@pytest.mark.parametrize("name", ["border", "outline-none", "not-italic", "null", "undefined", "sr-only", "rounded"])
def test_names_of_looks_and_of_nothing_are_no_selectors(name: str) -> None:
    assert is_utility(name)


def test_versions_of_one_story_count_once() -> None:
    def page(name: str, *paragraphs: str) -> Capture:
        body = "".join(f"<p>{text}</p>" for text in paragraphs)
        head = '<meta property="article:published_time" content="2026-05-01">'
        html = f'<html lang="en"><head>{head}</head><body><article><h1>{name}</h1>{body}</article></body></html>'
        return Capture(url=f"https://gull.example/{name}", body=html.encode())

    paragraphs = [f"{number}: {SENTENCE * 2}" for number in range(6)]
    other = [
        f"In the {number}th week the ferry did not sail, for the captain had gone to sea." * 2 for number in range(6)
    ]
    found = read_articles(
        [page("first", *paragraphs), page("later", *paragraphs, "One more word."), page("other", *other)],
        "gull.example",
    )
    assert [made.record.title for made in found.articles] == ["first", "other"]
