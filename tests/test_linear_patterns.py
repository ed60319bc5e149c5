"""Every regular expression of the package takes time linear in what it is given: attacked with its own parts."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import pytest

import archive
import crawler
from archive.authoring import draft_candidates as candidates
from archive.authoring.draft_yaml import scalar
from archive.extraction.features.markup import link_row
from archive.extraction.metadata import authors, date_patterns, dates
from archive.extraction.metadata.word_lists import alternation
from tests.attack_strings import ENDS, attacks

#: Characters of the texts, about: a linear search takes four times as long over the last as over the one before it, a
#: quadratic one sixteen times, an exponential one is seen over the first.
_LENGTHS = (5, 22, 400, 1600, 6400)
#: Seconds below which a search is not looked at further: 600 ns a character of the longest.
_QUICK = 0.004
#: The most characters that some patterns are given: a byline, the beginning of a text with a date, the neighbourhood
#: of a date, the end of a script, the name of a file.
_LONGEST = {
    "archive.extraction.metadata.authors.": authors._LIMIT,
    "archive.extraction.metadata.date_patterns.time_of_day": 72,
    "archive.extraction.metadata.date_patterns.another": 72,
    "archive.extraction.metadata.dates.": dates._LIMIT,
    "archive.extraction.metadata.date_patterns.": dates._LIMIT,
    "archive.extraction.metadata.page_dates._labels": dates._LIMIT,
    "archive.extraction.metadata.json_ld._AFTER": 200,
    "archive.datasets.warc_sources._SUFFIXES": 255,
    "archive.extraction.metadata.roles._unspaced_role": authors._LIMIT,
    "archive.authoring.draft_candidates._FRAMEWORK": candidates._LONGEST_NAME,
}
_METHODS = "search match fullmatch sub subn split findall finditer".split()
_FLAGS = re.compile(r"re\.[A-Z]+(?: \| re\.[A-Z]+)*")


def modules() -> Iterator[Any]:
    for package in (archive, crawler):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            spec = found.module_finder.find_spec(found.name, None)
            if spec and spec.origin and b"import re\n" in Path(spec.origin).read_bytes():
                yield importlib.import_module(found.name)


def patterns_of(module: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns of a module: its own, those that its functions without arguments make, those in its calls of re."""
    for name, value in vars(module).items():
        if inspect.isfunction(getattr(value, "__wrapped__", None)) and value.__module__ == module.__name__:
            made = value.__wrapped__
            if "Pattern" in str(made.__annotations__.get("return")):
                if not (given := list(inspect.signature(made).parameters)):
                    yield from within(name, value())
                elif given == ["any_of"]:
                    yield from within(name, made(alternation))
        else:
            yield from within(name, value)
    for call in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
            first = call.args[0]
            if ast.unparse(call.func.value) == "re" and isinstance(first, ast.Constant) and call.func.attr in _METHODS:
                flags = [eval(ast.unparse(word.value), {"re": re}) for word in call.keywords if word.arg == "flags"]
                flags += [
                    eval(ast.unparse(arg), {"re": re}) for arg in call.args[2:] if _FLAGS.fullmatch(ast.unparse(arg))
                ]
                yield f"{call.func.attr}:{call.lineno}", re.compile(first.value, sum(flags))


def within(name: str, value: Any) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value[:100]):
            yield from within(f"{name}[{number}]", inner)
    elif isinstance(value, dict):
        for key, inner in list(value.items())[:100]:
            yield from within(f"{name}[{key}]", inner)


def all_patterns() -> dict[str, re.Pattern[Any]]:
    found: dict[re.Pattern[Any], str] = {}
    for module in modules():
        for name, pattern in patterns_of(module):
            found.setdefault(pattern, f"{module.__name__}.{name}")
    for code in (None, "en", "de", "ru", "th"):
        named_day: Any = date_patterns.named_day_of(code)
        found.setdefault(named_day.__wrapped__(alternation), f"{date_patterns.__name__}.months.{code}")
    return {name: pattern for pattern, name in found.items()}


