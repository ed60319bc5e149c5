"""Selectors proposed from labelled pages."""

import pytest

from archive.authoring.draft_articles import read_articles
from archive.authoring.draft_candidates import is_generated, is_utility
from archive.authoring.draft_layout import draft_layout
from archive.authoring.draft_pages import LabelledPage
from archive.exchange import Capture
from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page
from archive.labels import Label


@pytest.mark.parametrize(
    "name",
    "css-1x2y3z css-vlzvy7 sc-1a2b3c BaseWrap-sc-gjQpdd jsx-1234567 _3xYzA kzDVNS bsjIfk fpKAZB eopISzWSoA "
    "nb-1d70522a_root article_content__Ag4R_ image_image-widget__LYZT4 ArticleShare_share-items___DaDy c_jY h_cF "
    "post-123456 storyline_lead_text_leadtext__q_wg8".split(),
)
def test_class_names_that_tools_make_are_told(name: str) -> None:
    assert is_generated(name)


@pytest.mark.parametrize(
    "name",
    "article__body article-body post-content entry-content detailHeadline bodytext c-article-text-container "
    "fig-standfirst articleBodyBlock btn-primary rssFeed td-post-content ISI_IGNORE RichText--sans h1 h2 story-v2 "
    "wp-block-image singleHeader-excerpt article_text_wrapper doc_header__name wsw voc-topics modParagraph".split(),
)
def test_class_names_that_people_write_are_kept(name: str) -> None:
    assert not is_generated(name)


@pytest.mark.parametrize("name", ["mt-4", "md:flex", "text-lg", "w-full", "col-md-6", "p", "flex", "lg:mt-[3px]"])
def test_names_that_say_how_it_looks_are_told(name: str) -> None:
    assert is_utility(name)


def page(number: int, extra: str = "") -> LabelledPage:
    """A page of a made-up paper. What a block is stands in its first word."""
    tree = parse_page(
        f"""<html><body><nav class="menu"><a href="/">navigation home</a></nav>
        <article class="css-9x8y7z story"><h1 class="story-title mt-4">headline of page {number}</h1>
        <p class="writer">byline of someone</p>
        <div class="story-text w-full"><p>body of the story, part {number}, which is long enough to count.</p>
        <div class="signup-box"><p>promotion: read our letter every morning</p></div>{extra}
        <p>body that goes on for a while after the box, again on page {number}.</p></div></article>
        <aside class="more"><p>related: ten more stories like this one for you</p></aside>
        <footer><p>navigation of the whole site, with many more words than an article's own footer has</p></footer>
        </body></html>"""
    )
    blocks = segment(tree)
    labels = [Label(block.text.split()[0].rstrip(":")) for block in blocks]
    return LabelledPage(f"https://gull.example/{number}", blocks, labels)


def test_a_layout_is_drafted_with_reasons() -> None:
    draft = draft_layout([page(1), page(2)])
    chosen = {label.value: [reason.selector for reason in reasons] for label, reasons in draft.selectors.items()}
    assert chosen == {"headline": [".story-title"], "byline": [".writer"], "body": [".story-text"]}
    (rule,) = draft.strip
    assert (rule.label, rule.selector, rule.pages, rule.pure) == (Label.PROMOTION, ".signup-box", 2, 1.0)
    assert draft.missed == 0.0


def test_what_stands_on_one_page_only_is_drafted_too() -> None:
    extra = '<ul class="see-also"><li>related: a story from last week</li></ul>'
    draft = draft_layout([page(1), page(2, extra)])
    assert [(reason.label, reason.selector, reason.pages) for reason in draft.strip] == [
        (Label.PROMOTION, ".signup-box", 2),
        (Label.RELATED, ".see-also", 1),
    ]


def test_what_means_something_else_elsewhere_is_stripped_within_the_body_alone() -> None:
    footer = "<footer><p>related: filed under harbours</p></footer>"
    rules = draft_layout([page(1, footer), page(2, footer)]).strip
    assert [(rule.label, rule.selector, rule.pure) for rule in rules] == [
        (Label.PROMOTION, ".signup-box", 1.0),
        (Label.RELATED, ".story-text footer", 1.0),
    ]


def test_a_box_of_mixed_labels_on_one_page_is_left_to_the_reader() -> None:
    mixed = '<div class="box"><p>caption of a table with words</p><p>related: to something else</p></div>'
    assert [rule.selector for rule in draft_layout([page(1, mixed), page(2)]).strip] == [".signup-box"]


def test_a_container_that_is_little_but_body_is_no_selector_for_it() -> None:
    tree = parse_page(
        "<html><body><div class='app'><p>body of a story which is as long as what stands beside it here.</p>"
        "<p>navigation that is quite as long, and in an element like that of the story itself.</p></div></body></html>"
    )
    blocks = segment(tree)
    labelled = LabelledPage("https://gull.example/1", blocks, [Label.BODY, Label.NAVIGATION])
    assert Label.BODY not in draft_layout([labelled]).selectors


def test_articles_are_told_from_other_pages_in_scripts_without_spaces() -> None:
    text = "港の事務所は月曜日にカモメの数を数え、昨年よりも多いことを確認した。"
    head = '<html lang="ja"><head><meta property="article:published_time" content="2026-05-01"></head>'
    story = f"{head}<body><article><h1>カモメの数</h1>{f'<p>{text * 3}</p>' * 6}</article></body></html>"
    listing = f"{head}<body><ul><li><a href='/a'>{text}</a></li></ul></body></html>"
    captures = [
        Capture(url=f"https://kamome.example/{name}", body=html.encode())
        for name, html in (("story", story), ("list", listing))
    ]
    found = read_articles(captures, "kamome.example").articles
    assert [article.capture.url for article in found] == ["https://kamome.example/story"]


def test_text_that_no_selector_tells_from_the_body_is_left_in_it() -> None:
    draft = draft_layout([page(1, "<p>related: read this as well</p>"), page(2)])
    assert [reason.selector for reason in draft.strip] == [".signup-box"]


def test_pages_without_a_body_are_left_out() -> None:
    empty = LabelledPage("https://gull.example/0", (), ())
    assert draft_layout([empty]).selectors == {}
    assert draft_layout([empty, page(1)]).selectors


def test_pages_without_text_are_counted_and_said() -> None:
    shell = Capture(url="https://kamome.example/shell", body=b"<title>Kamome</title><div id=app></div>")
    found = read_articles([shell, shell], "kamome.example")
    assert (found.articles, found.without_text) == ([], 2)
