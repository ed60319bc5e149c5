"""The article's text in JSON-LD, beside what the page shows."""

import json

import pytest
from lxml import html

from archive import extract
from archive.extraction.stated import HIDDEN_RULE, STATED_RULE, StatedBody
from archive.labels import Label
from archive.research.xpath import states_at

STORY = [
    "The harbour office closed the north quay on Monday after divers found that two of its piers moved in March.",
    "Boats that are longer than twelve metres must use the basin at Heller Point until the piers are measured again.",
    "The office expects that to take until the end of the month, as the only barge with the equipment is in Greenport.",
    "Fishing crews said that the basin is too far from the market hall, and asked for a shuttle on Saturdays.",
    "A spokesman of the council said that it would talk with the market's owners before it decided on anything at all.",
]
OTHER = (
    "Nobody who rents a place in the harbour has to pay for the weeks in which the north quay stays closed to boats."
)


def page(shown: str, stated: str, **more: object) -> str:
    node = {"@type": "NewsArticle", "headline": "North quay closed", "articleBody": stated, **more}
    script = json.dumps(node).replace("<", "\\u003c")
    return (
        "<html lang=en><head><title>North quay closed</title>"
        f"<script type='application/ld+json'>{script}</script></head>"
        f"<body><nav><a href='/'>Home</a></nav><h1>North quay closed</h1>{shown}</body></html>"
    )


def marked(paragraphs: list[str]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def test_stated_blocks_are_more_likely_body_and_others_less() -> None:
    evidence = StatedBody("\n".join(STORY)).evidence([*STORY, OTHER, "Home", "North quay"])
    assert (evidence[:5] > 0).all()
    assert evidence[5] < evidence[6] < 0
    assert evidence[7] == 0, "a short text is in a long one by chance"


def test_a_statement_that_is_not_on_the_page_says_nothing() -> None:
    assert not StatedBody("\n".join(STORY)).evidence([OTHER, STORY[0], "Home"]).any()


def test_a_short_statement_is_a_summary() -> None:
    assert not StatedBody(STORY[0]).evidence([STORY[0], OTHER]).any()


@pytest.mark.parametrize("join", ["\n", " "])
def test_what_is_hidden_begins_where_the_shown_ends(join: str) -> None:
    stated = StatedBody(join.join(STORY))
    shown = [STORY[0], STORY[1][:60]]
    hidden = stated.hidden(shown)
    assert " ".join(hidden) == " ".join([STORY[1][60:].strip(), *STORY[2:]])
    assert len(hidden) == (4 if join == "\n" else 1)


def test_of_short_news_the_rest_is_short_too() -> None:
    news = ["The library of Hale has a robot that puts books back on their shelves.", STORY[0][:90], STORY[1][:90]]
    assert StatedBody("\n".join(news)).hidden(news[:1]) == tuple(line.strip() for line in news[1:])
    assert StatedBody("\n".join([*news[:2], "Read on for a crown."])).hidden(news[:2]) == ()


def test_letters_that_fold_to_two_do_not_move_the_cut() -> None:
    story = ["Die Straßen am Fluß sind naß und groß, süß riecht der Fraß der Möwen auf den weißen Flößen.", *STORY]
    assert StatedBody(" ".join(story)).hidden(story[:1]) == (" ".join(STORY),)


def test_nothing_is_hidden_where_most_is_shown_or_another_text() -> None:
    assert StatedBody("\n".join(STORY)).hidden(STORY) == ()
    assert StatedBody("\n".join(STORY)).hidden(STORY[:4]) == ()
    assert StatedBody("\n".join(STORY)).hidden([OTHER, OTHER.upper() + " So it says."]) == ()


def test_a_record_has_the_text_that_a_page_states_and_does_not_show() -> None:
    source = page(marked(STORY[:1]), "\n".join(STORY), isAccessibleForFree=False)
    record = extract(source, "https://herald.example/quay")
    assert record.text == "\n\n".join(STORY)
    hidden = [block for block in record.blocks if block.rule == HIDDEN_RULE]
    assert [block.text for block in hidden] == STORY[1:]
    tree = html.document_fromstring(source)
    assert all(states_at(tree, block.xpath or "", block.text) for block in hidden)
    assert not states_at(tree, hidden[0].xpath or "", "Something else.")
    assert record.extraction.warnings == ("text: 83 words are stated in JSON-LD and not displayed",)


def test_a_page_that_a_script_would_fill_has_its_stated_text() -> None:
    record = extract(
        page("<div id=app></div>", "".join(f"<p>{one}</p>" for one in STORY)), "https://herald.example/quay"
    )
    assert record.text == "\n\n".join(STORY)


def test_a_rule_names_the_statement_where_it_decided() -> None:
    # An offer that is set like a paragraph of the story, and a paragraph that is set as an aside.
    offer = "Your first month with the Herald costs one crown: subscribe on any day."
    shown = (
        marked([*STORY[:2], offer]) + f"<aside class='box teaser related'><p>{STORY[2]}</p></aside>" + marked(STORY[3:])
    )
    assert offer in extract(page(shown, ""), "https://herald.example/quay").text
    record = extract(page(shown, "\n".join(STORY)), "https://herald.example/quay")
    labels = {block.text: block for block in record.blocks}
    assert record.text == "\n\n".join(STORY)
    assert labels[offer].label is not Label.BODY
    assert labels[offer].rule == STATED_RULE


def test_what_asks_for_money_before_the_rest_is_no_story() -> None:
    gate = "<div><h2>Keep reading with a digital pass</h2><p>Your first month costs 50p, then £6 a month.</p></div>"
    record = extract(page(marked(STORY[:2]) + gate, "\n".join(STORY)), "https://a.example/quay")
    assert record.text == "\n\n".join(STORY)
    assert not StatedBody("\n".join(STORY)).gate([*STORY[:4], OTHER])
    assert not StatedBody("\n".join(STORY)).gate([OTHER])
    record = extract(page("<p>Join the Herald for 50 cents a week.</p>", "\n".join(STORY)), "https://a.example/quay")
    assert record.text == "\n\n".join(STORY)
