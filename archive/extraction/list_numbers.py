"""The numbers of items in ordered lists, as a browser counts them (HTML standard, 4.4.5 and 4.4.8)."""

import re

from lxml import etree

_INTEGER = re.compile(r"\s*([+-]?\d{1,9})")


class ListNumbers:
    """The items of one page's ordered lists, each list counted once."""

    def __init__(self) -> None:
        self._known: dict[etree._Element, dict[etree._Element, int]] = {}

    def of(self, item: etree._Element) -> int | None:
        """An item's number; None where its list has no order."""
        above = item.getparent()
        if above is None or above.tag != "ol":
            return None
        if above not in self._known:
            self._known[above] = _counted(above)
        return self._known[above].get(item)


def _counted(ordered: etree._Element) -> dict[etree._Element, int]:
    items = [child for child in ordered if child.tag == "li"]
    is_reversed = ordered.get("reversed") is not None
    start = _integer(ordered.get("start"))
    number = start if start is not None else len(items) if is_reversed else 1
    found = {}
    for item in items:
        stated = _integer(item.get("value"))
        number = number if stated is None else stated
        found[item] = number
        number += -1 if is_reversed else 1
    return found


def _integer(text: str | None) -> int | None:
    match = _INTEGER.match(text or "")
    return int(match[1]) if match else None
