"""The article's title among what the page states and shows, without the site's name."""

import re
from collections.abc import Iterable, Sequence

from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.facts import Fact
from archive.extraction.metadata.sites import is_site_name
from archive.extraction.metadata.text import plain, skeleton

_SEPARATOR = re.compile(r"(\s+[-–—−|·•»«:/>›▷☆★]{1,2}\s+|\s*[|｜｜]\s*|\s+-{2,}\s+|--|：|(?<=\S),\s+)")
#: Between these the parts belong together unless the last one is the site's name.
_WEAK = ("：", ",")
#: The share of a title that a segment must have to be taken for the whole.
_SHORTEST = 8


def choose_title(stated: Sequence[Fact[str]], shown: Sequence[str], sites: Iterable[str]) -> str | None:
    """The title that most places agree on; the headline shown on the page breaks a tie.

    `stated` is in order of trust, `shown` holds headline blocks and `<h1>` texts of the page.
    """
    sites = tuple(sites)
    headings = [plain(text) for text in shown if plain(text)]
    titles = [(fact.source, without_site(plain(fact.value), sites)) for fact in stated]
    titles = [(source, title) for source, title in titles if title and not is_site_name(title, sites)]
    if not titles:
        return headings[0] if headings else None
    known = [title for _, title in titles] + headings
    titles = [(source, shortest(title, known)) for source, title in titles]
    shown_title = next((text for text in headings if _is_stated(text, titles)), None)
    return _elected(titles, shown_title)


def without_site(title: str, sites: Iterable[str]) -> str:
    """Cut the site's name, and what stands behind it, from the end of a title; or from its start."""
    sites = tuple(sites)
    parts = _SEPARATOR.split(title)
    for place in range(2, len(parts), 2):
        if is_site_name(parts[place], sites) and (head := "".join(parts[: place - 1]).strip()):
            return without_site(head, sites)
    if len(parts) > 2 and is_site_name(parts[0], sites):
        return "".join(parts[2:]).strip()
    if len(parts) > 2 and len(parts[-1]) < 22 and parse_date(parts[-1], language="de"):
        return without_site("".join(parts[:-2]).strip(), sites)
    return title.strip()


def shortest(title: str, known: Sequence[str]) -> str:
    """A title without what another place's title does not have before or after a separator."""
    parts = _SEPARATOR.split(title)
    whole = {skeleton(other) for other in known if other != title}
    for place in range(len(parts) - 2, 0, -2):
        head = "".join(parts[:place]).strip()
        if len(head) >= _SHORTEST and not parts[place].strip().startswith(_WEAK) and skeleton(head) in whole:
            return head
    return title


def _is_stated(heading: str, titles: Sequence[tuple[str, str]]) -> bool:
    bare = skeleton(heading)
    return len(bare) > 3 and any(_overlap(bare, skeleton(title)) for _, title in titles)


def _overlap(left: str, right: str) -> bool:
    if not left or not right:
        return False
    return left == right or (min(len(left), len(right)) > 12 and (left in right or right in left))


def _elected(titles: Sequence[tuple[str, str]], shown: str | None) -> str:
    votes: dict[str, float] = {}
    for source, title in titles:
        key = skeleton(title)
        votes[key] = max(votes.get(key, 0.0), 0.0) + _WEIGHTS.get(source, 0.3)
    if shown:
        votes[skeleton(shown)] = votes.get(skeleton(shown), 0.0) + _SHOWN
    best = max(votes, key=lambda key: votes[key])
    if shown and skeleton(shown) == best:
        written = [title for _, title in titles if skeleton(title) == best]
        return written[0] if written else shown
    return next(title for _, title in titles if skeleton(title) == best)


_WEIGHTS = {"json-ld:headline": 1.0, "meta:og:title": 1.5, "meta:twitter:title": 0.4, "html:title": 0.5}
_SHOWN = 1.2
