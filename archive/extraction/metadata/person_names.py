"""What is a name: one part of a byline to a person's or a desk's, and a site's own name told from others.

Roles, places and desks beside a name are cut off, what is no name is refused. The form decides before the words do:
names have no digits and few words, most languages write them with capitals, and a single word behind a full name is a
place or a desk.
"""

import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from archive.extraction.metadata.dates import ZONES
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.metadata.word_lists import UNSPACED, lines, months, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words
from archive.extraction.remembered import remembered

_EDGES = " \t.,;:·•|/–—-_*+\"'“”„»«‹›()[]{}<>#=→►▪"
_DOTTED_END = re.compile(r"(?:\b\w|Jr|Sr|Dr|Ph\.?D|M\.?D|Esq)\.$")
#: Short words inside names that are not capitalised.
_PARTICLES = frozenset(
    "de da do dos das del della di du des d' la le les van von der den ter ten te zu zum zur af av al el bin ibn "
    "ben bint bat y e i of the und and et og och en for st st. 't op in 'n ó ní nic mac mc ap".split()
)
#: Those that a name may begin with, in lower case.
_LEADING = frozenset("de da di del van von der den la le du ter ten te al el bin ibn 't".split())
#: `da Agência Brasil`, `l'Agence`.
_ARTICLE = re.compile(r"^(?:d[aeo]|la|el|il|die|der|von|l')\s*(?=\w)")
_AMID = frozenset("da e y i a de do la".split())
_DOMAIN = re.compile(r"^(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}$", re.I)
_LETTER = re.compile(r"[^\W\d_]")
_LOWER_START = re.compile(r"^(?:d'|l'|al-|el-|[‘’'])", re.I)
#: What no name is, even in structured data: `10+ Years`, an identifier.
_NUMERIC = re.compile(r"^\d+\+|^(?=.*\d)[0-9a-f]{6,}(?:-[0-9a-f]{4,})*$")
_SENTENCE = re.compile(r"[!?;:=<>{}\\^~|]|\.\s+[a-z]|\.{2,}|…")
#: Words and characters of the longest names that are believed.
MAX_WORDS, MAX_LENGTH = 7, 70
#: Germanic languages write the subject and the role in one word.
_COMPOUND = re.compile(r".(?:redakt(?:eur(?:in)?|ør|ör)|redacteur|reporter(?:in)?|korrespondent(?:in)?|correspondent)$")
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
    name = trimmed(_without_role(_cut(name)))
    return name if name and is_name(name, strict=strict) else None


def _is_desk(name: str, *, strict: bool) -> bool:
    """Whether a whole desk or team signs: `Harbour News Desk`; "our editors" and "staff" alone name nobody."""
    tokens = name.split()
    if len(tokens) < 2 or tokens[-1].casefold() not in words("desks") or tokens[0].casefold() in words("at"):
        return False
    return is_name(name, strict=strict) and not all(_kind(token) == "beside" for token in tokens[:-1])


def trimmed(name: str) -> str:
    """Without punctuation at the ends; the dot of an initial or title stays."""
    name = " ".join(name.split()).lstrip(_EDGES)
    bare = name.rstrip(_EDGES)
    dotted = name[: len(bare) + 1]
    return dotted if _DOTTED_END.search(dotted) else bare


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


def is_role(word: str) -> bool:
    """Whether a word, in a script without spaces, says what somebody is."""
    return not _without_role(word)


def is_domain(name: str) -> bool:
    """Whether a site signs with its host name."""
    return bool(_DOMAIN.match(name))


def is_name(name: str, *, strict: bool) -> bool:
    """Whether this can be the name of a person or a desk."""
    tokens = name.split()
    if len(name) > MAX_LENGTH or len(tokens) > MAX_WORDS or not _LETTER.search(name):
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


@of_words
def _at(any_of: AnyOf) -> re.Pattern[str]:
    return re.compile(rf"\s(?:{any_of(words('at'))})\s", re.I)


def _cut(name: str) -> str:
    """`Jane Doe in London` to `Jane Doe`; the words must be in lower case, as `Da` and `A` may be of a name, and
    Portuguese and Italian names hold some of them too."""
    for match in _at(name).finditer(name):
        left, word, rest = name[: match.start()], match[0].strip(), name[match.end() :]
        continues = word in _AMID and len(rest.split()) < 3 and rest[:1].isupper()
        if len(left.split()) > 1 and match[0].islower() and not continues:
            return left
    return name


@cache
def _roles() -> frozenset[str]:
    return frozenset(word for role in words("roles") for word in role.split())


def is_title(part: str) -> bool:
    """Whether a part behind a name says what that person is: `Print Managing Editor`, `CEO of Kelp Farms`."""
    tokens = part.split()
    kinds = [_kind(token) for token in tokens]
    if len(kinds) < 2:
        return False
    return (kinds[-1] == "role" and "beside" in kinds) or (kinds[0] == "role" and tokens[1] in words("at"))


@of_words
def _unspaced_role(any_of: AnyOf) -> re.Pattern[str]:
    roles = any_of(role for role in words("roles") if UNSPACED.search(role))
    return re.compile(rf"^(?:{roles})\s*|(?:(?<![\s·･・])[\s·･・]++)?(?:{roles})$")


def _without_role(name: str) -> str:
    """Role words at either end, with what describes them; a name of roles alone becomes empty."""
    if UNSPACED.search(name):
        previous = None
        while name != previous:
            previous, name = name, trimmed(_unspaced_role(name).sub("", name))
        return name
    tokens = name.split()
    kinds = [_kind(token) for token in tokens]
    if "role" not in kinds:
        return name
    if all(kinds):
        return ""
    place = kinds.index("role")
    if all(kinds[:place]):
        # `Political Editor Jane Doe` to `Jane Doe`; what stands behind a preposition is no name.
        after = next((index for index in range(place, len(kinds)) if kinds[index] != "role"), len(kinds))
        return "" if tokens[after:] and tokens[after] in words("at") else " ".join(tokens[after:])
    # Two words stay in any case: West is an adjective of desks, and a surname.
    before = next((index for index in range(2, place) if kinds[index]), place)
    return " ".join(tokens[:before])


def _kind(token: str) -> str:
    bare = token.strip(".,;:()").casefold()
    # `Kurier-online-Redakteur`, `Wirtschaftsredakteurin`.
    last = bare.rpartition("-")[2] if "-" in bare else ""
    plain = bare.replace("*", "").replace(":", "")
    if bare in _roles() or plain in _roles() or (len(last) > 5 and last in _roles()) or _COMPOUND.search(bare):
        return "role"
    return "beside" if bare in words("adjectives") else ""


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
