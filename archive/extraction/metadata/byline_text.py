"""A byline's text without what nobody is called: dates, weekdays, clocks, addresses and asides in brackets."""

import html
import re
import unicodedata

from archive.extraction.metadata.dates import ZONES, find_dates
from archive.extraction.metadata.person_names import is_agency, is_place
from archive.extraction.metadata.word_lists import UNSPACED, either, lines, months, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words

#: Marks a name before it as credited with other work; stands for the comma before Jr.
OTHER, SUFFIX_COMMA = "\x02", "\x04"
#: Stands where a date stood.
DATED = "||"
_NOISE = re.compile(
    r"[\U0001F000-\U0001FAFF\uFE0F]+"
    r"|https?://\S+|www\.\S+|(?:(?<!\S)|(?<=>))\S+@\S+\.\w+|\(?(?<![\w.])@\s?\w+\)?|<[^>]*>|\bhandle\b"
    r"|\bget author rss feed\b|(?<=\w)\s(?:e-?mail|send (?:an )?e-?mail)(?:\s+(?:me|the author))?(?=\s*(?:$|[|·•,\n]))"
    r"|\d{1,3}\s*min(?:ute[ns]?|uten|s)?\.?\s*(?:read|lesezeit|de lectur\w+|ago)?(?!\w)|(?<!\S)u/(?=\w)"
    r"|(?<!\d)\d+\s*(?:sec\w*|hours?|hrs?|days?|weeks?|months?|years?|[hdw])\s+ago|(?<=[•·|] )\d+[hdwm]$"
    r"|(?:vor|il y a|hace|há|för|for|voor)\s+\d+\s+\w+",
    re.I,
)
_LONG_SPACE = re.compile(r"(\s{4})\s++")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"(?<!\S)\d+(?!\S)")
_NUMERIC = re.compile(r"(?<![\d/.-])\d\d?([/.-])\d\d?\1(?:\d\d)?\d\d(?![\d/.-])")
#: What joins a date or a clock to the names before it: those that blogs' systems write, in their languages.
_BEFORE_DATE = re.compile(
    r"(?<![\s,])[\s,]+(?:on|at|am|vom|um|le|à|el|em|il|às|à\(s\)|en|la|las|a las|a la|(?-i:[aouv])|alle|alle ore"
    r"|ore|op|om|den|på|kl|klo|kell|plkst|w dniu|dne|dnia|ve|ob|dátum|zaman|saat|di|pada|pukul|lúc|vào lúc|στις"
    r"|от|на|в|във|у|о|об|في|عند|در|ساعت|ב|ב-|בשעה|पर|बजे|ที่|เวลา|於|于|在|時刻|시간)[.:]?\s*$",
    re.I,
)
_REPEATED = re.compile(r"([,.;:|&·•(\[])\1+")
_INITIALED = re.compile(r"^\s*([a-zäöüß]{2,4})/(\w+)\s*$")
_BRACKETS = re.compile(r"[(（\[［【〔]([^()（）\[\]［］【】〔〕]*)[)）\]］】〕]")
_BETWEEN_AGENCIES, _CODE = re.compile(r"(?:(?<!\s)\s++)?[/=]\s*"), re.compile(r"/[a-z]{2,4}$|[가-힣]{2}$")
#: The rubrics behind a blogger's name: `By Jane Doe In Travel, Tips`.
_FILED = re.compile(r"(?<=\w)\s+(?:In:?|Under:?|Filed under:?|Tags?:|Categories:|Category:)\s+(?=[A-Z]).*$", re.S)
_SUFFIX = re.compile(r",\s*(?=(?:Jr|Sr|II|III|IV)\b)")


def tidied(text: str, strict: bool) -> str:
    """A byline without addresses, dates and asides; bars stand where a date stood."""
    text = unicodedata.normalize("NFC", html.unescape(text)).replace("\xa0", " ").replace("＝", "：")
    # Four in a row part names; more say no more, and patterns would look through them again and again.
    text = _LONG_SPACE.sub(r"\1", text.replace("\u3000", "    "))
    text = _REPEATED.sub(r"\1", _NOISE.sub(" ", text))
    text = _INITIALED.sub(_initialed, _BRACKETS.sub(_bracketed, text))
    text = _SUFFIX.sub(SUFFIX_COMMA, text)
    if strict:
        text = _FILED.sub(" | ", text, count=1)
    if _DIGIT.search(text):
        text = _undated(text, strict)
    return _lone_weekday(text).sub(" | ", text) if strict else text


def _undated(text: str, strict: bool) -> str:
    for stamp in reversed(list(find_dates(text))):
        behind = text[stamp.end :]
        text = f"{_named(text[: stamp.start])} {DATED} {_behind_date(behind).sub('', behind)}"
    if not strict or not _DIGIT.search(text):
        return text
    for pattern in (_NUMERIC, _day_alone(text), _clock(text)):
        while match := pattern.search(text):
            text = f"{_named(text[: match.start()])} {DATED} {text[match.end() :]}"
    return _NUMBER.sub(" | ", text)


