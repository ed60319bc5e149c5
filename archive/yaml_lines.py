"""YAML read safely, with the line of every key for messages."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from archive.errors import ConfigurationError


def load_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises ConfigurationError if it cannot be read, parsed, or is no mapping."""
    root = _compose(path)
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise ConfigurationError(f"{path}:1: expected keys and values, as in 'name: The Gazette'")
    _refuse_duplicates(path, root)
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def line_of(path: Path, keys: tuple[Any, ...]) -> int:
    """The line (from 1) of a key path; of its closest parent where the key itself is missing."""
    node = _compose(path)
    line = 1
    for key in keys:
        step = _child(node, key)
        if step is None:
            break
        line, node = step
    return line


def _child(node: yaml.Node | None, key: Any) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        pairs = {name.value: (name.start_mark.line + 1, value) for name, value in node.value}
        return pairs.get(str(key))
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        value = node.value[key]
        return value.start_mark.line + 1, value
    return None


def _refuse_duplicates(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_duplicates(path, value)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            if name.value in seen:
                line = name.start_mark.line + 1
                raise ConfigurationError(f"{path}:{line}: the key '{name.value}' stands here a second time")
            seen.add(name.value)
            _refuse_duplicates(path, value)


@lru_cache(maxsize=64)
def _parse(path: Path, _stamp: int) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path}: not YAML text in UTF-8: {error}") from error


def _compose(path: Path) -> yaml.Node | None:
    try:
        return _parse(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
