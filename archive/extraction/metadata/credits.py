"""The article's authors, chosen among structured data and the page's bylines."""

import re
from collections.abc import Sequence
from itertools import islice

from lxml import etree

from archive.extraction.metadata.authors import parse_byline, says_only_titles
from archive.extraction.metadata.bylines import Signed, is_helping
from archive.extraction.metadata.fact_text import inner_text, skeleton
from archive.extraction.metadata.facts import Facts, LabelledText
from archive.extraction.metadata.person_names import (
    is_office,
    is_person,
    is_single,
    is_site_name,
    without_sites,
)
from archive.extraction.metadata.word_lists import base
from archive.labels import Label

_MAX_BYLINES, _MAX_AUTHORS = 12, 30
#: Elements that may hold an author's name, and how classes and links to authors' pages call them.
_HOLDERS = ("a", "span", "address", "p", "div", "li", "strong", "h3", "h4", "h5")
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|autor|auteur|writer|creator|byline)(?:s?[_-]*(?:name|link|text|title)|s)?(?:[\s_-]|$)", re.I
)
_LINK = re.compile(r"/(?:authors?|autor(?:es|en)?|auteurs?|writers?|contributors?|profile)/[^/?#]+/?(?:[?#]|$)", re.I)
#: Characters of the longest text, and elements, that such an element may hold and still be a name.
_LONGEST_MARKED, _MOST_INSIDE = 120, 500
#: Elements in one that names an author among which its name is looked for.
_MOST_NAMED = 20
#: Levels up to what holds all of a story's marked authors.
_NEAR = 3
#: Words before a place.
_IN = "in|near|em|nahe"
#: Those before a place in a story that stand before people elsewhere on a page: "More of Jane Doe".
_OF = "of|from|de|da|do|di|von|aus|à|w|z|na|i|på|från|fra|av|af|uit|van|til|till|в|из|у|з"
#: Where "en" is one of them: elsewhere it is "and".
_EN = frozenset(("es", "fr", "ca", "gl", None))
#: What stands before the names in a credit: "(Editor: Jane Doe)".
_ROLE = re.compile(r"^[（(]?[^:：]{1,40}[:：]\s*")


def choose_authors(
    facts: Facts,
    blocks: Sequence[LabelledText],
    bylines: Sequence[Signed],
    tree: etree._Element,
    sites: Sequence[str],
    language: str | None = None,
) -> tuple[str, ...]:
    """Names that the site's own configuration found; else those that structured data states, or the page's own byline
    where that names them and more.

    A site's own name counts only where nothing else is named, and a person of the byline goes before what is stated of
    a feed, an office or the paper, or of a reader (`CC7567`). A name in capitals is written as it stands elsewhere on
    the page.
    """
    texts = [block.text for block in blocks]
    configured = [block.text for block in blocks if block.label is Label.BYLINE and block.configured]
    if names := configured_authors(facts, configured, texts):
        return names
    stated = [names for credit in facts.credits if (names := without_sites(credit.value, sites, else_all=False))]
    sure = _names([one for one in bylines if one.sure], language)
    people = _confirmed(stated, sure)
    signed = list(dict.fromkeys(_names(bylines, language)))
    signed[1:] = [name for name in signed[1:] if not _is_scene(name, blocks, language)]
    shown = without_sites(signed, sites) or (() if people else _marked(tree, blocks, sites))
    nobody = all(is_office(name) or (is_single(name) and any(map(str.isdigit, name))) for name in people)
    if nobody and people and any(_is_person(name, sites) for name in shown):
        chosen = shown
    elif people:
        # What is a byline by its form alone adds nobody to what is stated.
        shown = tuple(name for name in shown if name in sure)
        chosen = shown if _extends(shown, people) else people
    elif facts.credits and all(is_site_name(name, sites) for name in shown):
        chosen = facts.credits[0].value
    else:
        chosen = shown
    names = (*facts.authors, *shown)
    return tuple(dict.fromkeys(_cased(name, names, texts) for name in chosen))[:_MAX_AUTHORS]


def _is_scene(name: str, blocks: Sequence[LabelledText], language: str | None) -> bool:
    """Whether what stands behind an author's name is a place that the story itself tells of: "in Port Sallow"."""
    near = f"{_IN}{'|en' if base(language) in _EN else ''}"
    told = [block for block in blocks if name in block.text]
    leading = ((rf"{near}|{_OF}" if block.label is Label.BODY else near, block.text) for block in told)
    return any(re.search(rf"\b(?:{words})\s+{re.escape(name)}(?!\w)", text) for words, text in leading)


def _confirmed(stated: Sequence[tuple[str, ...]], shown: Sequence[str]) -> tuple[str, ...]:
    """Of what is stated in several places the first; where the page shows none of its names and all of another one's,
    that: a publisher stands in fields for authors."""
    seen = {name.casefold() for name in shown}
    known = [{name.casefold() for name in names} for names in stated]
    if known and known[0].isdisjoint(seen):
        return next((names for names, own in zip(stated, known, strict=True) if own <= seen), stated[0])
    return next(iter(stated), ())


