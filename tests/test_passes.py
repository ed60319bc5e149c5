"""All passes over labelled blocks: one list serves extraction and its benchmarks, and a site's own rules stand."""

import numpy as np
import pytest

from archive import extract
from archive.exchange import Capture
from archive.extraction.blocks import TextBlock, segment
from archive.extraction.features.word_rows import tokens_of
from archive.extraction.model import LABELS
from archive.extraction.page_reading import read_page
from archive.extraction.parsing import parse_page
from archive.extraction.passes import put_right
from archive.extraction.passes.consent import RULE as CONSENT_RULE
from archive.extraction.passes.consent import without_consent
from archive.extraction.passes.controls import (
    BREADCRUMB_RULE,
    BUTTON_RULE,
    CODE_RULE,
    COUNT_RULE,
    SPOKEN_RULE,
    without_code_bars,
    without_controls,
    without_slide_counts,
    without_spoken,
)
from archive.extraction.passes.copies import COPY_RULE, without_second_copy
from archive.extraction.passes.discussion import without_discussion, without_letters
from archive.extraction.passes.gaps import (
    GAP_RULE,
    GOES_ON_RULE,
    as_story,
    with_captions,
    with_gaps,
    with_headings,
    with_last_sentences,
    with_listings,
    with_unsigned,
)
from archive.extraction.passes.next_story import ended
from archive.extraction.passes.offers import RULE as HEADED_RULE
from archive.extraction.passes.offers import without_calls, without_offers
from archive.extraction.passes.teasers import RULE as TEASER_RULE
from archive.extraction.passes.teasers import without_teasers
from archive.extraction.passes.ways_out import (
    INDEX_RULE,
    READ_MORE_RULE,
    without_contents,
    without_index,
    without_read_more,
)
from archive.extraction.rules import Verdict, relabelled
from archive.labels import Label
from benchmarks.corpus import Page
from benchmarks.examples import page_example

URL = "https://courier.example/news/ferry"
STORY = "The last car ferry across the sound will stop at the end of the month, the county said on Tuesday night. "
NEXT = "<section class=infinite-scroll-item><h1>Tram reopens</h1><p class=byline>By Priya Lund</p>"
PAGE = (
    f"<title>Last ferry</title><article><h1>Last ferry</h1><div><p>{STORY * 4}</p>"
    f"<p>Read more: <a href=/b>The bird that stopped a bridge</a></p></div></article>"
    f"{NEXT}<p>{STORY.replace('ferry', 'tram') * 3}</p></section>"
)
BODY = Verdict(Label.BODY, "model", 0.9)


def labelled(page: str, *labels: Label) -> list[Verdict]:
    read = read_page(Capture(URL, page.encode()))
    verdicts = [Verdict(label, "model", 0.9) for label in labels]
    return put_right(verdicts, read, lambda: np.zeros(len(labels), np.float32))


def test_passes_follow_each_other() -> None:
    found = labelled(PAGE, Label.HEADLINE, Label.BODY, Label.BODY, Label.HEADLINE, Label.BYLINE, Label.BODY)
    rules = ["model", "model", READ_MORE_RULE, *["general:next-story"] * 3]
    assert [verdict.rule for verdict in found] == rules
    assert [verdict.label for verdict in found[2:]] == [Label.RELATED] * 4


@pytest.mark.parametrize(
    ("markup", "labels"),
    [
        (PAGE, [Label.HEADLINE, Label.BODY, *[Label.RELATED] * 4]),
        ("<p><a href=/a>Why the harbour needs bridges</a></p>" * 9, [Label.RELATED] * 9),
    ],
)
def test_examples_of_the_corpus_are_put_right_too(markup: str, labels: list[Label]) -> None:
    example = page_example(Page("made/1", "made", "courier.example", URL, markup.encode(), None, (), None, {}))
    assert example is not None
    is_body = np.array([label is Label.BODY for label in LABELS], np.float32)
    example.sample.beliefs = np.tile(is_body, (len(labels), 1))
    example.sample.is_body = np.ones(len(labels), np.float32)
    example.sample.network = np.tile(np.append(40 * is_body, np.float32(40)), (len(labels), 1))
    assert example.labels() == labels


@pytest.mark.parametrize("rule", ["site:.note", "site:strip[0]"])
def test_relabelling_leaves_what_a_sites_file_decided(rule: str) -> None:
    said = [BODY, Verdict(Label.BODY, rule, 1.0)]
    assert relabelled(said, Label.RELATED, {0: "general:any", 1: "general:any"}) == [
        Verdict(Label.RELATED, "general:any", 0.9),
        said[1],
    ]


