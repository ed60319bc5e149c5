"""A captured page is shown without anything that could run, ask another host, or lead away."""

import re

import pytest
from lxml import etree

from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.extraction.xpaths import xpaths
from archive.labels import Label
from archive.records import Block
from archive.research.stored_page import stored_page, stored_sheet

BASE = "https://courier.example/news/page.html"


def loaded(url: str) -> str | None:
    return f"http://frames/{url.rpartition('/')[2]}" if url.startswith("https://courier.example/") else None


def shown(page: str, blocks: list[tuple[int, Block]] | None = None) -> str:
    return stored_page(parse_page(page), blocks or [], BASE, loaded, [etree.Element("meta", charset="utf-8")])


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script in svg": "<svg><script>alert(1)</script></svg>",
    "handler": "<p onclick=alert(1) ONLOAD=alert(1)>Text</p>",
    "javascript": "<a href=' javascript:alert(1)'>Text</a>",
    "data": "<a href='data:text/html,<script>alert(1)</script>'>Text</a>",
    "frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe><iframe src=//evil.example></iframe>",
    "object": "<object data=//evil.example></object><embed src=//evil.example><applet code=alert></applet>",
    "refresh": "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "form": "<form action=//evil.example><button formaction=//evil.example>Text</button></form>",
    "base": "<base href=//evil.example/><img src=a.png>",
    "image": "<img src=//evil.example/a.png srcset='//evil.example/b.png 2x' onerror=alert(1)>",
    "style": "<style>@import '//evil.example/a.css'; p{background:url(//evil.example/b)}</style>",
    "inline style": "<p style='background:url(//evil.example/c)'>Text</p>",
    "link": "<link rel=preload href=//evil.example><link rel=stylesheet href=//evil.example/a.css>",
    "ping": "<a href=/x ping=//evil.example>Text</a>",
    "set": "<svg><a><set attributeName=href to=javascript:alert(1) /><text>Text</text></a></svg>",
    "video": "<video poster=//evil.example src=//evil.example/v><source src=//evil.example/w></video>",
    "background": "<table background=//evil.example><td>Text</table>",
    "noscript": "<noscript><img src=//evil.example/n></noscript>",
    "lazy": "<img data-src=//evil.example/a.png>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_of_it_runs_or_asks_a_host(name: str) -> None:
    found = shown(f"<!doctype html><title>T</title><body><p>Before</p>{HOSTILE[name]}<p>After</p>")
    assert "alert" not in found
    assert not re.search(r'(?<![-\w])(?:src|srcset|poster|action|data|ping|background)="[^"]*evil', found)
    assert not re.search(r"url\([^)]*evil", found)
    assert '@import "//evil' not in found
    assert "<base" not in found
    assert "Before" in found
    assert "After" in found


def test_what_was_captured_is_loaded_from_where_it_is_kept() -> None:
    found = shown(
        "<head><link rel=stylesheet href=/s/main.css><style>p{background:url('/s/b.png')}</style></head>"
        "<body><img src=a.png srcset='a.png 1x, /big.png 2x'><img data-src=/lazy.png>"
        "<p style='background:url(c.png)'>Text"
    )
    for wanted in ('href="http://frames/main.css"', 'src="http://frames/a.png"', "http://frames/big.png 2x",
                   'src="http://frames/lazy.png"', 'url("http://frames/b.png")'):  # fmt: skip
        assert wanted in found, wanted
    assert "http://frames/c.png" in found


def test_every_block_is_marked_once_also_where_it_is_a_text_beside_others() -> None:
    page = "<body><div>One<p>Two</p>three<br><i>four</i> five<ul><li>Six</ul></div><noscript>Seven</noscript>"
    tree = parse_page(page)
    found = visible_blocks(tree)[0]
    blocks = [
        (number, Block(label=Label.BODY, text=block.text, xpath=path, rule="model", confidence=1))
        for number, (block, path) in enumerate(zip(found, xpaths(found), strict=True))
    ]
    marked = [each for each in etree.HTML(shown(page, blocks)).iter() if each.get("data-block")]
    texts = {int(each.get("data-block") or -1): "".join(map(str, each.itertext())) for each in marked}
    assert sorted(texts) == [number for number, _ in blocks]
    assert all(block.text.startswith(texts[number].strip()[:3]) for number, block in blocks)


def test_a_sheet_keeps_what_it_does_not_load() -> None:
    text = "a{color:red}@font-face{src:url( 'f.woff' )}b{background:url()}"
    assert stored_sheet(text, BASE, loaded) == (
        'a{color:red}@font-face{src:url("http://frames/f.woff")}b{background:url("")}'
    )
