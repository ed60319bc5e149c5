"""Style sheets to the URLs that they load: @import, url(), image-set()."""

from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

#: Bytes of a style sheet, or of the styles of a page, that are read: tinycss2 takes about a second for a million.
MAX_BYTES = 1_000_000
_IMAGE_SETS = ("image-set", "-webkit-image-set")
#: The @-rules whose URLs name something and load nothing.
_NAMES = ("namespace", "document", "-moz-document")
_MARKS = (b"url(", b"@import", b"image-set(", b"\\")


def requisites_of_sheet(content: bytes, charset: str | None = None) -> list[str]:
    """The URLs that a style sheet loads, as they stand there, each once and in order. `charset` is what the server
    said. Never raises for bad style."""
    if not _loads_something(content):
        return []
    rules, _ = tinycss2.parse_stylesheet_bytes(content[:MAX_BYTES], charset, skip_comments=True, skip_whitespace=True)
    return list(dict.fromkeys(_urls(rules)))


def requisites_of_attribute(text: str) -> list[str]:
    """The same of a `style` attribute."""
    if not _loads_something(text.encode("utf-8", "replace")):
        return []
    return list(dict.fromkeys(_urls(tinycss2.parse_component_value_list(text[:MAX_BYTES], skip_comments=True))))


def _loads_something(content: bytes) -> bool:
    """Whether it is worth reading: most styles load nothing."""
    folded = content[:MAX_BYTES].lower()
    return any(mark in folded for mark in _MARKS)


def _urls(nodes: Iterable[Any]) -> Iterator[str]:
    """Walk through nodes of any kind, without recursion: a style sheet may be nested as deep as it likes."""
    waiting = [iter(nodes)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif node.type == "url":
            yield node.value.strip()
        else:
            yield from _strings(node)
            waiting.append(iter(_inside(node)))


def _strings(node: Any) -> Iterator[str]:
    """The URLs that are written as strings."""
    if node.type == "at-rule" and node.lower_at_keyword == "import":
        # Layers and conditions follow.
        first = next((each for each in node.prelude if each.type not in ("whitespace", "comment")), None)
        if first is not None and first.type == "string":
            yield first.value.strip()
    elif node.type == "function":
        strings = [argument.value.strip() for argument in node.arguments if argument.type == "string"]
        wanted = 1 if node.lower_name == "url" else len(strings) if node.lower_name in _IMAGE_SETS else 0
        yield from strings[:wanted]


def _inside(node: Any) -> Iterable[Any]:
    match node.type:
        case "at-rule":
            prelude = () if node.lower_at_keyword in _NAMES else node.prelude
            return (*prelude, *(node.content or ()))
        case "function":
            return tuple(node.arguments)
        case "qualified-rule" | "() block" | "[] block" | "{} block":
            return tuple(node.content)
    return ()
