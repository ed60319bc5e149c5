"""Structured data of a page, in the broken forms that sites publish it in."""

import json
import time
from typing import Any
from urllib.parse import urljoin

import pytest

from archive.extraction.metadata import Facts, read_facts
from archive.extraction.metadata.fact_text import web_address
from archive.extraction.metadata.json_ld import MAX_NODES, parse_script
from archive.extraction.parsing import parse_page
from archive.records import Image

URL = "https://www.millbrook-courier.example/news/bridge"
ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Old bridge reopens",
    "datePublished": "2024-03-05T08:00:00+01:00",
    "dateModified": "2024-03-05T09:30:00Z",
    "author": {"@type": "Person", "name": "Amelia Thornbury"},
}


def page(head: str, body: str = "<p>Text</p>", lang: str = "en") -> Facts:
    return read_facts(parse_page(f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>'), URL)


@pytest.mark.parametrize("base", ["", URL, "https://[broken", "https://a.example]", "ftp://a.example/", "/news/bridge"])
@pytest.mark.parametrize(
    "target",
    [
        "https://a.example/b.jpg?w=1&h=%20#c",
        "http://a.example:8080",
        "https://a.example/b?",
        "https://a.example/b#",
        "https://a.example/b?#c",
        "https://a.example/b;",
        "https://a.example/b;c",
        "https://a.example/../b",
        "https:///b",
        "https://\N{CARE OF}.example/b",
        "https://[a/b",
        "https://a.example/b\tc\n",
        "HTTPS://a.example/b",
        "/b",
    ],
)
def test_a_web_address_is_that_which_joining_gives(target: str, base: str) -> None:
    try:
        joined = urljoin(base, target.strip())
    except ValueError:
        joined = ""
    assert web_address(target, base) == (joined if joined.startswith(("http://", "https://")) else None)


@pytest.mark.parametrize(
    "target", ["/i/the old mill.jpg", " https://www.millbrook-courier.example/i/the old mill.jpg\n"]
)
def test_spaces_within_a_web_address_are_written_as_browsers_send_them(target: str) -> None:
    assert web_address(target, URL) == "https://www.millbrook-courier.example/i/the%20old%20mill.jpg"


def meta(*tags: tuple[str, str]) -> str:
    return "".join(f'<meta name="{name}" content="{content}">' for name, content in tags)


def ld(*values: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)


def test_json_ld_comes_before_meta_tags_and_says_where_it_stood() -> None:
    facts = page(
        ld(ARTICLE) + '<meta property="og:title" content="Bridge opens &amp; closes"><title>Old bridge | MC</title>'
    )
    assert [(fact.value, fact.source) for fact in facts.titles] == [
        ("Old bridge reopens", "json-ld:headline"),
        ("Bridge opens & closes", "meta:og:title"),
        ("Old bridge | MC", "html:title"),
    ]
    assert facts.authors == ("Amelia Thornbury",)
    assert facts.published[0].value == "2024-03-05T08:00:00+01:00"
    assert facts.modified[0].value == "2024-03-05T09:30:00+00:00"
    assert facts.is_news


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Old bridge reopens",}',
        '{"@type": "NewsArticle",, "headline": "Old bridge reopens"}',
        '{"@type": "NewsArticle", "headline": "Old bridge reopens"};',
        '{"@type": "NewsArticle", "headline": "Old bridge reopens", "description": "two\nlines\tand tabs"}',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Old bridge reopens"}\n//]]>',
        '/* <![CDATA[ */{"@type": "NewsArticle", "headline": "Old bridge reopens"}/* ]]> */',
        '<!-- {"@type": "NewsArticle", "headline": "Old bridge reopens"} -->',
        '{"@type": "WebSite"} {"@type": "NewsArticle", "headline": "Old bridge reopens"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Old bridge reopens&quot;}",
        '{"@type": "NewsArticle", "headline": "Old bridge reopens", "description": "it\\\'s \\x here"}',
        '{"@type": "NewsArticle"\n "headline": "Old bridge reopens"}',
        '{"@type": "NewsArticle", /* CMS 4 */ "headline": "Old bridge reopens"}',
        '{"@type": "NewsArticle", "headline": "Old bridge reopens", "articleBody": "an "unescaped" quote"}',
        '[[{"@type": ["NewsArticle", "Thing"], "headline": "Old bridge reopens"}]]',
        '{"@graph": [{"@type": "https://schema.org/NewsArticle", "headline": "Old bridge reopens"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "headline": "Old bridge reopens"}}',
        '{"@type": "LiveBlogPosting", "headline": "Old bridge reopens"}',
        '{"@type": "NewsArticle", "headline": "Old&#32;bridge &#114;eopens"}',
        '{"@type": "NewsArticle", "headline": {"@value": "Old bridge reopens", "@language": "en"}}',
    ],
)
def test_broken_and_nested_json_ld_is_read(script: str) -> None:
    facts = page(f'<script type="application/ld+json">{script}</script>')
    assert facts.title is not None
    assert facts.title.value == "Old bridge reopens"
    assert facts.title.source == "json-ld:headline"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Amelia Thornbury", ["Amelia Thornbury"]),
        ("By Amelia Thornbury and Joel Hartwick", ["Amelia Thornbury", "Joel Hartwick"]),
        (["Amelia Thornbury", {"name": "Joel Hartwick"}], ["Amelia Thornbury", "Joel Hartwick"]),
        ({"@type": "Person", "name": ["Amelia Thornbury", "Joel Hartwick"]}, ["Amelia Thornbury", "Joel Hartwick"]),
        ({"@type": "Person", "givenName": "Amelia", "familyName": "Thornbury"}, ["Amelia Thornbury"]),
        ({"@id": "#amelia"}, ["Amelia Thornbury"]),
        ({"@list": [{"name": "Amelia Thornbury"}]}, ["Amelia Thornbury"]),
        ({"name": {"@type": "Person", "name": "Amelia Thornbury"}}, ["Amelia Thornbury"]),
        ("https://example.org/amelia", []),
        ({"name": "amelia@example.org"}, []),
        ({"name": "Amelia Thornbury (ath)"}, ["Amelia Thornbury"]),
        ({"name": "Amelia Thornbury\u200b Port Sallow. Correspondent"}, ["Amelia Thornbury"]),
        ({"name": "Amelia Thornbury \u200bReporter"}, ["Amelia Thornbury"]),
        ({"name": "Amelia Thornbury\u200b and Joel Hartwick"}, ["Amelia Thornbury", "Joel Hartwick"]),
        ({"name": "Amelia\u200b Thornbury"}, ["Amelia Thornbury"]),
        ({"name": "Amelia Thornbury\u200b"}, ["Amelia Thornbury"]),
        ({"name": ""}, []),
        (None, []),
        (7, []),
    ],
)
def test_author_forms(author: Any, expected: Any) -> None:
    person = {"@type": "Person", "@id": "#amelia", "name": "Amelia Thornbury"}
    facts = page(ld({"@graph": [ARTICLE | {"author": author}, person]}))
    assert list(facts.authors) == expected


