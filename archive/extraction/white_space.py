"""Code whose lines a style keeps: `<code style="white-space: pre">` stands for a `<pre>` on some pages."""

import re

from lxml import etree

_KEEPING = re.compile(r"white-space\s{0,3}:\s{0,3}(?:pre|break-spaces)", re.I)
_CLASSES = frozenset(("whitespace-pre", "whitespace-pre-wrap"))


def keeps_lines(code: etree._Element) -> bool:
    """Whether a `<code>` is shown with its line ends and spaces, outside of a `<pre>`."""
    style, names = code.get("style"), code.get("class")
    return bool((style and _KEEPING.search(style)) or (names and not _CLASSES.isdisjoint(names.split())))
