"""What people are and where they work, as it stands beside a name: `Staff Writer`, `Fellow, Alder College`."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import dropwhile, pairwise

from archive.extraction.metadata.word_lists import UNSPACED, lines, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words

_EDGES = " \t.,;:·•|/–—-_*+\"'“”„»«‹›()[]{}<>#=→►▪"
_DOTTED_END = re.compile(r"(?:\b\w|Jr|Sr|Dr|Ph\.?D|M\.?D|Esq)\.$")
#: Words for in and of that names hold too.
_AMID = frozenset("da e y i a de do la".split())
#: What joins a role and its beat: `Jornalista de Ambiente e Território`.
_OF = frozenset("of de da do dos das del della di du des für for van voor til".split())
_ABBREVIATION, _POSSESSIVE = re.compile(r"[A-Z]{3,}"), re.compile(r"\w['’]s\s")
#: Germanic languages write the subject and the role in one word.
_COMPOUND = re.compile(r".(?:redakt(?:eur(?:in)?|ør|ör)|redacteur|reporter(?:in)?|korrespondent(?:in)?|correspondent)$")
#: Words of a paper in the genitive, a role and a single name.
_PAPERS = 3


def trimmed(name: str) -> str:
    """Without punctuation at the ends; the dot of an initial or title stays."""
    name = " ".join(name.split()).lstrip(_EDGES)
    bare = name.rstrip(_EDGES)
    dotted = name[: len(bare) + 1]
    return dotted if _DOTTED_END.search(dotted) else bare


def is_role(word: str) -> bool:
    """Whether a word, in a script without spaces, says what somebody is."""
    return not without_role(word)


def is_title(part: str) -> bool:
    """Whether a part behind a name says what that person is: `Print Managing Editor`, `CEO of Kelp Farms`,
    `Games Editor`."""
    tokens = part.split()
    if len(tokens) < 2 or UNSPACED.search(part):
        return False
    if kind_of(tokens[0]) and tokens[1] in words("at"):
        return True
    # What begins with two words of its own may be another person.
    own = without_place(part)
    kinds = [kind_of(token) for token in own.split()]
    return kinds[-1] == "role" and (kinds[:2] != ["", ""] or bool(_POSSESSIVE.search(own)))


def is_affiliation(part: str) -> bool:
    """Whether a part behind a person's role is an organisation: by its words, an abbreviation or a genitive."""
    tokens = [token.strip(".,") for token in part.split()]
    if not tokens or " ".join(tokens).casefold() in lines("agencies"):
        return False
    folded = {token.casefold() for token in tokens}
    is_named = bool(folded & lines("organisations")) or tokens[-1].casefold() in lines("papers")
    is_short = not part.isupper() and any(map(_ABBREVIATION.fullmatch, tokens))
    return is_named or is_short or bool(_POSSESSIVE.search(part))


def affiliations(parts: Sequence[str]) -> frozenset[int]:
    """Which parts of a list say where somebody works: those behind a role, where an organisation is among them; but not
    the last one before another role, which is a name."""
    kinds = [kind_of(part.strip()) if len(part.split()) == 1 else "" for part in parts]
    roles = [number for number, part in enumerate(parts) if kinds[number] == "role" or is_title(part)]
    found: set[int] = set()
    for role, end in pairwise([*roles, len(parts) + 1]):
        behind = range(role + 1, end - 1)
        if any(is_affiliation(parts[number]) for number in behind):
            found.update(behind)
    return frozenset(found)


@of_words
def _at(any_of: AnyOf) -> re.Pattern[str]:
    return re.compile(rf"\s(?:{any_of(words('at'))})\s", re.I)


def without_place(name: str) -> str:
    """`Jane Doe in London` to `Jane Doe`; the words must be in lower case, as `Da` and `A` may be of a name, and
    Portuguese and Italian names hold some of them too."""
    for match in _at(name).finditer(name):
        left, word, rest = name[: match.start()], match[0].strip(), name[match.end() :]
        continues = word in _AMID and len(rest.split()) < 3 and rest[:1].isupper()
        if len(left.split()) > 1 and match[0].islower() and not continues:
            return left
    return name


@of_words
def _unspaced_role(any_of: AnyOf) -> re.Pattern[str]:
    roles = any_of(role for role in words("roles") if UNSPACED.search(role))
    return re.compile(rf"^(?:{roles})\s*|(?:(?<![\s·･・])[\s·･・]++)?(?:{roles})$")


def without_role(name: str) -> str:
    """Role words at either end, with what describes them; a name of roles alone becomes empty."""
    if UNSPACED.search(name):
        previous = None
        while name != previous:
            previous, name = name, trimmed(_unspaced_role(name).sub("", name))
        return name
    tokens = name.split()
    kinds = [kind_of(token) for token in tokens]
    if "role" not in kinds:
        return name
    if all(kinds):
        return ""
    place = kinds.index("role")
    if all(kinds[:place]):
        # `Political Editor Jane Doe` to `Jane Doe`; what stands behind a preposition is no name, nor is a beat.
        after = next((index for index in range(place, len(kinds)) if kinds[index] != "role"), len(kinds))
        rest = list(dropwhile(_describes, tokens[after:]))
        return "" if rest and (rest[0] in words("at") or rest[0] in _OF) else " ".join(rest)
    if place == 1 and len(tokens) > _PAPERS and tokens[0].endswith("s") and not any(kinds[2:]):
        # `Kystavisens journalist Signe Holm`: whose journalist.
        return " ".join(tokens[2:])
    # Two words stay in any case: West is an adjective of desks, and a surname.
    before = next((index for index in range(2, place) if kinds[index]), place)
    return " ".join(tokens[:before])


@cache
def _roles() -> frozenset[str]:
    return frozenset(word for role in words("roles") for word in role.split())


def _describes(token: str) -> bool:
    """Whether a word behind a role says what kind: `envoyée spéciale`."""
    return token.islower() and kind_of(token) == "beside" and token not in words("at") and token not in _OF


def kind_of(token: str) -> str:
    """Whether a word is a `role`, stands `beside` one, or neither."""
    bare = token.strip(".,;:()").casefold()
    # `Kurier-online-Redakteur`, `Wirtschaftsredakteurin`.
    last = bare.rpartition("-")[2] if "-" in bare else ""
    plain = bare.replace("*", "").replace(":", "")
    if bare in _roles() or plain in _roles() or (len(last) > 5 and last in _roles()) or _COMPOUND.search(bare):
        return "role"
    return "beside" if bare in words("adjectives") else ""