def test_the_article_that_names_this_page_is_chosen() -> None:
    other = ARTICLE | {"headline": "Another story", "author": "Joel Hartwick"}
    this = ARTICLE | {"mainEntityOfPage": {"@id": URL}}
    facts = page(ld(other, this))
    assert facts.title is not None
    assert facts.title.value == "Old bridge reopens"
    assert facts.authors == ("Amelia Thornbury",)


def test_articles_of_a_list_are_not_this_page() -> None:
    listed = {"@type": "ItemList", "itemListElement": [ARTICLE]}
    assert page(ld(listed)).titles == ()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (meta(("author", "Amelia Thornbury"), ("author", "Joel Hartwick")), ["Amelia Thornbury", "Joel Hartwick"]),
        (meta(("dc.creator", "Thornbury, Amelia")), ["Amelia Thornbury"]),
        ('<meta name="author" value="Amelia Thornbury">', ["Amelia Thornbury"]),
        ('<meta name="author" value="Amelia Thornbury"><meta name="generator" content="Press">', []),
        (
            meta(("citation_author", "Thornbury, Amelia"), ("citation_author", "Hartwick, Joel")),
            ["Amelia Thornbury", "Joel Hartwick"],
        ),
        (meta(("article:author", "https://social.example/courier")), []),
        (meta(("parsely-author", "amelia-thornbury")), []),
        (meta(("twitter:label1", "Written by"), ("twitter:data1", "Amelia Thornbury")), ["Amelia Thornbury"]),
        (meta(("twitter:label1", "Price"), ("twitter:data1", "Amelia Thornbury")), []),
    ],
)
def test_author_meta_tags(head: str, expected: Any) -> None:
    assert list(page(head).authors) == expected


def test_a_pictures_microdata_is_not_the_articles() -> None:
    body = (
        '<figure itemscope itemtype="https://schema.org/ImageObject">'
        '<meta itemprop="author" content="Joel Hartwick"></figure>'
    )
    assert page("", body).credits == ()
    body = (
        '<div itemscope itemtype="https://schema.org/NewsArticle">'
        '<meta itemprop="datePublished" content="2024-03-05"></div>'
    )
    assert [fact.value for fact in page("", body).published] == ["2024-03-05"]


