"""Text that a page carries in a script's data alone."""

import json
from typing import Any

import pytest

from archive import extract
from archive.extraction.parsing import parse_page
from archive.extraction.script_text import script_text
from archive.labels import Label

STORY = (
    "The last night bus to the harbour leaves on Friday, the transport office of Quillhaven said on Monday.",
    "Only four passengers a night used it in the past year, and one of them was the driver's brother.",
    "“I shall walk then,” said Rosa Tamm, who has closed the fish hall for eleven years. “It is only an hour.”",
    "A ticket cost 2.40 crowns, and the office put the cost of each ride at nearly thirty.",
    "The council will talk about a shared taxi in spring.",
)
TEASER = "Somebody else did another thing in another town, and a second sentence tells of it."


def _script(value: Any) -> str:
    return f'<script type="application/json">{json.dumps(value)}</script>'


def _pushed(rows: str) -> str:
    parts = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    return "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in parts)


_HTML = "".join(f"<p>{line}</p>" for line in STORY)
_SPANS = [{"_type": "block", "children": [{"text": line[:30]}, {"text": line[30:]}]} for line in STORY]
_FLAT: list[Any] = [{"data": 1}, {"title": 2, "body": 3}, "Night bus", [4, 5, 6, 7, 8], *STORY]
_ELEMENTS = [["$", "p", None, {"children": [line[:30], ["$", "b", None, {"children": line[30:]}]]}] for line in STORY]
CARRIED = {
    "paragraphs of a page's properties": _script(
        {"props": {"article": {"body": [{"type": "p", "text": line} for line in STORY]}, "more": [{"teaser": TEASER}]}}
    ),
    "HTML in a value": _script({"page": {"title": "Night bus", "html": _HTML}}),
    "spans of rich text": f"<script>window.__STATE__ = {json.dumps({'a': {'body': _SPANS}})};</script>",
    "entities of a store": "<script>window.__APOLLO_STATE__="
    + json.dumps({f"Paragraph:{number}": {"__typename": "P", "text": line} for number, line in enumerate(STORY)})
    + "</script>",
    "JSON in a string": f"<script>window.STATE=JSON.parse({json.dumps(json.dumps({'lines': STORY}))})</script>",
    "rows of elements": _pushed(f'0:["$","main",null,{json.dumps({"children": _ELEMENTS})}]\n'),
    "a row of text": _pushed(f'1:["$","i",null,{{}}]\n2b:T{len(_HTML.encode()):x},{_HTML}3:["$","p",null,{{}}]\n'),
    "a flat array": _script(_FLAT),
    "arguments of a function": "<script>window.__NUXT__=(function(a){return {body:"
    + json.dumps(_HTML)
    + ',t:a}}("Night bus"));</script>',
    "updates of a live blog": '<script type="application/ld+json">'
    + json.dumps({"@type": "LiveBlogPosting", "liveBlogUpdate": [{"articleBody": line} for line in STORY]})
    + "</script>",
    "one of two articles": _script(
        [{"title": "Other things are told here", "body": [TEASER] * 9}, {"title": "The last night bus", "body": STORY}]
    ),
}


def _page(script: str, body: str = '<div id="__next">Loading</div>') -> str:
    head = '<title>The last night bus leaves</title><meta name="description" content="A harbour loses its night bus.">'
    return f"<html><head>{head}</head><body>{body}{script}</body></html>"


@pytest.mark.parametrize("script", CARRIED.values(), ids=CARRIED)
def test_text_of_a_script_is_read_from_any_framework(script: str) -> None:
    record = extract(_page(script), "https://news.example/bus")
    assert record.text.split("\n\n") == list(STORY)
    # JSON-LD says of a live blog's posts what they are.
    rule, kind = ("json-ld:liveBlogUpdate", "hidden_text") if "liveBlog" in script else ("script:data", "script_text")
    assert [block.rule for block in record.blocks if block.label is Label.BODY] == [rule] * len(STORY)
    assert kind in record.extraction.warning_kinds


def test_data_that_is_not_about_the_page_is_left_alone() -> None:
    consent = "We and our partners store cookies on your device, as is told below in all detail."
    assert extract(_page(_script([consent] * 9))).text == ""


def test_what_a_page_shows_is_not_added_from_its_script() -> None:
    shown = "".join(f"<p>{line}</p>" for line in STORY)
    record = extract(_page(CARRIED["a flat array"], f"<h1>The last night bus leaves</h1><article>{shown}</article>"))
    assert [sum(line in block.text for block in record.blocks) for line in STORY] == [1] * len(STORY)


@pytest.mark.parametrize(
    "script", ["=[{" * 300_000, "=[1," * 300_000, '={"a":' * 150_000, '"' + "\\" * 1_000_001, 'JSON.parse("' * 50_000]
)
def test_a_hostile_script_holds_no_text(script: str) -> None:
    assert script_text(parse_page(f"<p>x<script>{script}</script>"), frozenset()) is None
