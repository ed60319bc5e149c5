"""Where blocks lie: the same paths as libxml2 finds one by one."""

import re
from pathlib import Path

import pytest

from archive.extraction.blocks import segment
from archive.extraction.extract import extract
from archive.extraction.parsing import parse_page
from archive.extraction.xpaths import xpaths

HERE = Path(__file__).parent.parent
PAGES = sorted((HERE / "crawler/demo/site").rglob("*.html"))

MIXED = """<html><body>Loose text <b>bold</b> more
<div>before <p>one</p> between <i>x</i> <p>two</p><!-- c --> after <o:p>word</o:p></div><section><span>s</span><ul>
<li>a<li>b <ul><li>c</ul> d</ul></section></body></html>"""


def test_text_between_elements_has_the_place_of_its_text_node() -> None:
    blocks = segment(parse_page(MIXED))
    found = {block.text: path for block, path in zip(blocks, xpaths(blocks), strict=True)}
    assert found["Loose text bold more"] == "/html/body/text()[1]"
    assert found["one"] == "/html/body/div/p[1]"
    assert found["between x"] == "/html/body/div/text()[2]"
    assert found["c"] == "/html/body/section/ul/li[2]/ul/li"
    assert found["d"] == "/html/body/section/ul/li[2]/text()[2]"


@pytest.mark.parametrize("page", [*PAGES, None], ids=lambda path: path.stem if path else "mixed")
def test_every_path_leads_to_its_element(page: Path | None) -> None:
    tree = parse_page(page.read_text("utf-8", "replace") if page else MIXED)
    blocks = segment(tree)
    root = tree.getroottree()
    paths = list(xpaths(blocks))
    assert len(paths) == len(blocks) > 1
    for block, path in zip(blocks, paths, strict=True):
        element = block.element if block.whole else block.start
        around = element.getparent() if block.after else element
        assert around is not None
        assert path is not None
        named = re.sub(r'\*\[name\(\)="(.+?)"\]', r"\1", path.partition("/text()")[0])
        assert named == root.getpath(around)


def test_deep_pages_do_not_make_records_of_paths() -> None:
    page = "<p>Near</p>" + "<div>" * 390 + "<p>word</p>" * 9000
    record = extract(page)
    assert record.blocks[0].xpath == "/html/body/p"
    assert {block.xpath for block in record.blocks[1:]} == {None}
    assert len(record.to_line()) < 20 * len(page)
