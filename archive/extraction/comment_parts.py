"""The parts of one comment on a page: its author's name, its date, and what it says."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.fact_text import inner_text, plain

#: Characters of a name and of a date.
_LONGEST_NAME, _LONGEST_DATE = 80, 120
#: Elements in one that can be a name or a date, and of how many of one kind it is asked which is.
_LARGE, _LOOKED_AT = 40, 20
#: Characters of a line that is but a date.
_SHORT = 40
_AUTHOR = re.compile(r"author|\bfn\b|user-?_?name|nick-?_?name|commenter|display-?_?name|posted-?_?by|poster", re.I)
_DATE = re.compile(
    r"\b(?:date|time|timestamp|posted|published|ago|metas?|(?:comment)?metadata)\b|[-_](?:date|time|meta)", re.I
)
#: The head of a comment.
_META = re.compile(r"\bmetas?\b|[-_]meta\b", re.I)
_CONTENT = re.compile(r"[-_](?:content|text|body|message)\b|\b(?:content|text|message)\b", re.I)
#: What belongs to a comment and is not said in it.
_ASIDE = re.compile(
    r"repl(?:y|ies)|avatar|\bvote|\blike|report|permalink|actions?\b|share|moderation|badge|rating", re.I
)
_NAMED = ("cite", "b", "strong", "a")
#: What themes put behind a name: "Ada says:".
_SAYS = re.compile(
    r"\s{0,9}+\b(?:says|said|wrote|sagt|schreibt|schrieb|meint|dit|a écrit|dice|dijo|escribió|scrive|skriver|diz)"
    r"\s{0,9}+:?\s{0,9}+\Z|\s{0,9}+:\s{0,9}+\Z",
    re.I,
)
_BY = re.compile(r"\A(?:by|von|par|por|door|di|av)\s{1,9}+", re.I)


def _short_text(element: etree._Element) -> str:
    """The text of an element that holds few others; of larger ones none, which would be read again for each around
    them."""
    return plain(inner_text(element)) if len(list(islice(element.iter(), _LARGE + 1))) <= _LARGE else ""


def _names(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('rel') or ''}"


def name_of(own: Sequence[etree._Element]) -> tuple[str | None, etree._Element | None]:
    """The author's name among a comment's own elements, and where it stands."""
    # An avatar's picture is called after its author too.
    read = [one for one in own if one.tag not in ("img", "svg", "input", "textarea", "form")]
    called = (one for one in read if one.get("itemprop") in ("author", "creator") or _AUTHOR.search(_names(one)))
    others = (one for one in read if one.tag == "cite" or _META.search(one.get("class") or ""))
    for element in islice(chain(called, others), _LOOKED_AT):
        # What is merely set in the head of a comment is no name as a whole.
        for inner in (*_within(element), *([] if _META.search(element.get("class") or "") else [element])):
            text = plain(inner.get("content") or "") or _short_text(inner)
            name = _BY.sub("", _SAYS.sub("", text)).rstrip(" ,:")
            if name and len(name) <= _LONGEST_NAME:
                return name, element
    return None, None


def _within(element: etree._Element) -> Iterator[etree._Element]:
    """Where in an author's element the name alone stands, the surest place first."""
    inner = list(islice(element.iterdescendants(), _LARGE))
    yield from (one for one in inner if one.get("itemprop") == "name" or "fn" in (one.get("class") or "").split())
    yield from (one for one in inner if one.tag in _NAMED)


def date_of(own: Sequence[etree._Element], language: str | None) -> tuple[str | None, etree._Element | None]:
    """The date among a comment's own elements, and where it stands."""
    marked = [
        one for one in own if one.tag == "time" or (one.get("itemprop") or "").startswith(("date", "commentTime"))
    ]
    named = [one for one in own if _DATE.search(one.get("class") or "")]
    for element in islice(chain(marked, named), _LOOKED_AT):
        for said in (element.get("datetime"), element.get("content"), _short_text(element), element.get("title")):
            if said and len(said) <= _LONGEST_DATE and (date := parse_date(said, language=language)):
                return date, element
    return None, None


def date_in(blocks: Sequence[TextBlock], language: str | None) -> str | None:
    """The date among a comment's lines, where one of them is nothing else."""
    dates = (parse_date(block.text, language=language) for block in blocks if is_date(block.text, language))
    return next(dates, None)


def is_date(text: str, language: str | None) -> bool:
    """Whether a line is a date and nothing else that says much."""
    is_short = len(text) <= _SHORT and sum(map(str.isdigit, text)) * 4 >= sum(map(str.isalnum, text))
    return is_short and parse_date(text, language=language) is not None


def said_in(
    element: etree._Element,
    blocks: Sequence[TextBlock],
    own: Sequence[etree._Element],
    aside: Sequence[etree._Element | None],
) -> list[str]:
    """The paragraphs of a comment, given the blocks that it shows and where its author and date stand: those of the
    element that is named as its content, or else all that is no part of something beside it."""
    contents = {one for one in own if _is_content(one)}
    left_out = {one for one in own if _ASIDE.search(_names(one)) or one.tag in ("button", "form", "footer", "header")}
    left_out |= {one for one in aside if one is not None}
    beside = [words for one in aside if one is not None and (words := plain(inner_text(one)))]
    found: list[str] = []
    others: list[str] = []
    for block in blocks:
        around = {block.element}
        for outer in block.element.iterancestors():
            if block.element is element or outer is element:
                break
            around.add(outer)
        # A name and a date that stand right in the comment, with no element around both.
        rest = block.text
        for words in beside:
            rest = rest.replace(words, "", 1)
        if around & left_out or not any(map(str.isalnum, _SAYS.sub("", rest.strip()))):
            continue
        (found if around & contents else others).append(block.text)
    return found or others


def _is_content(element: etree._Element) -> bool:
    stated = element.get("itemprop") in ("text", "commentText", "description", "articleBody")
    return stated or bool(_CONTENT.search(element.get("class") or ""))
