"""The article's title: the headline as displayed, checked against what the page states, without the site's name.

Titles for search engines and social media often differ from the displayed headline. On pages whose title was
noted by readers, a headline that JSON-LD confirms is right seven times in ten where og:title says otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from lxml import etree

from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.fact_text import inner_text, plain, skeleton
from archive.extraction.metadata.facts import Facts, LabelledText
from archive.extraction.metadata.person_names import is_site_name
from archive.extraction.metadata.word_lists import UNSPACED
from archive.labels import Label

_SEPARATOR = re.compile(r"((?<!\s)\s++[-–—−|·•»«:/>›▷☆★~@]{1,2}\s+|(?:(?<!\s)\s++)?(?:[|｜│]|--+)\s*|：|,\s+)")
#: What parts a kicker from its headline.
_KICKER_END = re.compile(r":\s+|\s[-–—|/·•]\s")
_KICKER = re.compile(r"(?<![\s:|/•·.–—-])[\s:|/•·.–—-]++$")
_PART = re.compile(r"((?<!\s)\s++[-–—−|·•»«:/>›~@]{1,2}\s++|(?<!\s)\s*+[|｜│：]\s*+|(?<!\s)\s++::\s*+)")
#: The same in scripts without spaces: `标题_网站`.
_CLOSE = r"|(?<!\s)\s*+[-–—_]++\s*+)"
_CLOSE_SEPARATOR, _CLOSE_PART = (re.compile(pattern.pattern[:-1] + _CLOSE) for pattern in (_SEPARATOR, _PART))
_WORD = re.compile(r"\w\w+")
_DIGIT = re.compile(r"\d")
#: What parts of a headline that stand in elements of their own may have lost between them.
_JOINT, _SIGN = re.compile(r"[\s:|/–—-]"), re.compile(r"[:|/–—-]")
#: Markdown that stayed in a title, and ornaments at its ends.
_ORNAMENT = re.compile(r"^(?:#{1,6}\s+|[⋆★☆♥•▶►|»·]\s*)+|(?<!\s)\s++[⋆★☆♥•▶►|«»·]$")
#: How much each place's word weighs where the page shows no headline.
_WEIGHTS = {"json-ld:headline": 1.0, "meta:og:title": 1.2, "meta:twitter:title": 0.4, "html:title": 0.5}
_SHORTEST, _MAX_HEADINGS = 8, 12
_HEADINGS = ("h1", "h2", "h3")
#: A headline's confidence from which it is sure; characters of a first paragraph; blocks above it that are looked at.
_SURE, _PARAGRAPH, _MOST_ABOVE = 0.9, 100, 60
#: What parts the places of a path, from the site down.
_PATHS = [{sign} for sign in "»›>"]
#: What parts a title from what stands behind it, and the confidence of a headline that stands before.
_BARS, _HEADED = frozenset("-–—|·•»"), 0.8
#: Words of the longest rubric, and its letters in scripts without spaces.
_RUBRIC, _CLOSE_RUBRIC = 3, 6
#: What parts a title, rubrics and the site's name; in scripts without spaces; and what has spaces about it there.
_FILING, _FILING_CLOSE, _SPACED = "|｜│/·", "|｜│/·_-", "/·"
#: What editors call a page until somebody names it.
_UNTITLED = re.compile(
    r"untitled(?: (?:document|page|post))?[ -]?\d*|new (?:page|document|post)[ -]?\d*|(?:no |page )?title|document"
    r"|unbenanntes dokument|ohne titel|neue seite[ -]?\d*|(?:document )?sans (?:titre|nom)|nouvelle page[ -]?\d*"
    r"|(?:documento )?(?:sin t[íi]tulo|senza titolo|sem t[íi]tulo)|nuova pagina[ -]?\d*"
    r"|(?:naamloos|namnlöst|unavngivet|nimetön) dokument\w*|(?:dokument )?bez (?:nazwy|tytułu|názvu)"
    r"|(?:документ )?без названия|無題(?:ドキュメント)?|无标题文档|無標題文件|제목 없음",
    re.I,
)
#: Characters of the longest name of a site; some pages put the story's title where its name belongs.
_LONGEST_SITE = 40


def choose_title(
    facts: Facts, blocks: Sequence[LabelledText], headings: Sequence[etree._Element], sites: Iterable[str]
) -> str | None:
    """The displayed headline, or the title that most places state if none is displayed.

    `headings` are the page's `<h1>` elements, `sites` what the site is called. On a page that calls itself news, a
    title that JSON-LD, og:title and `<title>` share goes first. What a line above the story repeats of a title is the
    headline, the rest a site's name or a rubric. A headline that is sure goes before a `<title>` for search engines
    that nothing else states.
    """
    shown = [block for block in blocks if block.label is Label.HEADLINE]
    texts = [block.text for block in shown] + [inner_text(heading) for heading in headings[:_MAX_HEADINGS]]
    titled = {skeleton(fact.value) for fact in facts.titles if len(fact.value) > _LONGEST_SITE}
    sites = tuple(site for site in sites if skeleton(site) not in titled)
    own = [title for text in texts if (title := _own(text, sites))]
    stated = (fact for fact in facts.titles if not _UNTITLED.fullmatch(fact.value.strip()))
    titles = [(fact.source, title) for fact in stated if (title := _own(fact.value, sites))]
    if not titles:
        # A page of the site's own name is called so.
        named = next(iter(own), None) or next((plain(text) for text in texts if _is_stated(text, facts)), None)
        return named or _opening(blocks)
    above = takewhile(lambda block: block.label is not Label.BODY or len(block.text) < _PARAGRAPH, blocks)
    lines = [line for block in islice(above, _MOST_ABOVE) for line in block.text.split("\n")]
    known = [title for _, title in titles] + own
    titles = [(source, _repeated(shortest(title, known), lines, sites)) for source, title in titles]
    titles = [(source, _without_rubric(_as_headed(title, shown), lines)) for source, title in titles]
    alone = dict(titles).get("meta:og:title", "")
    own = [_without_kicker(heading, alone) for heading in own]
    titles = [(source, _without_kicker(title, alone)) for source, title in titles]
    shared = [dict(reversed(titles)).get(source) for source in ("json-ld:headline", "meta:og:title", "html:title")]
    if facts.is_news and all(shared) and len({skeleton(title or "") for title in shared}) == 1:
        return shared[0]
    h1 = (block for block in shown if block.confidence >= _SURE and getattr(block.element, "tag", None) == "h1")
    sure = next((plain(block.text) for block in h1), "")
    is_alone = sure in own and {source for source, _ in titles} == {"html:title"}
    displayed = _displayed(own, [title for _, title in titles]) or (sure if is_alone else None)
    return displayed or _unfiled(_elected(titles), facts)


def _opening(blocks: Sequence[LabelledText]) -> str | None:
    """The heading with which the story begins, on a page that names itself nowhere else."""
    first = next((block for block in blocks if block.label is Label.BODY), None)
    is_heading = first is not None and getattr(first.element, "tag", None) in _HEADINGS
    return plain(first.text) if first is not None and is_heading else None


def _own(text: str, sites: Sequence[str]) -> str:
    """A title without ornaments and the site's name; nothing where it is that name."""
    title = without_site(_ORNAMENT.sub("", plain(text)), sites)
    return "" if is_site_name(title, sites) else title


