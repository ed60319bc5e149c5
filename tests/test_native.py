"""Compiled kernels give what the Python beside them gives, to the byte; where there are none, nothing is missed."""

import random
from collections.abc import Callable
from html import escape
from itertools import cycle
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from lxml import etree, html

from archive import extract
from archive.errors import PageError
from archive.extraction import (
    attributes,
    block_forms,
    blocks,
    charset,
    forest,
    native,
    nesting,
    network,
    parsing,
    xpaths,
)
from archive.extraction.cues import markup_words
from archive.extraction.features import elements, markup, neighbours, page_columns, stop_words, terms, word_rows
from archive.extraction.features.elements import Ancestors
from archive.extraction.features.matrix import OWN_NAMES, PageBlocks, page_features
from archive.extraction.features.neighbours import Features
from archive.extraction.model import load_model
from archive.extraction.page_reading import page_tree
from archive.extraction.rules import Verdict
from archive.extraction.stated import StatedFacts
from archive.extraction.visibility import HIDDEN
from archive.labels import Label
from crawler.demo.site_pages import load_pages
from hatch_build import Kernels

built = pytest.mark.skipif(native.compiled("gates") is None, reason="no kernels are built here: `make kernels`")
#: What characters may be to a text: cases and numerals of all kinds, signs that are counted, spaces, halves of pairs.
CHARACTERS = "aAbBzé ßÉǅΣªⅧΩжЖ中あ　٣²½0159. .!?…。！？؟।\"'”’»)](「،、，;:：©®(@[$€¥-/|·•#&_😀𝐀𐍈"
CHARACTERS += "\n\t\xa0\x01\x04\x1c\xad\u200b\u2060\ufeff\ud800"
WORDS = "www.a.com 2019 12:30 1.2.2026 USD EUR +49(0)30-1234567 by By A. B. (c) rock’n’roll o'clock ... … ’' 関連記事"
ORIGIN = "http://demo.example"
#: What a tree can be made of in two ways, or costs most.
HOSTILE_PAGES = [
    "<p>a&#13;b\r\nc&#13;&#10;d&#13;<!-- e -->\n f<!-- g --> <!-- h --><p title='a&#13;b'>\u2003<!-- i -->\u2003",
    "<html {a}=1 b=2><body {c}=3 d='' e><p \"f\" g'=1 <h=2 i&j=k>l</p><x'y>m</x'y>",
    "<template><td>a<template shadowrootmode=open><tr>b</template></template><svg><template>c</template></svg>",
    "<svg viewBox='0 0' xlink:href=#a><foreignObject><P>b</p></foreignObject><style>a<b>c</b></style><link>d</svg>",
    "<svg><style>a{b:c}</style><script>d&amp;e</script></svg><math><mi>f</mi></math><o:p xml:lang=de xmlns:o=g>h</o:p>",
    "<p>" + "<i>a" * 1200,
    "<p>" + "a<!---->" * 1200,
    f"<p {'a' * 300}=1>a</p><x-{'b' * 300}>c",
    "<!doctype html><!-- a --><html><!-- b --><head><!-- c --></head><!-- d --> <body>e</body><!-- f --></html>",
    "<table>a<!-- b -->c<tr>d<td>e</table><frameset><frame></frameset>",
    "<frameset><frame></frameset>",
    "<p>a<plaintext>b<i>c",
]
OF_FEATURES = (elements, markup, neighbours, page_columns, stop_words, terms, word_rows)
USERS = (attributes, block_forms, blocks, charset, forest, nesting, network, parsing, xpaths, *OF_FEATURES)
#: Elements and attributes that the walk over a page, or its writing, treats in ways of their own.
TAGS = "div p span a b i sup td tr table pre code br li ul h1 dialog noscript svg math label strong rt x-y th".split()
TAGS += "kbd summary button style script iframe xmp textarea title template img hr col plaintext time".split()
NAMED = ["hidden", "style='display:none'", "style='display:block'", "class='mw-editsection x'", "class=a", "open"]
NAMED += ["aria-hidden=true class=icon", "class=lineno", "hidden=until-found", "a='<b>' =c d\"=e", "aria-hidden=true"]
NAMED += ["href='/a b'", "href=#", "href='mailto:a@b.example'", "id=c"]
NAMED += ["style='visibility:HıDDEN'", "style='color:red;Display : NONE'", "style='color:red' hidden"]
NAMED += ["href='#a b'", "href=//a.example/b", "href=/a/../b", "href=HTTP://a.example", "href='https://[a'", "href=/é"]
NAMED += ["href=javascript:;", "href=tel:1", "href='?a=1#'", "href=/", "href='\n/a\tb '", "href=http://a.example/b?#"]
NAMED += ["rel='author me'", "itemprop=author", "title='of an author'"]
BETWEEN = [
    "a",
    "Abc def",
    "12",
    " ",
    "\n",
    "\xa0",
    "é",
    "word.",
    "_",
    "…",
    "foo bar baz",
    "<!-- x -->",
    "<!--",
    "&amp;<",
]
BETWEEN += ["</script x>", "<!doctype html>", "<!-- <script> -->", "<br/>", "ſcript>", "</SCRIPT>", "<", "中"]
BETWEEN += ["a\u200bb\xad c", "\u2060", "\x1c"]


