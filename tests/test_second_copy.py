"""A story that its page holds twice."""

from archive import extract
from archive.extraction.passes import COPY_RULE, without_second_copy
from archive.extraction.rules import Verdict
from archive.labels import Label

STORY = [
    "The harbour office closed the north quay on Monday after divers found that its piers had moved.",
    "What now",
    "Boats that are longer than twelve metres must use the basin at Heller Point until the month ends.",
    "Fishing crews said that the basin is too far from the market hall, and asked for a shuttle bus.",
    "A spokesman of the council said that it would talk with the owners of the market before it decided.",
]
REFRAIN = "And still nobody has told us when the water will come back to the houses."


def labels(texts: list[str]) -> list[Label]:
    return [verdict.label for verdict in without_second_copy([Verdict(Label.BODY, "model", 0.9)] * len(texts), texts)]


def test_the_second_copy_is_not_body() -> None:
    assert labels([*STORY, "A last word.", *STORY]) == [Label.BODY] * 6 + [Label.NAVIGATION] * 5


def test_a_refrain_and_a_repeated_subheading_stay() -> None:
    texts = [STORY[0], REFRAIN, STORY[1], STORY[2], REFRAIN, STORY[1], STORY[3], REFRAIN]
    assert labels(texts) == [Label.BODY] * len(texts)


def test_a_few_copies_in_a_long_text_stay() -> None:
    texts = [f"{number} {text}" for number in range(20) for text in STORY] + STORY[:1] * 4
    assert labels(texts) == [Label.BODY] * len(texts)


def test_a_record_has_the_story_once() -> None:
    story = "".join(f"<h2>{text}</h2>" if len(text) < 20 else f"<p>{text}</p>" for text in STORY)
    layouts = "".join(f"<div class='story {size}'><h1>Quay closed</h1>{story}</div>" for size in ("wide", "narrow"))
    record = extract(f"<html lang=en><title>Quay closed</title><body>{layouts}</body></html>")
    assert record.text is not None
    assert [record.text.count(text) for text in STORY[1:]] == [1] * 4
    copies = [block.text for block in record.blocks if block.rule == COPY_RULE]
    assert copies[-4:] == STORY[1:]


def test_what_is_more_than_half_of_the_body_is_no_copy_of_it() -> None:
    texts = [text for _ in range(4) for text in STORY]
    assert labels(texts) == [Label.BODY] * len(texts)
