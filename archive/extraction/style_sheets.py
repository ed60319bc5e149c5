"""Running text that a page's own style sheets hide, by rules of classes and ids alone."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice
from typing import NamedTuple, Self

from lxml import etree

from archive.extraction.attributes import Parts, outermost
from archive.extraction.visibility import OPENS, below_body, is_running, names_of, shown_text

#: Characters of all style sheets of a page up to which they are read: most pages have 30,000.
_LONGEST_SHEETS = 200_000
#: Levels up in which names are read.
_NAMED = 3
#: The share of the text in a page's paragraphs that its style sheets hide at most.
_MOST_RULED = 0.25
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_NAME = re.compile(r"[.#](?:[\w-]|\\.)++")
#: What rules say in small letters; all begins with letters, for which the engine looks fast.
_HIDES = (
    re.compile(r"display(?<=[;{\s]display)\s*+:\s*+none"),
    re.compile(r"visibility(?<=[;{\s]visibility)\s*+:\s*+hidden"),
)
_SHOWS = (
    re.compile(r"display(?<=[;{\s]display)\s*+:\s*+(?!none)\w"),
    re.compile(r"visibility(?<=[;{\s]visibility)\s*+:\s*+visible"),
)
#: Sheets for readers at a screen, and what holds those for readers whose scripts don't run, or for drawings.
_SCREENS = frozenset(("", "all", "screen"))
_ELSEWHERE_SHEETS = ("noscript", "template", "svg")


def hide_ruled(tree: etree._Element) -> None:
    """Give `hidden` to the running text that the page's own style sheets hide by classes and ids alone.

    Menus are left: they open on a click, and labels tell them. So is what holds the headline, or much of the page: a
    script shows it. What some other rule shows, on wide screens or by another name, is not hidden, so that no sheet is
    read in part. Panels that a reader opens are hidden by where they stand (`.faq .answer`), each beside others."""
    sheets = [sheet.text or "" for sheet in tree.iter("style") if _is_read(sheet)]
    if not sheets or sum(map(len, sheets)) > _LONGEST_SHEETS:
        return
    sheet = _COMMENT.sub("", "\n".join(sheets))
    hiding = (names for names, is_nested in _rules(sheet, _HIDES) if not is_nested)
    hidden = _Hidden.by(selector for names in hiding for selector in names.split(","))
    found = list(filter(is_running, outermost(tree, hidden.named.parts(), hidden.has))) if hidden.around else []
    if not found:
        return
    showing = (name for names, _ in _rules(sheet, _SHOWS) for name in _NAME.findall(names))
    shown = _Named.by(name.replace("\\", "") for name in showing)
    found = [one for one in found if not shown.has(one) and next(one.iter("h1", "form"), None) is None]
    panels = [one for one in found if not hidden.has_alone(one)]
    if len(panels) > 1 or any(map(_opens, panels)):
        found = [one for one in found if one not in panels]
    prose = sum(len(part.text or "") + sum(len(child.tail or "") for child in part) for part in tree.iter("p"))
    if sum(len(shown_text(element)) for element in found) <= _MOST_RULED * prose:
        for element in found:
            element.set("hidden", "")


def _opens(element: etree._Element) -> bool:
    """Whether a name of an element or of what holds it says that it can be opened."""
    return any(OPENS.search(names_of(up)) for up in islice(below_body(element), _NAMED))


def _is_read(sheet: etree._Element) -> bool:
    return sheet.get("media", "") in _SCREENS and next(sheet.iterancestors(*_ELSEWHERE_SHEETS), None) is None


def _rules(sheet: str, saying: Iterable[re.Pattern[str]]) -> Iterator[tuple[str, bool]]:
    """The selectors of each rule that says what one of some patterns finds, and whether it stands in another one
    (`@media`)."""
    # Unlike str.lower, this leaves each letter at its place.
    small = sheet.encode().lower().decode()
    for pattern in saying:
        depth = counted = 0
        for said in pattern.finditer(small):
            start, end = sheet.rfind("}", 0, said.start()) + 1, sheet.find("}", said.end())
            end = len(sheet) if end < 0 else end
            opened = sheet.rfind("{", start, end)
            depth += sheet.count("{", counted, end) - sheet.count("}", counted, end)
            counted = end
            if 0 <= opened < said.start():
                yield sheet[start:opened].rpartition("{")[2].rpartition(";")[2], depth != 1


class _Named(NamedTuple):
    """Classes and ids that selectors name."""

    classes: Set[str]
    ids: Set[str]

    @classmethod
    def by(cls, selectors: Iterable[str]) -> Self:
        """Those of selectors that are one name each."""
        named = set(selectors)
        return cls(*({name[1:] for name in named if name.startswith(sign)} for sign in ".#"))

    def parts(self) -> Parts:
        """What stands in an attribute of each element that has one of them."""
        return [*(("class", name) for name in self.classes), *(("id", name) for name in self.ids)]

    def has(self, element: etree._Element) -> bool:
        """Whether an element has one of them."""
        classes = element.get("class")
        return bool(classes and not self.classes.isdisjoint(classes.split())) or element.get("id") in self.ids


class _Hidden(NamedTuple):
    """What selectors of a name, or of names within each other, say of elements."""

    named: _Named
    around: Mapping[str, Collection[Sequence[str]]]
    """By the name of an element, the names of those that it stands in, for each rule."""

    @classmethod
    def by(cls, selectors: Iterable[str]) -> Self:
        """Those of selectors that say no more."""
        around = defaultdict(list)
        for names in (selector.replace(">", " ").split() for selector in selectors):
            if names and all(map(_NAME.fullmatch, names)):
                around[names[-1]].append(names[:-1])
        return cls(_Named.by(around), around)

    def has(self, element: etree._Element) -> bool:
        """Whether a rule is of an element. Classes of `<html>` and `<body>` do not count: scripts set them."""
        if not self.named.has(element):
            return False
        rules = self._rules(element)
        if [] in rules:
            return True
        holders = {name for up in islice(below_body(element), 1, None) for name in _selected(up)}
        return any(map(holders.issuperset, rules))

    def has_alone(self, element: etree._Element) -> bool:
        """Whether a rule is of an element, wherever it stands."""
        return [] in self._rules(element)

    def _rules(self, element: etree._Element) -> list[Sequence[str]]:
        return [rule for name in _selected(element) for rule in self.around.get(name, ())]


def _selected(element: etree._Element) -> list[str]:
    """The names by which selectors call an element."""
    return [f"#{element.get('id')}", *(f".{name}" for name in (element.get("class") or "").split())]