def made_up() -> list[str]:
    """Texts of every length at which something changes, of odd characters and of words that patterns look for."""
    chance = random.Random(1)
    sizes = [0, 1, 2, 3, 5, 10, 40, 199, 200, 201, 399, 400, 401, 900]
    texts = ["".join(chance.choices(CHARACTERS, k=chance.choice(sizes))) for _ in range(700)]
    texts += [" ".join(chance.choices(WORDS.split(), k=chance.choice([1, 2, 5, 6, 12, 13, 80]))) for _ in range(300)]
    return list(dict.fromkeys(texts))


def made_up_pages() -> list[str]:
    """Pages of nested, open and odd elements."""
    chance = random.Random(2)

    def part() -> str:
        tag = f"{chance.choice(TAGS)} {chance.choice(['', chance.choice(NAMED)])}".strip()
        return chance.choices([f"<{tag}>", f"</{tag}>", chance.choice(BETWEEN)], [4, 2, 3])[0]

    return ["".join(part() for _ in range(chance.randint(2, 50))) for _ in range(800)]


def written(tree: etree._Element, found: list[blocks.TextBlock]) -> str:
    """The blocks of a record with labels of all kinds, and the types of their fields."""
    verdicts = [Verdict(label, "model", 0.5) for label, _ in zip(cycle(Label), found, strict=False)]
    return repr(block_forms.record_blocks(found, verdicts, tree, ORIGIN))


def kernels_of(module: ModuleType) -> list[str]:
    """The names by which a module knows its kernels."""
    named = ((name, getattr(known, "__name__", "")) for name, known in vars(module).items())
    return [name for name, module in named if module.startswith(f"{native.__name__}.")]


