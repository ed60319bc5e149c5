"""Pages and texts that nobody would write: every one gives a record that can be written and read again."""

import json
import math
import re
import subprocess
import sys
from encodings.aliases import aliases
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.article_text import text_of
from archive.extraction.extract import extract, extract_text
from archive.pipeline.clean import Given, clean, clean_given
from archive.records import Record
from archive.sites import Site
from archive.telling.kinds import WarningKind
from tests.scripted import environment

HERE = Path(__file__).parent.parent
SITE = Site(domain="courier.example")
URL = "https://courier.example/news/2026/11/18/bridge.html"
PAGES = [path.read_bytes() for path in sorted((HERE / "crawler/demo/site").rglob("*.html"))]
WORDS = "The harbour council voted on Tuesday to close the swing bridge for the winter, its engineer said. "
CODECS = sorted({*aliases.values(), "idna", "punycode", "undefined", "unicode_escape", "utf_8_sig", "oem", "x-none"})

#: Seeded by each test's own name: the same examples on every machine.
fuzz = settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

_SPLIT = (
    b"< > </ <!-- --> <![CDATA[ ]]> <table> </table> <tr><td> <svg> <math> <template> <select><option> <noscript> "
    b"<plaintext> <xmp> <textarea> <frameset> <body> </body> <html> </html> </p> <br> <o:p> <p\x0c> \x00 \xff\xfe "
    b"\xed\xa0\x80 \xe2\x80\xae &#xD800; &#x110000; &#0; &#99999999999; &a; <a/href='http://[::1'> <a/href=//[> "
    b"<base/href='http://['> <link/rel=canonical/href='http://x:999999/'> <time/datetime='99999-99-99'> "
    b"<p/hidden> <div/style='display:none'> <script/type=application/ld+json> </script> <meta/charset=utf-7> "
    b"<meta/charset=hex> <img/src=data:,/srcset=,,,> <a/data-cfemail=zz> <!doctype> <?xml?> <h1/class= "
    b"&#27; &#x1b &#0027; &#8; &#11; &#12; &#13; &#xFFFE; &#xFDD0; &#127; &#x9b; &#128; &#x1FFFE; &amp;#27; "
    b"\\u001b \xc2\x9b"
)
_RUNS = (
    b"<div>" * 3000,
    b"<table><tr><td>x" * 1200,
    b"<b>x" * 5000,
    b"</div>" * 3000,
    b"<p title='" + b"<!--" * 5000 + b"'>",
    b"<p class='" + b"a-b " * 5000 + b"'>",
    b"<a href='" + b"/2026" * 5000 + b"'>",
    b"<p style='" + b"; " * 5000 + b"'>",
    *(run * 2000 for run in (b"<!--", b"&#27;", b"&", b" ", b"\n", b"2026-", b"by ")),
    b"<h1>" * 50,
    b"<a href=x>" * 300,
    *(run * 500 for run in (b"(", b"- ", b"1")),
)
#: What no record may hold, as it stands and as JSON escapes it.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\u00(?:0[0-8be-f]|1[0-9a-f]|7f|[89])")
fragments = st.sampled_from([*_SPLIT.split(), *_RUNS])
pages = st.sampled_from(PAGES)


