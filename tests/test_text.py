"""Plain text that another scraper left its boilerplate in: every kind of text in its place."""

from collections.abc import Sequence

from archive.extraction.extract import extract_text
from archive.extraction.plain_text import is_markup, paragraphs
from archive.labels import Label

BODY = (
    "The night ferry between Port Lorne and the outer islands will sail again from the first of May, two years after "
    "a storm broke its pier and left nine hundred people with one boat a week.",
    "Harbour master Tomas Quill said on Tuesday that divers had found the new foundations sound, and that the last of "
    "the steel would be delivered before Easter.",
    "“We were told it would take six months,” said Agnes Farrow, who runs the only bakery on Little Lorne. “My flour "
    "came by fishing boat, and so did my customers, when they came at all.”",
    "The repair cost eleven million, four times what the county had set aside. Most of it was paid by the state after "
    "the islanders sent a delegation to the capital last autumn.",
    "Not everybody is content. The fishermen's union says that the longer pier takes the best of the inner harbour, "
    "and has asked a court to decide who may land there in winter.",
    "According to the timetable that was published this week, the ferry leaves at nine in the evening and reaches the "
    "last island shortly before midnight. It carries sixty cars.",
    "The county council will vote on the fares next month.",
)
TEXT = "\n\n".join(
    (
        "Night Ferry to the Outer Islands Returns After Two Years",
        "Please click the buttons below to share this page",
        *BODY,
        "Mira Holt is a staff writer at the Lorne Observer and has covered the islands since 2009.",
        "Become a member of the Lorne Observer",
        "Articles by: Mira Holt",
        "About the author:\nMira Holt lives in Port Lorne. She is the author of two books on the history of the "
        "harbour and can be reached at mira@observer.example.",
        "Disclaimer: The views expressed in this article are those of the author alone. The Lorne Observer is not "
        "responsible for any inaccurate statement in it and accepts no liability. Reproduction is permitted as long as "
        "the source and the copyright are acknowledged.",
        "This site contains copyrighted material the use of which has not always been authorised by the copyright "
        "owner. We make it available under the provisions of fair use; all rights reserved.",
        "For media inquiries: press@observer.example",
    )
)


def labels(text: str) -> Sequence[tuple[Label, str]]:
    return [(block.label, block.text) for block in extract_text(text).blocks]


def test_only_the_body_is_text() -> None:
    """The opening is left out of this: without markup, a model cannot be sure that it is no standfirst."""
    text = extract_text(TEXT).text
    assert text.endswith("\n\n".join(BODY[1:]))
    assert text.removesuffix("\n\n".join(BODY[1:])).strip() in ("", BODY[0])


def test_each_kind_of_text_is_told_apart() -> None:
    found = labels(TEXT)
    assert found[0][0] is Label.HEADLINE
    assert found[1][0] is Label.SHARE_PROMPT
    biography, promotion, articles_by, *after = [label for label, _ in found[2 + len(BODY) :]]
    assert (biography, promotion) == (Label.AUTHOR_BIO, Label.PROMOTION)
    # Between two texts on the author, it is as much a part of them.
    assert articles_by in (Label.BYLINE, Label.AUTHOR_BIO)
    assert after == [
        Label.AUTHOR_BIO,
        Label.LEGAL_NOTICE,
        Label.LEGAL_NOTICE,
        Label.CONTACT,
    ]


def test_the_model_says_that_it_decided() -> None:
    for block in extract_text(TEXT).blocks:
        assert block.rule == "model"
        assert block.confidence is not None
        assert 0 < block.confidence <= 1


def test_paragraphs_are_parted_by_blank_lines_or_else_by_lines() -> None:
    assert paragraphs("One\nline.\r\n \r\nTwo.\n---\n") == ["One\nline.", "Two.\n---"]
    assert paragraphs("One.\nTwo.\n***\n") == ["One.", "Two."]


def test_markup_is_told_from_text() -> None:
    assert is_markup("<p>One.</p>")
    assert not is_markup("If a < b and <p> is a paragraph")
