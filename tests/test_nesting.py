"""Pages that nest too deep or multiply: read in linear time and little memory, with all of their text."""

from time import process_time

import pytest

from archive.extraction.nesting import counted, flattened, may_be_costly
from archive.extraction.parsing import parse_page

HOSTILE = {
    "deep": "<div>" * 60_000 + "One",
    "deep lists": "<ul><li>" * 30_000 + "One",
    "ends of nothing": "<x-y>" * 30_000 + "</x-z>" * 30_000 + "One",
    "ends that belong to others": "<div></span>" * 40_000 + "One",
    "ends within tables": "<div><table></div></table>" * 25_000 + "One",
    "ends in attributes": "<div a='</div>'>" * 40_000 + "One",
    "ends in comments": "<div><!--></div>-->" * 2 + "<div><!-- </div> -->" * 40_000 + "One",
    "formats in each paragraph": "<p>" + "".join(f"<b a={n}>" for n in range(3000)) + "<p>x" * 3000 + "<p>One",
    "formats that tables keep": "".join(f"<table><b a={n}></table>" for n in range(8000)) + "<p>x" * 8000 + "<p>One",
    "formats ended in tables": "".join(f"<b a={n}><table></b></table>" for n in range(3000)) + "<p>x" * 9000 + "<p>One",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_take_linear_time(name: str) -> None:
    started = process_time()
    tree = parse_page(HOSTILE[name])
    assert process_time() - started < 5
    assert "One" in "".join(map(str, tree.itertext()))
    assert sum(1 for _ in tree.iter()) < 600_000


def test_what_stands_too_deep_is_read_without_its_tags(caplog: pytest.LogCaptureFixture) -> None:
    flat = flattened(b"<div>" * 500 + b"One<span>two</span>" + b"</div>" * 150 + b"<p>Three</p>")
    assert flat == b"<div>" * 401 + b"<hr>" * 99 + b"Onetwo" + b"<hr>" * 99 + b"</div>" * 51 + b"<p>Three</p>"
    assert "nesting: elements below the 400th level" in caplog.text


def test_formats_that_would_be_opened_in_every_block_are_left_out() -> None:
    page = b"".join(b"<b a=%d>" % number for number in range(500)) + b"<p>x" * 5000
    assert may_be_costly(*counted(page))
    assert flattened(page).count(b"<b ") == 54


@pytest.mark.parametrize(
    "page",
    [
        b"<p>One <b>two</b>" * 2000,
        b"<div><span></div></span>" * 300,
        b"<ul><li>One<li>Two</ul>" * 1000,
        b"<table><tr><td><p>One</table>" * 1500,
        b"<script>'<div>'</script>" * 3000,
        b"<!-- <div> -->" * 3000,
        b"<div a='>' b=\"<div>\">One</div>" * 3000,
        b"<p><i class=icon></i>" * 3000,
    ],
)
def test_usual_pages_are_left_as_they_are(page: bytes) -> None:
    assert flattened(page) == page


def test_small_pages_are_not_looked_through() -> None:
    assert not may_be_costly(*counted(b"<p><i class=icon></i>One" * 220))
    assert not may_be_costly(*counted(b"<p><a href=x>One</a>" * 2400))