def test_a_strip_rule_stands_in_a_next_story() -> None:
    read = read_page(Capture(URL, PAGE.encode()))
    said = [Verdict(Label.HEADLINE, "model", 0.9), BODY, BODY, Verdict(Label.HEADLINE, "model", 0.9), BODY, BODY]
    said[4] = Verdict(Label.BYLINE, "site:strip[1]", 1.0)
    found = ended(said, read.page.blocks, read.facts, URL)
    assert found[4] == said[4]
    assert [found[place].label for place in (3, 5)] == [Label.RELATED] * 2


def test_a_strip_rule_stands_in_a_second_copy() -> None:
    texts = [f"{number} {STORY}" for number in range(6)] * 2
    said = [BODY] * 12
    said[8] = Verdict(Label.BODY, "site:strip[0]", 1.0)
    found = without_second_copy(said, texts)
    assert found[8] == said[8]
    assert [verdict.rule for verdict in found[6:]] == [COPY_RULE, COPY_RULE, "site:strip[0]", *[COPY_RULE] * 3]


DOUBTED = Verdict(Label.NAVIGATION, "model", 0.3)
SURE = Verdict(Label.CAPTION, "model", 0.8)


def test_a_doubted_gap_is_of_the_story() -> None:
    assert with_gaps([BODY, DOUBTED, DOUBTED, BODY]) == [BODY, *[Verdict(Label.BODY, GAP_RULE, 0.3)] * 2, BODY]


def test_what_is_sure_what_is_long_and_what_stands_at_the_edge_stays() -> None:
    for verdicts in (
        [BODY, DOUBTED, SURE, BODY],
        [BODY, *[DOUBTED] * 9, BODY],
        [DOUBTED, BODY, DOUBTED],
        [BODY, Verdict(Label.RELATED, "site:strip[0]", 0.3), BODY],
        [BODY, Verdict(Label.PROMOTION, "model", 0.3), BODY],
        [],
    ):
        assert with_gaps(verdicts) == verdicts


def test_a_heading_that_looks_as_the_story_s_others_is_of_it() -> None:
    tree = parse_page(
        "<h1>Last ferry</h1><section><h1>The rope</h1><p>A</p></section><section><h1>The mill</h1><p>B</p></section>"
    )
    blocks = segment(tree)
    doubted, sure = (Verdict(Label.HEADLINE, "model", confidence) for confidence in (0.46, 0.98))
    kept = Verdict(Label.BODY, GAP_RULE, 0.46)
    assert with_headings([sure, doubted, BODY, BODY, BODY], blocks) == [sure, kept, BODY, BODY, BODY]
    for stays in ([sure, sure, BODY, BODY, BODY], [DOUBTED, doubted, BODY, BODY, BODY]):
        assert with_headings(stays, blocks) == stays


def test_a_heading_s_words_may_stand_in_it_beside_a_button() -> None:
    headings = [f"<h2><div>{text}</div><div><button>Copy</button></div></h2><p>{STORY}</p>" for text in "AB"]
    blocks = segment(parse_page("".join(headings)))
    doubted, button = (Verdict(Label.SHARE_PROMPT, "model", confidence) for confidence in (0.3, 0.9))
    said = [BODY, button, BODY, doubted, button, BODY]
    assert [one.text for one in blocks] == ["A", "Copy", STORY.strip(), "B", "Copy", STORY.strip()]
    assert with_headings(said, blocks)[3] == Verdict(Label.BODY, GAP_RULE, 0.3)
    assert with_headings([*said[:3], button, button, BODY], blocks)[3] == button


def test_a_byline_amid_the_story_that_names_nobody_is_of_it() -> None:
    page = f"<p>{STORY}</p><p><i>siehe Mappe 12, Blatt 4</i></p><p>{STORY}</p><p>Von Ada Holt</p><p>{STORY}</p>"
    blocks, signed = segment(parse_page(page)), Verdict(Label.BYLINE, "model", 0.7)
    assert with_unsigned([BODY, signed, BODY, signed, BODY], blocks) == [
        BODY,
        Verdict(Label.BODY, GAP_RULE, 0.7),
        BODY,
        signed,
        BODY,
    ]
    for stays in ([signed, *[BODY] * 4], [BODY, signed, DOUBTED, BODY, BODY], [BODY] * 4 + [signed]):
        assert with_unsigned(stays, blocks) == stays


