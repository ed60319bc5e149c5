"""When the article was published and changed, chosen among structured data, the page, its URL and a guess."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from lxml import etree

from archive.extraction.metadata.bylines import stamping
from archive.extraction.metadata.date_roles import date_words, named_dates
from archive.extraction.metadata.dates import Stamp, find_dates, parse_date, possible
from archive.extraction.metadata.fact_text import inner_text
from archive.extraction.metadata.facts import Facts, LabelledText
from archive.extraction.metadata.signatures import is_stamp
from archive.extraction.metadata.word_lists import months
from archive.labels import Label

_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?=\D|$)")
#: A month in an address: `/2023/10/`, `/2023/october/`.
_MONTH_IN_URL = re.compile(r"/((?:19|20)\d\d)/(\d\d?|[a-z]{3,9})(?=[/-])", re.I)
#: A day and a month as numbers, which may stand in either order.
_NUMERIC = re.compile(r"(?<!\d)\d\d?([./-])\d\d?\1(?:\d\d)?\d\d(?!\d)")
_YEAR = re.compile(r"\d\d\d\d|\d\d?[./-]\d\d?[./-]\d\d")
#: What stands before numbers that look like a day.
_VERSION = re.compile(r"(?:\b(?:version|ver|rev|release|build)|\bv)[.:]?\s*$", re.I)
_MAX_TIMES, _MAX_STAMPS, _MOST_SCRIPTS = 6, 12, 100
_VARIABLE = re.compile(
    r"\b(?:create_?time|publish_?(?:time|date)|pub_?date)[\"']?\s*[=:]\s*[\"'](\d{4}-\d\d-\d\d[ T\d:]{0,9})", re.I
)
#: Characters of a line that says when.
_LINE = 60
#: Characters of a day.
_DAY = 10
_MIDNIGHT = "T00:00:00"
#: Labels of blocks whose dates, where they are not the story's own, are those of other stories and of readers.
_OTHERS = (Label.DATE, Label.RELATED, Label.COMMENTS)
#: The confidence from which a block's label says so.
_SURE = 0.8
#: Between them, two dates of one moment may fall on two days: there are time zones.
_DAYS_APART = timedelta(days=2)


def choose_dates(
    facts: Facts,
    blocks: Sequence[LabelledText],
    tree: etree._Element,
    url: str,
    language: str | None,
    captured: datetime | None,
) -> tuple[str | None, str | None]:
    """Publication and modification as ISO 8601, each None where nothing says so; none after two days from the capture.

    A stated date is made more exact by others of the same moment (a time, an offset), never moved by them. No guess may
    take the dates of other stories and other things.
    """
    latest = captured + timedelta(days=2) if captured else None
    stamps = stamping(blocks)
    published, modified = (
        [fact.value for fact in stated if possible(fact.value, latest)] for stated in (facts.published, facts.modified)
    )
    near = {iso[:7] for iso in (*published, *modified)} | _months_in(url)
    if published and modified and published[0][:10] >= modified[0][:10]:
        # Some systems stamp both with the day on which they built the page; the older date stands above the story.
        above = _shown(stamps.above, language, latest, near)
        older = [*above.published, *above.unnamed][:1]
        days = [date.fromisoformat(iso[:10]) for iso in (*older, published[0])]
        published = older if days[-1] - days[0] >= _DAYS_APART else published
    settled = published and modified
    shown = _Shown() if settled else _shown([*stamps.above, *stamps.below], language, latest, near)
    first = sharpened(published) or _in_title(facts, latest) or sharpened([*shown.published, *shown.unnamed])
    if first is None or len(first) == _DAY:
        first = _with_marked(first, _marked(tree, language, latest, _of_others(blocks)))
    first = first or _from_url(url, latest) or _listed(blocks, language, latest) or _scripted(tree, latest)
    last = sharpened(modified) or sharpened(shown.updated) or _marked_update(tree, language, latest)
    if first is None and (guess := _guessed(facts, tree, url, latest)) and not _is_numbered(guess, blocks):
        aside = [block for block in blocks if block.label not in (Label.DATE, Label.BYLINE, Label.BODY)]
        taken = {iso[:10] for iso in (*shown.updated, *shown.other)} | _days((*stamps.other, *aside), language)
        first = None if guess in taken else guess
    return first, last


def _with_marked(day: str | None, marked: str | None) -> str | None:
    """A day with the time that the page marks for it, or what it marks where there is none. Midnight is how programs
    write a day."""
    if marked is None or (day and _MIDNIGHT in marked):
        return day
    return sharpened([day, marked]) if day else marked


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


@dataclass(frozen=True, slots=True)
class _Shown:
    """Dates that the page shows, by what it calls them."""

    published: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


def _shown(
    stamps: Sequence[LabelledText], language: str | None, latest: datetime | None, near: Collection[str]
) -> _Shown:
    """Dates of the page's own date blocks, told apart by the words before them, in their block or the last. Where
    numbers may mean two days, the months that the page states (`near`) say which."""
    found = _Shown()
    waiting = ""
    for stamp in stamps[:_MAX_STAMPS]:
        text = stamp.text
        if stamp.element is not None and not _YEAR.search(text):
            # "3 hours ago", with the `<time datetime>` inside it.
            times = [element.get("datetime") or "" for element in stamp.element.iter("time")]
            text = " ".join([text[:100], *times[:2]])
        dated = list(named_dates(f"{waiting} {text}", language, latest))
        for iso, kind in dated:
            other = _exchanged(iso) if _NUMERIC.search(text) and iso[:7] not in near else iso
            getattr(found, kind or "unnamed").append(other if other[:7] in near and possible(other, latest) else iso)
        waiting = text if not dated and date_words(text).fullmatch(text.strip(" :.")) else ""
    return found


def _exchanged(iso: str) -> str:
    """A date with day and month in the other order, where that is one."""
    year, month, day = iso[:4], iso[5:7], iso[8:10]
    return f"{year}-{day}-{month}{iso[10:]}" if int(day) <= 12 else iso


def _months_in(url: str) -> set[str]:
    """The month in a page's address as `2023-10`."""
    if not (match := _MONTH_IN_URL.search(url)):
        return set()
    month = int(match[2]) if match[2].isdecimal() else months("en").get(match[2].lower(), 0)
    return {f"{match[1]}-{month:02}"}


