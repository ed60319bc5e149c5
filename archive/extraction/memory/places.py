"""Where in a site's template a block stands: a path of tags and names that is the same on every page."""

import re
from collections.abc import Sequence
from functools import lru_cache

from archive.extraction.blocks import TextBlock
from archive.extraction.features.elements import Ancestors

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


def places_of(blocks: Sequence[TextBlock], ancestors: Ancestors) -> list[str]:
    """The place of each block of a page, as a CSS selector: the elements around it, then what holds all of its text."""
    paths = _paths(ancestors)
    places = []
    for block, number in zip(blocks, ancestors.own, strict=True):
        place = " > ".join(paths[number]) or "body"
        inside = _holding_all(block)
        places.append(f"{place} {' '.join(inside)}" if inside else place)
    return places


def _paths(ancestors: Ancestors) -> list[tuple[str, ...]]:
    """The last steps to each element, from the body on, which is no step itself."""
    paths: list[tuple[str, ...]] = []
    for element, parent in zip(ancestors.elements, ancestors.parents, strict=True):
        if element.tag == "body":
            paths.append(())
        else:
            above = paths[parent] if paths else ()
            paths.append((*above, step_of(str(element.tag), element.get("class"), element.get("id")))[-_LEVELS:])
    return paths


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