def test_a_listing_amid_the_story_is_of_it() -> None:
    tree = parse_page(f"<pre>nav</pre><p>{STORY}</p><pre><i>tide(2)</i></pre><p>Or</p><p>{STORY}</p><pre>end</pre>")
    said = [DOUBTED, BODY, Verdict(Label.BYLINE, "model", 0.8), SURE, BODY, DOUBTED]
    found = with_listings(said, segment(tree))
    assert found == [DOUBTED, BODY, Verdict(Label.BODY, GAP_RULE, 0.8), SURE, BODY, DOUBTED]
    assert with_listings([DOUBTED] * 6, segment(tree)) == [DOUBTED] * 6


@pytest.mark.parametrize(
    ("figure", "label"),
    [
        ("<img src=a.jpg><figcaption>pics.example / user1</figcaption>", Label.CAPTION),
        ("<img src=a.jpg><figcaption><p>pics.example / user1</p></figcaption>", Label.CAPTION),
        (f"<img src=a.jpg><figcaption>{STORY * 2}</figcaption>", Label.BODY),
        ("<blockquote><img src=a.jpg></blockquote><figcaption>Mira Holt, pilot</figcaption>", Label.BODY),
        ("<p>pics.example / user1</p><img src=a.jpg>", Label.BODY),
    ],
)
def test_a_short_text_in_a_pictures_caption_is_one_unless_it_is_surely_body(figure: str, label: Label) -> None:
    blocks = segment(parse_page(f"<figure>{figure}</figure>"))
    assert [one.label for one in with_captions([Verdict(Label.BODY, "model", 0.5)], blocks)] == [label]
    assert with_captions([BODY], blocks) == [BODY]


def test_a_clean_text_is_all_story() -> None:
    byline = Verdict(Label.BYLINE, "model", 0.5)
    assert as_story([DOUBTED, byline, BODY, DOUBTED]) == [
        Verdict(Label.BODY, GAP_RULE, 0.3),
        byline,
        BODY,
        Verdict(Label.BODY, GAP_RULE, 0.3),
    ]


def test_a_text_with_a_menu_keeps_what_is_doubted_at_its_edges() -> None:
    menu = Verdict(Label.NAVIGATION, "model", 0.9)
    assert as_story([menu, DOUBTED, BODY, DOUBTED]) == [menu, DOUBTED, BODY, DOUBTED]


HEADLINE = "Ferry leaves the island early"


def controlled(markup: str, *said: Verdict) -> list[Verdict]:
    blocks = segment(parse_page(f"<html><body>{markup}</body></html>"))
    assert len(blocks) == len(said)
    return without_controls(said, blocks)


def model(label: Label) -> Verdict:
    return Verdict(label, "model", 0.9)


def test_a_breadcrumbs_last_step_is_not_the_headline() -> None:
    for crumb in (
        f"<nav><ol><li>{HEADLINE}</li></ol></nav>",
        f'<ul class="c-Breadcrumb__list"><li>{HEADLINE}!</li></ul>',
    ):
        found = controlled(f"{crumb}<h1>{HEADLINE}</h1>", model(Label.HEADLINE), model(Label.HEADLINE))
        assert found == [Verdict(Label.NAVIGATION, BREADCRUMB_RULE, 0.9), model(Label.HEADLINE)]


def test_the_only_headline_stays_where_it_stands() -> None:
    crumb = f"<nav><ol><li><h1>{HEADLINE}</h1></li></ol></nav>"
    assert controlled(crumb, model(Label.HEADLINE)) == [model(Label.HEADLINE)]
    said = (model(Label.HEADLINE), model(Label.HEADLINE))
    assert controlled(f"{crumb}<h2>Another story altogether</h2>", *said) == list(said)


def test_a_button_on_a_picture_is_not_its_caption() -> None:
    figure = (
        "<figure><button><span>View in full screen</span></button><figcaption>The quay at noon</figcaption></figure>"
    )
    found = controlled(figure, model(Label.CAPTION), model(Label.CAPTION))
    assert found == [Verdict(Label.NAVIGATION, BUTTON_RULE, 0.9), model(Label.CAPTION)]