def _days(blocks: Sequence[LabelledText], language: str | None) -> set[str]:
    """The days in blocks that say what happened then, or that are another story's."""
    texts = [(block.label, block.text) for block in blocks if len(block.text) < 300 and _YEAR.search(block.text)]
    dated = [(label, iso, kind) for label, text in texts[:50] for iso, kind in named_dates(text, language, None)]
    return {iso[:10] for label, iso, kind in dated if label in _OTHERS or kind in ("other", "updated")}


def _of_others(blocks: Sequence[LabelledText]) -> frozenset[etree._Element]:
    """The elements of blocks that are surely others' or readers', and of paragraphs, which tell of other days."""
    surely = (block for block in blocks if block.label in _OTHERS[1:] and block.confidence >= _SURE)
    told = (block for block in blocks if block.label is Label.BODY and len(block.text) > _LINE)
    return frozenset(block.element for block in (*surely, *told) if block.element is not None)


def _marked(
    tree: etree._Element, language: str | None, latest: datetime | None, others: frozenset[etree._Element]
) -> str | None:
    """The `<time>` that is marked as the publication's, or else the first one outside links and side matter, and of
    what `others` hold."""
    found: list[tuple[bool, str]] = []
    for element in islice(tree.iter("time"), _MAX_TIMES):
        marks = " ".join((element.get("itemprop") or "", element.get("class") or "")).lower()
        is_beside = next(element.iterancestors("a", "aside", "nav", "footer", "li"), None) is not None
        if is_beside or _is_update(element) or element in others or element.getparent() in others:
            continue
        stated = element.get("datetime") or inner_text(element)
        if iso := parse_date(stated[:100], language=language, latest=latest):
            found.append(("publish" not in marks and element.get("pubdate") is None, iso))
    return min(found, key=lambda entry: entry[0])[1] if found else None