def without_site(title: str, sites: Sequence[str]) -> str:
    """Cut the site's name, and what stands behind it, from the end of a title; or from its start."""
    parts = _parts(title, _SEPARATOR, _CLOSE_SEPARATOR)
    for place in range(2, len(parts), 2):
        if is_site_name(parts[place], sites) and (head := "".join(parts[: place - 1]).strip()):
            return without_site(head, sites)
    if len(parts) > 2 and is_site_name(parts[0], sites):
        # `Site » Archive » Title` is a path.
        is_path = len(parts[-1]) >= _SHORTEST and {sign.strip() for sign in parts[1::2]} in _PATHS
        return without_site((parts[-1] if is_path else "".join(parts[2:])).strip(), sites)
    # What stands behind the last bar may be part of a site's name, as `Koia` is of drinkkoia.
    tail = skeleton(parts[-1])
    is_part = len(tail) > 3 and any(tail in skeleton(site) for site in sites)
    if is_part and len(parts) > 2 and parts[-2].strip() in ("|", "｜"):
        return without_site("".join(parts[:-2]).strip(), sites)
    front, _, rest = title.partition(": ")
    if len(rest) >= _SHORTEST and is_site_name(front, sites):
        return rest.strip()
    if len(parts) > 2 and len(parts[-1]) < 22 and parts[-2] != ", " and parse_date(parts[-1], language="de"):
        return without_site("".join(parts[:-2]).strip(), sites)
    return title.strip()


