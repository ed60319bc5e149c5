"""Forms in the midst of a story: what they ask for is no body."""

import pytest

from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page
from archive.extraction.passes.reader_forms import FORM_RULE, without_forms
from archive.extraction.rules import Verdict
from archive.labels import Label

LONG = "The last car ferry across the sound will stop at the end of the month, the county said on Tuesday night. " * 4
LETTER = "<form><p>The Saturday letter</p><p>All of it, by us.</p><label>Address <input type=email></label></form>"
ANSWERS = "".join(f"<li><label><input type=radio name=q> {answer}</label></li>" for answer in ("Yes", "No", "Perhaps"))
BODY, CAPTION = Verdict(Label.BODY, "model", 0.9), Verdict(Label.CAPTION, "model", 0.9)


def labels(inner: str, *said: Verdict) -> list[Label]:
    tree = parse_page(f"<article><p>{LONG}</p>{inner}<p>{LONG}</p></article>")
    blocks = segment(tree)
    verdicts = without_forms(list(said) or [BODY] * len(blocks), blocks, tree)
    changed = {verdict.rule for verdict in verdicts if verdict.label in (Label.PROMOTION, Label.COMMENTS)}
    assert changed <= {FORM_RULE}
    return [verdict.label for verdict in verdicts]


def test_a_form_for_a_newsletter_is_a_promotion() -> None:
    assert labels(LETTER) == [Label.BODY, *[Label.PROMOTION] * 3, Label.BODY]


def test_a_line_above_a_form_s_field_is_its_own() -> None:
    box = "<div class=wrap><div><p>This is a reader-supported letter.</p><form><input type=email></form></div></div>"
    assert labels(box) == [Label.BODY, Label.PROMOTION, Label.BODY]


@pytest.mark.parametrize("around", ["div class=poll", "form"])
def test_a_poll_is_a_readers_part(around: str) -> None:
    poll = f"<{around}><h4>The question</h4><ul>{ANSWERS}</ul><p>1,204 voted</p></{around.split(maxsplit=1)[0]}>"
    assert labels(poll) == [Label.BODY, *[Label.COMMENTS] * 5, Label.BODY]


def test_answers_alone_do_not_take_the_story_with_them() -> None:
    assert labels(f"<ul>{ANSWERS}</ul>") == [Label.BODY, *[Label.COMMENTS] * 3, Label.BODY]


@pytest.mark.parametrize(
    "inner",
    [
        f"<form><p>{LONG * 5}</p><input type=email></form>",
        "<form><p>For <input type=text> loaves</p></form>",
        "<p>One <input type=radio name=q></p>",
        "<form><h1>Last ferry</h1><p>It stops in May.</p><input type=email></form>",
        "<div><input type=radio id=a><input type=radio id=b><label for=a>Young</label><p>Water it.</p></div>",
        "<p>A quiet day.</p>",
    ],
)
def test_what_else_has_fields_stays(inner: str) -> None:
    assert set(labels(inner)) == {Label.BODY}


def test_other_labels_and_a_sites_rules_stand() -> None:
    own = Verdict(Label.BODY, "site:main", 1.0)
    assert labels(LETTER, BODY, own, CAPTION, BODY, BODY) == [
        Label.BODY,
        Label.BODY,
        Label.CAPTION,
        Label.PROMOTION,
        Label.BODY,
    ]
