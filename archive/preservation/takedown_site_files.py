"""Site files without the tests of pages taken down: a test quotes sentences of its page.

Whole lines are cut out, so that all else stays as it is written. A file that is written otherwise than with one test
below the other, or whose entries lean on each other by anchors, is written anew, its comments kept as far as they go.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from archive.authoring.acceptance import round_trip
from archive.sites.yaml_lines import load_mapping

Covers = Callable[[str], bool]


def quoting(folder: Path, covers: Covers) -> Iterator[tuple[Path, int]]:
    """The site files of a folder that test such pages, and how many tests. Raises ConfigurationError for a file that
    cannot be read: it could hold what is to go."""
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        if found := _numbers(load_mapping(path), covers):
            yield path, len(found)


def without_tests(path: Path, covers: Covers) -> bytes:
    """What a site file is without the tests of such pages, comments directly above a test and in it included."""
    content = load_mapping(path)
    gone = _numbers(content, covers)
    wanted = dict(content)
    wanted["tests"] = [test for number, test in enumerate(content["tests"]) if number not in gone]
    if not wanted["tests"]:
        del wanted["tests"]
    text = path.read_bytes().decode("utf-8")
    cut = _cut(text, gone)
    return (cut if _content(cut) == wanted else _rewritten(text, gone)).encode()


def _numbers(content: dict[str, Any], covers: Covers) -> list[int]:
    tests = content.get("tests")
    return [
        number
        for number, test in enumerate(tests if isinstance(tests, list) else ())
        if isinstance(test, dict) and covers(str(test.get("url", "")))
    ]


def _content(text: str) -> Any:
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError:
        return None


def _cut(text: str, gone: list[int]) -> str:
    lines = text.splitlines(keepends=True)
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    key, tests = next((key, value) for key, value in root.value if key.value == "tests")
    for number in reversed(gone):
        start, end = _extent(lines, tests.value[number])
        del lines[start:end]
    if len(gone) == len(tests.value):
        del lines[key.start_mark.line]
    return "".join(lines)


def _extent(lines: list[str], entry: yaml.Node) -> tuple[int, int]:
    """First line and the one behind the last, with the comments above the entry and those indented as its keys are."""
    start, end = entry.start_mark.line, _last_line(entry) + 1
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    while end < len(lines) and lines[end][: entry.start_mark.column].isspace() and lines[end].lstrip().startswith("#"):
        end += 1
    return start, end


def _last_line(node: yaml.Node) -> int:
    """The end of a block is where the next token is, behind comments: its last scalar tells better."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(node, yaml.MappingNode) else last)
    mark = node.end_mark
    return mark.line - 1 if mark.column == 0 else mark.line


def _rewritten(text: str, gone: list[int]) -> str:
    writer = round_trip(text)
    content = writer.load(text)
    for number in reversed(gone):
        del content["tests"][number]
    if not content["tests"]:
        del content["tests"]
    written = io.StringIO()
    writer.dump(content, written)
    return written.getvalue()
