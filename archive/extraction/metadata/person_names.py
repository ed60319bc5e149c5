"""What is a name: one part of a byline to a person's or a desk's, and a site's own name told from others.

Roles, places and desks beside a name are cut off, what is no name is refused. The form decides before the words do:
names have no digits and few words, most languages write them with capitals, and a single word behind a full name is a
place or a desk.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from archive.extraction.metadata.dates import ZONES
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.metadata.roles import kind_of, trimmed, without_place, without_role
from archive.extraction.metadata.word_lists import UNSPACED, lines, months, words
from archive.extraction.remembered import remembered

#: Short words inside names that are not capitalised.
_PARTICLES = frozenset(
    "de da do dos das del della di du des d' la le les van von der den ter ten te zu zum zur af av al el bin ibn "
    "ben bint bat y e i of the und and et og och en for st st. 't op in 'n ó ní nic mac mc ap".split()
)
#: Those that a name may begin with, in lower case.
_LEADING = frozenset("de da di del van von der den la le du ter ten te al el bin ibn 't".split())
#: `da Agência Brasil`, `l'Agence`.
_ARTICLE = re.compile(r"^(?:d[aeo]|la|el|il|die|der|von|l')\s*(?=\w)")
#: What a template left where a name was to stand: `%AUTHOR_NAME%`, `{{author}}`, `article.author2`.
_TEMPLATE = re.compile(
    r"%\w+%|[{}<>]|\[\[|^\w+[._](?:author|autor|name|byline|creator)s?\d*$|^(?:author|article|post|user)s?[._]\w+$"
    r"|^(?:\w+\.){2,}(?:\w+_)?name$",
    re.I,
)
_DOMAIN = re.compile(r"^(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}$", re.I)
_LETTER = re.compile(r"[^\W\d_]")
_LOWER_START = re.compile(r"^(?:[dl]['’]|al-|el-|[‘’'])", re.I)
#: What no name is, even in structured data: `10+ Years`, an identifier.
_NUMERIC = re.compile(r"^\d+\+|^(?=.*\d)[0-9a-f]{6,}(?:-[0-9a-f]{4,})*$")
_SENTENCE = re.compile(r"[!?;:=<>{}\\^~|]|\.\s+[a-z]|\.{2,}|…")
#: Words and characters of the longest names that are believed.
MAX_WORDS, MAX_LENGTH = 7, 70
#: Words that sites add to their names.
_DROPPED = (
    "redaktion", "redaction", "redaccion", "redacao", "redazione", "redactie", "newsroom", "staff", "editorial",
    "team", "online", "digital", "news", "nachrichten", "gmbh", "the", "die", "der", "das", "le", "la", "el", "com",
    "web", "haber", "zeitung", "newspaper", "desk", "www",
)  # fmt: skip
_SECOND_LEVEL = frozenset("co com org net gov ac edu or ne go".split())


def clean_name(part: str, *, strict: bool) -> str | None:
    """The name in one part, or None. `strict` for text of the page: a name without capitals is refused."""
    name = trimmed(part)
    if is_agency(agency := _ARTICLE.sub("", name)):
        return name if is_agency(name) else agency
    if _is_desk(name, strict=strict):
        return name
    name = trimmed(without_role(without_place(name)))
    return name if name and is_name(name, strict=strict) else None


def _is_desk(name: str, *, strict: bool) -> bool:
    """Whether a whole desk or team signs: `Harbour News Desk`; "our editors" and "staff" alone name nobody."""
    tokens = name.split()
    if len(tokens) < 2 or tokens[-1].casefold() not in words("desks") or tokens[0].casefold() in words("at"):
        return False
    return is_name(name, strict=strict) and not all(kind_of(token) == "beside" for token in tokens[:-1])


def is_agency(name: str) -> bool:
    """Whether this is how a news agency signs."""
    return name.casefold() in lines("agencies")


def is_place(name: str) -> bool:
    """Whether this is a dateline that stands beside names."""
    return name.casefold() in lines("places")


def is_paper(name: str) -> bool:
    """Whether this is a paper's name, by its last or first word: `The Alder Valley Herald`, `Gazeta Dolinna`."""
    tokens = name.casefold().split()
    return len(tokens) > 1 and bool({tokens[-1], tokens[0]} & lines("papers"))