def check(record: Record) -> None:
    assert Record.from_line(record.to_line()) == record
    assert record.text == text_of(record)
    assert record.blocks or record.extraction.warnings
    made = record.extraction
    failed = {WarningKind.EXTRACTION_FAILED, WarningKind.HELPER_FAILED}
    assert not failed.intersection(made.warning_kinds), made.warnings
    assert not _CONTROL.search(record.to_line().decode().removesuffix("\n"))
    assert not _ESCAPED.search(record.model_copy(update={"url": None, "requested_url": None}).to_line().decode())


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A page of the demo site with pieces cut out, doubled, overwritten and put in."""
    page = draw(pages)
    for _ in range(draw(st.integers(1, 6))):
        start, end = sorted(draw(st.tuples(st.integers(0, len(page)), st.integers(0, len(page)))))
        put = draw(st.one_of(fragments, st.binary(max_size=30), st.just(page[start:end] * 2)))
        page = page[:start] + put + page[draw(st.sampled_from([start, end])) :]
    return page[:400_000]


@fuzz
@given(mutated(), st.sampled_from([None, "text/html", "text/html; charset=", "text/html; charset=\xff", "image/png"]))
def test_mutated_pages(page: bytes, content_type: str | None) -> None:
    check(extract(page, URL, site=SITE, content_type=content_type))
    check(clean(page, URL, content_type))


@fuzz
@given(pages, st.floats(0, 1))
def test_pages_cut_off_anywhere(page: bytes, share: float) -> None:
    check(extract(page[: int(share * len(page))], URL, site=SITE))


@pytest.mark.parametrize("codec", CODECS)
def test_every_encoding_declared_rightly_and_wrongly(codec: str) -> None:
    text = f"<meta charset={codec}><h1>Größe – 値段 – цена</h1><p>{WORDS}„Schön“, 値段, цена.</p>"
    try:
        right = text.encode(codec, "replace")
    except (LookupError, UnicodeError):
        right = text.encode()
    for page in (right, text.encode(), text.encode("cp1252", "replace"), bytes(range(256)) + right):
        check(extract(page, URL, site=SITE, content_type=f"text/html; charset={codec}"))
        check(extract(page, URL, site=SITE))


@pytest.mark.parametrize("codec", ["zip", "rot13", "hex", "idna", "unicode_escape"])
def test_what_is_no_charset_is_not_believed(codec: str) -> None:
    page = f"<p>{WORDS} Größe \\u0041</p>".encode()
    assert "Größe \\u0041" in extract(page, site=SITE, content_type=f"text/html; charset={codec}").blocks[0].text


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "//[", "http://x:999999/", "http://\u2100.com/", "\ud800"])
def test_addresses_that_are_none(url: str) -> None:
    check(extract(f"<base href='{url}'><a href='{url}'>{WORDS}</a><img src='{url}'>", "http://[", site=SITE))
    extract(f"<p>{WORDS}</p>", url).to_line()
    extract_text(WORDS, url).to_line()


odd: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=20),
    st.sampled_from(["\ud800", "http://[", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2024-02-30",
                     "#person", "Jane Roe", "x" * 5000, 10**400, -math.inf, "https://schema.org/False"]),
)  # fmt: skip
KEYS = (
    "@id @graph @value @list headline name author creator publisher datePublished dateModified description "
    "articleSection keywords inLanguage image url mainEntity mainEntityOfPage isAccessibleForFree license hasPart "
    "caption givenName familyName contentUrl itemListElement"
).split()
kinds: st.SearchStrategy[Any] = st.sampled_from(
    ["NewsArticle", "WebPage", "Person", "Organization", "ImageObject", ["Article", 3], None, {}]
)
nodes = st.recursive(
    odd,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
        st.tuples(kinds, st.dictionaries(st.sampled_from(KEYS), inner, max_size=8)).map(
            lambda node: {"@type": node[0], **node[1]}
        ),
    ),
    max_leaves=40,
)


def linked(*scripts: str) -> str:
    marked = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"<title>The bridge</title>{marked}<h1>The bridge</h1><p>{WORDS}</p>"


@settings(fuzz, max_examples=250)
@given(nodes, nodes)
def test_json_ld_with_any_type_at_any_key(first: Any, second: Any) -> None:
    article = {"@type": "NewsArticle", "headline": first, "author": second, "publisher": first, "image": second}
    check(extract(linked(json.dumps(first), json.dumps([second, article])), URL, site=SITE))


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","author":' * 50_000 + "1" + "}" * 50_000,
        "[" * 100_000,
        '{"@graph":[' * 50_000,
        '{"@type":"NewsArticle","headline":"a' + '\\"x"' * 50_000,
        '{"@type":"NewsArticle","headline":"a' + "\n" * 200_000,
        "/*" * 100_000,
        '{"@type":"NewsArticle","keywords":' + json.dumps(["word"] * 100_000) + "}",
        '{"@type":"NewsArticle","datePublished":' + "9" * 5_000 + "}",
        '{"@type":"NewsArticle","publisher":{"@id":["x"]}}',
        '{"@type":"NewsArticle","headline":"half \\ud83d of a pair"}',
    ],
)
def test_json_ld_deep_long_and_broken(script: str) -> None:
    check(extract(linked(script), URL, site=SITE))


digits = st.text("0123456789-/.:T+Z ", max_size=40)
months = st.sampled_from(
    ["January", "März", "aoû", "мая", "月", "ม.ค.", "Şubat", "AM", "Uhr", "o'clock", "ago", "٣", "〇"]
)
stamps = st.lists(st.one_of(digits, months), max_size=8).map(" ".join)


@settings(fuzz, max_examples=150)
@given(stamps, stamps)
def test_absurd_dates(first: str, second: str) -> None:
    stated = json.dumps({"@type": "NewsArticle", "datePublished": first, "dateModified": second})
    metas = f"<meta property='article:published_time' content='{second}'><meta name=date content='{first}'>"
    page = f"{linked(stated)}{metas}<time datetime='{first}'>{second}</time><p class=date>{first}</p>"
    check(extract(page, URL, site=SITE))


@fuzz
@given(st.lists(st.one_of(st.text(max_size=200), st.just(WORDS), st.characters(), st.just("\n\n"))).map("".join))
def test_any_text(text: str) -> None:
    check(extract_text(text))
    check(clean(text))


@settings(fuzz, max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200),
        nodes.map(lambda value: json.dumps(value).encode()),
        st.dictionaries(st.sampled_from(["id", "url", "html", "text"]), st.one_of(odd, nodes, st.just(WORDS))).map(
            lambda value: json.dumps(value).encode()
        ),
    )
)
def test_any_input_line(content: bytes) -> None:
    cleaned = clean_given(Given(7, content))
    assert cleaned.number == 7
    assert (cleaned.line is None) != (cleaned.fault is None)
    if cleaned.line is not None:
        assert Record.from_line(cleaned.line).schema_version
        assert cleaned.line.count(b"\n") == 1


SHAPES = {
    "nested": "<div>" * 100_000 + WORDS,
    "nested text": "<div>word " * 100_000,
    "nested inline": "<b><a href=x>word" * 50_000,
    "nested tables": "<table><tr><td>word" * 30_000,
    "nested lists": "<ul><li>word" * 30_000,
    "unclosed": "<p><font><i><a href=x>word " * 20_000,
    "tables": "<table><tr><td>a<td>b</table>" * 5_000,
    "one wide row": "<table><tr>" + "<td>a1</td>" * 50_000,
    "line breaks": "<p>line<br><br>" * 20_000,
    "attributes": "<p " + " ".join(f"a{number}='>'" for number in range(100_000)) + f">{WORDS}",
    "one attribute": f"<p class='{'byline ' * 100_000}' style='{'; ' * 300_000}'>{WORDS}",
    "long word": "<p>" + "a" * 1_000_000,
    "no break": "<p>a" + " \n" * 500_000 + "b",
    "open tags": "<" * 500_000,
    "open comments": "<!--" * 200_000 + WORDS,
    "entities": "<!DOCTYPE x [<!ENTITY a '&b;&b;'><!ENTITY b '&c;&c;'><!ENTITY c 'laugh'>]><p>" + "&a;" * 100_000,
    "metas": "".join(f"<meta property=og:title content='A title {number}'>" for number in range(10_000)) + WORDS,
    "names": "<p class=byline>By " + "Jane Roe and John Doe, " * 20_000,
    "bylines in bylines": "<div class=author>" * 390 + "x<br><br>" * 5_000,
    "links in bylines": "<div rel=author>" * 390 + "<b></b>" * 40_000,
    "blocks below many levels": "<section>" * 1_900 + "<p>x</p>" * 5_000,
    "blocks in a link": f"<a href='{'/2026' * 20_000}'>" + "<div>x</div>" * 2_000,
    "brackets": "<p class=byline>By " + "(" * 200_000,
    "dates": "<p class=date>" + "12.11.2024 " * 30_000,
    "titles": f"<title>{'part - other | ' * 20_000}</title><h1>{'part: other ' * 20_000}</h1><p>{WORDS}",
    "nothing": "\x00" * 1_000_000,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_huge_and_hostile_shapes(shape: str) -> None:
    check(extract(SHAPES[shape], URL, site=SITE))


_BIG = """
from pathlib import Path
from archive.extraction.extract import extract
record = extract("<h1>The bridge</h1>" + {shape})
assert len(record.blocks) == 5_000, record.extraction
assert any("only the first 5000 blocks" in warning for warning in record.extraction.warnings), record.extraction
assert any("only the first 100000 elements" in warning for warning in record.extraction.warnings), record.extraction
# The peak since this program began; what getrusage tells, a process has from the one that started it.
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.parametrize(
    "shape", ["'<li><a href=/a>A short item</a></li>' * 275_000", "'<p>word</p>' * 1_000_000", "'<p>a' * 1_000_000"]
)
def test_a_page_of_a_million_paragraphs_stays_within_memory(shape: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _BIG.format(shape=shape)],
        cwd=HERE,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) * 1024 < 300_000_000