def test_the_other_fields() -> None:
    facts = page(
        '<link rel="canonical" href="/news/bridge?x=1"><link rel="license" href="https://creativecommons.example/by">'
        '<meta property="og:site_name" content="Millbrook Courier"><meta property="article:section" content="Local">'
        '<meta name="keywords" content="bridge, river ,bridge"><meta name="robots" content="max-image-preview:large">'
        '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://example.org/tdm.json">'
        '<meta property="og:image" content="/i/bridge.jpg"><meta property="og:image:alt" content="The bridge">'
        '<meta property="og:type" content="article"><meta name="description" content="A  bridge.">'
        + ld(ARTICLE | {"isAccessibleForFree": "False", "articleBody": "Twelve chars"}),
        lang="en_gb",
    )
    assert facts.canonical_url is not None
    assert facts.canonical_url.value == "https://www.millbrook-courier.example/news/bridge?x=1"
    assert facts.publisher is not None
    assert facts.publisher.value == "Millbrook Courier"
    assert facts.section is not None
    assert facts.section.value == "Local"
    assert facts.keywords is not None
    assert facts.keywords.value == ("bridge", "river")
    assert facts.is_accessible_for_free is not None
    assert facts.is_accessible_for_free.value is False
    assert facts.license is not None
    assert facts.license.value == "https://creativecommons.example/by"
    assert facts.meta_robots is not None
    assert facts.meta_robots.value == "max-image-preview:large"
    assert facts.tdm_reservation is not None
    assert facts.tdm_reservation.value == "1"
    assert facts.tdm_policy is not None
    assert facts.tdm_policy.value == "https://example.org/tdm.json"
    assert facts.language is not None
    assert facts.language.value == "en-GB"
    assert facts.article_body is not None
    assert facts.article_body.value == "Twelve chars"
    assert facts.description is not None
    assert facts.description.value == "A bridge."
    assert {fact.value for fact in facts.types} == {"NewsArticle", "article"}
    assert facts.images[0].value == Image(url="https://www.millbrook-courier.example/i/bridge.jpg", alt="The bridge")


def test_json_ld_images_with_caption_and_credit() -> None:
    picture = {"@type": "ImageObject", "url": "/i/a.jpg", "caption": "The bridge", "creditText": "Joel Hartwick"}
    image = page(ld(ARTICLE | {"image": [picture, "https://cdn.example/b.jpg"]})).images
    assert image[0].value.caption == "The bridge"
    assert image[0].value.credit == "Joel Hartwick"
    assert image[1].value.url == "https://cdn.example/b.jpg"


def test_hostile_json_ld_is_capped() -> None:
    deep = "[" * 100_000
    many = json.dumps([{"@type": "Thing"}] * (3 * MAX_NODES))
    loop = json.dumps({"@type": "NewsArticle", "@id": "#a", "author": {"@id": "#a"}, "headline": "x"})
    assert parse_script(deep) == []
    assert page(f'<script type="application/ld+json">{deep}</script>') == page("")
    assert len(page(f'<script type="application/ld+json">{many}</script>').types) <= MAX_NODES
    assert page(f'<script type="application/ld+json">{loop}</script>').authors == ()


@pytest.mark.parametrize(
    "script",
    [
        '{"a": "' + '\\"' * 300_000,
        '{"a": 1' + "\n" * 300_000 + "x",
        "{" + "/*" * 300_000,
        '{"@type": "NewsArticle", "author":' + " " * 300_000,
        '"' * 300_000,
        "{" + "," * 300_000,
        '{"@type": "NewsArticle", "headline": ' + "9" * 300_000,
        "<!--" * 100_000,
    ],
    ids=lambda script: script[:12] + script[-2:],
)
def test_unreadable_json_ld_costs_no_more_than_its_length(script: str) -> None:
    started = time.process_time()
    parse_script(script)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "value",
    [
        0,
        None,
        True,
        [],
        {},
        [[]],
        {"@type": []},
        {"@type": "NewsArticle", "image": 3, "keywords": 1, "author": [[[[[[1]]]]]]},
    ],
)
def test_odd_values_are_no_errors(value: Any) -> None:
    assert page(ld(value)).authors == ()


def test_a_page_without_anything() -> None:
    assert page("", lang="") == Facts()
    assert read_facts(parse_page("<p>x"), "") == Facts()
