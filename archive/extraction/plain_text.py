"""Text without markup to labelled blocks: the same labels, from the words and their order alone."""

import re

from archive.errors import PageError
from archive.extraction.features.plain import PlainText, text_features
from archive.extraction.labelling import merge
from archive.extraction.memory.recall import Recall
from archive.extraction.memory.update import Update
from archive.extraction.model import Model, likeliest
from archive.extraction.rules import Verdict
from archive.telling.kinds import WarningKind

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|div|p|article|section|table|span|br|h[1-6]|ul|meta)\b[^<>]*>", re.IGNORECASE
)
_BLANK = re.compile(r"\n[ \t\r\f\v]*\n\s*")


def is_markup(text: str) -> bool:
    """Whether a text is a page: it begins with a tag of HTML, or holds two of them."""
    start = text.lstrip("\ufeff \t\r\n")[:200_000]
    found = _MARKUP.finditer(start)
    first = next(found, None)
    return first is not None and (first.start() == 0 or next(found, None) is not None)


def paragraphs(text: str) -> list[str]:
    """The blocks of a plain text: runs parted by blank lines, or single lines where there are no blank ones."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n ")
    parts = _BLANK.split(whole)
    if len(parts) == 1:
        parts = whole.split("\n")
    return [part.strip() for part in parts if re.search(r"\w", part)]


def label_text(text: PlainText, model: Model, recall: Recall | None = None) -> list[Verdict]:
    """One verdict a paragraph. `recall` lets the source's memory update the model's beliefs. Raises PageError where
    there is no text."""
    if not text.paragraphs:
        raise PageError("the text is empty", WarningKind.EMPTY)
    beliefs = model.probabilities(text_features(text))
    believed = recall(beliefs) if recall else Update.none(beliefs)
    # A text has no menus: its labels are not as common as a page's.
    return merge([None] * len(text.paragraphs), believed, may_be_body=True, choose=likeliest)