def _parts(title: str, spaced: re.Pattern[str], close: re.Pattern[str]) -> list[str]:
    """A title's parts, with what separates them between."""
    return (close if UNSPACED.search(title) else spaced).split(title)


def shortest(title: str, known: Sequence[str]) -> str:
    """A title without what stands before or behind a separator, if another place has it without."""
    whole = {skeleton(other) for other in known if other != title}
    parts = _parts(title, _SEPARATOR, _CLOSE_SEPARATOR)
    places = [place for place in range(len(parts) - 2, 0, -2) if not parts[place].startswith((",", "："))]
    for place in places:
        for part in ("".join(parts[:place]).strip(), "".join(parts[place + 1 :]).strip()):
            if len(part) >= max(_SHORTEST, 0.4 * len(title)) and skeleton(part) in whole:
                return part
    return title


def _repeated(title: str, lines: Sequence[str], sites: Sequence[str]) -> str:
    """The part of a title that a line above the story repeats, where the rest is not repeated too."""
    parts = _parts(title, _PART, _CLOSE_PART)
    if len(parts) < 3 or skeleton(title) in (known := {skeleton(line) for line in lines}):
        return title
    for place in range(1, len(parts), 2):
        front, rear = "".join(parts[:place]).strip(), "".join(parts[place + 1 :]).strip()
        found = [part for part in (front, rear) if len(part) >= _SHORTEST and skeleton(part) in known]
        found = [part for part in found if not is_site_name(part, sites)]
        if len(found) == 1 and len(found[0].split()) + len(UNSPACED.findall(found[0])) > 2:
            return found[0]
    return title


def _as_headed(title: str, shown: Sequence[LabelledText]) -> str:
    """A title without what stands behind a dash or a bar, where the headline is what stands before: `Retries — Windlass
    2.4 documentation`."""
    parts = _SEPARATOR.split(title, maxsplit=1)
    if len(parts) < 3 or parts[1].strip() not in _BARS:
        return title
    sure = (block for block in shown if block.confidence >= _HEADED and getattr(block.element, "tag", None) == "h1")
    front = parts[0].strip()
    return front if skeleton(front) in {skeleton(block.text) for block in sure} else title


def _without_rubric(title: str, lines: Sequence[str]) -> str:
    """A title without a rubric behind a bar, which a line above the story has alone: one of the menu's."""
    front, bar, rubric = title.rpartition("|")
    is_rubric = len(rubric.split()) <= _RUBRIC and len(front.strip()) >= _SHORTEST and bool(rubric.strip())
    return front.strip() if bar and is_rubric and skeleton(rubric) in map(skeleton, lines) else title


