"""Where in a site's template a block stands: a path of tags and names that is the same on every page."""

import re
from functools import lru_cache

from lxml import etree

from archive.extraction.blocks import TextBlock

#: Levels of a path that are kept, from the block upwards. Further up, pages of one site differ by section.
_LEVELS = 5
#: Names of one element that are kept, characters of each, and names that are looked at.
_NAMES, _LONGEST, _LOOKED_AT = 3, 40, 20
#: What tools put behind a name to make it unique with each build: `story__body__x7Kd2`.
_UNIQUE = re.compile(
    r"([A-Za-z][A-Za-z_-]{3,}?(?:__(?=[A-Za-z0-9-]{4,9}$)|[_-](?=[A-Za-z0-9]{4,8}$)))(?=.*?(?:\d|[a-z][A-Z])).+"
)
#: Names that tell a page's state or subject, or that come from a tool alone.
_MADE_UP = re.compile(
    r"(?:css|sc|jsx|emotion|svelte|astro|ng|ember|js|is|has)-|_"
    r"|(?:category|tag|author|post|section|type|format|status|topic|theme|term)-"
)
_NAME = re.compile(r"[A-Za-z][A-Za-z_-]*")
#: Inline elements that make a block another kind of place where they hold all of its text: a paragraph that is one
#: link is a teaser. Other inline elements come and go with the editor's program.
_TELLING = frozenset("a b strong em i".split())


class Places:
    """The places of one page's blocks; each element is looked at once."""

    def __init__(self) -> None:
        self._steps: dict[etree._Element, tuple[str, ...]] = {}

    def of(self, block: TextBlock) -> str:
        """The place of a block, as a CSS selector: the elements around it, then what holds all of its text."""
        place = " > ".join(self._path(block.element))
        inside = _holding_all(block)
        return f"{place} {' '.join(inside)}" if inside else place

    def _path(self, element: etree._Element) -> tuple[str, ...]:
        """The steps to an element. Filled in from above: deep pages must not recurse."""
        if element.tag == "body":
            return ("body",)
        missing = []
        at: etree._Element | None = element
        while at is not None and at.tag != "body" and at not in self._steps:
            missing.append(at)
            at = at.getparent()
        steps = () if at is None else self._steps.get(at, ())
        for below in reversed(missing):
            own = step_of(str(below.tag), below.get("class"), below.get("id"))
            steps = self._steps[below] = (*steps, own)[-_LEVELS:]
        return steps


def _holding_all(block: TextBlock) -> list[str]:
    """The telling inline elements around all of a block's text, outermost first."""
    if not block.whole:
        return []
    tags, element = [], block.element
    while len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
        element = element[0]
        if element.tag in _TELLING:
            tags.append(str(element.tag))
    return tags[:3]


@lru_cache(maxsize=20_000)
def step_of(tag: str, classes: str | None, own: str | None) -> str:
    """One element's tag with its stable names: `div.story.text#main`, `div[class*=story__body__]` where a name was
    cut."""
    names = {_class(name) for name in (classes or "").split()[:_LOOKED_AT]} - {""}
    return tag + "".join(sorted(names)[:_NAMES]) + (f"#{own}" if own and _is_stable(own) else "")


def _class(name: str) -> str:
    cut = _UNIQUE.fullmatch(name[: 2 * _LONGEST])
    if cut:
        return f"[class*={cut[1]}]" if _is_stable(cut[1]) else ""
    return f".{name}" if _is_stable(name) else ""


def _is_stable(name: str) -> bool:
    return len(name) <= _LONGEST and bool(_NAME.fullmatch(name)) and not _MADE_UP.match(name)
