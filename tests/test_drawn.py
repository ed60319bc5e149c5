"""Records and blocks as notebooks draw them: whole, in a frame in which nothing runs."""

from pathlib import Path

from lxml import html

from archive.labels import Label
from archive.records import Block, Extraction, Link, Record, Span, SpanKind
from archive.research.page_view import as_html
from tests.browser import chromium

HOSTILE = "</p></div></iframe>\"'><script>document.title = 'ran'</script><img src=x onerror=\"document.title='ran'\">"


def block() -> Block:
    place = f"/html/body/p[{HOSTILE!r}]"
    return Block(label=Label.AUTHOR_BIO, text=HOSTILE, xpath=place, rule=f"site:{HOSTILE}", confidence=0.5)


def record() -> Record:
    return Record(title=HOSTILE, blocks=(block(),), extraction=Extraction(version="0.1.0"))


def test_a_record_is_its_page_in_a_frame_without_scripts() -> None:
    frame = html.fragment_fromstring(record()._repr_html_())
    assert frame.tag == "iframe"
    assert frame.get("sandbox") == ""
    assert frame.get("srcdoc") == as_html(record())
    assert frame.get("title") == HOSTILE


def test_a_browser_runs_none_of_it(tmp_path: Path) -> None:
    page = tmp_path / "notebook.html"
    page.write_text(f"<!doctype html><title>still</title>{record()._repr_html_()}{block()._repr_html_()}", "utf-8")
    shown = chromium(tmp_path, "--dump-dom", page.as_uri())
    assert "<title>still</title>" in shown
    assert shown.count("<iframe") == 1


def test_a_block_tells_its_label_rule_and_place_and_holds_nothing_of_its_own() -> None:
    drawn = html.fragment_fromstring(block()._repr_html_())
    assert drawn.xpath("//script | //img | //iframe") == []
    assert "author bio" in drawn.text_content()
    assert "site:" in drawn.text_content()
    assert "0.50" in drawn.text_content()
    assert drawn.findtext(".//p") == HOSTILE


def test_links_of_a_block_are_drawn() -> None:
    linked = Block(
        label=Label.BODY,
        text="See the tides.",
        links=(Link(text="tides", href="https://gull.example/tides"),),
        spans=(Span(kind=SpanKind.LINK, start=8, end=13),),
        rule="model",
        confidence=1.0,
    )
    drawn = html.fragment_fromstring(linked._repr_html_())
    assert [(link.get("href"), link.text) for link in drawn.iter("a")] == [("https://gull.example/tides", "tides")]
    assert "plain text" in drawn.text_content()
