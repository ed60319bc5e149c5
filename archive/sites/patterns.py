r"""The regular expressions of site files, searched in time linear in the text, whatever the expression.

Python's own engine goes back over a text as often as an expression makes it, which can be for ever, and site files
travel with collections. Rust's engine, which pydantic brings, never goes back. It has no look-around, backreferences
and possessive repeats; all else is written as for Python, and `compile_pattern` sees to the few differences. `\w` is a
word character as Unicode has it (UTS 18): Python's with the vowel signs of Indian scripts and without fractions.
"""

import re
import warnings
from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

#: An escape, a class, a repeat with its `+` for a possessive one.
_TOKEN = re.compile(r"\\.|\[\^?+\]?+(?:\\.|[^\\\]])*+\]|(?:[*+?]|\{\d*+(?:,\d*+)?\})(\+)?", re.S)
_IN_CLASS = re.compile(r"\\.|[\[&~]", re.S)
_NO_LOOK_AROUND = (
    "look-around is not known here, so that no page can make a pattern run for ever: say what stands there instead, or "
    "use a rule of its own for what must not be there"
)


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> SchemaValidator:
    """Compile a pattern. Raises ValueError with what is not possible in it, and what to do."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)  # where `[[` or `--` may mean a set of sets
        try:
            re.compile(pattern)
        except (re.error, FutureWarning, OverflowError, RecursionError) as error:
            raise ValueError(str(error)) from error
    translated = _TOKEN.sub(_translated, pattern)
    try:
        return SchemaValidator(core_schema.str_schema(pattern=translated, regex_engine="rust-regex"))
    except SchemaError as error:
        raise ValueError(_reason(str(error))) from error


def is_found(pattern: str, text: str) -> bool:
    """Whether a pattern is found anywhere in a text."""
    return compile_pattern(pattern).isinstance_python(text)


def _translated(token: re.Match[str]) -> str:
    """A token of Python's syntax in Rust's, where it is written otherwise."""
    text = token[0]
    if token[1]:
        raise ValueError(f"possessive repeats such as '{text}' are not known here: leave out the second sign")
    if text.startswith("["):
        return text[0] + _IN_CLASS.sub(lambda part: part[0] if part[0][0] == "\\" else "\\" + part[0], text[1:])
    if text.startswith("{,"):
        return "{0" + text[1:]
    if text == r"\Z":
        return r"\z"
    return text[1] if text[0] == "\\" and (text[1] in "<>" or not text[1].isascii()) else text


def _reason(error: str) -> str:
    said = error.rpartition("error: ")[2].strip().rstrip(".")
    if "look-around" in said:
        return _NO_LOOK_AROUND
    if "backreferences" in said:
        return "backreferences such as \\1 are not known here: write out what is repeated"
    if "size limit" in said:
        return "it is too large: allow fewer repeats, or none in another"
    return said.rpartition("SchemaError: ")[2]