def used(name: str, pattern: re.Pattern[Any]) -> Callable[[Any], Any]:
    """How a pattern is used: at the beginning alone, or anywhere."""
    module_name, _, own = name.rpartition(".")
    if ":" in own:
        method = own.partition(":")[0]
        return pattern.match if method == "match" else pattern.fullmatch if method == "fullmatch" else pattern.search
    source = (
        Path(importlib.import_module(module_name).__file__ or "").read_text("utf-8") if "months" not in name else ""
    )
    said = set(re.findall(rf"\b{re.escape(own.partition('[')[0])}(?:\(\w*\))?\.(\w+)", source))
    anchored = bool(said) and said <= {"match", "fullmatch", "pattern"}
    return pattern.fullmatch if said == {"fullmatch"} else pattern.match if anchored else pattern.search


def seconds(search: Callable[[Any], Any], text: Any, times: int = 1) -> float:
    taken = []
    for _ in range(times):
        started = process_time()
        search(text)
        taken.append(process_time() - started)
    return min(taken)


def is_slow(search: Callable[[Any], Any], texts: list[Any]) -> bool:
    """Whether a search takes more than linear time over texts that grow; the first are short, for exponential time.

    Said only where four measures in a row say so: what else runs on the machine makes some of them long.
    """
    for shorter, longer in pairwise(texts):
        if seconds(search, longer) > _QUICK and (taken := seconds(search, longer, 3)) > _QUICK:
            most = 2.5 * len(longer) / len(shorter)
            return all(
                (taken if first else seconds(search, longer, 3)) > most * seconds(search, shorter, 3)
                for first in (True, False, False, False)
            )
    return False


def longest_of(name: str) -> int:
    return next((length for module, length in _LONGEST.items() if name.startswith(module)), _LENGTHS[-1])


def slow_on(name: str, pattern: re.Pattern[Any]) -> list[str]:
    """The attacks that take a pattern more than linear time."""
    search, slow = used(name, pattern), []
    for before, part in attacks(pattern):
        for end in ENDS:
            lengths = sorted({min(length, longest_of(name)) for length in _LENGTHS})
            texts: list[Any] = [before + part * (times // len(part) + 1) + end for times in lengths]
            if isinstance(pattern.pattern, bytes):
                texts = [text.encode("latin-1", "replace") for text in texts]
            if is_slow(search, texts):
                slow.append(f"{before!r} + {part!r} * n + {end!r}")
                break
    return slow


PATTERNS = all_patterns()


def test_the_attacks_find_what_is_not_linear() -> None:
    for bad in (r"\s+$", r"(?:a+)+b", r"<!--.*?-->", r"\w+@\w+", r"x*y?x*z", r"\([^)]*\)"):
        assert slow_on("tests.bad.search:1", re.compile(bad)), bad
    for good in (r"\s++", r"(?<!\s)\s++$", r"<!--[^>]{0,50}-->", r"a+", r"\bfoo\b"):
        assert not slow_on("tests.good.search:1", re.compile(good)), good


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_takes_linear_time(name: str) -> None:
    assert slow_on(name, PATTERNS[name]) == []


@pytest.mark.parametrize(
    "name", ["archive.extraction.features.markup._SHARE_LINK", "archive.authoring.draft_yaml._PLAIN"]
)
def test_these_are_among_them(name: str) -> None:
    assert name in PATTERNS


@pytest.mark.parametrize("part", ["pinterest.", "pinterest.a", "a", "/journalist", "facebook.com/", "share", "x", "?"])
@pytest.mark.parametrize("start", ["", "https://pinterest.", "/columnist", "mailto:"])
def test_links_are_told_apart_in_linear_time(start: str, part: str) -> None:
    texts = [f"{start}{part * (length // len(part))}!" for length in _LENGTHS]
    assert not is_slow(lambda text: link_row("courier.example", (text, f"share{text}")), texts)


@pytest.mark.parametrize("part", [": ", " :", "a", " ", ", ", ": #", " #", "a:", "1", "true", "=@", "'"])
@pytest.mark.parametrize("end", ["", ":", "!", "\n", " #"])
def test_scalars_are_written_in_linear_time(part: str, end: str) -> None:
    assert not is_slow(scalar, [f"a{part * (length // len(part))}{end}" for length in _LENGTHS])
