"""YAML with the lines of its keys."""

import os
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ConfigurationError
from archive.sites.yaml_lines import line_of, load_mapping


@pytest.fixture
def file(tmp_path: Path) -> Any:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb:\n  c:\n    - x\n    - d: 2\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "line"),
    [((), 1), (("a",), 1), (("b", "c"), 3), (("b", "c", 1), 5), (("b", "c", 1, "d"), 5), (("b", "gone"), 2)],
)
def test_each_key_has_its_line(file: Path, keys: Any, line: Any) -> None:
    assert line_of(file, keys) == line


def test_a_file_that_has_changed_is_read_anew_whatever_its_times_say(file: Path) -> None:
    for content in ("a: 1", "a: 2"):
        file.write_text(content)
        os.utime(file, ns=(1, 1))
        assert load_mapping(file) == {"a": int(content[-1])}


def test_a_mapping_is_loaded(file: Path) -> None:
    assert load_mapping(file) == {"a": 1, "b": {"c": ["x", {"d": 2}]}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: 1\na: 2", "a.yaml:2: the key 'a' stands here a second time"),
        (b"a:\n  b: 1\n  b: 2", "a.yaml:3: the key 'b' stands here a second time"),
        (b"a: [1", "not YAML"),
        (b"- 1", "a.yaml:1: expected keys and values"),
        (b"\xff\xfe\x00", "not YAML text in UTF-8"),
        (b"a: !!python/object/apply:os.getcwd []", "a.yaml:1: not YAML"),
        (b"? [a]\n: 1", "a.yaml:1: expected a word as key"),
        (b"on: 1", "a.yaml:1: expected a word as key"),
        (b"a: &x {b: 1}\nc: *x\n", None),
        (b"a: &x [1]\nb: &y [*x, *x]\nc: [*y, *y]\nd: *nowhere\n", "a.yaml:4: not YAML"),
    ],
)
def test_bad_files_are_told(file: Path, content: bytes, said: str | None) -> None:
    file.write_bytes(content)
    if said is None:
        assert load_mapping(file)
        return
    with pytest.raises(ConfigurationError) as caught:
        load_mapping(file)
    assert said in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        load_mapping(tmp_path / "gone.yaml")