@pytest.fixture
def pure(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What turns all kernels off, and forgets what they made."""

    def turn_off() -> None:
        for module in USERS:
            for name in kernels_of(module):
                monkeypatch.setattr(module, name, None)
        word_rows._remembered.clear()

    return turn_off


@built
def test_words_and_rows_are_the_same(pure: Callable[[], None]) -> None:
    texts = made_up()
    words = [word_rows.tokens_of(text) for text in texts]
    assert all(map(kernels_of, USERS))
    rows, numbered = word_rows.word_rows(texts, words), terms.Terms.of(words)
    pure()
    assert not any(map(kernels_of, USERS))
    assert words == [word_rows.tokens_of(text) for text in texts]
    expected = word_rows.word_rows(texts, words)
    different = {(texts[row], word_rows.NAMES[column]) for row, column in np.argwhere(rows != expected).tolist()}
    assert not different
    assert rows.tobytes() == expected.tobytes()
    assert [part.tolist() for part in terms.Terms.of(words)] == [part.tolist() for part in numbered]


@built
@pytest.mark.parametrize("before", [0, 1, 29, 31, 60])
def test_pages_are_printable_alike(monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    codes = [*range(0xA2), 0xAD, 0xFFF, 0xD7FF, 0xD800, 0xDFFF, 0xE000, *range(0xFDCF, 0xFDF2), *range(0xFFFC, 0x10002)]
    codes += [*range(0x8FFFC, 0x90001), *range(0x10FFFD, 0x110001), 0x999999]
    signs = [chr(code) for code in codes if code < 0x110000 and not 0xD800 <= code < 0xE000]
    signs += [f"&#{written}" for code in codes for written in (code, f"{code};", f"x{code:X}", f"X0{code:x};")]
    signs += ["&", "&#", "&#;", "&#x", "&#xg", "&#0000032;", "&#00000032;", "&#x0000041", "&amp;#1;", "&#12a;", "\0"]
    pages = ["é".encode() * (before // 2) + b"<" * (before % 2) + sign.encode() + b"b" for sign in signs]
    printed = [charset.printable_page(page) for page in pages]
    left = [charset._kernel is not None and charset._kernel.is_printable(page) for page in pages]
    monkeypatch.setattr(charset, "_kernel", None)
    assert printed == [charset.printable_page(page) for page in pages]
    assert sum(left) > len(pages) / 3
    assert sum(map(bytes.__eq__, printed, pages)) - sum(left) < len(pages) / 5


@built
def test_names_of_elements_are_the_same(pure: Callable[[], None]) -> None:
    chance, words = random.Random(3), [*markup_words(), *map(str.title, markup_words()), "HTMLBody", "h2"]
    parts = [*words, *"aAbBzZ12٣_-  éÉ\t\xa0\ud800", "a" * 79, "B" * 5]
    values = ["".join(chance.choices(parts, k=chance.choice([0, 1, 2, 5, 30, 200]))) for _ in range(600)]
    named = ["class", "id", "role", "itemprop", "aria-label", "data-testid", "rel", "property"]
    kinds = ("svg:foreignObject", "{a}É", "p", "b" * 500)
    pairs = [zip(chance.sample(named, 4), chance.sample(values, 4), strict=True) for _ in values]
    looks = [(chance.choice(kinds), tuple(pair)) for pair in pairs]
    numbers = np.arange(len(looks))
    ancestors = Ancestors(numbers * 2 // 3, numbers, looks, numbers)
    found, numbered = elements.names_of(ancestors), elements.element_names(ancestors)
    pure()
    assert [part.tolist() for part in elements.names_of(ancestors)] == [part.tolist() for part in found]
    assert [part.tolist() for part in elements.element_names(ancestors)] == [part.tolist() for part in numbered]
    assert len(set(found.own.tolist())) > 100


@built
def test_what_links_lead_to_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(4)
    parts = (
        "/ // /author/ /Tags/ http: https:// HTTPS:// www. x.com https://m.vk.com/ facebook.com/sharer /intent".split()
    )
    parts += (
        "courier.example / JavaScript: javascript: mailto: mailto:? tel: terms Privacy AGB /by/ # ? - -- [ :".split()
    )
    parts += "a é İ ſhare \u2028 \ud800".split()
    targets = ["".join(chance.choices(parts, k=chance.choice([0, 1, 1, 2, 3, 5, 9]))) for _ in range(3000)]
    sets = [
        (chance.choice(["courier.example", "", "x.com"]), tuple(targets[at : at + at % 3 + 1])) for at in range(3000)
    ]
    found = [list(map(float, markup._link_features(host, links))) for host, links in sets]
    monkeypatch.setattr(markup, "_links", None)
    assert found == [list(map(float, markup._link_features(host, links))) for host, links in sets]
    assert all(0.01 < share < 0.99 for share in np.mean(np.array(found)[:, :-1], axis=0))


@built
@pytest.mark.parametrize("word", ["légende", "a" * 32])
def test_words_of_another_form_are_refused(word: str) -> None:
    assert elements._tree
    with pytest.raises(ValueError, match=f"{word} is not looked for"):
        elements._tree.MarkupWords({"legend": 1, word: 2})


@built
@pytest.mark.parametrize("kind", ["page", "text"])
@pytest.mark.parametrize("rows", [0, 1, 3, 70])
def test_networks_are_the_same(monkeypatch: pytest.MonkeyPatch, kind: str, rows: int) -> None:
    chance, asked = np.random.default_rng(rows), load_model(kind).network
    # Thresholds too: equal is no.
    values = chance.choice(np.append(asked.thresholds, np.float32(0)), (rows, int(asked.features.max()) + 1))
    # What is as in the block before, and what is no number.
    values[1::2, ::2] = values[: rows // 2 * 2 : 2, ::2]
    values[1:2, 1:9:2] = np.nan
    words = chance.integers(0, 300, rows).astype(np.float32)
    sizes = chance.integers(1, 90, rows)
    known = [
        terms.Terms(chance.integers(0, len(rows_of), sizes.sum()), sizes)
        for rows_of in (asked.word_rows, asked.name_rows)
        if len(rows_of)
    ]
    kinds_of_groups = len(asked.layers["around0"].weights) // len(asked.layers["page"].weights) - 3
    groups = tuple(np.arange(rows) * 7 // (3 + number) % (rows or 1) for number in range(kinds_of_groups))
    groups = tuple(np.unique(group, return_inverse=True)[1] for group in groups)
    features = Features(values, words, groups, *known)
    scores = asked.scores(features)
    monkeypatch.setattr(network, "_kernel", None)
    assert asked.scores(features).tobytes() == scores.tobytes()


@built
@pytest.mark.parametrize("rows", [1, 4, 12, 70])
def test_beliefs_around_are_the_same(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    chance = np.random.default_rng(rows)
    beliefs = chance.random((rows, 5)).astype(np.float32)
    words = chance.integers(0, 300, rows).astype(np.float32)
    features = Features(np.zeros((rows, 1), np.float32), words, (np.arange(rows) // 3,))
    found = neighbours.beliefs_around(features, beliefs)
    monkeypatch.setattr(neighbours, "_beliefs", None)
    assert neighbours.beliefs_around(features, beliefs).tobytes() == found.tobytes()


@built
def test_networks_of_another_form_are_refused() -> None:
    assert network._kernel
    small = network.Layer(np.ones((3, 2), np.float32), *np.ones((3, 2), np.float32))
    with pytest.raises(ValueError, match="a layer of 3 inputs and 2 outputs"):
        network._kernel.Weights(small, network.most_steps(3))


@built
def test_tags_are_the_same() -> None:
    sizes = nesting._kernel
    assert sizes
    long = [b"<p " + b"a=1 " * count + b">" for count in (499, 500, 501)]
    for content in [*long, *(page.encode() for page in made_up_pages())]:
        assert sizes.counted(content) == nesting.counted(content)
        for size in (2, 9, 1000):
            assert sizes.long_tags(content, size) == nesting.long_tags(content, size)


def nodes_of(page: str) -> list[Any]:
    """All that the tree of a page holds, and what is warned of."""
    try:
        tree = parsing.parse_page(page)
    except PageError as error:
        return [str(error)]
    nodes = [(type(node), node.tag, node.text, node.tail, node.items()) for node in tree.iter()]
    return [*nodes, etree.tostring(tree.getroottree(), method="html"), tree.getroottree().docinfo.encoding]


@built
def test_trees_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parsing._kernel
    pages = [*made_up_pages(), *HOSTILE_PAGES]
    found = list(map(nodes_of, pages))
    read = Mock(wraps=parsing.renamed)
    monkeypatch.setattr(parsing, "renamed", read)
    assert [nodes_of(page) for page in pages] == found
    assert 5 < read.call_count < len(pages) / 4
    monkeypatch.setattr(parsing, "_kernel", None)
    assert {page for page, nodes in zip(pages, found, strict=True) if nodes != nodes_of(page)} == set()


def made_up_trees() -> list[etree._Element]:
    """The trees of those pages that have something to see."""
    trees = [page_tree(page.encode(), "text/html; charset=utf-8") for page in made_up_pages()]
    return [tree for tree in trees if tree is not None]


@built
def test_what_stands_around_blocks_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert markup._kernel
    many = "<div>" + "<p>a<i>b</i></p>" * 399 + "<p id=author>c</p>{}<hr><p rel=author>d</p>e</div>"
    trees = [*made_up_trees(), *(html.fromstring(many.format(more)) for more in ("", "<p>f<!-- g --></p>"))]
    found = 0
    for parts in filter(None, map(blocks.segment, trees)):
        with monkeypatch.context() as patch:
            around = Ancestors.of(parts)
            bits = elements.names_of(around).around[around.own]
            rows, inside = markup._surroundings(parts, around), markup._block_rows(parts, bits, "demo.example")
            patch.setattr(markup, "_kernel", None)
            assert rows.tobytes() == markup._surroundings(parts, around).tobytes()
            assert inside.tobytes() == markup._block_rows(parts, bits, "demo.example").tobytes()
        found += bool(inside[:, 13:17].any())
    assert found > 50


@built
def test_what_stands_on_a_page_is_the_same(pure: Callable[[], None]) -> None:
    """Of pages with a title, names and dates that some of their blocks repeat, and in what way."""
    assert page_columns._kernel
    chance = random.Random(3)
    names = "Mira Holt|Mira|mira Holt|Ann-Lee O'Neill|A B|Ünal Øst|Mira Holt Mira Holt|x Y".split("|")
    odd = ["".join(filter(str.isprintable, text)) for text in made_up()[:300]]
    parts = [*names, *odd, "2026-11-29", "29.11.2026", "\u0662\u0660\u0662\u0666 11", "of the in. And, a " * 9]

    def page() -> PageBlocks:
        texts = [" ".join(chance.choices(parts, k=chance.choice([1, 1, 2, 9]))) for _ in range(chance.randint(1, 90))]
        tags = chance.choices(["h1", "h2", "p", "div", "a href=//x.example/y#z", "/div", "li"], k=len(texts))
        marked = "".join(f"<{tag}>{text}" for tag, text in zip(tags, map(escape, texts), strict=True))
        said = [frozenset(word_rows.tokens_of(text)) for text in chance.choices(["", *texts], k=5)]
        stated = StatedFacts(tuple(said[:2]), said[2], tuple(said[3:4]), ("2026-11-29", "2026"), said[4], tuple(said))
        return PageBlocks.of(blocks.segment(html.fromstring(f"<body><b>-x</b>{marked}")), ORIGIN, stated)

    pages = [page() for _ in range(60)]
    rows = [page_features(of).matrix for of in pages]
    spoken = [stop_words.guess_language(of.tokens) for of in pages]
    pure()
    assert spoken == [stop_words.guess_language(of.tokens) for of in pages]
    for of, found in zip(pages, rows, strict=True):
        places = np.argwhere(found != (expected := page_features(of).matrix)).tolist()
        assert not [(of.blocks[row].text, column) for row, column in places]
        assert found.tobytes() == expected.tobytes()
    own = np.concatenate(rows)[:, : len(OWN_NAMES)]
    never = {name for name, column in zip(OWN_NAMES, own.T, strict=True) if not column.any()}
    assert not never & {*page_columns.NAMES, "to_other_host", "to_page"} - {"has_publisher", "like_caption"}


@built
def test_stop_words_are_the_same() -> None:
    known = stop_words._stopped_in()
    table, chance = stop_words._table(), random.Random(4)
    # Each alone: of all lists, in one byte a letter and in two, once and in several.
    alone = [[[word] * 6] for word in known]
    assert list(map(table.counts, alone)) == list(map(stop_words._counts, alone))
    some = [*chance.sample(list(known), 2000), *made_up()[:200], "", "\n", "the\nof", "th", "thee"]
    for _ in range(60):
        rows = [chance.choices(some, k=chance.choice([5, 6, 90])) for _ in range(chance.choice([0, 1, 9, 40]))]
        assert table.counts(rows) == stop_words._counts(rows)


@built
def test_blocks_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert blocks._kernel
    trees = made_up_trees()
    assert len(trees) > 500
    hidden = [frozenset(tree.iter(*sorted(HIDDEN))) for tree in trees]
    ways: list[dict[str, Any]] = [{}, {"shown_by_script": True}, {"opened": hidden}]
    for way in ways:
        each: list[dict[str, Any]] = [
            {name: said[at] if said is hidden else said for name, said in way.items()} for at in range(len(trees))
        ]
        found = [blocks.segment(tree, **said) for tree, said in zip(trees, each, strict=True)]
        places = [list(xpaths.located(each)) for each in found]
        records = [written(*each) for each in zip(trees, found, strict=True)]
        with monkeypatch.context() as patch:
            patch.setattr(blocks, "_kernel", None)
            patch.setattr(xpaths, "_kernel", None)
            patch.setattr(block_forms, "_kernel", None)
            assert records == [written(*each) for each in zip(trees, found, strict=True)]
            assert places == [list(xpaths.located(each)) for each in found]
            assert found == [blocks.segment(tree, **said) for tree, said in zip(trees, each, strict=True)]


@built
@pytest.mark.parametrize("names", [1, 31, 40])
@pytest.mark.parametrize("step", [1, -1, 2])
def test_places_are_the_same_in_any_order(monkeypatch: pytest.MonkeyPatch, names: int, step: int) -> None:
    page = "".join(f"<x-{number}><p>a<p>b<hr>c</x-{number}>d<!-- e -->f" for number in range(names)) * 2
    tree = page_tree(page.encode(), "text/html")
    assert tree is not None
    shown = blocks.segment(tree)[::step]
    found = list(xpaths.located(shown))
    monkeypatch.setattr(xpaths, "_kernel", None)
    assert found == list(xpaths.located(shown))
    assert len({place.xpath for place in found}) == len(shown)


@built
def test_attributes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [("class", "e"), ("hidden", ""), ("href", "@"), ("id", ""), ("class", "x"), ("", "é")]
    trees = [tree for page in made_up_pages() if (tree := page_tree(page.encode(), "text/html")) is not None]
    found = [attributes.holding(tree, parts, *tags) for tree in trees for tags in ((), TAGS[:9])]
    monkeypatch.setattr(attributes, "_kernel", None)
    assert found == [attributes.holding(tree, parts, *tags) for tree in trees for tags in ((), TAGS[:9])]
    assert sum(map(len, found)) > 300


@built
def test_outermost_elements_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(parts: list[tuple[str, str]]) -> list[list[etree._Element]]:
        return [attributes.outermost(tree, parts, lambda one: one.get("class", "") > "icon") for tree in trees]

    parts = [("class", "lineno"), ("class", "mw-edit")]
    trees = [tree for page in made_up_pages() if (tree := page_tree(page.encode(), "text/html")) is not None]
    by_kernel, of_many = found(parts), found([*parts, *(("class", f"x{number}") for number in range(40))])
    monkeypatch.setattr(attributes, "_kernel", None)
    assert by_kernel == of_many == found(parts)
    assert sum(map(len, by_kernel)) > 50


@built
@pytest.mark.parametrize("rows", [1, 63, 64, 65, 256, 300])
def test_forests_are_the_same(rows: int) -> None:
    chance, model = np.random.default_rng(rows), load_model()
    for asked in (model.first, model.body):
        # Thresholds too: equal is yes.
        values = chance.choice(np.append(asked.thresholds, np.float32(0)), (rows, int(asked.features.max()) + 1))
        columns = forest.FeatureColumns.of(values)
        found = asked.scores(columns)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(forest, "_kernel", None)
            assert asked.scores(columns).tobytes() == found.tobytes()


@built
def test_forests_ask_for_no_feature_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="features that the parts do not have"):
        load_model().first.scores(forest.FeatureColumns.of(np.zeros((3, 5), np.float32)))


@built
def test_records_are_the_same(pure: Callable[[], None]) -> None:
    pages = {path: page.body for path, page in load_pages(ORIGIN).items() if b"</p>" in page.body}
    assert len(pages) > 12
    lines = {path: extract(body, ORIGIN + path).to_line() for path, body in pages.items()}
    pure()
    for path, body in pages.items():
        assert extract(body, ORIGIN + path).to_line() == lines[path], path


@pytest.mark.parametrize(("said", "is_off"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_a_variable_turns_kernels_off(monkeypatch: pytest.MonkeyPatch, said: str, is_off: bool) -> None:
    monkeypatch.setattr(native, "find_spec", lambda name: None if name.endswith(".unbuilt") else object())
    monkeypatch.setattr(native, "import_module", lambda _: native)
    monkeypatch.setenv(native.PURE, said)
    assert (native.compiled("gates") is None) is is_off
    assert native.compiled("unbuilt") is None


@pytest.mark.parametrize("pure", ["0", "1"])
def test_a_package_is_built_without_a_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pure: str) -> None:
    folder = tmp_path / "archive/extraction/native"
    folder.mkdir(parents=True)
    (folder / "broken.pyx").write_text("def answer():\n    return 42\n")
    monkeypatch.setenv("CC", "false")
    monkeypatch.setenv(native.PURE, pure)
    monkeypatch.chdir(tmp_path)
    data: dict[str, Any] = {"artifacts": [], "pure_python": True, "infer_tag": False}
    unasked: Any = None
    Kernels(str(tmp_path), {}, unasked, unasked, str(tmp_path), "wheel").initialize("standard", data)
    assert data == {"artifacts": [], "pure_python": True, "infer_tag": False}
