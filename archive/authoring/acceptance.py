"""The present output as the new expectation: a site file's tests rewritten, comments and order kept."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from archive.authoring.page_tests import Miss, Result, holding
from archive.authoring.phrases import telling_phrases
from archive.errors import ConfigurationError
from archive.labels import Label
from archive.records import Record
from archive.whole_file import write_whole

#: Words of a body that lost all its phrases from which on it is still an article, and expectations that may go.
_LEAST_WORDS, _MOST_LOST = 60, 3
_ITEM = re.compile(r"^(?P<key> *)[\w-]+:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*(?P<item> *)- ", re.M)


def accept(path: Path, results: Sequence[Result]) -> list[str]:
    """Write into a site file what the failed tests' pages give now; what was changed, in sentences.

    A phrase that the body has lost is taken out of `contains`, one that it has got out of `not_contains`, and a phrase
    under a label goes to the label that it has now.
    """
    text = path.read_text(encoding="utf-8")
    yaml = round_trip(text)
    content = yaml.load(text)
    told = [
        sentence
        for result in results
        if result.record and result.misses
        for sentence in _rewrite(content["tests"][result.number], result.record, result.misses)
    ]
    if told:
        written = io.StringIO()
        yaml.dump(content, written)
        _replace(path, written.getvalue())
    return told


def refusals(results: Sequence[Result]) -> dict[int, str]:
    """Why the present output of some tests is no expectation, by their number: where a wall or a fault took the place
    of an article, accepting it would make every later check pass."""
    told = {result.number: _refusal(result) for result in results if result.record and result.misses}
    return {number: reason for number, reason in told.items() if reason}


def _refusal(result: Result) -> str | None:
    record, lost = result.record, len(result.misses)
    assert record is not None  # noqa: S101 - asked of tests that were run
    phrases, words = [miss for miss in result.misses if miss.key == "contains"], record.words(Label.BODY)
    is_gone = phrases and len(phrases) == len(result.test.contains)
    if is_gone and (record.is_accessible_for_free is False or words < _LEAST_WORDS):
        return f"of the body {words} words are left, and none of the phrases that it must hold"
    if lost >= _MOST_LOST and 2 * lost > result.test.expectations:
        return f"{lost} of {result.test.expectations} expectations are lost"
    return None


def round_trip(text: str) -> YAML:
    """A reader and writer that leaves what is not changed as it stands, lists indented as the file has them."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    match = _ITEM.search(text)
    offset = len(match["item"]) - len(match["key"]) if match else 2
    yaml.indent(mapping=2, sequence=max(0, offset) + 2, offset=max(0, offset))
    return yaml


def _rewrite(test: CommentedMap, record: Record, misses: Sequence[Miss]) -> Iterator[str]:
    for miss in misses:
        if miss.key.startswith("labels."):
            yield _relabel(test, record, miss)
        elif miss.key in ("contains", "not_contains"):
            _take_out(test, miss.key, miss.expected)
            yield f"{miss.key}: '{miss.expected}' taken out"
        else:
            yield _set(test, miss, getattr(record, miss.key))
    if len(test) == 1 or ("contains" not in test and any(miss.key == "contains" for miss in misses)):
        yield from _new_phrases(test, record)


def _set(test: CommentedMap, miss: Miss, value: Any) -> str:
    if not value:
        del test[miss.key]
        return f"{miss.key}: taken out, for nothing was found"
    if isinstance(value, str):
        # A day stays a day.
        test[miss.key] = _quoted(value[: len(miss.expected)] if miss.key.startswith("date") else value)
    else:
        test[miss.key] = _list(value)
    return f"{miss.key}: now {miss.found}"


def _relabel(test: CommentedMap, record: Record, miss: Miss) -> str:
    label = miss.key.removeprefix("labels.")
    _take_out(test["labels"], label, miss.expected)
    blocks = holding(miss.expected, record)
    if blocks:
        now = blocks[0].label.value
        test["labels"][now] = _list([*_listed(test["labels"].get(now)), miss.expected])
        return f"labels: '{miss.expected}' is {now} now, was {label}"
    if not test["labels"]:
        del test["labels"]
    return f"{miss.key}: '{miss.expected}' taken out"


def _new_phrases(test: CommentedMap, record: Record) -> Iterator[str]:
    phrases = telling_phrases(record)
    if phrases:
        test["contains"] = _list(phrases)
        yield f"contains: now {', '.join(phrases)}"


def _take_out(parent: CommentedMap, key: str, phrase: str) -> None:
    left = [text for text in _listed(parent[key]) if text != phrase]
    if not left:
        del parent[key]
    elif isinstance(parent[key], CommentedSeq):
        parent[key].remove(phrase)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _list(values: Sequence[str]) -> Any:
    if len(values) == 1:
        return _quoted(values[0])
    items = CommentedSeq(_quoted(value) for value in values)
    items.fa.set_flow_style()
    return items


def _quoted(text: str) -> str:
    """In quotes: what needs none in YAML 1.2, as `no`, is no text in the YAML 1.1 that site files are read as."""
    quoted: str = SingleQuotedScalarString(text) if text.isprintable() else DoubleQuotedScalarString(text)
    return quoted


def _replace(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error
