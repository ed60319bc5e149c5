"""The page that shows a record's labels: what it holds, what it escapes, and how a browser renders it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from archive.capture_fields import WarcPlace
from archive.labels import Label
from archive.records import Block, Extraction, Record
from archive.research.html_page import POLICY
from archive.research.page_view import as_html
from tests.browser import chromium, served

HOSTILE = "</p></style></title><script src='//evil.example/x'>alert(1)</script><img src=//evil.example/i onerror=x>\"'&"


def block(label: Label, text: str, xpath: str | None = "/html/body/p", confidence: float = 0.9) -> Block:
    return Block(label=label, text=text, xpath=xpath, rule="model:page", confidence=confidence)


def record(*blocks: Block, **fields: object) -> Record:
    return Record(blocks=blocks, extraction=Extraction(version="0.1.0"), **fields)  # type: ignore[arg-type]


def parsed(found: Record) -> html.HtmlElement:
    return html.document_fromstring(as_html(found))


PAGE = record(
    block(Label.NAVIGATION, "Home", "/html/body/nav/ul/li[1]"),
    block(Label.NAVIGATION, "News", "/html/body/nav/ul/li[2]"),
    block(Label.HEADLINE, "Old bridge reopens", "/html/body/h1"),
    block(Label.BODY, "After two years cars cross again.", "/html/body/p[1]", 0.987),
    block(Label.BODY, "Why it closed", "/html/body/h2"),
    block(Label.BODY, "Rust, said the town.", "/html/body/blockquote/p"),
    block(Label.LEGAL_NOTICE, "All rights reserved.", "/html/body/footer/p"),
    title="Old bridge reopens",
    authors=("Amelia Thornbury", "Joel Hartwick"),
    date_published="2026-11-20T09:30:00+01:00",
    url="https://courier.example/bridge",
    language="en-GB",
    date_crawled="2026-11-24T08:00:00Z",
    warc=WarcPlace(filename="a-00000.warc.gz", offset=48213, length=9120, record_id="<urn:uuid:1>"),
)


def test_the_header_tells_title_authors_dates_url_and_provenance() -> None:
    tree = parsed(PAGE)
    header = " ".join(tree.find(".//header").text_content().split())
    assert tree.get("lang") == "en-GB"
    assert tree.findtext(".//title") == tree.findtext(".//h1") == "Old bridge reopens"
    for part in (
        "Amelia Thornbury, Joel Hartwick",
        "Published 2026-11-20 09:30 +01:00",
        "https://courier.example/bridge",
        "a-00000.warc.gz, 9,120 bytes at offset 48,213",
        "<urn:uuid:1>",
        "cleancopy 0.1.0",
    ):
        assert part in header


def test_every_block_stands_once_in_order_with_label_rule_confidence_and_place() -> None:
    lines = parsed(PAGE).xpath("//main/section//*[contains(@class, 'block')]")
    assert [line.text_content() for line in lines] == [block.text for block in PAGE.blocks]
    assert lines[3].get("title") == "body, model:page, confidence 0.99\n/html/body/p[1]"
    assert [(line.getparent().tag, line.tag) for line in lines] == [
        ("li", "p"), ("li", "p"), ("section", "h2"), ("section", "p"), ("section", "h2"), ("blockquote", "p"),
        ("section", "p"),
    ]  # fmt: skip


def test_a_block_that_the_model_is_unsure_of_says_so() -> None:
    lines = parsed(record(block(Label.BODY, "Sure", confidence=0.61), block(Label.NOTE, "Unsure", confidence=0.543)))
    assert {line.text: line.get("data-sure") for line in lines.xpath("//p[@title]")} == {"Sure": None, "Unsure": "54%"}


def test_blocks_of_one_label_in_a_row_share_one_mark() -> None:
    assert parsed(PAGE).xpath("//main/section/p[@class='tag']/text()") == [
        "navigation",
        "headline",
        "body",
        "legal notice",
    ]


def test_the_legend_counts_the_labels_that_occur_and_filters_them_by_style_alone() -> None:
    tree = parsed(PAGE)
    entries = {label.get("class"): label.findtext("span") for label in tree.xpath("//fieldset[@class='labels']/label")}
    assert entries == {"headline": "1", "body": "3", "legal_notice": "1", "navigation": "2"}
    style = tree.findtext(".//style")
    for name in entries:
        assert tree.get_element_by_id(f"show-{name}").get("checked") is not None
        assert f"body:has(#show-{name}:not(:checked)) .run.{name} {{ display: none; }}" in style


def test_every_label_has_a_colour_for_light_and_for_dark() -> None:
    style = parsed(PAGE).findtext(".//style")
    for label in Label:
        assert len(re.findall(rf"--{label}: #[0-9a-f]{{6}};", style)) == 2


def test_nothing_of_the_page_becomes_markup() -> None:
    texts = [block(label, HOSTILE, HOSTILE) for label in Label]
    found = record(
        *texts, title=HOSTILE, standfirst=HOSTILE, authors=(HOSTILE,), publisher=HOSTILE, url=HOSTILE,
        date_published=HOSTILE, language=HOSTILE, date_crawled=HOSTILE,
        warc=WarcPlace(filename=HOSTILE, offset=0, length=1, record_id=HOSTILE, payload_digest=HOSTILE),
    )  # fmt: skip
    tree = parsed(found)
    assert {element.tag for element in tree.iter()} <= set(
        "html head meta title style body div header h1 p span bdi time details summary dl dt dd form fieldset "
        "legend label input button main section".split()
    )
    assert not [name for element in tree.iter() for name in element.keys() if name.startswith("on")]  # noqa: SIM118
    assert tree.findtext(".//h1") == HOSTILE


def test_the_policy_stands_before_everything_that_could_load() -> None:
    head = parsed(PAGE).find("head")
    assert head[0].get("charset") == "utf-8"
    assert head[1].get("http-equiv") == "Content-Security-Policy"
    assert head[1].get("content") == POLICY
    assert POLICY.startswith("default-src 'none'; style-src 'unsafe-inline'")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", " https://a.example"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert parsed(record(url=url)).xpath("//a") == []


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("a\u202egpj.exe", "a⟨U+202E⟩gpj.exe"),
        ("a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"),
        ("a\x00b\x1b[31m", "a⟨U+0000⟩b⟨U+001B⟩[31m"),
        ("half \ud83d", "half ⟨U+D83D⟩"),
        ("سلام\u200f tab\tline\nend", "سلام\u200f tab\tline\nend"),
    ],
)
def test_harmful_unseen_characters_are_shown(text: str, visible: str) -> None:
    found = record(block(Label.BODY, text), title=text)
    assert parsed(found).findtext(".//h1") == parsed(found).findtext(".//p[@title]") == visible
    as_html(found).encode("utf-8")


def test_a_record_without_text_still_makes_a_page() -> None:
    assert "The page has no text." in parsed(record()).text_content()


def test_the_same_record_gives_the_same_page() -> None:
    assert as_html(PAGE) == as_html(Record.from_line(PAGE.to_line()))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """Serves a folder on loopback; the list holds every path that was asked for."""
    with served(tmp_path) as opened:
        yield opened


#: Holds the page at a phone's width (a headless window is never narrower than 500 px) and says how wide it became.
PHONE = """<!doctype html><link rel=icon href=data:,><iframe src=page.html width=390 height=800 style=border:0></iframe>
<script>onload = () => {
  const inner = document.querySelector("iframe").contentDocument;
  document.title = [inner.documentElement.scrollWidth, inner.querySelectorAll("script, img, iframe").length,
    inner.defaultView.ran === undefined, inner.querySelector("main").getBoundingClientRect().height > 100].join(" ");
}</script>"""


def test_a_browser_asks_for_nothing_and_the_page_fits_a_phone(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    origin, asked = server
    attack = f"<script>ran = 1</script><img src={origin}/leak.png><style>@import '{origin}/leak.css'</style>"
    long = "https://courier.example/" + "a" * 300
    hostile = [block(Label.BODY, text) for text in (attack, long, "W" * 400)]
    (tmp_path / "page.html").write_text(as_html(record(*PAGE.blocks, *hostile, title=long, url=long)), "utf-8")
    (tmp_path / "phone.html").write_text(PHONE, "utf-8")
    dom = chromium(tmp_path, "--virtual-time-budget=3000", "--dump-dom", f"{origin}/phone.html")
    title = html.document_fromstring(dom).findtext(".//title")
    assert title == "390 0 true true"
    assert sorted(asked) == ["/page.html", "/phone.html"]


def test_a_browser_shows_the_page(tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    (tmp_path / "page.html").write_text(as_html(PAGE), "utf-8")
    chromium(tmp_path, "--window-size=1000,800", f"--screenshot={picture}", (tmp_path / "page.html").as_uri())
    assert picture.read_bytes().startswith(b"\x89PNG")
    # A blank page of this size compresses to about 5 KB.
    assert picture.stat().st_size > 20_000
