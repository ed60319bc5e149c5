"""The selectors that name an element in a way that lasts: by class, id, role or a marking attribute.

Class names that a build tool makes up change with every release, and utility classes say how something looks and
not what it is; neither makes a good selector.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from lxml import etree

#: Attributes that say what an element is for.
_MARKS = (
    "itemprop",
    "data-testid",
    "data-test-id",
    "data-test",
    "data-qa",
    "data-component",
    "data-component-name",
    "data-area",
    "data-element-type",
    "data-block",
    "data-type",
    "data-role",
    "data-cy",
    "role",
    "rel",
)
#: What every link to elsewhere may say.
_LINK_TYPES = frozenset(
    ("noopener", "noreferrer", "nofollow", "noopener noreferrer", "noreferrer noopener", "external")
)
#: Elements whose kind says enough.
_TELLING = frozenset("article main figcaption time address h1 aside nav footer figure header".split())
_UTILITY = re.compile(
    r"[:\[\]/!@%.]|^-?(?:m|p)[trblxyse]?-|^(?:w|h|min|max|gap|grid|col|row|flex|text|bg|border|font|leading|tracking|"
    r"rounded|shadow|space|inset|top|left|right|bottom|z|order|items|justify|self|content|object|overflow|opacity|"
    r"transition|duration|ease|cursor|float|clear|align|d|fs|fw|lh|ml|mr|mt|mb|is|has|js|u|o|xs|sm|md|lg|xl|outline|"
    r"underline|decoration|divide|ring|fill|stroke|caret|accent|scroll|snap|touch|select|will|aspect|break|origin|scale|"
    r"rotate|translate|skew|backdrop|mix|whitespace|hyphens|animate|not|no|sr|pointer|appearance|basis|grow|shrink|"
    r"place|auto|size|line|list-(?:disc|none|decimal|inside)|table-(?:cell|row|auto|fixed))-|"
    r"^(?:flex|grid|block|inline|hidden|relative|absolute|sticky|fixed|static|container|row|col|wrapper|clearfix|left|"
    r"right|active|first|last|odd|even|visible|italic|bold|uppercase|truncate|prose|show|open|wrap|inner|outer|item|"
    r"box|section|main|page|body|group|list|text|content|large|small|medium|center|desktop|mobile|noprint|group|border|"
    r"rounded|shadow|underline|overline|lowercase|capitalize|antialiased|outline|ring|blur|filter|transition|transform|"
    r"resize|isolate|invisible|collapse|contents|table|grow|shrink|peer|columns|full|none|null|undefined|nan|true|false|"
    r"object|default|normal|black|white|dark|light)$|"
    r"^(?:col|row)(?:-\w+)*-?\d*$"
)
#: What frameworks write: emotion (css-1x2y3z), styled-components (sc-1a2b, Name-sc-1a2b), styled-jsx (jsx-123), Svelte,
#: CSS modules (file_name__hash: a single underscore before the double one, which BEM names do not have), and minified
#: names of two or three letters after an underscore (c_jY).
_FRAMEWORK = re.compile(
    r"^(?:css|jsx|jss|svelte|astro|tss|makeStyles|emotion)-(?=\w*\d|[^aeiou]{5})\w+|(?:^|-)sc-[\da-zA-Z]{4,}|^_|"
    r"^[A-Za-z][\w-]*?(?<!_)_(?!_)[\w-]*__(?=[\w-]*[A-Z\d])[\w-]{4,6}$|^\w+___\w{4,6}$|^[a-z]{1,2}_[\da-zA-Z]{1,3}$"
)
#: Letters from which a name was not thought of by a person.
_LONGEST_NAME = 60
_PARTS = re.compile(r"[-_]+")
_NUMBERED = re.compile(r"\d{3,}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
#: Words without a vowel that people do write.
_SHORTENED = frozenset(
    "btn img rss txt cta html css nav sub ctn hdr ftr tv pdf xml lg md sm xs my by try why sky".split()
)


@lru_cache(maxsize=65_536)
def is_generated(name: str) -> bool:
    """Whether a class or id looks as if a build tool or a content system had counted or hashed it."""
    if len(name) > _LONGEST_NAME or _NUMBERED.search(name) or _FRAMEWORK.search(name):
        return True
    return any(_is_hash(part) for part in _PARTS.split(name) if len(part) >= 5)


def _is_hash(part: str) -> bool:
    """Letters and digits in turn, or capitals and consonants where no word is: `1d70522a`, `eopISzWSoA`, `kzDVNS`."""
    if not part.isalnum() or not part.isascii():
        return False
    turns = sum(left.isdigit() != right.isdigit() for left, right in pairwise(part))
    if turns >= 2 or (turns and part[0].isdigit()):
        return True
    if part.islower() or part.isupper() or part.istitle():
        return len(part) >= 6 and not re.search(r"[aeiouy]", part, re.I)
    words = _WORD.findall(part)
    unsaid = [word for word in words if not re.search(r"[aeiouy]", word, re.I) and word.lower() not in _SHORTENED]
    return bool([word for word in unsaid if len(word) > 1]) or len(part) / max(1, len(words)) < 2.6


@lru_cache(maxsize=65_536)
def is_utility(name: str) -> bool:
    """Whether a class says how an element looks, or nothing at all."""
    return len(name) < 3 or bool(_UTILITY.search(name))


def names_of(element: etree._Element) -> Iterator[str]:
    """CSS selectors that name this element, the most telling first."""
    for attribute in _MARKS:
        value = element.get(attribute)
        if value and value not in _LINK_TYPES and re.fullmatch(r"[\w :./-]{2,60}", value) and not is_generated(value):
            yield f'[{attribute}="{value}"]'
    for name in (element.get("class") or "").split()[:12]:
        if re.fullmatch(r"[A-Za-z][\w-]*", name) and not is_utility(name) and not is_generated(name):
            yield f".{name}"
    name = element.get("id") or ""
    if re.fullmatch(r"[A-Za-z][\w-]*", name) and not is_generated(name) and not is_utility(name):
        yield f"#{name}"
    if element.tag in _TELLING:
        yield str(element.tag)
    elif "-" in element.tag:
        yield element.tag