@pytest.mark.parametrize("text", ["Read more", "Läs hela artikeln", "Lire la suite", "続きを読む"])
def test_a_button_that_shows_the_rest_of_a_text_is_no_body(text: str) -> None:
    said = controlled(f"<button>{text}</button><p>{text}</p>", model(Label.BODY), model(Label.BODY))
    assert said == [Verdict(Label.NAVIGATION, BUTTON_RULE, 0.9), model(Label.BODY)]


def test_other_labels_of_buttons_stay() -> None:
    assert controlled("<button>Questions?</button>", model(Label.BODY)) == [model(Label.BODY)]


def test_a_sites_own_captions_stand() -> None:
    for rule in ("site:.caption", "site:strip[0]"):
        said = (Verdict(Label.CAPTION, rule, 1.0),)
        assert controlled("<button>The quay at noon</button>", *said) == list(said)


TOLD = [
    "The harbour office closed the north quay on Monday after divers found that its piers had moved.",
    "What now",
    "Boats that are longer than twelve metres must use the basin at Heller Point until the month ends.",
    "Fishing crews said that the basin is too far from the market hall, and asked for a shuttle bus.",
    "A spokesman of the council said that it would talk with the owners of the market before it decided.",
]
REFRAIN = "And still nobody has told us when the water will come back to the houses."


def copied(texts: list[str]) -> list[Label]:
    return [verdict.label for verdict in without_second_copy([Verdict(Label.BODY, "model", 0.9)] * len(texts), texts)]


def test_the_second_copy_is_not_body() -> None:
    assert copied([*TOLD, "A last word.", *TOLD]) == [Label.BODY] * 6 + [Label.NAVIGATION] * 5


def test_a_refrain_and_a_repeated_subheading_stay() -> None:
    texts = [TOLD[0], REFRAIN, TOLD[1], TOLD[2], REFRAIN, TOLD[1], TOLD[3], REFRAIN]
    assert copied(texts) == [Label.BODY] * len(texts)


def test_a_few_copies_in_a_long_text_stay() -> None:
    texts = [f"{number} {text}" for number in range(20) for text in TOLD] + TOLD[:1] * 4
    assert copied(texts) == [Label.BODY] * len(texts)


def test_a_record_has_the_story_once() -> None:
    story = "".join(f"<h2>{text}</h2>" if len(text) < 20 else f"<p>{text}</p>" for text in TOLD)
    layouts = "".join(f"<div class='story {size}'><h1>Quay closed</h1>{story}</div>" for size in ("wide", "narrow"))
    record = extract(f"<html lang=en><title>Quay closed</title><body>{layouts}</body></html>")
    assert record.text is not None
    assert [record.text.count(text) for text in TOLD[1:]] == [1] * 4
    copies = [block.text for block in record.blocks if block.rule == COPY_RULE]
    assert copies[-4:] == TOLD[1:]


def test_what_is_more_than_half_of_the_body_is_no_copy_of_it() -> None:
    texts = [text for _ in range(4) for text in TOLD]
    assert copied(texts) == [Label.BODY] * len(texts)


CARDS = "".join(
    f"<div><h3><a href=/x/{number}>Why the harbour needs bridge {number}</a></h3><i>{number} May</i></div>"
    for number in range(2, 9)
)


def indexed(page: str) -> set[Label]:
    blocks = segment(parse_page(page))
    verdicts = without_index([Verdict(Label.BODY, "model", 0.9)] * len(blocks), blocks)
    assert all(verdict.rule == (INDEX_RULE if verdict.label is Label.RELATED else "model") for verdict in verdicts)
    return {verdict.label for verdict in verdicts}


def test_links_alone_are_no_story() -> None:
    assert indexed(CARDS) == {Label.RELATED}


def test_rubrics_and_days_beside_links_are_no_story() -> None:
    cards = "".join(
        f"<article><p>Animali<h2><a href=/s/{number}>{title}</a></h2><time>{number} settembre 2024</time></article>"
        for number, title in enumerate(("Perché i ghiri dormono", "Il ponte che canta", "Un lievito di cento anni"))
    )
    assert indexed(cards) == {Label.RELATED}
    assert indexed(f"{cards}<p>Il ponte canta da una settimana, e nessuno sa dire perché lo faccia.</p>") == {
        Label.BODY
    }


def test_a_paragraph_among_links_makes_them_one() -> None:
    assert indexed(f"<p>{'The harbour is old, and its bridges are older. ' * 4}</p>{CARDS}") == {Label.BODY}


