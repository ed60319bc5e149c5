"""Elements within lines that are no text: controls of the page, icons, and what is there a second time."""

import re
from itertools import chain, islice

from lxml import etree

#: Elements that may be no text, and their classes: what edits a text or links a heading, shows a note, leads back.
MARKS = frozenset(("a", "i", "input", "ion-icon", "label", "mat-icon", "md-icon", "span", "sup"))
CONTROLS = frozenset(
    "mw-editsection noprint headerlink mw-cite-backlink reversefootnote footnote-back footnote-backref "
    "data-footnote-backref footnote-back-link footnote-backlink margin-toggle".split()
)
#: What the signs are that link a heading to itself, and what their classes say.
_SELF, _SELF_NAMED = frozenset("#¶§🔗∞"), ("anchor", "hash-link")
ICON = re.compile(r"(?:^|[\s_-])(?:icons?|material-symbols\S*|fa[bsrl]?|glyphicon)(?:$|[\s_-])")
#: Classes of what is there for those alone who hear the page.
SPOKEN = re.compile(r"(?<!\S)(?:[\w-]{1,20}-)?(?:visually-?hidden|sr-only|screen-?reader-(?:text|only))(?!\S)")
#: Texts in a word that is set apart in pieces.
_MOST_TEXTS = 4
#: A style that says the same.
CLIPPED = re.compile(r"\bclip(?:-path)?\s*:\s*(?:rect\(\s*[01]|inset\(\s*(?:50|100)%)")


def is_for_the_eye(element: etree._Element) -> bool:
    """Whether an inline element is an icon, a control of the page in its text, or what is there a second time."""
    names = element.get("class", "")
    if (names and not CONTROLS.isdisjoint(names.split())) or element.get("role") == "doc-backlink":
        return True
    if any(name in names for name in _SELF_NAMED) and element.tag == "a" and (element.text or "").strip() in _SELF:
        return not len(element) and element.get("href", "").startswith("#")
    if element.get("aria-hidden") != "true":
        return bool(SPOKEN.search(names) or CLIPPED.search(element.get("style", ""))) and _is_added(element)
    before, twin = element.getprevious(), element.getnext()
    is_drawn = before is not None and next(before.iter("math"), None) is not None
    if is_drawn or (not len(element) and ICON.search(f"{element.tag} {names}")):
        return True
    return _is_twin(element, element, twin) or _is_twin(element, before, before) or _is_first_part(element)


def _is_twin(element: etree._Element, first: etree._Element | None, spoken: etree._Element | None) -> bool:
    """Whether what stands before or behind an element says the same, and perhaps more before it, to those who hear the
    page, as large initials are set twice. `first` is the one of the two that stands first."""
    if first is None or spoken is None or (first.tail or "").strip() or len(spoken):
        return False
    shown = "".join(islice(map(str, element.itertext()), _MOST_TEXTS)).strip()
    said = (spoken.text or "").strip()
    if shown[:1].isalpha() and said == shown:
        return True
    return bool(shown) and said.endswith(shown) and bool(SPOKEN.search(spoken.get("class", "")))


def _is_first_part(element: etree._Element) -> bool:
    """Whether an element and others for the eye behind it say together what the next one says to those who hear."""
    said = ""
    for part in chain([element], islice(element.itersiblings(), _MOST_TEXTS)):
        if part.get("aria-hidden") != "true":
            return bool(said) and said == (part.text or "") and bool(SPOKEN.search(part.get("class", "")))
        if len(part) or part.tail:
            return False
        said += part.text or ""
    return False


def _is_added(element: etree._Element) -> bool:
    """Whether an element adds to a link what the eye sees by itself: "(opens in a new tab)"."""
    before, around = element.getprevious(), element.getparent()
    shown = (around.text if before is None else before.tail) if around is not None and around.tag == "a" else None
    return bool((shown or "").strip())
