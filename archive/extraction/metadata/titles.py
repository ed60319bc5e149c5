"""The article's title: the headline as displayed, checked against what the page states, without the site's name.

Titles for search engines and social media often differ from the displayed headline. On pages whose title was
noted by readers, a headline that JSON-LD confirms is right seven times in ten where og:title says otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.fact_text import plain, skeleton
from archive.extraction.metadata.facts import Fact
from archive.extraction.metadata.person_names import is_site_name
from archive.extraction.metadata.word_lists import UNSPACED

_SEPARATOR = re.compile(r"((?<!\s)\s++[-–—−|·•»«:/>›▷☆★~]{1,2}\s+|(?:(?<!\s)\s++)?(?:[|｜│]|--+)\s*|：|,\s+)")
#: What parts a kicker from its headline.
_KICKER_END = re.compile(r":\s+|\s[-–—|/·•]\s")
_KICKER = re.compile(r"(?<![\s:|/•·.–—-])[\s:|/•·.–—-]++$")
_PART = re.compile(r"((?<!\s)\s++[-–—−|·•»«:/>›~]{1,2}\s++|(?<!\s)\s*+[|｜│：]\s*+|(?<!\s)\s++::\s*+)")
_WORD = re.compile(r"\w\w+")
_DIGIT = re.compile(r"\d")
#: What parts of a headline that stand in elements of their own may have lost between them.
_JOINT, _SIGN = re.compile(r"[\s:|/–—-]"), re.compile(r"[:|/–—-]")
#: Markdown that stayed in a title, and ornaments at its ends.
_ORNAMENT = re.compile(r"^(?:#{1,6}\s+|[⋆★☆♥•▶►|»·]\s*)+|(?<!\s)\s++[⋆★☆♥•▶►|«»·]$")
#: How much each place's word weighs where the page shows no headline.
_WEIGHTS = {"json-ld:headline": 1.0, "meta:og:title": 1.2, "meta:twitter:title": 0.4, "html:title": 0.5}
_SHORTEST = 8
#: Characters of the longest name of a site; some pages put the story's title where its name belongs.
_LONGEST_SITE = 40


def choose_title(
    stated: Sequence[Fact[str]],
    shown: Sequence[str],
    sites: Iterable[str],
    *,
    news: bool = False,
    lines: Sequence[str] = (),
    sure: str | None = None,
) -> str | None:
    """The displayed headline, or the title that most places state if none is displayed.

    `stated` is in order of trust, `shown` holds headline blocks and `<h1>` texts of the page, in that order.
    On a page that calls itself `news`, a title that JSON-LD, og:title and `<title>` share goes first. `lines` are those
    above the story: what one of them repeats of a title is the headline, the rest a site's name or a rubric. `sure` is
    what is surely the headline: it goes before a `<title>` for search engines that nothing else states.
    """
    titled = {skeleton(fact.value) for fact in stated if len(fact.value) > _LONGEST_SITE}
    sites = tuple(site for site in sites if skeleton(site) not in titled)
    headings = [without_site(_ORNAMENT.sub("", plain(text)), sites) for text in shown]
    headings = [text for text in headings if text and not is_site_name(text, sites)]
    titles = [(fact.source, without_site(_ORNAMENT.sub("", plain(fact.value)), sites)) for fact in stated]
    titles = [(source, title) for source, title in titles if title and not is_site_name(title, sites)]
    if not titles:
        return headings[0] if headings else None
    known = [title for _, title in titles] + headings
    titles = [(source, _repeated(shortest(title, known), lines, sites)) for source, title in titles]
    alone = dict(titles).get("meta:og:title", "")
    headings = [_without_kicker(heading, alone) for heading in headings]
    titles = [(source, _without_kicker(title, alone)) for source, title in titles]
    if found := (_unanimous(titles) if news else None) or _displayed(headings, titles):
        return found
    only = {source for source, _ in titles} == {"html:title"}
    return sure if only and sure in headings else _elected(titles)


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
    if len(parts) > 2 and parts[-2].strip() in ("|", "｜") and _is_in_site(parts[-1], sites):
        return without_site("".join(parts[:-2]).strip(), sites)
    front, _, rest = title.partition(": ")
    if len(rest) >= _SHORTEST and is_site_name(front, sites):
        return rest.strip()
    if len(parts) > 2 and len(parts[-1]) < 22 and parts[-2] != ", " and parse_date(parts[-1], language="de"):
        return without_site("".join(parts[:-2]).strip(), sites)
    return title.strip()


def _is_in_site(part: str, sites: Sequence[str]) -> bool:
    """Whether what stands behind the last bar is part of a site's name, as `Koia` is of drinkkoia."""
    return len(skeleton(part)) >= 4 and any(skeleton(part) in skeleton(site) for site in sites)


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