def _named(before: str) -> str:
    """What stands before a date, without the weekday and the word that join it. A day that is the surname stays:
    Plácido Domingo."""
    before = _BEFORE_DATE.sub("", before)
    match = _weekday_end(before).search(before)
    if match and not (match[0][:1].isspace() and len(before[: match.start()].split()) == 1):
        before = before[: match.start()]
    return _BEFORE_DATE.sub("", before)


@of_words
def _weekday_end(any_of: AnyOf) -> re.Pattern[str]:
    return re.compile(either(rf"(?:^|(?<![\s,]),?\s+|[,|(]\s*)(?:{any_of(lines('weekdays'))})[.,]*\s*$"), re.I)


@of_words
def _behind_date(any_of: AnyOf) -> re.Pattern[str]:
    """A weekday or a zone behind a date."""
    zones = "|".join(sorted(ZONES | {"IST", "BST", "CST", "MST", "AST"}, key=len, reverse=True))
    return re.compile(rf"^[\s,.]*(?:(?:{any_of(lines('weekdays'))})\.?(?=\W|$)|(?:{zones})(?!\w))", re.I)


@of_words
def _lone_weekday(any_of: AnyOf) -> re.Pattern[str]:
    """A weekday that stands between separators, behind "posted", or alone."""
    before = either("^", r"[|\n·•,]", any_of(words("published") | words("updated")))
    weekday = any_of(lines("weekdays"))
    return re.compile(either(rf"(?:{before})\s{{0,9}}(?:{weekday})[.,]?\s{{0,9}}(?=$|[|\n·•])"), re.I)


@of_words
def _day_alone(any_of: AnyOf) -> re.Pattern[str]:
    """A day without its year: `March 18`, `12 Sept`, `5. Mai`."""
    named = [name for name in months(None) if not UNSPACED.search(name)]
    month = any_of(named)
    day = rf"(?:{month})\.?\s+\d\d?(?:st|nd|rd|th)?|\d\d?\.?\s+(?:{month})\.?"
    return re.compile(either(rf"(?<![\w.-])(?:{day})(?![\w:])"), re.I)


@of_words
def _clock(any_of: AnyOf) -> re.Pattern[str]:
    zones = "|".join(sorted(ZONES | {"IST", "BST", "CST"}, key=len, reverse=True))
    halves = any_of(words("am") | words("pm"))
    before = any_of(word for word in words("am") | words("pm") if UNSPACED.search(word))
    return re.compile(
        rf"(?<![\d:.])(?:(?:{before})\s{{0,3}}+)?\d\d?(?:[:.h]\d\d(?::\d\d)?\s*(?:{halves}|uhr|hrs?|h)?|\s*(?:{halves}|uhr))(?:\s*(?:{zones})(?!\w))?",
        re.I,
    )


def _bracketed(match: re.Match[str]) -> str:
    """An agency in brackets is a second credit; 【name】 is how Japanese papers sign; the rest is an aside."""
    inside = match[1].strip()
    if match[0][0] == "【":
        return f", {inside}, "
    if agencies := _bracketed_agencies(inside):
        return f", {', '.join(agencies)}, "
    if match.start() == 0 and match.end() == len(match.string.rstrip()):
        return inside
    # "Jane Doe (photographs)": the mark makes the name before it a credit for other work.
    return f" {OTHER} " if inside.casefold() in words("other") else " "


def _initialed(match: re.Match[str]) -> str:
    """`abc/dpa` alone is the paper's own, by its writer's initials: it names nobody."""
    return "" if is_agency(match[2]) and not is_agency(match[1]) else match[0]


def _bracketed_agencies(inside: str) -> list[str]:
    """`avec AFP`, `dpa/lsw` and `서울=연합뉴스` to the agency; other parts may be a place or, behind it, a code.
    `abc/dpa` is the paper's own, by its writer's initials: it names nobody."""
    parts = [and_word(part).sub("", part).strip() for part in _BETWEEN_AGENCIES.split(inside)]
    coded = [part if number == 0 else f"/{part}" for number, part in enumerate(parts)]
    if all(is_agency(part) or is_place(part) or _CODE.match(code) for part, code in zip(parts, coded, strict=True)):
        return [part for part in parts if is_agency(part)]
    return []


@of_words
def and_word(any_of: AnyOf) -> re.Pattern[str]:
    """A word for and between two names, or at the start."""
    long = {word for word in words("and") if len(word) > 1}
    # In lower case or capitals: Dan Davies is one man, though "dan" is Indonesian for and.
    return re.compile(rf"(?:^|(?<!\s)\s++)(?:{any_of(long | {word.upper() for word in long})})\s+")
