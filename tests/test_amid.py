"""Short gaps in a story that nobody is sure of."""

from archive.extraction.passes import GAP_RULE, as_story, with_gaps
from archive.extraction.rules import Verdict
from archive.labels import Label

BODY = Verdict(Label.BODY, "model", 0.9)
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
