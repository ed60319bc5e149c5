"""JSON-LD of a page as its nodes, however broken: sites write it by template and seldom test it.

Only what a page says of itself is walked: top level, lists, `@graph` and `mainEntity`. Values deeper than that
(related articles in an ItemList, updates of a live blog) belong to other pages.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from archive.extraction.charset import whole

Node = dict[str, Any]

#: Limits against hostile pages: scripts, characters of one script, nodes, levels of nesting.
MAX_SCRIPTS, MAX_SCRIPT, MAX_NODES, MAX_DEPTH = 60, 2_000_000, 2_000, 6

#: Control characters inside strings are a common mistake, so not strict.
_DECODER = json.JSONDecoder(strict=False)
_BEFORE = re.compile(r"(?:\s|;|\ufeff|<!--|-->|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)+")
_AFTER = re.compile(r"(?:\s|;|<!--|-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|//|\]\]>)+$")
# Every pattern takes a whole string or comment at once, to the end if it is not closed: starting again inside
# it would make hostile pages cost the square of their length.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*+(?:[,}}\]]|\Z))", re.S)
_MISSING_COMMA = re.compile(rf'({_STRING}|[\]}}\d])([^\S\n]*+\n\s*+(?="[@\w]+"\s*+:))?', re.S)
_COMMENT = re.compile(rf"({_STRING})|/\*.*?(?:\*/|\Z)|(?<![:\w])//[^\n]*", re.S)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu]|u[0-9a-fA-F]{4})|\\u(?![0-9a-fA-F]{4})')
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|description|articleSection|inLanguage)"\s*:\s*'
    r'"((?:[^"\\\n]|\\.)*)"'
)
_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"(\w*(?:Article|BlogPosting))"')
_AUTHOR = re.compile(r'"author"\s*+:[\[{\s]*+[^\[\]]{0,200}?"name"\s*:\s*"((?:[^"\\\n]|\\.)*)"', re.S)


def read_nodes(scripts: list[etree._Element]) -> list[Node]:
    """All nodes of the page's JSON-LD scripts, in page order."""
    nodes: list[Node] = []
    for script in scripts[:MAX_SCRIPTS]:
        for value in parse_script(script.text or ""):
            nodes.extend(_walk(value, 0))
            if len(nodes) > MAX_NODES:
                return nodes[:MAX_NODES]
    return nodes


def parse_script(text: str) -> list[Any]:
    """The JSON values of one script. Tries harder step by step; what nothing can read yields its plain fields."""
    if len(text) > MAX_SCRIPT:
        return []
    text = _unwrapped(text)
    for repair in (_as_is, _unescaped, _tidied):
        try:
            return _values(repair(text))
        except (ValueError, RecursionError):
            continue
    return _salvaged(text)


def _unwrapped(text: str) -> str:
    """Without comment marks and CDATA around the whole, a habit from XHTML."""
    start = _BEFORE.match(text)
    text = text[start.end() :] if start else text
    # Only the tail is searched: looking for the marks through a long script costs more than parsing it.
    return text[:-200] + _AFTER.sub("", text[-200:])


def _as_is(text: str) -> str:
    return text


def _unescaped(text: str) -> str:
    if "&quot;" not in text or '"' in text:
        raise ValueError("not escaped as a whole")
    return html.unescape(text)


def _tidied(text: str) -> str:
    text = _COMMENT.sub(lambda match: match[1] or "", text)
    text = _BAD_ESCAPE.sub("", text)
    text = _MISSING_COMMA.sub(lambda match: f"{match[1]},{match[2]}" if match[2] else match[1], text)
    return _TRAILING_COMMA.sub(lambda match: match[1] or "", text)


def _values(text: str) -> list[Any]:
    """One value, or several written one after the other."""
    values, place = [], 0
    while place < len(text):
        value, place = _DECODER.raw_decode(text, place)
        values.append(value)
        while place < len(text) and text[place] in " \t\r\n,;":
            place += 1
    return _whole(values) if "\\ud" in text or "\\uD" in text else values


def _whole(values: list[Any]) -> list[Any]:
    """Without halves of escaped surrogate pairs, which no record can hold: sites cut texts between them."""
    written: list[Any] = json.loads(whole(json.dumps(values, ensure_ascii=False)))
    return written


def _salvaged(text: str) -> list[Any]:
    kind = _TYPE.search(text)
    if kind is None:
        return []
    node: Node = {"@type": kind[1]}
    for match in _FIELD.finditer(text, kind.start() if kind.start() < 200 else 0):
        node.setdefault(match[1], _string(match[2]))
    if author := _AUTHOR.search(text):
        node["author"] = _string(author[1])
    return [node]


def _string(raw: str) -> str:
    try:
        return str(_DECODER.decode(f'"{raw}"'))
    except ValueError:
        return raw


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:MAX_NODES]:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "headline" in value:
            yield value
        for key in ("@graph", "mainEntity"):
            if isinstance(value.get(key), (list, dict)):
                yield from _walk(value[key], depth + 1)