def _unfiled(title: str, facts: Facts) -> str:
    """A title without the rubrics between it and the site's name: `Title / Section / Site`, `标题_频道_网站`. They are
    short, one sign parts all, and nothing on the page states the title with them and without the site."""
    if _is_stated(title, facts):
        return title
    for whole in (plain(fact.value) for fact in facts.titles):
        sign = whole.removeprefix(title).lstrip()[:1] if whole.startswith(title) else ""
        if not sign or sign not in (_FILING_CLOSE if UNSPACED.search(title) else _FILING):
            continue
        space = "+" if sign in _SPACED else "*"
        front, *rubrics = re.split(rf"(?<!\s)\s{space}+{re.escape(sign)}\s{space}+", title)
        longest = _CLOSE_RUBRIC if UNSPACED.search(title) else _RUBRIC
        if len(front) >= _SHORTEST and all(_size(one) <= min(longest, _size(front) - 1) for one in rubrics):
            return front
    return title


def _size(text: str) -> int:
    """Words, and letters of scripts without spaces."""
    return len(UNSPACED.sub(" ", text).split()) + len(UNSPACED.findall(text))


def _is_stated(text: str, facts: Facts) -> bool:
    return any(skeleton(text) == skeleton(fact.value) for fact in facts.titles)


def _without_kicker(title: str, alone: str) -> str:
    """`Kicker: headline` to `headline` where og:title has it `alone`."""
    tail = title.partition(": ")[2]
    return alone if tail and skeleton(tail) == skeleton(alone) else title


def _displayed(headings: Sequence[str], titles: Sequence[str]) -> str | None:
    """The heading that a stated title confirms: wholly, but for a kicker, or at least in its words."""
    by_skeleton = {skeleton(title): title for title in reversed(titles)}
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


def _with_kicker(heading: str, titles: Sequence[str]) -> str | None:
    bare = skeleton(heading)
    for title in titles:
        other = skeleton(title)
        if min(len(bare), len(other)) < 12:
            continue
        if bare.endswith(other):
            return title
        if other.endswith(bare) and _KICKER.search(title[: max(0, title.find(heading))] or " "):
            return title
    return None


def _shared_tail(heading: str, titles: Sequence[str]) -> str | None:
    """The headline behind a kicker, where a stated title has the same behind another kicker."""
    kicker, tail = _parted(heading)
    for other, same in (_parted(title) for title in titles):
        if len(tail) >= _SHORTEST and skeleton(tail) == skeleton(same) and not kicker & other:
            return tail
    return None


def _parted(title: str) -> tuple[frozenset[str], str]:
    """The words of a kicker, and what stands behind it."""
    parts = _KICKER_END.split(title, maxsplit=1)
    return (frozenset(_WORD.findall(parts[0].casefold())), parts[1]) if len(parts) > 1 else (frozenset(), "")


def _begun(heading: str, titles: Sequence[str]) -> str | None:
    """The title that two places state, where the heading has a date, a host or a count behind it."""
    bare = skeleton(heading)
    counts = Counter(skeleton(title) for title in titles)
    for title in titles:
        start = skeleton(title)
        rest = bare.removeprefix(start)
        if counts[start] > 1 and len(start) >= 12 and rest != bare and _DIGIT.search(rest):
            return title
    return None


def _is_like(heading: str, titles: Sequence[str], count: int) -> bool:
    """Whether a heading that nothing states word for word is the article's: it shares words with a title. What one
    place puts before the title that another has alone is a blog's name, mostly."""
    words, bare = set(_WORD.findall(heading.casefold())), skeleton(heading)
    stated = {skeleton(title) for title in titles}
    is_front = any(one.startswith(bare) and one[len(bare) :] in stated for one in stated if one != bare)
    if is_front or (len(words) < 2 and count > 1):
        return False
    shared = max(len(words & set(_WORD.findall(title.casefold()))) for title in titles)
    return shared >= 2 and shared >= 0.25 * len(words)


def _elected(titles: Sequence[tuple[str, str]]) -> str:
    votes: dict[str, float] = {}
    for source, title in titles:
        votes[skeleton(title)] = votes.get(skeleton(title), 0.0) + _WEIGHTS.get(source, 0.3)
    best = max(votes, key=lambda key: votes[key])
    return next(title for _, title in titles if skeleton(title) == best)