def test_links_in_sentences_are_a_story() -> None:
    assert indexed("<p>Read <a href=/a>the first report</a> of the harbour, which tells of it all.") == {Label.BODY}


def test_a_text_that_is_one_link_leads_to_no_stories() -> None:
    for target in ("javascript:", "#top", "/the-same"):
        page = f"<a href='{target}'><p>The harbour is old.</p><p>Its bridges are older.</p>They will stay.</a>"
        assert indexed(page) == {Label.BODY}, target


def test_an_index_has_no_text() -> None:
    page = f"<title>Harbour | Courier</title><nav><a href=/>Home</a></nav><main><h1>Harbour</h1>{CARDS}</main>"
    assert extract(page).text == ""


def test_a_sites_own_index_stands() -> None:
    blocks = segment(parse_page(CARDS))
    own = [Verdict(Label.BODY, "site:div", 1.0)] * len(blocks)
    assert without_index(own, blocks) == own


def led_on(line: str, rule: str = "model") -> Verdict:
    blocks = segment(parse_page(f"<p>{line}</p>"))
    (verdict,) = without_read_more([Verdict(Label.BODY, rule, 0.6)], blocks, [tokens_of(blocks[0].text)])
    return verdict


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: <a href=/b>The bird that stopped a bridge</a>",
        "<strong>Read also:</strong> <a href=/b>A cheese that needs a cave</a>",
        "Lesen Sie auch: <a href=/b>Die letzte Fähre</a>",
        "Lire aussi : <a href=/b>Le dernier bac du soir</a>",
    ],
)
def test_a_line_that_leads_on_is_related(line: str) -> None:
    assert led_on(line) == Verdict(Label.RELATED, READ_MORE_RULE, 0.6)


@pytest.mark.parametrize(
    "line",
    [
        "The mayor said: <a href=/b>read more of the report</a>",
        "Read more: the council's report, which tells of it at length, is on <a href=/b>its site</a> until May.",
        "Read more books, <a href=/b>the library in Quillhaven says</a>.",
    ],
)
def test_sentences_stay(line: str) -> None:
    assert led_on(line).label is Label.BODY


def test_a_sites_own_lines_stand() -> None:
    assert led_on("READ MORE: <a href=/b>The bird that stopped a bridge</a>", "site:p").label is Label.BODY


def doubted(label: Label, confidence: float = 0.3) -> Verdict:
    return Verdict(label, "model", confidence)


def last_sentences(verdicts: list[Verdict], blocks: list[TextBlock]) -> list[Verdict]:
    return with_last_sentences(verdicts, blocks, [tokens_of(block.text) for block in blocks])


@pytest.mark.parametrize(
    ("markup", "goes_on"),
    [
        (f"<p>{STORY}</p><p>What would you look at next?</p>", True),
        (f"<div>{STORY}<br><br>What would you look at next?</div>", True),
        (f"<blockquote><p>{STORY}</p><footer>Ada Holt</footer></blockquote>", True),
        (f"<p>{STORY}</p><div>What would you look at next?</div>", False),
        (f"<div><p>{STORY}</p></div><div><p>What would you look at next?</p></div>", False),
        (f"<p>{STORY}</p><p>What <a href=/b>would</a> you look at next?</p>", False),
        (f"<p>{STORY}</p><p>Tickets and trains</p>", False),
        (f"<p>{STORY}</p><p>Subscribe and never miss a ferry.</p>", False),
        (f"<p>{STORY}</p><p>The ferry was the last one of the county to cross the sound.</p>", True),
        (f"<p>{STORY}</p><p>The ferry was the last one of the county.</p>", False),
        (f"<p>{STORY}</p><p>We try all that we write of at sea.</p>", False),
    ],
)
def test_a_story_ends_with_its_last_sentence(markup: str, goes_on: bool) -> None:
    blocks = segment(parse_page(f"<article>{markup}</article>"))
    found = last_sentences([BODY, doubted(Label.PROMOTION)], blocks)
    assert (found[1] == Verdict(Label.BODY, GOES_ON_RULE, 0.3)) is goes_on
    for other in (doubted(Label.PROMOTION, 0.6), Verdict(Label.PROMOTION, "structured:articleBody", 0.3)):
        assert last_sentences([BODY, other], blocks) == [BODY, other]


