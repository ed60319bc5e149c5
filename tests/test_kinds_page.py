"""docs/kinds.md says of every kind what the code says."""

import ast
import inspect
import re
from enum import StrEnum
from pathlib import Path

import pytest

from archive.collection.failure import FailureKind
from archive.exchange import Completeness, Kind
from archive.extraction.rules import RuleKind
from archive.records import BlockKind, SpanKind
from archive.telling.kinds import SkipKind, WarningKind

PAGE = Path(__file__).parent.parent / "docs" / "kinds.md"
SECTIONS: dict[str, type[StrEnum]] = {
    "What came": Kind,
    "How much of it": Completeness,
    "Warnings": WarningKind,
    "Blocks": BlockKind,
    "Parts of blocks": SpanKind,
    "Rules": RuleKind,
    "Failures": FailureKind,
    "What is not taken": SkipKind,
}


def rows(text: str) -> list[tuple[str, str]]:
    """Value and meaning of each row of a section's table."""
    return re.findall(r"^\| `([^`]+)` \| (.+?) \|$", text, re.MULTILINE)


def meanings(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Each value with the text below it in the source."""
    (found,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(found, ast.ClassDef)
    said = {}
    for member, below in zip(found.body, found.body[1:], strict=False):
        if isinstance(member, ast.Assign) and isinstance(below, ast.Expr):
            text = ast.literal_eval(below.value)
            said[ast.literal_eval(member.value)] = " ".join(text.split())
    return [(member.value, said.get(member.value, "")) for member in kind]


def sections() -> dict[str, str]:
    """The page's text by heading."""
    _, *parts = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part for part in parts}


def test_the_page_has_a_section_for_each_kind() -> None:
    assert list(sections()) == list(SECTIONS)


@pytest.mark.parametrize(("heading", "kind"), SECTIONS.items(), ids=[kind.__name__ for kind in SECTIONS.values()])
def test_the_page_says_what_the_code_says(heading: str, kind: type[StrEnum]) -> None:
    assert all(meaning for _, meaning in meanings(kind)), "a kind without a meaning"
    assert rows(sections()[heading]) == meanings(kind)
