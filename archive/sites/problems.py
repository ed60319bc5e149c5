"""What is wrong with a site file, in words: the file, the line, the key, what was expected, the nearest spelling."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from archive.errors import own_words
from archive.sites.logins import shown
from archive.sites.yaml_lines import line_of

#: Pydantic's kinds of problems and what we say was expected. Where several kinds of value are allowed, the
#: message names the one that a maintainer most likely meant.
_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "date_type": "a date such as 2026-11-24",
    "date_parsing": "a date such as 2026-11-24",
    "date_from_datetime_parsing": "a date such as 2026-11-24",
    "date_from_datetime_inexact": "a date such as 2026-11-24, without a time",
    "missing": "this key",
}
#: What other programs call a key.
_ELSEWHERE = {
    "render": "browser",
    "javascript": "browser",
    "js": "browser",
    "headless": "browser",
    "playwright": "browser",
    "download_delay": "delay",
    "content": "body",
    "title": "headline",
    "author": "byline",
    "authors": "byline",
    "remove": "strip",
    "exclude_selectors": "strip",
    "rss": "feeds",
    "start_urls": "sections",
}
#: Keys whose values no message quotes.
_SECRET = (("headers",), ("cookies",))


def explain(path: Path, error: ValidationError, model: type[BaseModel]) -> str:
    """One line for each problem that a model found in a file."""
    return "\n".join(_line(path, problem, model) for problem in error.errors())


def _line(path: Path, problem: Any, model: type[BaseModel]) -> str:
    loc = tuple(part for part in problem["loc"] if part != "[key]")
    where = f"{path}:{line_of(path, (*loc, *_named_key(problem)))}"
    key = _written(loc)
    if problem["type"] == "extra_forbidden":
        return f"{where}: unknown key '{key}'{_nearest(str(loc[-1]), _keys_at(model, loc[:-1]))}"
    if problem["type"] == "missing":
        return f"{where}: the key '{key}' is missing"
    return f"{where}: {key or 'the file'}: {_said(problem)}"


def _named_key(problem: Any) -> tuple[str, ...]:
    """The first key of a mapping that a sentence about the whole of it names: its line is the place to look at."""
    found = problem["input"]
    if problem["type"] != "value_error" or not isinstance(found, dict):
        return ()
    return tuple(word for word in re.findall(r"[\w-]+", problem["msg"]) if word in found)[:1]


def _written(loc: tuple[Any, ...]) -> str:
    return re.sub(r"\.\[", "[", ".".join(f"[{part}]" if isinstance(part, int) else str(part) for part in loc))


def _said(problem: Any) -> str:
    found, kind = problem["input"], problem["type"]
    if kind in ("enum", "literal_error"):
        choices = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"]))
        return f"expected one of {', '.join(choices)}, found {_shown(found)}{_guess(str(found), choices)}"
    if kind == "value_error":
        message = own_words(problem["msg"])
        is_quoted = not isinstance(found, dict | tuple | list) and problem["loc"][-1:] not in _SECRET
        return f"{message}, found {_shown(found)}" if is_quoted else message
    expected = _EXPECTED.get(kind) or _plain(problem["msg"])
    return f"expected {expected}, found {_shown(found)}"


def _plain(message: str) -> str:
    return message.removeprefix("Input should be ").removeprefix("Input should ")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, datetime | date):
        return f"the date {value.isoformat()}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(shown(value) if isinstance(value, str) else value)


def _guess(word: str, known: list[str]) -> str:
    told = _ELSEWHERE.get(word.lower(), "")
    close = [told] if told in known else get_close_matches(word, known, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _nearest(word: str, known: list[str]) -> str:
    return _guess(word, known) or f"; expected one of {', '.join(known)}"


def _keys_at(model: type[BaseModel], parents: tuple[Any, ...]) -> list[str]:
    """The keys that are known at a place of a file. Only steps into models count: list places are numbers."""
    for step in parents:
        if step in model.model_fields:
            model = next(_models(model.model_fields[str(step)].annotation), model)
    return [name for name in model.model_fields if name != "domain"]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for inner in get_args(annotation):
        yield from _models(inner)


def unknown_word(word: str, known: list[str]) -> str:
    """A guess at what was meant, or all that is known."""
    return _nearest(word, known)
