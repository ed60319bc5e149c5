"""Bylines to lists of names, in any language: what separates comes first, words after that."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from archive.extraction.metadata.byline_text import DATED, OTHER, SUFFIX_COMMA, and_word, tidied
from archive.extraction.metadata.credit_patterns import THAI, by_words, credit, ends, prefixes
from archive.extraction.metadata.person_names import (
    clean_name,
    is_agency,
    is_domain,
    is_name,
    is_newsroom,
    is_paper,
    is_person,
    is_place,
    is_single,
    without_sites,
)
from archive.extraction.metadata.roles import affiliations, is_role, is_title, trimmed
from archive.extraction.metadata.word_lists import UNSPACED, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words
from archive.extraction.remembered import remembered

#: Characters of a byline that are read, names that are believed.
_LIMIT, MAX_NAMES = 600, 30
_STRONG = re.compile(r"[\n\r|｜│┃¦•●▪■◆►▸→;；·∙⋅/／\x00]+|\s[-–—―]+(?:\s+|$)|\s{4,}|[-–—]{2,}")
_COMMA = re.compile(r"(?:(?<!\s)\s++)?[,，、،]\s*|\s\+\s")
_AMPERSAND = re.compile(r"(?:(?<!\s)\s++)?&\s*")
#: Words for by that also begin names.
_PARTICLES = frozenset("Von Di Da De Par".split())
_GIVEN_NAMES = frozenset("Per Oleh Theo Na Od Af Av Mit Con".split())
#: Readers' names on blogs and forums, which need no capitals: behind words that nothing else stands behind.
_READER = r"([^\W\d_][\w.-]{2,29})"
_HANDLE = re.compile(
    rf"(?:(?:posted|submitted|uploaded|started)\s+(?:on\b)?[|\s]*)?by\s+{_READER}(?:\s+(?:at|on|in)\b.*|\s*\|.*)?$",
    re.I,
)
#: How Drupal signs for its users: `Tue, 05/11/2010 - 13:42 — margit`.
_SUBMITTED = re.compile(rf"{re.escape(DATED)}[|\s]*[—–]\s*{_READER}$")
_PLACED = re.compile(r"(,[^,—–|:\n]{2,40})\s[—–]\s[^,—–|:\n]{2,40}$")
#: Where a Chinese report comes from, beside who wrote it: `記者陳怡君／山城報導`.
_REPORTED = re.compile(
    r"(?P<before>[记記]者\s?[^\s/／|]{2,20}\s?)[/／]\s?[\u3400-\u9fff]{2,6}[报報][导導道]"
    r"|[\u3400-\u9fff]{2,6}[报報][导導道]\s?[/／]\s?(?=[记記]者)"
)
#: `Story by Jane Doe`, `Aus Kiew berichtet Jonas Doe`.
_MIDDLE = re.compile(r"\s(?:[Bb][Yy]|berichte[nt])\s+(?=[^\W\d_])")
_QUALIFICATION = re.compile(
    r"^(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq|mba|rn|bsn|dnp|msc|m\.?[as]|b\.?[as]|dds|dvm|jd|cp?a|cf[ap]|rdn?|ld|pharmd|psyd"
    r"|edd|lcsw|facp|frcp|obe)\.?$",
    re.I,
)


@remembered(4096)
def parse_byline(
    text: str, *, site_name: str | None = None, strict: bool = True, language: str | None = None
) -> tuple[str, ...]:
    """The authors a byline names, in its order, once each.

    Roles, places, dates, addresses and credits for other work (photographs, editing) are left out, people
    who helped with the reporting are in. The site's own name stays only where it is the only one.
    `strict` is for text of the page; the author field of structured data may hold names without capitals. `language`
    is the page's: a space parts two Chinese names, and the two halves of a Japanese one.
    """
    tidy = _unplaced(tidied(text[:_LIMIT], strict))
    japanese = (language or "").startswith("ja") or bool(UNSPACED.search(tidy) and _japanese().search(tidy))
    names: list[str] = []
    marked = credit(tidy).sub(_marked, tidy)
    for stretch in marked.split(DATED):
        # Behind a person and a date stands a rubric or a programme: `Jane Doe | 3 June 2026 | Travel Tips`.
        rubric = strict and any(map(is_person, names))
        for piece in _STRONG.split(stretch):
            if names and _other_work(piece).match(piece):
                continue
            if credited := _credited(piece, strict):
                found = _names(credited, strict, names, japanese)
                kept = not rubric or credited != piece.strip(" \t,") or and_word(piece).match(piece.lstrip(" ,"))
                names += found if kept else filter(is_agency, found)
    signed = None if names or not strict else handle(tidy.strip())
    if signed and is_name(signed[1], strict=False):
        names = [signed[1]]
    unique = _unique([name.replace(SUFFIX_COMMA, ", ") for name in names])
    return without_sites(unique, (site_name,) if site_name else ())[:MAX_NAMES]


def _unique(names: list[str]) -> list[str]:
    """The names, each once, however it is cased."""
    if names and not UNSPACED.search(names[0]) and not is_agency(names[0]):
        # `Jane Doe／簡多伊` is one name in two scripts: the first one's is kept.
        names = [name for name in names if not UNSPACED.search(name) or is_agency(name)]
    unique = {name.casefold(): name for name in reversed(names)}
    return [unique[key] for key in dict.fromkeys(name.casefold() for name in names)]


@of_words
def _posted(any_of: AnyOf) -> re.Pattern[str]:
    """The same in other languages, with more than one word for by: `scritto da nives_v alle 22:17 | commenti`."""
    phrases = any_of(word for word in words("by") if " " in word)
    return re.compile(rf"(?:{phrases})\s+{_READER}(?:\s*+$|\s*+\|)", re.I)


@of_words
def _dated(any_of: AnyOf) -> re.Pattern[str]:
    """The same behind a date and nothing else: `12. května 2013 v 21:40 | napsala vyhybkarka`."""
    # "De" and "da" lead to places too.
    by = any_of(word for word in words("by") if len(word) > 2 or word in ("by", "av", "af"))
    return re.compile(rf"\s*(?:\w{{1,3}}\s)?{re.escape(DATED)}[\s|,–—-]*(?:{by})[\s:]+{_READER}\s*$", re.I)


@of_words
def _other_work(any_of: AnyOf) -> re.Pattern[str]:
    """Behind a name, a word for other work needs no colon: `Photos Jon Roe` in an element of its own."""
    return re.compile(rf"\s*+(?:{any_of(word for word in words('other') if len(word) > 3)})\s+(?=[^\W\d_])", re.I)


def handle(tidy: str) -> re.Match[str] | None:
    """The name of a reader (group 1) in a tidied byline that programs write for readers."""
    return _HANDLE.match(tidy) or _SUBMITTED.search(tidy) or _posted(tidy).match(tidy) or _dated(tidy).match(tidy)


def _unplaced(tidy: str) -> str:
    """A byline without the place that stands behind whom its author works for, `By Jane Doe, The Courier — Port
    Sallow`, or beside a Chinese reporter."""
    if "者" in tidy:
        tidy = _REPORTED.sub(r"\g<before>", tidy)
    return _PLACED.sub(r"\1", tidy) if _PLACED.search(tidy) and by_words(tidy).match(tidy) else tidy


def _marked(credit: re.Match[str]) -> str:
    """A credit's words with a mark before them. Behind the word of `文/X`, `撮影／X`, `글=X` the sign is a colon; that
    of `Text/foto` joins."""
    if credit["joint"]:
        return f"\x00{credit['joint'].replace('/', '&')}"
    if credit["source"]:
        # `来源山谷日报`, where markup sets the two apart.
        return f"\x00{credit['source']}："
    return f"\x00{re.sub(r'[/／=・]$', '：', credit[1] or credit['glued'])}"


@cache
def _japanese() -> re.Pattern[str]:
    # Ranges of thousands of letters take as many steps to compile: they are made for texts that have such letters.
    return re.compile("[\u3040-\u30ff\u3400-\u9fff]・|・[\u3400-\u9fff]|[ぁ-んァ-ヺ]")


def _credited(piece: str, strict: bool) -> str | None:
    """A piece without its credit words, or None if they credit other work or nobody."""
    if piece.rstrip().endswith((":", "：")):
        return None
    piece = piece.strip(" \t,").lstrip(".")
    for _ in range(4):
        before = piece
        for kind, pattern in prefixes(piece):
            if match := pattern.match(piece):
                if kind == "other":
                    return None
                rest = piece[match.end() :]
                # What stands behind "source:" credits the text if it is an agency; else it is a link or a picture's.
                agencies = (part for part in map(trimmed, _COMMA.split(rest)) if is_agency(part))
                piece = ", ".join(agencies) if kind == "source" else _unless_name(piece, match, strict)
        if piece == before:
            break
    after, stamp = ends(piece)
    piece = after.sub("", piece)
    # `Jane Doe Updated`, left where the date stood in an element of its own.
    bare = stamp.sub("", piece)
    piece = bare if len(bare.split()) > 1 else piece
    middle = _MIDDLE.search(piece)
    return piece[middle.end() :] if middle else piece


def _unless_name(piece: str, match: re.Match[str], strict: bool) -> str:
    """`Von Karajan` and `Per Sandström` are names: a capitalised short word needs a full name behind it, and one
    that is a given name elsewhere is left to structured data."""
    rest, word = piece[match.end() :], match[0].strip()
    if word in _GIVEN_NAMES and not strict:
        return piece
    first = re.split(r"\s(?:und|e|et|and)\s|,", rest)[0].strip()
    surname = is_single(first) and not is_agency(first) and clean_name(first, strict=True)
    return piece if surname and word in _GIVEN_NAMES | _PARTICLES else rest


@cache
def _short_and() -> re.Pattern[str]:
    short = "|".join(sorted(word for word in words("and") if len(word) == 1 and not UNSPACED.search(word)))
    return re.compile(rf"(?<!\s)\s++(?:{short})\s+|(?<!\s)\s++[وו](?=\w)")


def _names(piece: str, strict: bool, before: Sequence[str], japanese: bool) -> list[str]:
    """The names of one piece. Behind other names, what says only what somebody is or works for names nobody, nor does a
    place or a single word behind a full name (a place or a desk), unless it is an agency."""
    found: list[str] = []
    parts = list(_parts(piece, japanese))
    working = affiliations(parts) if strict else frozenset()
    for number, part in enumerate(parts):
        known = [*before, *found]
        if (
            OTHER in part
            or _QUALIFICATION.match(part)
            or (known and not is_agency(trimmed(part)) and (number in working or is_title(part) or is_newsroom(part)))
        ):
            continue
        name = clean_name(part, strict=strict)
        if name is None or (found and is_paper(name)):
            continue
        full = any(is_domain(other) or not (is_single(other) or is_agency(other)) for other in known)
        if is_agency(name) or not (is_place(name) or (full and is_single(name))):
            found.append(name)
    return found


def says_only_titles(text: str) -> bool:
    """Whether a line of its own says what the person before it is: `Games Editor`, `RN, Head of Sales, Kelp Co`."""
    parts = [part for part in map(trimmed, _COMMA.split(text[:_LIMIT])) if not _QUALIFICATION.match(part)]
    return not by_words(text).match(text) and (not parts or ("(" not in text and is_title(parts[0])))


def _parts(piece: str, japanese: bool) -> Iterator[str]:
    for part in _COMMA.split(piece):
        # The Globe and Mail is one paper, Research & Development one department.
        joining = and_word(part)
        whole = part.lower().startswith("the ") and not joining.match(part)
        whole = whole and not is_agency(trimmed(joining.split(part)[0]))
        for half in (part,) if whole else joining.split(part):
            halves = _AMPERSAND.split(half)
            for quarter in halves if any(not is_single(name) for name in halves) else (half,):
                yield from _short_split(quarter, japanese)


def _short_split(part: str, japanese: bool) -> list[str]:
    """`y`, `e`, `i` and their like part names only between full ones: Ortega y Gasset is one man."""
    halves = _short_and().split(part)
    full = (
        is_agency(trimmed(half))
        or is_newsroom(half)
        or (len(side) > 1 and not side[0][0].islower() and not side[-1][0].islower())
        for half, side in ((half, half.split()) for half in halves)
    )
    if len(halves) > 1 and all(full):
        return halves
    if UNSPACED.search(part) and not re.search(r"[A-Za-z]", part):
        # Chinese, Japanese and Korean names set side by side, parted by spaces or a role behind each; in Thai and Lao a
        # space stands between given name and surname.
        tokens = part.split()
        if japanese and len(tokens) == 2 and all(len(token) <= 4 and not is_role(token) for token in tokens):
            return [part]
        if len(tokens) > 1 and not THAI.search(part) and all(2 <= len(token) <= 8 for token in tokens):
            return tokens
    return [part]
