"""Whether a text has the form of a byline, or says nothing but when: told by its words, whatever its label."""

import re

from archive.extraction.metadata.authors import handle, parse_byline
from archive.extraction.metadata.byline_text import tidied
from archive.extraction.metadata.credit_patterns import by_words, joint_credit
from archive.extraction.metadata.dates import find_dates
from archive.extraction.metadata.person_names import is_agency, is_single
from archive.extraction.metadata.word_lists import UNSPACED, either, words
from archive.extraction.metadata.word_patterns import AnyOf, of_words

POSTED = re.compile(r"\s*(?:posted|submitted|uploaded|started)\b[^\n]{0,60}\bby\b", re.I)
#: Other words beside a name and a date in a line without spaces within words.
_BESIDE_DATE = 3
_LETTERS = re.compile(r"[^\W\d_]+")


def signed_part(text: str) -> str:
    """The lines of a block from the one that begins with a word for by: old pages set headline, byline and date in one
    block."""
    lines = text.split("\n")
    for number, line in enumerate(lines[1:], 1):
        if by_words(line).match(line) and not by_words(lines[0]).match(lines[0]) and parse_byline(line):
            return "\n".join(lines[number:])
    return text


def is_signature(text: str, language: str | None = None, *, dated: bool = True, alone: bool = False) -> bool:
    """Whether a text is a byline by its form: it begins with a word for by, or is names and a date and no more, if it
    may be `dated`, or names and nothing, if they may stand `alone`."""
    names = parse_byline(text, language=language)
    tidy = tidied(text, strict=True) if names else ""
    is_named = any(not is_single(name) or is_agency(name) for name in names)
    if not is_named and not (names and (POSTED.match(text) or handle(tidy.strip()))):
        return False
    known = {word.casefold() for name in names for word in _LETTERS.findall(name)}
    if known & (words("published") | words("updated") | words("skip")):
        return False
    unstamped = _stamps(tidy).sub(" ", tidy)
    bare = by_words(unstamped).sub(" ", unstamped)
    rest = [word for word in _LETTERS.findall(bare) if word.casefold() not in known]
    if credit_line(text).match(text) or any(one["name"] in (None, *names) for one in _unparted(tidy).finditer(tidy)):
        return True
    if by_words(tidy).match(tidy.strip(" |")) or POSTED.match(text):
        return len(rest) <= 6 or bool(UNSPACED.search(text))
    # Where letters have no capitals, a name has no form.
    if alone and not text.islower() and text.lower() != text:
        return not rest
    # In other scripts the page's controls stand there too: `박소연 기자 입력 2020.05.21 14:32 댓글 12 글자크기`.
    most = _BESIDE_DATE if UNSPACED.search(text) else 1
    return dated and len(rest) <= most and next(find_dates(text, language=language), None) is not None


def is_stamp(text: str) -> bool:
    """Whether a text says nothing but when."""
    if next(find_dates(text), None) is None:
        return False
    return not _LETTERS.search(_stamps(tidy := tidied(text, strict=True)).sub(" ", tidy))


@of_words
def _unparted(any_of: AnyOf) -> re.Pattern[str]:
    """A credit for words behind others, in scripts without spaces: `来源：山谷日报作者：陆明`, `0条评论| 作者陆明`."""
    by = any_of(word for word in words("by") | words("text") if UNSPACED.search(word) and len(word) > 1)
    return re.compile(rf"[:：][^:：]{{1,30}}(?:{by})[:：]|(?:^|[\s|])(?:{by})\s*+(?P<name>[^\s|:：]++)")


@of_words
def _stamps(any_of: AnyOf) -> re.Pattern[str]:
    return re.compile(any_of(words("published") | words("updated")), re.I)


@of_words
def credit_line(any_of: AnyOf) -> re.Pattern[str]:
    """A credit for words at the start, or behind one for other work."""
    text, other = any_of(words("text") | words("by")), any_of(words("other"))
    before, own = rf"(?:{other})\s*[:：](?:.{{0,150}}[\s.,;])??", either(text, joint_credit(any_of))
    return re.compile(rf"\W{{0,9}}(?:{either(before)})?(?:{own})\s*+[:：]", re.I | re.S)
