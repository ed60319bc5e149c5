"""Declarative shadow roots: `<template shadowrootmode>` is what a browser shows of the element around it.

What else the element holds is shown in the slots of that, or not at all (HTML 4.8.8, DOM 4.2.2.3). A browser finds no
XPath within a shadow root, so all that it holds itself has the place of the element; what is in a slot keeps its own.
"""

from collections import defaultdict
from itertools import islice

from lxml import etree

from archive.extraction.xpaths import SHADOW_PLACE, SLOTTED_PLACE, path_to, steps_to

#: Elements that may hold one, beside those with a dash in their name (DOM, attachShadow).
_HOSTS = frozenset("article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split())
#: Shadow roots of a page that are read; the place of each is looked up alone. Levels of templates that are unfolded.
_MOST = 2000


def unfold(tree: etree._Element) -> None:
    """Put what a browser shows where it shows it, the outermost roots first."""
    for template in list(islice(tree.iter("template"), _MOST)):
        host = template.getparent()
        is_root = template.get("shadowrootmode", "").lower() in ("open", "closed")
        if not is_root or host is None or not (host.tag in _HOSTS or "-" in str(host.tag)):
            continue
        # In a template that is no root, or with its root already, it shows nothing more.
        if next(host.iterancestors("template"), None) is None and not any(child.get(SHADOW_PLACE) for child in host):
            _attach(host, template)


def _attach(host: etree._Element, root: etree._Element) -> None:
    place, is_in_shadow = path_to(host), _is_in_shadow(host)
    light = [child for child in host if child is not root]
    steps = {} if is_in_shadow else steps_to(host, frozenset(light))
    # Text of its own stands in the slot without a name.
    parts: defaultdict[str, list[etree._Element | str]] = defaultdict(list, {"": [host.text or ""]})
    for child in host:
        if child is not root:
            child.set(*((SHADOW_PLACE, place) if is_in_shadow else (SLOTTED_PLACE, f"{place}/{steps[child]}")))
            parts[child.get("slot", "")].append(child)
        parts[""].append(child.tail or "")
        child.tail = None
    slots, unshown = _slots(root), host.makeelement("template")
    for name, assigned in parts.items():
        if name not in slots:
            unshown.extend(part for part in assigned if isinstance(part, etree._Element))
        elif any(isinstance(part, etree._Element) or part.strip() for part in assigned):
            _fill(slots[name], assigned)
    host[:], host.text = [root, unshown], None
    root.tag = "slot"
    root.set(SHADOW_PLACE, place)


def _fill(slot: etree._Element, assigned: list[etree._Element | str]) -> None:
    slot[:] = [part for part in assigned if isinstance(part, etree._Element)]
    texts: list[list[str]] = [[]]
    for part in assigned:
        if isinstance(part, str):
            texts[-1].append(part)
        else:
            texts.append([])
    slot.text = "".join(texts[0])
    for child, behind in zip(slot, texts[1:], strict=True):
        child.tail = "".join(behind)


def _slots(root: etree._Element) -> dict[str, etree._Element]:
    """The first slot of each name, by its name; those of roots within are theirs."""
    slots: dict[str, etree._Element] = {}
    for slot in root.iter("slot"):
        if next(slot.iterancestors("template")) is root:
            slots.setdefault(slot.get("name", ""), slot)
    return slots


def _is_in_shadow(element: etree._Element) -> bool:
    at: etree._Element | None = element
    while at is not None and not at.get(SLOTTED_PLACE):
        if at.get(SHADOW_PLACE):
            return True
        at = at.getparent()
    return False