def _repeated(title: str, lines: Sequence[str], sites: Sequence[str]) -> str:
    """The part of a title that a line above the story repeats, where the rest is not repeated too."""
    parts = _PART.split(title)
    if len(parts) < 3 or skeleton(title) in (known := {skeleton(line) for line in lines}):
        return title
    for place in range(1, len(parts), 2):
        front, rear = "".join(parts[:place]).strip(), "".join(parts[place + 1 :]).strip()
        found = [part for part in (front, rear) if len(part) >= _SHORTEST and skeleton(part) in known]
        found = [part for part in found if not is_site_name(part, sites)]
        if len(found) == 1 and len(found[0].split()) + len(UNSPACED.findall(found[0])) > 2:
            return found[0]
    return title


def _without_kicker(title: str, alone: str) -> str:
    """`Kicker: headline` to `headline` where og:title has it `alone`."""
    tail = title.partition(": ")[2]
    return alone if tail and skeleton(tail) == skeleton(alone) else title


def _displayed(headings: Sequence[str], titles: Sequence[tuple[str, str]]) -> str | None:
    """The heading that a stated title confirms: wholly, but for a kicker, or at least in its words."""
    by_skeleton: dict[str, str] = {}
    for _, title in titles:
        by_skeleton.setdefault(skeleton(title), title)
    for heading in headings:
        if same := by_skeleton.get(skeleton(heading)):
            return _better_written(heading, same)
    for heading in headings:
        if other := _with_kicker(heading, titles) or _shared_tail(heading, titles) or _begun(heading, titles):
            return other
    return next((heading for heading in headings if _is_like(heading, titles, len(headings))), None)


def _better_written(heading: str, title: str) -> str:
    """The heading's own letters; but capitals may be the page's style, and signs between elements are lost."""
    if heading.isupper() and not title.isupper():
        return title
    same = _JOINT.sub("", title) == _JOINT.sub("", heading)
    added = Counter(_SIGN.findall(heading)) - Counter(_SIGN.findall(title))
    return title if same and not added else heading


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


def _shared_tail(heading: str, titles: Sequence[tuple[str, str]]) -> str | None:
    """The headline behind a kicker, where a stated title has the same behind another kicker."""
    kicker, tail = _parted(heading)
    for other, same in (_parted(title) for _, title in titles):
        if len(tail) >= _SHORTEST and skeleton(tail) == skeleton(same) and not kicker & other:
            return tail
    return None


def _parted(title: str) -> tuple[frozenset[str], str]:
    """The words of a kicker, and what stands behind it."""
    parts = _KICKER_END.split(title, maxsplit=1)
    return (frozenset(_WORD.findall(parts[0].casefold())), parts[1]) if len(parts) > 1 else (frozenset(), "")


def _begun(heading: str, titles: Sequence[tuple[str, str]]) -> str | None:
    """The title that two places state, where the heading has a date, a host or a count behind it."""
    bare = skeleton(heading)
    counts = Counter(skeleton(title) for _, title in titles)
    for _, title in titles:
        start = skeleton(title)
        rest = bare.removeprefix(start)
        if counts[start] > 1 and len(start) >= 12 and rest != bare and _DIGIT.search(rest):
            return title
    return None


def _is_like(heading: str, titles: Sequence[tuple[str, str]], count: int) -> bool:
    """Whether a heading that nothing states word for word is the article's: it shares words with a title."""
    words = set(_WORD.findall(heading.casefold()))
    if (len(words) < 2 and count > 1) or _is_front(heading, titles):
        return False
    shared = max(len(words & set(_WORD.findall(title.casefold()))) for _, title in titles)
    return shared >= 2 and shared >= 0.25 * len(words)


def _is_front(heading: str, titles: Sequence[tuple[str, str]]) -> bool:
    """Whether a heading is what one place puts before the title that another has alone: a blog's name, mostly."""
    bare, stated = skeleton(heading), {skeleton(title) for _, title in titles}
    return any(title.startswith(bare) and title[len(bare) :] in stated for title in stated if title != bare)


def _elected(titles: Sequence[tuple[str, str]]) -> str:
    votes: dict[str, float] = {}
    for source, title in titles:
        votes[skeleton(title)] = votes.get(skeleton(title), 0.0) + _WEIGHTS.get(source, 0.3)
    best = max(votes, key=lambda key: votes[key])
    return next(title for _, title in titles if skeleton(title) == best)
