"""Disclaimers below a story are no part of it."""

import pytest

from archive import extract
from archive.extraction.passes.disclaimers import RULE, is_disclaimer, without_disclaimers
from archive.extraction.rules import Verdict
from archive.labels import Label

STORY = ["The last car ferry will stop at the end of the month.", "Captain Marchetti learned of it from a notice."]
DISCLAIMER = "Disclaimer: What is said here is for information, and is no advice."


def labels(texts: list[str], rule: str = "model") -> list[Label]:
    verdicts = [Verdict(Label.BODY, rule, 0.8)] * len(texts)
    return [verdict.label for verdict in without_disclaimers(verdicts, texts)]


@pytest.mark.parametrize(
    "text",
    [
        DISCLAIMER,
        "* DISCLAIMER : no part of this is advice.",
        "特别声明：以上文章由用户上传，平台仅提供存储服务。",
        "声明：本文版权归作者所有。",
        "Notice: The content above was posted by a user of the platform.",
        "Haftungsausschluss: Für die Angaben haftet niemand.",
        "Avis de non-responsabilité : ce texte informe.",
        "免責事項：掲載内容は変わることがあります。",
    ],
)
def test_a_disclaimer_behind_the_story_is_a_legal_notice(text: str) -> None:
    assert labels([*STORY, text]) == [Label.BODY, Label.BODY, Label.LEGAL_NOTICE]


@pytest.mark.parametrize(
    "text",
    [
        "Notice: the ferry is late on Sundays.",
        "声明：渡轮周日停运。",
        "The disclaimer: nobody reads it.",
        "Disclaimers are read by nobody.",
        "He said: this content is the platform's.",
    ],
)
def test_other_last_paragraphs_stay(text: str) -> None:
    assert not is_disclaimer(text)
    assert labels([*STORY, text]) == [Label.BODY] * 3


def test_a_disclaimer_in_the_story_stays_and_so_does_one_that_is_all_there_is() -> None:
    assert labels([STORY[0], DISCLAIMER, STORY[1]]) == [Label.BODY] * 3
    assert labels([STORY[0], DISCLAIMER, DISCLAIMER]) == [Label.BODY] * 3


def test_two_disclaimers_go_and_a_site_s_own_rule_stands() -> None:
    assert labels([*STORY, DISCLAIMER, DISCLAIMER])[2:] == [Label.LEGAL_NOTICE] * 2
    assert labels([*STORY, DISCLAIMER], "site:p") == [Label.BODY] * 3


def test_a_record_s_text_ends_with_the_story() -> None:
    paragraphs = "".join(f"<p>{text * 3}</p>" for text in STORY * 2)
    told = "<div><p>特别声明：以上文章由用户上传，平台仅提供存储服务。</p></div>"
    record = extract(f"<html lang=en><article><h1>Last ferry</h1>{paragraphs}{told}</article>", "https://a.example/1")
    assert "特别声明" not in (record.text or "")
    assert record.blocks[-1].rule in (RULE, "model")