def _marked_update(tree: etree._Element, language: str | None, latest: datetime | None) -> str | None:
    """The first `<time>` that microdata marks as the change's."""
    for element in islice(tree.iter("time"), _MAX_TIMES):
        if element.get("itemprop") == "dateModified":
            return parse_date((element.get("datetime") or "")[:100], language=language, latest=latest)
    return None


def _listed(blocks: Sequence[LabelledText], language: str | None, latest: datetime | None) -> str | None:
    """The day in a line that says when it was published and no more, as journals list a paper's dates at its end."""
    short = (one.text for one in blocks if one.label not in _OTHERS and len(one.text) < _LINE)
    named = (text for text in short if _YEAR.search(text) and date_words(text).search(text))
    for line in islice(filter(is_stamp, named), _MAX_STAMPS):
        for iso, kind in named_dates(line, language, latest):
            if kind == "published":
                return iso
    return None


def _scripted(tree: etree._Element, latest: datetime | None) -> str | None:
    """The time that a variable of a script calls the publication's: `var createTime = '2022-11-16 08:00'`."""
    for script in islice(tree.iter("script"), _MOST_SCRIPTS):
        if said := _VARIABLE.search(script.text or ""):
            return parse_date(said[1], latest=latest)
    return None


def _from_url(url: str, latest: datetime | None) -> str | None:
    match = _IN_URL.search(url)
    return parse_date("-".join(match.groups()), latest=latest) if match else None


def _in_title(facts: Facts, latest: datetime | None) -> str | None:
    """The date behind a title, as some papers write it: "Headline | Paper | 28.04.2023"."""
    for fact in facts.titles:
        tail = re.split(r"[|–—,]|\s-\s", fact.value)[-1].strip()
        if tail != fact.value and len(tail) < 25 and (iso := parse_date(tail, language="de", latest=latest)):
            return iso
    return None


def _guessed(facts: Facts, tree: etree._Element, url: str, latest: datetime | None) -> str | None:
    """What htmldate finds, if it may be the publication's: it takes an update for one."""
    from archive.extraction.metadata.date_guess import guess_date  # noqa: PLC0415 - most pages state a date

    guess = guess_date(tree, url, latest)
    if guess is None or not possible(guess, latest) or guess in _updates(facts, tree):
        return None
    return guess


def _is_numbered(day: str, blocks: Sequence[LabelledText]) -> bool:
    """Whether the page has the digits of a day in longer numbers alone (an account, a file, a telephone), or as a
    program's version."""
    digits = re.compile(r"\D?".join(day.split("-")))
    around = [
        block.text[max(0, match.start() - 20) : match.end() + 20]
        for block in blocks
        for match in islice(digits.finditer(block.text), _MAX_STAMPS)
    ]
    if around:
        return not any(stamp.iso[:10] == day for text in around for stamp in find_dates(text))
    said = [block.text[: stamp.start] for block in blocks for stamp in _stamps_of(block.text, day)]
    return bool(said) and all(map(_VERSION.search, said))


def _stamps_of(text: str, day: str) -> Iterator[Stamp]:
    return (stamp for stamp in find_dates(text) if stamp.iso[:10] == day) if day[:4] in text else iter(())


def _updates(facts: Facts, tree: etree._Element) -> set[str]:
    """The days that the page gives as those of a change."""
    times = [time.get("datetime") or "" for time in islice(tree.iter("time"), _MAX_TIMES) if _is_update(time)]
    return {fact.value[:10] for fact in facts.modified} | {time[:10] for time in times}


def _is_update(time: etree._Element) -> bool:
    marks = " ".join((time.get("itemprop") or "", time.get("class") or "")).lower()
    return "modif" in marks or "updat" in marks