def test_two_of_its_words_are_enough_where_the_label_is_hardly_believed() -> None:
    blocks = segment(parse_page(f"<p>{STORY}</p><p>The ferry was the last one of the county.</p>"))
    for confidence, label in ((0.15, Label.BODY), (0.3, Label.PROMOTION)):
        assert last_sentences([BODY, doubted(Label.PROMOTION, confidence)], blocks)[1].label is label


def test_a_line_that_asks_for_something_may_stand_before_the_last_sentence() -> None:
    markup = f"<p>{STORY}</p><p>Join our free food letter</p><p>What would you look at next?</p>"
    asking = Verdict(Label.PROMOTION, "model", 0.7)
    blocks = segment(parse_page(f"<article>{markup}</article>"))
    for line in (asking, asking._replace(label=Label.RELATED)):
        assert last_sentences([BODY, line, doubted(Label.PROMOTION)], blocks)[2].label is Label.BODY
    blocks = segment(parse_page(f"<article>{markup}<p>And what would you do after that?</p></article>"))
    found = last_sentences([BODY, asking, asking, doubted(Label.PROMOTION)], blocks)
    assert found[3].label is Label.PROMOTION


def test_a_story_begins_with_its_first_sentence() -> None:
    first = "The county will keep the last ferry of the sound."
    blocks = segment(parse_page(f"<article><p>{first}</p><p>{STORY}</p></article>"))
    for label, begins in ((Label.LEGAL_NOTICE, True), (Label.STANDFIRST, False), (Label.BYLINE, False)):
        found = last_sentences([doubted(label, 0.45), BODY], blocks)
        assert (found[0].label is Label.BODY) is begins


def test_a_post_that_names_its_page_is_its_text() -> None:
    blocks = segment(parse_page(f"<p>{STORY * 2}</p><p>Short</p><h1>{STORY * 2}</h1>"))
    found = last_sentences([doubted(Label.HEADLINE)] * 3, blocks)
    assert [verdict.label for verdict in found] == [Label.BODY, Label.HEADLINE, Label.HEADLINE]


def test_counts_of_slides_go_up_one_by_one() -> None:
    slides = ["1 / 3", "The pans.", "2 / 3", "The rakes.", "3 / 3", "The heaps."]
    found = without_slide_counts([BODY] * 6, slides)
    assert [verdict.rule for verdict in found] == [COUNT_RULE, "model"] * 3
    for marks in (["5/5", "Good.", "5/5"], ["4/5", "Good.", "2/5"], ["1 of 3", "Chapters."]):
        assert without_slide_counts([BODY] * len(marks), marks) == [BODY] * len(marks)


@pytest.mark.parametrize(
    ("heading", "sure", "kept"),
    [("网友评论", 0.7, 1), ("12 Comments", 0.7, 1), ("Diskuze (3)", 0.7, 1), ("Comments", 0.95, 3), ("Views", 0.7, 3)],
)
def test_what_stands_below_the_word_comments_is_no_body(heading: str, sure: float, kept: int) -> None:
    blocks = segment(parse_page(f"<p>{STORY}</p><div><h3>{heading}</h3><p>I like the old ferry.</p></div>"))
    found = without_discussion([BODY, doubted(Label.BODY, 0.7), doubted(Label.BODY, sure)], blocks)
    assert [verdict.label for verdict in found] == [Label.BODY] * kept + [Label.COMMENTS] * (3 - kept)


def test_a_heading_is_of_the_offer_below_it() -> None:
    page = f"<p>{STORY}</p><div><h3>Enjoying the walk?</h3><p>One letter a week.</p></div><h3>On</h3><p>{STORY}</p>"
    blocks = segment(parse_page(page))
    found = without_offers([BODY, BODY, Verdict(Label.PROMOTION, "model", 0.9), BODY, BODY], blocks)
    assert [verdict.rule for verdict in found] == ["model", HEADED_RULE, "model", "model", "model"]
    parts = segment(parse_page("<div><h4>Pros</h4><p>Cheap</p></div><div><h4>Pros</h4><p>Fast</p></div>"))
    offers = [BODY, Verdict(Label.PROMOTION, "model", 0.9)] * 2
    assert without_offers(offers, parts) == offers


@pytest.mark.parametrize(
    ("line", "leads"),
    [
        ("<b>İlgili Haber</b> <a href=/b>Fener bekçisinin torunu</a>", True),
        ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ: <a href=/b>Ο φάρος που άναψε από λάθος</a>", True),
        ("Read more about <a href=/b>bridges</a>", False),
        ("<a href=/b>The bridge that stopped a bird</a> is open", False),
    ],
)
def test_a_line_of_such_words_and_a_link_leads_elsewhere(line: str, leads: bool) -> None:
    blocks = segment(parse_page(f"<p>{STORY}</p><p>{line}</p>"))
    found = without_read_more([BODY, BODY], blocks, [tokens_of(block.text) for block in blocks])
    assert (found[1].rule == READ_MORE_RULE) is leads


