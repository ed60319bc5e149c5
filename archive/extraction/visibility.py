"""Which elements of a page are not shown. Style sheets are not read, inline styles are."""

import re

from lxml import etree

#: Elements whose text is never shown.
HIDDEN = frozenset(
    "head script style noscript template svg annotation annotation-xml iframe object embed audio video canvas map "
    "datalist select textarea noframes noembed applet param frameset dialog title".split()
)
#: Inline elements that may be no text, and their classes: MediaWiki's, and the sign at a heading that links to it.
MARKS = frozenset(("a", "i", "span", "sup"))
CONTROLS = frozenset(("mw-editsection", "noprint", "headerlink"))
ICON = re.compile(r"(?:^|[\s_-])(?:icons?|material-symbols\S*|fa[bsrl]?|glyphicon)(?:$|[\s_-])")
#: Classes of what is there for those alone who hear the page.
_SPOKEN = frozenset(("visually-hidden", "visuallyhidden", "sr-only", "screen-reader-text", "screenreader-only"))
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
#: React streams parts of a page in `<div hidden id="S:1">` and a script puts them in place.
_STREAMED = re.compile(r"S:\w+$")


def is_never_shown(element: etree._Element) -> bool:
    """Whether an element is of a kind that browsers never show as text, or repeats a formula for the eye alone."""
    tag = element.tag
    if tag in HIDDEN:
        return not (tag == "dialog" and element.get("open") is not None)
    return tag in MARKS and _is_for_the_eye(element)


def _is_for_the_eye(element: etree._Element) -> bool:
    """Whether an inline element is an icon, a control of the page in its text, or what is there a second time."""
    names = element.get("class")
    if names and not CONTROLS.isdisjoint(names.split()):
        return True
    if element.get("aria-hidden") != "true":
        return False
    before = element.getprevious()
    is_drawn = before is not None and next(before.iter("math"), None) is not None
    return is_drawn or bool(names and ICON.search(names) and len(element) == 0) or _is_spoken_next(element)


def _is_spoken_next(element: etree._Element) -> bool:
    """Whether what follows says the same to those who hear the page: large initials are set twice."""
    twin = element.getnext()
    if twin is None or (element.tail or "").strip() or _SPOKEN.isdisjoint(twin.get("class", "").split()):
        return False
    return len(element) == len(twin) == 0 and element.text == twin.text


def is_hidden(element: etree._Element) -> bool:
    """Whether an element is not shown: by its kind, `hidden`, or an inline style."""
    if is_never_shown(element):
        return True
    if element.get("hidden") is not None:
        return element.get("hidden") != "until-found" and not _STREAMED.match(element.get("id", ""))
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))
