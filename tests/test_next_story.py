"""A second story below the first is related to it; sections, cards and live blogs are the story's own."""

import json

from archive import extract
from archive.extraction.passes.next_story import RULE
from archive.labels import Label
from archive.records import Record

PAGE, OTHER = "https://courier.example/news/ferry", "/news/tram"
TITLE, NEXT = "Last ferry across the sound to stop this month", "Hill tramway reopens on screws instead of timber"
FERRY = (
    "The last car ferry across the sound will stop running at the end of the month after the county declined to renew "
    "the operating grant, ending a service that has carried farm trucks and school buses since 1951.",
    "Captain Odile Marchetti, who has steered the boat for nineteen years, told a crowded meeting at the grange hall "
    "on Tuesday that she learned of the decision from a notice taped to the ticket booth.",
    "County officials said the vessel needed a new gearbox and hull plating that would cost more than the ferry has "
    "earned in fares over the past eleven years combined.",
)
TRAM = (
    "Engineers in the hill district have finished rebuilding the oldest street railway in the valley on a bed of steel "
    "screws, and the first cars will carry passengers on Saturday morning.",
    "The work closed the upper stations for seven weeks. Crews lowered steel beams through a gap in the houses with a "
    "crane that had to be taken apart and carried up the stairs in pieces.",
)


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(below: str, head: str = "", url: str = PAGE) -> Record:
    story = f"<h1>{TITLE}</h1><p class=byline>By Tomas Ekdahl</p><div>{paragraphs(FERRY)}</div>"
    html = (
        f"<html lang=en><head><title>{TITLE}</title>{head}</head><body><main><article>{story}</article></main>{below}"
    )
    return extract(html, url)


def second(heading: str, text: tuple[str, ...] = TRAM, byline: str = "<p class=byline>By Priya Lund</p>") -> str:
    return f"<article>{heading}{byline}<div>{paragraphs(text)}</div></article>"


def assert_ended(record: Record) -> None:
    assert record.text == "\n\n".join(FERRY)
    assert record.authors == ("Tomas Ekdahl",)
    rules = {block.rule for block in record.blocks if block.text in TRAM}
    labels = {block.label for block in record.blocks if block.text in TRAM}
    assert labels == {Label.RELATED}
    assert rules <= {"general:next-story", "model"}


def test_a_next_story_with_a_headline_of_its_own_is_related() -> None:
    record = page(f"<section>{second(f'<h1>{NEXT}</h1>')}</section>")
    assert_ended(record)
    assert "general:next-story" in {block.rule for block in record.blocks}


def test_a_heading_linked_to_another_page_begins_a_next_story() -> None:
    assert_ended(page(f"<section>{second(f'<h2><a href={OTHER}>{NEXT}</a></h2>')}</section>"))


def test_an_element_with_another_page_s_address_holds_a_next_story() -> None:
    assert_ended(page(f'<section class=infinite-scroll-item data-url="{OTHER}">{second(f"<h2>{NEXT}</h2>")}</section>'))


def test_what_says_that_it_is_up_next_holds_a_next_story() -> None:
    inside = second(f"<h2>{NEXT}</h2>").replace("article>", "div>")
    assert_ended(page(f"<div class=up-next>{inside}</div>"))


def test_an_element_of_the_first_ones_class_under_a_linked_heading_holds_a_next_story() -> None:
    inside = second(f"<h2><a href={OTHER}>{NEXT}</a></h2>").replace("article>", "div>")
    story = f"<h1>{TITLE}</h1><p class=byline>By Tomas Ekdahl</p><div>{paragraphs(FERRY)}</div>"
    for kind, ends in (("item", True), ("box", False)):
        record = extract(
            f"<title>{TITLE}</title><div class='big item'>{story}</div><div class={kind}>{inside}</div>", PAGE
        )
        assert (RULE in {block.rule for block in record.blocks}) is ends


def test_a_date_signs_a_next_story_as_a_byline_does() -> None:
    date = '<time datetime="2024-09-11">Sept. 11, 2024</time>'
    assert_ended(page(f"<section>{second(f'<h1>{NEXT}</h1>', byline=date)}</section>"))


def test_a_section_of_the_story_is_the_story() -> None:
    below = f"<section><h2>How it went on</h2>{paragraphs(TRAM)}</section>"
    assert TRAM[0] in page(below).text


def test_a_section_with_a_link_to_its_own_place_is_the_story() -> None:
    below = f"<section>{second('<h2><a href=#entry-2>14:05</a> The county answers</h2>')}</section>"
    assert "general:next-story" not in {block.rule for block in page(below).blocks}


def test_a_live_blog_goes_on() -> None:
    stated = json.dumps({"@type": "LiveBlogPosting", "headline": TITLE})
    head = f'<script type="application/ld+json">{stated}</script>'
    record = page(f"<section>{second(f'<h1>{NEXT}</h1>')}</section>", head)
    assert "general:next-story" not in {block.rule for block in record.blocks}


def test_a_story_goes_on_behind_a_card_in_its_middle() -> None:
    card = (
        f"<aside><article><h2><a href={OTHER}>{NEXT}</a></h2><p>By Priya Lund</p>{paragraphs(TRAM)}</article></aside>"
    )
    text = f"<div>{paragraphs(FERRY[:2])}{card}{paragraphs(FERRY[2:])}</div>"
    story = f"<h1>{TITLE}</h1><p class=byline>By Tomas Ekdahl</p>{text}"
    record = extract(f"<html lang=en><title>{TITLE}</title><body><main><article>{story}</article></main>", PAGE)
    assert "general:next-story" not in {block.rule for block in record.blocks}
    assert record.authors == ("Tomas Ekdahl",)


def test_a_rubric_above_the_next_headline_is_its_own() -> None:
    rubric = "<ul class=cat><li><a href=/faith>Faith</a></li></ul>"
    below = (
        f"<div class=infinite-wrap><article><header>{rubric}<h1>{NEXT}</h1></header><p class=byline>By Priya Lund</p>"
    )
    record = page(f"{below}<div>{paragraphs(TRAM)}</div></article></div>")
    assert "Faith" not in record.text
    assert TRAM[0] not in record.text


def test_a_day_alone_signs_a_next_story() -> None:
    below = f"<div class=infinite-wrap><article><h1>{NEXT}</h1><time>12 May 2024</time>"
    record = page(f"{below}<div>{paragraphs(TRAM)}</div></article></div>")
    assert TRAM[0] not in record.text