def test_readers_letters_are_told_by_who_wrote_when() -> None:
    letters = ["Mortimer wrote on 1 October 2017:", "I know bricks.", "Edwina K. wrote on 2 October 2017:", "So do I."]
    page = f"<p>{STORY}</p><p>{STORY}</p>" + "".join(f"<div>{line}</div>" for line in letters)
    blocks = segment(parse_page(page))
    found = without_letters([BODY] * 6, blocks)
    assert [verdict.label for verdict in found] == [Label.BODY] * 2 + [Label.COMMENTS] * 4
    assert without_letters([BODY] * 4, blocks[:4]) == [BODY] * 4


CARD = "<div class=card><h5><a href=/b>Council votes to repaint the bridge</a></h5><p>It took three hours.</p></div>"
LIST = "<div><h3><a href=/b>The bridge of 1951</a></h3><p>" + STORY * 4 + "</p></div>"


@pytest.mark.parametrize(
    ("below", "parting", "kept"),
    [
        (CARD * 3, Label.SHARE_PROMPT, 2),
        (CARD * 2, Label.SHARE_PROMPT, 6),
        (CARD * 3, Label.CAPTION, 8),
        (LIST * 3, Label.SHARE_PROMPT, 8),
    ],
)
def test_cards_below_a_story_lead_to_others(below: str, parting: Label, kept: int) -> None:
    blocks = segment(parse_page(f"<p>{STORY * 3}</p><p>{STORY * 3}</p><div>Share</div>{below}"))
    verdicts = [BODY, BODY, doubted(parting), *[BODY] * (len(blocks) - 3)]
    found = without_teasers(verdicts, blocks)
    assert len([verdict for verdict in found if verdict.label is Label.BODY]) == kept
    assert {verdict.rule for verdict in found if verdict.label is Label.RELATED} <= {TEASER_RULE}


@pytest.mark.parametrize(
    ("box", "leads"),
    [
        ("<article><h2><a href=/b>Millers threaten to stop</a></h2><p>They ask for a meeting.</p></article>", True),
        ("<section><h2>What the millers say</h2><p>They ask for a meeting.</p></section>", False),
        (f"<section><h2><a href=/b>The report</a></h2><p>{STORY * 3}</p></section>", False),
        ("<h2><a href=/b>The report</a></h2>", False),
    ],
)
def test_a_card_between_two_paragraphs_leads_elsewhere(box: str, leads: bool) -> None:
    blocks = segment(parse_page(f"<div><p>{STORY}</p>{box}<p>{STORY}</p></div>"))
    found = without_teasers([BODY] * len(blocks), blocks)
    assert [verdict.rule for verdict in found[1:-1]] == ["general:teaser" if leads else "model"] * (len(blocks) - 2)


def test_a_box_of_consent_before_the_story_is_none_of_it() -> None:
    box = "<div><p>We use cookies.</p><p>Some of them are needed, and others help us to understand you.</p></div>"
    page = f"{box}<div><p>The paper of the sound.</p></div><main><h1>Last ferry</h1><p>{STORY}</p><p>{STORY}</p></main>"
    blocks = segment(parse_page(page))
    verdicts = [
        Verdict(Label.LEGAL_NOTICE, "model", 0.8),
        BODY,
        BODY,
        Verdict(Label.HEADLINE, "model", 0.9),
        BODY,
        BODY,
    ]
    found = without_consent(verdicts, blocks)
    assert [verdict.rule for verdict in found] == ["model", CONSENT_RULE, *["model"] * 4]
    assert without_consent(verdicts[:5], blocks[:5]) == verdicts[:5]


@pytest.mark.parametrize(
    ("line", "spoken"),
    [
        ('<p><span class="lrv-a-screen-reader-only">Popular on the wire</span></p>', True),
        ('<p class="sr-only">Skip the advertisement</p>', True),
        ('<p><span class="sr-only">Sad: </span>The ferry stops.</p>', False),
        ("<p><span>The ferry stops.</span></p>", False),
    ],
)
def test_what_is_for_screen_readers_alone_is_no_story(line: str, spoken: bool) -> None:
    blocks = segment(parse_page(f"<p>{STORY}</p>{line}"))
    assert [one.rule == SPOKEN_RULE for one in without_spoken([BODY] * len(blocks), blocks)][-1] is spoken


