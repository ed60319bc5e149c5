"""When the article was published and changed, chosen among structured data, the page, its URL and a guess."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache

from htmldate import find_date
from lxml import etree

from archive.extraction.metadata.dates import find_dates, parse_date, possible
from archive.extraction.metadata.facts import Fact, Facts
from archive.extraction.metadata.words import alternation, words

_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?=\D|$)")
_MAX_TIMES, _MAX_STAMPS = 6, 12


def choose_dates(
    facts: Facts,
    stamps: Sequence[str],
    tree: etree._Element,
    url: str,
    language: str | None,
    latest: datetime | None,
) -> tuple[str | None, str | None]:
    """Publication and modification as ISO 8601, each None where nothing says so.

    A stated date is made more exact by others of the same moment (a time, an offset), never moved by them.
    """
    published = _possible(facts.published, latest)
    modified = _possible(facts.modified, latest)
    shown = {"published": [], "updated": []} if published and modified else _shown(stamps, language, latest)
    first = sharpened(published) or sharpened(shown["published"])
    first = first or _marked(tree, language, latest) or _from_url(url, latest) or _guessed(tree, url, latest)
    return first, sharpened(modified) or sharpened(shown["updated"])


def _possible(facts: Iterable[Fact[str]], latest: datetime | None) -> list[str]:
    return [fact.value for fact in facts if possible(fact.value, latest)]


def sharpened(dates: Sequence[str]) -> str | None:
    """The first date, with the time or the offset that another one has for the same day or time."""
    best = dates[0] if dates else None
    for other in dates[1:]:
        if best and len(other) > len(best) and _same_clock(best, other):
            best = other
    return best


def _same_clock(best: str, other: str) -> bool:
    if len(best) == 10:
        return other.startswith(best)
    has_offset = best[19:].lstrip(".0123456789") != ""
    return not has_offset and other[:16] == best[:16] and other[19:].lstrip(".0123456789") != ""


@cache
def _labels() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<updated>{alternation(words('updated'))})|(?P<published>{alternation(words('published'))})",
        re.I,
    )


def _shown(stamps: Sequence[str], language: str | None, latest: datetime | None) -> dict[str, list[str]]:
    """Dates of the page's own date blocks, told apart by the words before them."""
    found: dict[str, list[str]] = {"published": [], "updated": []}
    for text in stamps[:_MAX_STAMPS]:
        for iso, kind in labelled_dates(text, language, latest):
            found[kind].append(iso)
    return found


def labelled_dates(
    text: str, language: str | None, latest: datetime | None = None
) -> Iterator[tuple[str, str]]:
    """Each date of a text with `published` or `updated`: the nearest such word before it, else `published`."""
    end = 0
    for stamp in find_dates(text, language=language, latest=latest):
        before = [match.lastgroup for match in _labels().finditer(text, end, stamp.end)]
        yield stamp.iso, before[-1] if before and before[-1] else "published"
        end = stamp.end


def _marked(tree: etree._Element, language: str | None, latest: datetime | None) -> str | None:
    """The first `<time datetime>` or itemprop=datePublished of the page."""
    for count, element in enumerate(tree.iter("time")):
        if count >= _MAX_TIMES:
            break
        kind = " ".join(filter(None, (element.get("itemprop"), element.get("class")))).lower()
        if any(word in kind for word in ("modif", "updat")):
            continue
        stated = element.get("datetime") or "".join(element.itertext())
        if iso := parse_date(stated[:100], language=language, latest=latest):
            return iso
    return None


def _from_url(url: str, latest: datetime | None) -> str | None:
    match = _IN_URL.search(url)
    return parse_date("-".join(match.groups()), latest=latest) if match else None


def _guessed(tree: etree._Element, url: str, latest: datetime | None) -> str | None:
    """htmldate's search, as slow as reading the rest of the page: only where nothing else has a date."""
    guess = find_date(
        tree,
        original_date=True,
        extensive_search=True,
        url=url or None,
        max_date=latest.date().isoformat() if latest else None,
    )
    return guess if guess and possible(guess, latest) else None
