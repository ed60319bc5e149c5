"""The article's authors, chosen among structured data and the page's bylines."""

import re
from collections.abc import Sequence

from lxml import etree

from archive.extraction.metadata.authors import parse_byline, without_sites
from archive.extraction.metadata.facts import Facts
from archive.extraction.metadata.names import is_domain, is_single
from archive.extraction.metadata.sites import is_site_name
from archive.extraction.metadata.text import inner_text, skeleton

_MAX_BYLINES, _MAX_AUTHORS = 12, 30
_MARKED = ("author", "byline", "autor", "auteur")


def choose_authors(
    facts: Facts, bylines: Sequence[str], texts: Sequence[str], tree: etree._Element, sites: Sequence[str]
) -> tuple[str, ...]:
    """Names that structured data states, or the page's own byline where that names them and more.

    A site's own name counts only where nothing else is named. `texts` are the page's blocks: a name in
    capitals is written as it stands elsewhere on the page.
    """
    stated = [credit.value for credit in facts.credits]
    shown = _shown(bylines, sites) or (() if _people(stated, sites) else _marked(tree, sites))
    chosen = _chosen(stated, shown, sites)
    names = [*facts.authors, *shown]
    return tuple(dict.fromkeys(_cased(name, names, texts) for name in chosen))[:_MAX_AUTHORS]


def _shown(bylines: Sequence[str], sites: Sequence[str]) -> tuple[str, ...]:
    names = [name for text in bylines[:_MAX_BYLINES] for name in parse_byline(text)]
    return without_sites(dict.fromkeys(names), sites)


def _marked(tree: etree._Element, sites: Sequence[str]) -> tuple[str, ...]:
    """Names that links and elements mark as the author's: rel and itemprop, for pages without a byline block."""
    found: list[str] = []
    for element in tree.iter("a", "span", "address", "p", "div"):
        if element.get("rel") == "author" or element.get("itemprop") == "author":
            found.extend(parse_byline(inner_text(element)[:200]))
        if len(found) >= _MAX_AUTHORS:
            break
    return without_sites(dict.fromkeys(found), sites)


def _people(stated: Sequence[tuple[str, ...]], sites: Sequence[str]) -> tuple[str, ...]:
    """The first statement that names anyone but the site."""
    for names in stated:
        people = tuple(name for name in names if not is_domain(name) and not is_site_name(name, sites))
        if people:
            return people
    return ()


def _chosen(stated: Sequence[tuple[str, ...]], shown: tuple[str, ...], sites: Sequence[str]) -> tuple[str, ...]:
    people = _people(stated, sites)
    if people:
        return shown if _extends(shown, people) else people
    if shown and any(not is_site_name(name, sites) for name in shown):
        return shown
    return stated[0] if stated else shown


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