def configured_authors(facts: Facts, bylines: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """The names in bylines that the site's own configuration found. They win over structured data, the site's own name
    stays among them, and so do initials and people who are credited with other work than writing, where a byline
    holds no other: whoever chose the selector chose them."""
    names: list[str] = []
    for text in bylines[:_MAX_BYLINES]:
        bare, count = _ROLE.subn("", text)
        found = parse_byline(text) or parse_byline(text, strict=False)
        names += found or (parse_byline(bare.rstrip(")）"), strict=False) if count else ())
    known = [*facts.authors, *names]
    return tuple(dict.fromkeys(_cased(name, known, texts) for name in names))[:_MAX_AUTHORS]


def _marked(tree: etree._Element, blocks: Sequence[LabelledText], sites: Sequence[str]) -> tuple[str, ...]:
    """Names that rel and itemprop mark as the author's; else those of the first place that a class or link marks.
    Readers are authors of their comments."""
    found: list[str] = []
    first: list[str] = []
    near: set[etree._Element] = set()
    comments = frozenset(block.element for block in blocks if block.label is Label.COMMENTS)
    for element in tree.iter(*_HOLDERS):
        if element.get("rel") == "author" or element.get("itemprop") == "author":
            around = set(islice(element.iterancestors(), _NEAR))
            # Other stories below have authors of their own.
            if (found and not near & around) or _is_beside(element, comments):
                continue
            near = near or around
            found.extend(_stated_names(element, is_first=not found))
        elif not first:
            name, target = element.get("class"), element.get("href")
            is_called = (name and _CLASS.search(name)) or (target and _LINK.search(target))
            if is_called and not _is_beside(element, comments):
                first = _short_byline(element)
        if len(found) >= _MAX_AUTHORS:
            break
    return without_sites(dict.fromkeys(found or first), sites)


def _is_beside(element: etree._Element, others: frozenset[etree._Element | None]) -> bool:
    """Whether an element is one of some others, in one or around one."""
    return not others.isdisjoint((*islice(element.iterancestors(), _NEAR), *islice(element.iter(), _MOST_NAMED)))


def _stated_names(element: etree._Element, *, is_first: bool) -> tuple[str, ...]:
    """The names in an element that is marked as the author. The first may be a reader's, which has no form, where
    microdata calls a part of it the name."""
    named = next((one for one in islice(element.iter(), _MOST_NAMED) if one.get("itemprop") == "name"), None)
    text = inner_text(element if named is None else named)[:200]
    names = parse_byline(text)
    return names if names or named is None or not is_first else parse_byline(text, strict=False)


def _short_byline(element: etree._Element) -> list[str]:
    """Full names alone: what is marked may be a link to a profile elsewhere, a menu or a picture's credit."""
    if next(islice(element.iter(), _MOST_INSIDE, None), None) is not None:
        return []
    text = inner_text(element)
    if (
        len(text) > _LONGEST_MARKED
        or next(element.iterancestors("figure", "figcaption", "aside", "footer", "nav"), None) is not None
    ):
        return []
    return [name for name in parse_byline(text) if not is_single(name)]


def _names(bylines: Sequence[Signed], language: str | None) -> list[str]:
    """Names in bylines. Who helped is credited at the end of a page, and no author where there are others. A line
    behind a person may say what that person is, and a word be part of a name or its initials."""
    read = [one.text for one in bylines[:_MAX_BYLINES]]
    main: list[str] = []
    for text in read:
        if not is_helping(text) and not (any(map(is_person, main)) and says_only_titles(text)):
            main += parse_byline(text, language=language)
    known = [name.split() for name in main if is_person(name)]
    main = [name for name in main if not any(_is_part(name, full) for full in known)]
    return main or [name for text in read for name in parse_byline(text, language=language)]


def _is_part(name: str, full: Sequence[str]) -> bool:
    """Whether a word is one of a full name's or its initials."""
    return is_single(name) and (name in full or name == "".join(word[0] for word in full))


def _is_person(name: str, sites: Sequence[str]) -> bool:
    """Whether a name can be a person's: not the site's, a desk's or an agency's."""
    return is_person(name) and not is_site_name(name, sites)


def _extends(shown: Sequence[str], people: Sequence[str]) -> bool:
    """Whether the byline has all the stated names, and more."""
    seen = {skeleton(name) for name in shown}
    more = [name for name in shown if skeleton(name) not in {skeleton(person) for person in people}]
    return bool(more) and not any(is_single(name) for name in more) and all(skeleton(name) in seen for name in people)


def _cased(name: str, names: Sequence[str], texts: Sequence[str]) -> str:
    """`JANE DOE` as `Jane Doe` where the page writes it so; abbreviations stay."""
    if not name.isupper() or " " not in name:
        return name
    wanted = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.I)
    for text in (*names, *texts):
        for match in wanted.finditer(text):
            if not match[0].isupper() and not match[0].islower():
                return match[0]
    return name
