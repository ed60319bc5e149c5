"""Declarative shadow roots: what is shown, and where it is."""

import pytest

from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page
from archive.extraction.xpaths import xpaths
from archive.research.xpath import stands_at


def placed(page: str) -> list[tuple[str, str | None]]:
    blocks = segment(parse_page(page))
    return [(block.text, path) for block, path in zip(blocks, xpaths(blocks), strict=True)]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<x-a><template shadowrootmode=open><p>One</template></x-a>", [("One", "/html/body/x-a")]),
        ("<div><template shadowrootmode=CLOSED>One <slot></slot></template>two</div>", [("One two", "/html/body/div")]),
        ("<div><template shadowrootmode=open><p>One</template><p>Two</div>", [("One", "/html/body/div")]),
        ("<p>One<div><template shadowrootmode=no><p>Two</template><p>Three</div>",
         [("One", "/html/body/p"), ("Three", "/html/body/div/p")]),
        ("<ul><template shadowrootmode=open><li>One</template><li>Two</ul>", [("Two", "/html/body/ul/li")]),
        ("<x-a><template shadowrootmode=open><slot><p>One</slot></template> </x-a>", [("One", "/html/body/x-a")]),
        ("<template><x-a><template shadowrootmode=open>One</template></x-a></template>Two", [("Two", "/html/body")]),
        ("<x-a><template shadowrootmode=open>One</template><template shadowrootmode=open>Two</template></x-a>",
         [("One", "/html/body/x-a")]),
    ],
)  # fmt: skip
def test_a_root_is_shown_in_place_of_what_its_host_holds(page: str, shown: list[tuple[str, str]]) -> None:
    assert placed(page) == shown


SLOTS = (
    "<x-a><template shadowrootmode=open><h1>Title</h1><div><slot>None</slot></div><p>By <slot name=n>nobody</slot></p>"
    "</template><p>One</p> and <p>two</p><b slot=n>Jane</b><i slot=other>lost</i></x-a><p>After</p>"
)


def test_what_a_host_holds_is_shown_in_slots_and_keeps_its_place() -> None:
    host = "/html/body/x-a"
    title, one, loose, two, by, after = placed(SLOTS)
    assert [title, loose, by] == [("Title", host), ("and", host), ("By Jane", host)]
    assert [one, two] == [("One", f"{host}/p[1]"), ("two", f"{host}/p[2]")]
    assert after == ("After", "/html/body/p")


def test_each_text_is_found_again() -> None:
    tree = parse_page(SLOTS)
    assert all(stands_at(tree, path or "", text) for text, path in placed(SLOTS))
    assert not stands_at(tree, "/html/body/x-a", "Headline")
    assert not stands_at(tree, "/html/body/x-a", "lost")


def test_roots_within_roots() -> None:
    inner = "<x-b><template shadowrootmode=open>in <slot></slot></template><slot name=q></slot></x-b>"
    page = f"<x-a><template shadowrootmode=open>{inner}</template><p slot=q>Two</p></x-a>"
    assert placed(page) == [("in", "/html/body/x-a"), ("Two", "/html/body/x-a/p")]


def test_many_roots_and_slots_take_linear_time() -> None:
    page = "<x-a><template shadowrootmode=open><slot></slot></template>" + "t<p>x</p>" * 20_000 + "</x-a>"
    assert len(parse_page(page).findall(".//p")) == 20_000
