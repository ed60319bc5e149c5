"""The article's title: the headline as displayed, checked against what the page states, without the site's name.

Titles for search engines and social media often differ from the displayed headline. On pages whose title was
noted by readers, a headline that JSON-LD confirms is right seven times in ten where og:title says otherwise.
"""

import re
from collections.abc import Iterable, Sequence

from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.facts import Fact
from archive.extraction.metadata.sites import is_site_name
from archive.extraction.metadata.text import plain, skeleton

_SEPARATOR = re.compile(r"(\s+[-–—−|·•»«:/>›▷☆★~]{1,2}\s+|\s*[|｜│]\s*|\s*--+\s*|：|,\s+)")
#: What parts a kicker from its headline.
_KICKER = re.compile(r"[\s:|/•·.–—-]+$")
_WORD = re.compile(r"\w+")
#: How much each place's word weighs where the page shows no headline.
_WEIGHTS = {"json-ld:headline": 1.0, "meta:og:title": 1.2, "meta:twitter:title": 0.4, "html:title": 0.5}
_SHORTEST = 8


def choose_title(
    stated: Sequence[Fact[str]], shown: Sequence[str], sites: Iterable[str], *, news: bool = False
) -> str | None:
    """The displayed headline, or the title that most places state if none is displayed.

    `stated` is in order of trust, `shown` holds headline blocks and `<h1>` texts of the page, in that order.
    On a page that calls itself `news`, a title that JSON-LD, og:title and `<title>` share goes first.
    """
    sites = tuple(sites)
    headings = [without_site(plain(text), sites) for text in shown]
    headings = [text for text in headings if text and not is_site_name(text, sites)]
    titles = [(fact.source, without_site(plain(fact.value), sites)) for fact in stated]
    titles = [(source, title) for source, title in titles if title and not is_site_name(title, sites)]
    if not titles:
        return headings[0] if headings else None
    known = [title for _, title in titles] + headings
    titles = [(source, shortest(title, known)) for source, title in titles]
    return (_unanimous(titles) if news else None) or _displayed(headings, titles) or _elected(titles)


def _unanimous(titles: Sequence[tuple[str, str]]) -> str | None:
    by_source = dict(reversed(titles))
    first = by_source.get("json-ld:headline")
    others = [by_source.get(source) for source in ("meta:og:title", "html:title")]
    same = first and all(other and skeleton(other) == skeleton(first) for other in others)
    return first if same else None


def without_site(title: str, sites: Iterable[str]) -> str:
    """Cut the site's name, and what stands behind it, from the end of a title; or from its start."""
    sites = tuple(sites)
    parts = _SEPARATOR.split(title)
    for place in range(2, len(parts), 2):
        if is_site_name(parts[place], sites) and (head := "".join(parts[: place - 1]).strip()):
            return without_site(head, sites)
    if len(parts) > 2 and is_site_name(parts[0], sites):
        return without_site("".join(parts[2:]).strip(), sites)
    if len(parts) > 2 and len(parts[-1]) < 22 and parts[-2] != ", " and parse_date(parts[-1], language="de"):
        return without_site("".join(parts[:-2]).strip(), sites)
    return title.strip()


def shortest(title: str, known: Sequence[str]) -> str:
    """A title without what stands before or behind a separator, if another place has it without."""
    whole = {skeleton(other) for other in known if other != title}
    parts = _SEPARATOR.split(title)
    places = [place for place in range(len(parts) - 2, 0, -2) if not parts[place].startswith((",", "："))]
    for place in places:
        for part in ("".join(parts[:place]).strip(), "".join(parts[place + 1 :]).strip()):
            if len(part) >= max(_SHORTEST, 0.4 * len(title)) and skeleton(part) in whole:
                return part
    return title


def _displayed(headings: Sequence[str], titles: Sequence[tuple[str, str]]) -> str | None:
    """The heading that a stated title confirms: wholly, but for a kicker, or at least in its words."""
    by_skeleton: dict[str, str] = {}
    for _, title in titles:
        by_skeleton.setdefault(skeleton(title), title)
    for heading in headings:
        if same := by_skeleton.get(skeleton(heading)):
            return _better_written(heading, same)
    for heading in headings:
        if longer := _with_kicker(heading, titles):
            return longer
    return next((heading for heading in headings if _is_like(heading, titles, len(headings))), None)


def _better_written(heading: str, title: str) -> str:
    """The heading's own letters; but parts in elements of their own may have lost the signs between them."""
    if _letters(heading) == _letters(title) and len("".join(title.split())) >= len("".join(heading.split())):
        return title
    return heading


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text))


def _with_kicker(heading: str, titles: Sequence[tuple[str, str]]) -> str | None:
    bare = skeleton(heading)
    for _, title in titles:
        other = skeleton(title)
        if min(len(bare), len(other)) < 12:
            continue
        if bare.endswith(other):
            return title
        if other.endswith(bare) and _KICKER.search(title[: max(0, title.find(heading))] or " "):
            return title
    return None


def _is_like(heading: str, titles: Sequence[tuple[str, str]], count: int) -> bool:
    """Whether a heading that nothing states word for word is the article's: it shares words with a title."""
    words = set(_WORD.findall(heading.casefold()))
    if len(words) < 2 and count > 1:
        return False
    shared = max(len(words & set(_WORD.findall(title.casefold()))) for _, title in titles)
    return shared >= 2 and shared >= 0.25 * len(words)


def _elected(titles: Sequence[tuple[str, str]]) -> str:
    votes: dict[str, float] = {}
    for source, title in titles:
        votes[skeleton(title)] = votes.get(skeleton(title), 0.0) + _WEIGHTS.get(source, 0.3)
    best = max(votes, key=lambda key: votes[key])
    return next(title for _, title in titles if skeleton(title) == best)
