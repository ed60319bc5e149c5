"""What a page's scripts hold as data, for its own code to show: JSON wherever it is, and frameworks' forms of it.

React pushes rows of its own (`__next_f`), Nuxt a flat array whose numbers are places in itself (`__NUXT_DATA__`);
everything else is JSON in a script of that type, behind an assignment or in a call.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree

#: Limits against hostile pages: characters of all scripts, levels of nesting, pieces, starts of values that are none
#: (Python counts the lines before each).
_MOST, _DEEPEST, _MOST_PIECES, _MOST_FAILURES = 8_000_000, 60, 100_000, 100
#: Characters of a script, and of a value in it, that may hold a text.
_LEAST, _SHORTEST = 200, 20
_DECODER = json.JSONDecoder(strict=False)
_VALUE = re.compile(r"[=(:,]\s*(?=[{\[])|^\s*(?=[{\[])")
_PARSED = re.compile(r'JSON\.parse\(\s*("(?:[^"\\]|\\.)*+")')
_FLIGHT = re.compile(r'__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*+")')
_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*+"')
_ROW = re.compile(r"(?:^|\n)[0-9a-f]*:(?:[A-Z]{1,2}(?=[\[{\"]))?", re.M)
_ROW_OF_TEXT = re.compile(rb"(?:^|(?<=[\n\]}\"]))[0-9a-f]{1,8}:T([0-9a-f]{1,6}),")


def script_values(tree: etree._Element) -> Iterator[tuple[etree._Element, Any]]:
    """What the page's scripts hold as data, each with its script."""
    left, flight = _MOST, []
    for script in tree.iter("script"):
        text = script.text or ""
        left -= len(text)
        if left < 0:
            return
        if len(text) < _LEAST and "__next_f" not in text:
            continue
        if pushed := _FLIGHT.findall(text):
            flight.append((script, "".join(map(_string, pushed))))
            continue
        yield from ((script, value) for value in _data(text))
    if flight:
        rows = _flight_rows("".join(text for _, text in flight))
        yield max(flight, key=lambda one: len(one[1]))[0], rows


def _data(text: str) -> Iterator[Any]:
    """The JSON values in a script, whatever stands around them; else its strings."""
    found = False
    for parsed in islice(_PARSED.finditer(text), _MOST_FAILURES):
        value = next(_decoded(_string(parsed[1]), _VALUE), None)
        found = found or value is not None
        yield value
    for value in _decoded(text, _VALUE):
        found = True
        yield _hydrated(value) if isinstance(value, list) else value
    if not found:
        yield [_string(literal[0]) for literal in islice(_LITERAL.finditer(text), _MOST_PIECES)]


def _decoded(text: str, starts: re.Pattern[str]) -> Iterator[Any]:
    """The larger JSON values that begin where a pattern ends, up to twice the text's length in vain."""
    at, vain, failures = 0, 2 * len(text) + _LEAST, 0
    while vain > 0 and failures < _MOST_FAILURES and (start := starts.search(text, at)):
        at = start.end()
        try:
            value, end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            vain -= error.pos - at + 1
            failures += 1
        except (ValueError, RecursionError):  # a number of thousands of digits
            return
        else:
            at = end
            if end - start.end() >= _SHORTEST:
                yield value


def _string(literal: str) -> str:
    try:
        return str(_DECODER.decode(literal))
    except ValueError:
        return literal[1:-1]


def _flight_rows(text: str) -> list[Any]:
    """The values of React's rows: `1a:` and JSON, or `1a:T5f3,` and so many bytes of text."""
    content, rows, at = text.encode(errors="ignore"), list[Any](), 0
    while row := _ROW_OF_TEXT.search(content, at):
        at = row.end() + int(row[1], 16)
        rows.append(content[row.end() : at].decode(errors="ignore"))
    return [*rows, *_decoded(text, _ROW)]


def _hydrated(flat: list[Any]) -> Any:
    """Nuxt's flat array put together again: its first value, with numbers that are places in the array replaced."""
    if not flat or not isinstance(flat[0], list | dict) or not _is_flat(flat):
        return flat
    left = [_MOST_PIECES]

    def put(value: Any, depth: int) -> Any:
        left[0] -= 1
        if left[0] < 0 or depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {key: put(at(one), depth + 1) for key, one in value.items()}
        return [put(at(one), depth + 1) for one in value] if isinstance(value, list) else value

    def at(place: Any) -> Any:
        is_place = isinstance(place, int) and not isinstance(place, bool)
        return flat[place] if is_place and 0 <= place < len(flat) else place

    return put(flat[0], 0)


def _is_flat(values: list[Any]) -> bool:
    """Whether the first value's own values are places in the array, as Nuxt writes it."""
    first = values[0].values() if isinstance(values[0], dict) else values[0]
    return len(values) > 1 and all(isinstance(one, int) and -10 < one < len(values) for one in first)
