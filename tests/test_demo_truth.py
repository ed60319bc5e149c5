"""The truth beside the demo site: every visible block of its articles, labelled by reading."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from archive.labels import Label
from crawler.demo.site_pages import load_pages

PAGES = load_pages("http://demo.example")
TRUTH = {
    path.stem: json.loads(path.read_text("utf-8")) for path in (Path(__file__).parent / "demo_truth").glob("*.json")
}
GLUED = "who-owns-the-tide"
UNSEEN = {"script", "style", "template", "noscript", "head"}
#: Said by a header and by a meta tag; all other pages are UTF-8.
ENCODINGS = {
    "/de/wirtschaft/windpark-verzoegerung-a-4715.html": "iso-8859-1",
    "/world/2026/11/17/ferry-talks-stall.html": "windows-1252",
}


def tree(path: str) -> html.HtmlElement:
    return html.document_fromstring(PAGES[path].body.decode(ENCODINGS.get(path, "utf-8")))


def is_unseen(element: html.HtmlElement) -> bool:
    style = element.get("style") or ""
    return element.tag in UNSEEN or element.get("hidden") is not None or "display: none" in style


def seen(element: html.HtmlElement) -> Iterator[str]:
    """The text of a page that a browser shows, in pieces; written apart from the extraction under test."""
    if isinstance(element.tag, str) and not is_unseen(element):
        yield email(element.get("data-cfemail")) or element.text or ""
        for child in element if not element.get("data-cfemail") else ():
            yield from seen(child)
            yield child.tail or ""


def email(code: str | None) -> str | None:
    if not code:
        return None
    key, *rest = bytes.fromhex(code)
    return bytes(byte ^ key for byte in rest).decode()


def letters(text: str) -> str:
    return "".join(re.findall(r"\w+", text))


def difference(page: str, truth: str) -> str:
    start = next((i for i, (a, b) in enumerate(zip(page, truth, strict=False)) if a != b), min(len(page), len(truth)))
    return f"page  ...{page[max(0, start - 30) : start + 60]}\ntruth ...{truth[max(0, start - 30) : start + 60]}"


def test_there_are_a_dozen_articles_in_two_languages() -> None:
    assert len(TRUTH) == 12
    assert {truth["language"] for truth in TRUTH.values()} == {"en", "de"}
    assert len({truth["page"] for truth in TRUTH.values()}) == 12


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_truth_is_all_the_visible_text_in_page_order(name: str) -> None:
    truth = TRUTH[name]
    shown = letters("".join(seen(tree(truth["page"]))))
    said = letters("".join(block for _, block in truth["blocks"]))
    assert shown == said, f"tests/demo_truth/{name}.json differs from its page:\n{difference(shown, said)}"


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_truth_is_well_formed(name: str) -> None:
    truth: dict[str, Any] = TRUTH[name]
    assert set(truth) == {"page", "title", "authors", "date_published", "date_modified", "language", "blocks"}
    labels = [Label(label) for label, _ in truth["blocks"]]
    assert labels.count(Label.HEADLINE) == 1
    assert [Label.HEADLINE, truth["title"]] in truth["blocks"]
    bylines = " ".join(text for label, text in truth["blocks"] if label == Label.BYLINE)
    assert truth["authors"]
    assert all(author.lower() in bylines.lower() for author in truth["authors"])
    for stamp in (truth["date_published"], truth["date_modified"]):
        assert stamp is None or datetime.fromisoformat(stamp).year == 2026
    words = sum(len(text.split()) for label, text in truth["blocks"] if label == Label.BODY)
    assert 250 <= words <= 700


def test_every_label_occurs() -> None:
    assert {Label(label) for truth in TRUTH.values() for label, _ in truth["blocks"]} == set(Label)


@pytest.mark.parametrize(
    ("label", "start"),
    [
        (Label.SHARE_PROMPT, "A word to readers"),
        (Label.AUTHOR_BIO, "Ottoline Marsh is a Fellow"),
        (Label.AUTHOR_BIO, "VISIT HER NEW BLOG"),
        (Label.PROMOTION, "Her latest book"),
        (Label.COMMENTS, "Comment on Open Tide Ledger articles"),
        (Label.PROMOTION, "Become a Member"),
        (Label.BYLINE, "Articles by: "),
        (Label.AUTHOR_BIO, "About the author:"),
        (Label.LEGAL_NOTICE, "Disclaimer: "),
        (Label.LEGAL_NOTICE, "www.opentide.example contains copyrighted material"),
        (Label.CONTACT, "For media enquiries: press@opentide.example"),
    ],
)
def test_glued_boilerplate_stands_in_plain_paragraphs_of_the_text(label: Label, start: str) -> None:
    truth = TRUTH[GLUED]
    assert any(kind == label and text.startswith(start) for kind, text in truth["blocks"])
    paragraphs = ["".join(seen(p)) for p in tree(truth["page"]).cssselect("div.post-content > p:not([class])")]
    assert any(text.startswith(start) for text in paragraphs)