def is_office(name: str) -> bool:
    """Whether this is no person but a feed, a desk or a paper: `Courier Staff`, `Web Office`."""
    tokens = name.casefold().replace("-", " ").split()
    return bool(set(tokens) & lines("offices")) or is_paper(name)


def is_newsroom(part: str) -> bool:
    """Whether a part behind a name says where its bearer works, and not at which paper: `da Redação`."""
    tokens = part.split()
    return bool(tokens) and tokens[-1].casefold() in lines("offices") and all(map(str.islower, tokens[:-1]))


def is_person(name: str) -> bool:
    """Whether this can be a person's full name: no single word, agency, desk, paper or host."""
    return not (is_single(name) or is_agency(name) or is_domain(name) or is_office(name))


def is_domain(name: str) -> bool:
    """Whether a site signs with its host name."""
    return bool(_DOMAIN.match(name))


def is_name(name: str, *, strict: bool) -> bool:
    """Whether this can be the name of a person or a desk."""
    tokens = name.split()
    if len(name) > MAX_LENGTH or len(tokens) > MAX_WORDS or not _LETTER.search(name) or _TEMPLATE.search(name):
        return False
    if _NUMERIC.search(name) or (strict and any(character.isdigit() for character in name)) or _SENTENCE.search(name):
        return False
    if strict and ("&" in name or name.casefold() in months(None) or name in ZONES):
        return False
    skipped = words("skip")
    is_skipped = name.casefold() in skipped or skipped.issuperset(map(str.casefold, tokens))
    if is_skipped or name.startswith("http") or "@" in name:
        return False
    if UNSPACED.search(name):
        return len(name) <= 30 and not (strict and len(name) < 2)
    return not strict or _capitalised(tokens)


def _capitalised(tokens: list[str]) -> bool:
    """Whether the words begin as names do; scripts without capitals pass."""
    if tokens[0][0].islower() and tokens[0].lower() not in _LEADING and not _LOWER_START.match(tokens[0]):
        return False
    plain = [token for token in tokens if token.lower() not in _PARTICLES and not _LOWER_START.match(token)]
    if not plain:
        return False
    return not any(token[0].islower() for token in plain) and tokens[-1].lower() not in _PARTICLES


def is_single(name: str) -> bool:
    """One word in a script with spaces: a place, a desk, an abbreviation or a mononym."""
    return len(name.split()) == 1 and not UNSPACED.search(name)


def host_name(url: str) -> str:
    """The name a site has in its URL: `example` for https://www.example.co.uk/page, or an empty text."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    labels = host.split(".")
    while len(labels) > 1 and ((len(labels) > 2 and labels[-2] in _SECOND_LEVEL) or labels[-1] == labels[-2]):
        labels.pop(-2)
    return labels[-2] if len(labels) > 1 else host


@remembered(4096)
def _core(name: str) -> str:
    """What stays of a name without the words that sites add to theirs."""
    bare = skeleton(name)
    head = name.lower().split(".")[0] if "." in name and " " not in name.strip() else ""
    for word in _DROPPED:
        shorter = bare.removeprefix(word).removesuffix(word)
        bare = shorter if len(shorter) > 2 else bare
    return skeleton(head) if len(head) > 2 else bare


def is_site_name(name: str, sites: Iterable[str]) -> bool:
    """Whether a name is one of the site's own: equal, or equal but for words such as online or newsroom."""
    bare, core = skeleton(name), _core(name)
    for site in sites:
        other, other_core = skeleton(site), _core(site)
        if not other or not bare:
            continue
        if bare == other or core == other_core:
            return True
        if len(other_core) > 4 and core.startswith(other_core) and len(core) - len(other_core) <= 6:
            return True
    return False


def without_sites(names: Iterable[str], sites: Iterable[str], *, else_all: bool = True) -> tuple[str, ...]:
    """Names that are not the site's own; if there is no other, all of them or none."""
    names, sites = tuple(names), tuple(sites)
    people = tuple(name for name in names if not is_domain(name) and not is_site_name(name, sites))
    return people or (names if else_all else ())
