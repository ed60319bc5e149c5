"""Breadcrumbs that end with the headline and buttons that look like captions are navigation."""

from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page
from archive.extraction.passes import BREADCRUMB_RULE, BUTTON_RULE, without_controls
from archive.extraction.rules import Verdict
from archive.labels import Label

TITLE = "Ferry leaves the island early"


def labels(markup: str, *said: Verdict) -> list[Verdict]:
    blocks = segment(parse_page(f"<html><body>{markup}</body></html>"))
    assert len(blocks) == len(said)
    return without_controls(said, blocks)


def model(label: Label) -> Verdict:
    return Verdict(label, "model", 0.9)


def test_a_breadcrumbs_last_step_is_not_the_headline() -> None:
    for crumb in (f"<nav><ol><li>{TITLE}</li></ol></nav>", f'<ul class="c-Breadcrumb__list"><li>{TITLE}!</li></ul>'):
        found = labels(f"{crumb}<h1>{TITLE}</h1>", model(Label.HEADLINE), model(Label.HEADLINE))
        assert found == [Verdict(Label.NAVIGATION, BREADCRUMB_RULE, 0.9), model(Label.HEADLINE)]


def test_the_only_headline_stays_where_it_stands() -> None:
    crumb = f"<nav><ol><li><h1>{TITLE}</h1></li></ol></nav>"
    assert labels(crumb, model(Label.HEADLINE)) == [model(Label.HEADLINE)]
    said = (model(Label.HEADLINE), model(Label.HEADLINE))
    assert labels(f"{crumb}<h2>Another story altogether</h2>", *said) == list(said)


def test_a_button_on_a_picture_is_not_its_caption() -> None:
    figure = (
        "<figure><button><span>View in full screen</span></button><figcaption>The quay at noon</figcaption></figure>"
    )
    found = labels(figure, model(Label.CAPTION), model(Label.CAPTION))
    assert found == [Verdict(Label.NAVIGATION, BUTTON_RULE, 0.9), model(Label.CAPTION)]


def test_other_labels_of_buttons_stay() -> None:
    assert labels("<button>Questions?</button>", model(Label.BODY)) == [model(Label.BODY)]


def test_a_sites_own_rules_stand() -> None:
    for rule in ("site:.caption", "site:strip[0]"):
        said = (Verdict(Label.CAPTION, rule, 1.0),)
        assert labels("<button>The quay at noon</button>", *said) == list(said)
