"""Who is credited at a story's end, or in its first paragraph, where nothing beside the headline signs it."""

import re
from collections.abc import Sequence
from itertools import takewhile

from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.credit_patterns import by_words
from archive.extraction.metadata.facts import LabelledText
from archive.extraction.metadata.parted_text import apart
from archive.extraction.metadata.person_names import is_single
from archive.extraction.metadata.roles import is_role
from archive.extraction.metadata.signatures import credit_line, is_signature
from archive.extraction.metadata.word_lists import UNSPACED
from archive.labels import Label

#: Blocks behind the story's last long paragraph in which its text is credited, and what stands behind them. Who posted
#: it may stand in one line with the count of comments.
_BELOW, _ENDS = 4, frozenset((Label.HEADLINE, Label.RELATED, Label.NAVIGATION, Label.LEGAL_NOTICE))
#: Characters of a name in a line of its own.
_NAME = 60
_RIGHT = re.compile(r"text-align:\s*right|^right$|(?<!\S)(?:text|align)-?right(?!\S)", re.I)
#: Characters of the longest such line.
_LONGEST = 200
MAIL, _NAME_ROLE_MAIL = re.compile(r"[\w.-]@[\w-]+\.\w"), 4
_AT_END = re.compile(r"【([^【】]{2,24})】\s*$")
#: How Chinese papers sign in the first paragraph: `本报讯（记者 周闻溪）`, `（本报记者 李明 王芳）`.
_REPORTED = re.compile(
    r"(?:[^\s（(。]{2,14}+\s{0,2}+)?[（(][^（()）记記]{0,8}+(?:记者|記者)(?![的们們说說称稱在])\s{0,2}+[:：]?+\s{0,2}+"
    r"([\u4e00-\u9fff·、，\s]{2,30}+)[)）]"
)


def credited_below(blocks: Sequence[LabelledText], language: str | None) -> str | None:
    """What signs in the story's first paragraph or directly behind it, whatever it is taken for: a credit for the text
    (`Text: Jane Doe Photos: Jon Roe`), `채윤슬 기자 chae@courier.example`, or as Japanese papers do: 【望月沙織】."""
    body = [place for place, block in enumerate(blocks) if block.label is Label.BODY]
    if not body:
        return None
    last = body[-1]
    if _is_signed_off(blocks[last], language) or _is_credit(blocks[last].text):
        return blocks[last].text
    if (signed := _AT_END.search(blocks[last].text)) and parse_byline(signed[1], language=language):
        return signed[1]
    if reported := _REPORTED.match(blocks[body[0]].text):
        return f"记者 {reported[1]}"
    behind = blocks[last + 1 : last + 1 + _BELOW]
    for block in takewhile(lambda block: block.label not in _ENDS, behind):
        text = apart(block) if len(block.text) <= _LONGEST else ""
        if _is_credit(text) or _is_with_mail(text) or _is_posted(text):
            names = parse_byline(text, language=language)
            # A reader's name alone is the writer's where the line has more of the post: its comments, its address.
            is_known = any(not is_single(name) for name in names) or (names and _is_posted(text) and "|" in text)
            return text if is_known else None
    return None


def _is_signed_off(block: LabelledText, language: str | None) -> bool:
    """Whether a story's last line is a name at the right margin, as Vietnamese papers sign."""
    element = block.element
    if element is None or len(block.text) > _NAME or element.tag not in ("p", "div"):
        return False
    names = (element.get(name) or "" for name in ("style", "align", "class"))
    return any(map(_RIGHT.search, names)) and is_signature(block.text, language, dated=False, alone=True)


def _is_credit(text: str) -> bool:
    """Whether a line is a credit for words, with a colon."""
    return len(text) <= _LONGEST and bool(credit_line(text).match(text))


def _is_posted(text: str) -> bool:
    """Whether a text begins with words such as "posted by", and says when."""
    begun = by_words(text).match(text)
    return bool(begun and " " in begun[0].strip() and any(map(str.isdigit, text)))


def _is_with_mail(text: str) -> bool:
    """Whether a text is no more than a name, a role and an address, in a script without spaces within names."""
    parts = text.split()
    is_short = len(parts) <= _NAME_ROLE_MAIL and bool(UNSPACED.search(text))
    return is_short and bool(MAIL.search(text)) and any(map(is_role, parts))