@pytest.mark.parametrize("within", ["x<br><br>", "<b></b>"])
def test_elements_marked_as_bylines_in_each_other_take_linear_time(within: str) -> None:
    def seconds(tag: str) -> float:
        started = process_time()
        extract(f"<{tag}>" * 390 + within * 4_000, URL, site=SITE)
        return process_time() - started

    # The text of each was gathered from all that it holds: 30 times as long.
    assert seconds("div class=author") < 5 * max(seconds("div"), 0.2)
    assert seconds("div rel=author") < 5 * max(seconds("div"), 0.2)


@pytest.mark.parametrize(("count", "warned"), [(5_000, False), (5_001, True)])
def test_a_page_with_more_blocks_than_are_labelled_says_so(count: int, warned: bool) -> None:
    record = extract("<p>word</p>" * count + "<p>-</p>" * 7, URL, site=SITE)
    assert len(record.blocks) == 5_000
    said = "size: only the first 5000 blocks were labelled; 7 elements stand behind the next one"
    assert (said in record.extraction.warnings) is warned


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "section><p"])
def test_text_below_the_parsers_limit_of_levels_is_kept(tag: str) -> None:
    ends = "".join(f"</{name}>" for name in reversed(tag.split("><")))
    for levels in (1500, 4500):
        page = f"<p>{WORDS}" + f"<{tag}>word " * levels + "the deepest words" + ends * levels + f"<p>{WORDS}</p>"
        record = extract(page, URL, site=SITE)
        text = " ".join(block.text for block in record.blocks)
        assert text.count("word ") + text.count("word\n") + text.endswith("word") >= levels - 1
        assert "the deepest words" in text
        assert text.count(WORDS.strip()) == 2
    assert any(warning.startswith("nesting: ") for warning in record.extraction.warnings)


def test_an_attribute_of_open_comments_takes_linear_time() -> None:
    # The writing that htmldate asks for took 30 s for this one, and four times as long for twice as many.
    assert extract(f"<p title='{'<!--' * 60_000}'>{WORDS}", site=SITE).blocks[0].text == WORDS.strip()


def test_elements_that_htmldate_drops_take_linear_time() -> None:
    def seconds(count: int) -> float:
        page = f"<p>{WORDS}" + "<label>a</label>word word word " * count
        started = process_time()
        extract(page, URL, site=SITE)
        return process_time() - started

    seconds(100)
    assert seconds(4000) < 8 * max(seconds(1000), 0.1)