@pytest.mark.parametrize(
    ("beside", "is_bar"),
    [
        ("<div class=language-ts><span class=lang>ts</span>{code}</div>", True),
        ("<div><div class=header><span class=language-name>css</span><button>Copy</button></div>{code}</div>", True),
        ("<div class=code-toolbar>{code}<div class=toolbar><div class=toolbar-item>CSS</div></div></div>", True),
        ("<div class='highlight highlight-source-shell'><p>shell</p>{code}</div>", True),
        ("<div><p>shell</p>{code}</div>", False),
        ("<div><p class=lang>In short</p><p>The tide.</p><p>The ebb.</p>{code}</div>", False),
        ("<div class=language-ts><p>This is how the tide is counted here, by hours:</p>{code}</div>", False),
    ],
)
def test_the_name_of_codes_language_is_no_part_of_a_story(beside: str, is_bar: bool) -> None:
    blocks = segment(parse_page(f"<article>{beside.format(code='<pre>const tide = waves[0];</pre>')}</article>"))
    rules = [verdict.rule for verdict in without_code_bars([BODY] * len(blocks), blocks)]
    assert (CODE_RULE in rules) is is_bar
    assert rules[[block.element.tag for block in blocks].index("pre")] == "model"


BOX = "<div><p>Before you read on: we need your help.</p><p>Three pounds a month would do.</p>{call}</div>"


@pytest.mark.parametrize(
    ("box", "asks"),
    [
        (BOX.format(call="<p><a href=/give>Donate now</a></p>"), True),
        (BOX.format(call="<button>Jetzt spenden</button>"), True),
        (BOX.format(call="<p>Donate now</p>"), False),
        (BOX.format(call="<p><a href=/give>The bridge</a></p>"), False),
        ("<p>We need your help.</p><p>Three pounds would do.</p><p><a href=/give>Donate now</a></p>", False),
    ],
)
def test_a_box_that_ends_with_a_call_asks_for_it(box: str, asks: bool) -> None:
    page = f"<article><p>{STORY}</p>{box}<p>{STORY}</p></article>"
    blocks = segment(parse_page(page))
    found = without_calls([BODY] * len(blocks), blocks)
    assert [verdict.label is Label.PROMOTION for verdict in found] == [False, *[asks] * (len(blocks) - 2), False]


def test_a_row_of_articles_below_a_story_is_others() -> None:
    card = f"<article><h3><a href=/b>Why we quit</a></h3><p>{STORY * 2}</p></article>"
    for story, cards, kept in ((f"<p>{STORY}</p>" * 2, 3, 2), (f"<p>{STORY}</p>", 3, 7), (f"<p>{STORY}</p>" * 2, 2, 6)):
        blocks = segment(parse_page(f"<div>{story}</div><section>{card * cards}</section>"))
        found = without_teasers([BODY] * len(blocks), blocks)
        assert [verdict.label for verdict in found].count(Label.BODY) == kept


@pytest.mark.parametrize(
    ("entries", "label"),
    [
        ("<li><a href=#a>How to size a hive</a></li><li><a href=#b>Stands and height</a></li>", Label.NAVIGATION),
        ("<li><a href=#a>How to size a hive</a></li><li>Stands and height</li>", Label.BODY),
        ("<li><a href=/a>How to size a hive</a></li><li><a href=/b>Stands and height</a></li>", Label.BODY),
        ("<h2><a href=#a>How to size a hive</a></h2><h2><a href=#b>Stands and height</a></h2>", Label.BODY),
        ("<li><a href=#a>What you need</a></li><li><a href=#b>What it costs</a></li>", Label.BODY),
    ],
)
def test_links_to_the_headings_of_a_page_are_its_contents(entries: str, label: Label) -> None:
    parts = f"<h2 id=a>How to size a hive</h2><p>{STORY}</p><h2 id=b>Stands and height</h2><p>{STORY}</p>"
    blocks = segment(parse_page(f"<article><ul>{entries}</ul>{parts}</article>"))
    found = without_contents([BODY] * len(blocks), blocks)
    assert [verdict.label for verdict in found] == [*[label] * 2, *[Label.BODY] * 4]
