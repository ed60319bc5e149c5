"""Readers' comments as data: who wrote each and when, its text, and how deep it answers others.

They are found by how pages mark them up (schema.org's Comment, WordPress' `comment-7`, classes named after comments),
and in JSON-LD, which fills in what the page does not show.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from lxml import etree

from archive.extraction.attributes import among
from archive.extraction.blocks import TextBlock
from archive.extraction.comment_parts import date_in, date_of, is_date, name_of, said_in
from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.fact_text import plain, plain_lines
from archive.extraction.metadata.json_ld import people, read_nodes, scripts_with, strings, types
from archive.labels import Label
from archive.records import Comment

#: Comments of one page that are read, and levels of answers.
_MOST, _DEEPEST = 2_000, 50
#: The share of the body that no comment holds: what does is the article itself, of a section called "comment".
_ARTICLE = 0.5
_HOLDERS = ("li", "div", "article", "section", "details", "tr", "dd")
#: What one of an element's attributes holds, if it may be a comment.
NAMED = (("data-comment-id", ""), ("id", "omment"), ("itemtype", "omment"), ("class", "omment"))
#: What schema.org calls pages that are a discussion, and their posts.
DISCUSSIONS = ("DiscussionForumPosting", "QAPage", "SocialMediaPosting")
DISCUSSED = tuple(("itemtype", kind) for kind in DISCUSSIONS)
_ID = re.compile(r"(?:li-|div-)?comment-\d+")
_KIND = re.compile(r"schema\.org/(?:User)?Comments?$")
#: A class of one comment, and what such a class begins with where it is of something else.
_CLASS = re.compile(
    r"(?:([a-z0-9]{1,20}+)[-_]{1,2})?comment(?:[-_]{1,2}(?:item|entry|single|node|box|card|row|wrapper|wrap|container))?"
)
_OTHERS = frozenset(
    "no has add write leave icon fa fb btn button link new submit form reply recent open show tone".split()
)
_DEPTH = re.compile(r"depth-(\d{1,2})")


class _Shown(NamedTuple):
    """A comment that the page shows, and its element."""

    comment: Comment
    element: etree._Element


def read_comments(
    marked: Sequence[etree._Element], blocks: Sequence[TextBlock], labels: Sequence[Label], language: str | None
) -> tuple[Comment, ...]:
    """The comments of a page, in page order; behind them those that only its JSON-LD states. `marked` are
    its elements with an attribute of NAMED or SCRIPTS, or more of them, `blocks` all that it shows, with their labels.
    """
    shown = [found.comment for found in _shown(marked, blocks, labels, language)]
    nodes = read_nodes(scripts_with(marked, "omment"))
    stated = {_letters(comment.text): comment for comment in islice(_stated(nodes, language), _MOST)}
    filled = [_filled(comment, stated.pop(_letters(comment.text), None)) for comment in shown]
    return (*filled, *stated.values())


def _filled(comment: Comment, stated: Comment | None) -> Comment:
    if stated is None:
        return comment
    return comment.model_copy(update={"author": comment.author or stated.author, "date": stated.date or comment.date})


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _shown(
    marked: Sequence[etree._Element], blocks: Sequence[TextBlock], labels: Sequence[Label], language: str | None
) -> list[_Shown]:
    called = dict.fromkeys(islice(filter(_is_one, among(marked, NAMED, *_HOLDERS)), _MOST))
    if not called:
        return []
    held: dict[etree._Element, list[TextBlock]] = {}
    body: dict[etree._Element, int] = {}
    for block, label in zip(blocks, labels, strict=True):
        around = [one for one in block.element.iterancestors() if one in called]
        around = [block.element, *around] if block.element in called else around
        if around:
            held.setdefault(around[0], []).append(block)
        for one in around:
            size = len(block.text) if label in (Label.BODY, Label.HEADLINE) else 0
            body[one] = body.get(one, 0) + size
    total = sum(len(block.text) for block, label in zip(blocks, labels, strict=True) if label is Label.BODY)
    tops = [one for one in called if one in held and body[one] <= _ARTICLE * total]
    return _arranged([found for one in tops if (found := _one(one, held[one], called, language))], called)


def _is_one(element: etree._Element) -> bool:
    if element.get("data-comment-id"):
        return True
    own, kind, names = element.get("id"), element.get("itemtype"), element.get("class")
    if (own and _ID.fullmatch(own)) or (kind and _KIND.search(kind)):
        return True
    if not names or "omment" not in names:
        return False
    return any(match and match[1] not in _OTHERS for match in map(_CLASS.fullmatch, names.lower().split()[:20]))


def _one(
    element: etree._Element, blocks: Sequence[TextBlock], marked: Mapping[etree._Element, None], language: str | None
) -> _Shown | None:
    """The comment that an element holds; None where it shows no text, or neither author nor date."""
    own = list(islice(_own(element, marked), _MOST))
    author, by = name_of(own)
    date, at = date_of(own, language)
    date = date or date_in(blocks, language)
    said = [text for text in said_in(element, blocks, own, (by, at)) if text != author and not is_date(text, language)]
    text = "\n\n".join(said)
    if not text or not (author or date):
        return None
    return _Shown(Comment(author=author, date=date, text=text, depth=1), element)


def _own(element: etree._Element, marked: Mapping[etree._Element, None]) -> Iterator[etree._Element]:
    """What stands in an element, and in none within it that is marked as a comment itself; in page order."""
    waiting = [iter(element)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child not in marked and isinstance(child.tag, str):
            yield child
            waiting.append(iter(child))


def _arranged(found: Sequence[_Shown], marked: Mapping[etree._Element, None]) -> list[_Shown]:
    """The comments with their depths and places. An element that holds a comment and its answers beside each other
    belongs to that comment; one that holds comments of one rank to none."""
    owners: dict[etree._Element, etree._Element] = {one.element: one.element for one in found}
    done = []
    for one in found:
        around = [outer for outer in one.element.iterancestors() if outer in marked]
        inner = one.element
        for outer in around:
            parent = inner.getparent()
            beside = islice((child for child in parent if child in marked), 2) if parent is not None else ()
            alone = len(list(beside)) < 2
            if outer not in owners and not alone:
                break
            owners.setdefault(outer, one.element)
            inner = outer
        above = {owners[outer] for outer in around if outer in owners} - {one.element}
        names = " ".join(each.get("class") or "" for each in (one.element, *around[:1]))
        stated = _DEPTH.search(names)
        depth = min(int(stated[1]) if stated else 1 + len(above), _DEEPEST)
        place = one.element.getroottree().getpath(one.element)
        done.append(one._replace(comment=one.comment.model_copy(update={"depth": max(depth, 1), "xpath": place})))
    return done


def _stated(nodes: Sequence[Mapping[str, Any]], language: str | None) -> Iterator[Comment]:
    """The comments that JSON-LD states: those of its nodes that are some, and those that nodes list."""
    waiting: list[tuple[Any, int]] = [(node, 1) for node in reversed(nodes) if "Comment" in types(dict(node))]
    waiting += [(node.get("comment"), 1) for node in reversed(nodes) if "Comment" not in types(dict(node))]
    known = {str(node["@id"]): dict(node) for node in nodes if "@id" in node}
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, list):
            waiting += [(each, depth) for each in reversed(value[:_MOST])]
        elif isinstance(value, Mapping) and depth <= _DEEPEST:
            if text := plain_lines(next(iter(strings_of(value, "text", "commentText")), "")):
                dates = chain(*(strings(value.get(key)) for key in ("dateCreated", "datePublished", "commentTime")))
                yield Comment(
                    author=next(iter(people(value.get("author") or value.get("creator"), known)), None),
                    date=next(filter(None, (parse_date(date, language=language) for date in dates)), None),
                    text=text.replace("\n", "\n\n"),
                    depth=depth + ("parentItem" in value),
                )
            waiting.append((value.get("comment"), depth + 1))


def strings_of(node: Mapping[str, Any], *keys: str) -> list[str]:
    """The texts that a node has under the first of these keys that is there."""
    return next(([value] for key in keys if isinstance(value := node.get(key), str) and plain(value)), [])
