"""YAML read safely, with the line of every key for messages."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from archive.errors import ConfigurationError

#: The loader in C is ten times as fast, where PyYAML was built with it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: What to do about the parser's commonest complaints.
_ADVICE = {
    "'\t'": ". A tab stands here: YAML is indented with spaces",
    "mapping values are not allowed": ". Write a value that has a colon in quotes: name: 'The Gull: Coast'",
    "found unexpected end of stream": ". A quote is opened and not closed",
    "did not find expected ',' or": ". A bracket or a brace is opened and not closed",
}
#: Bytes of a file, values in it, and how deep they are nested: ten times what any site needs.
_LARGEST, _MOST_NODES, _DEEPEST = 5_000_000, 100_000, 100


def load_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises ConfigurationError if it cannot be read, parsed, or is no mapping."""
    root = _compose(path)
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise ConfigurationError(f"{path}:1: expected keys and values, as in 'name: The Gazette'")
    _check_keys(path, root, set())
    if _grown(root, {}) > _MOST_NODES:
        raise ConfigurationError(f"{path}: more than {_MOST_NODES:,} values, repeats by * included")
    return _construct(path, root)


def _construct(path: Path, root: yaml.MappingNode) -> dict[str, Any]:
    try:
        return dict(yaml.constructor.SafeConstructor().construct_document(root))
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, error) from error
    except ValueError as error:
        raise ConfigurationError(_impossible(path, root)) from error


def _impossible(path: Path, node: yaml.Node) -> str:
    """The first value that has the form of a date or time and is none, such as 2026-02-30."""
    parts = node.value if isinstance(node, yaml.CollectionNode) else ()
    for part in (each for pair in parts for each in (pair if isinstance(pair, tuple) else (pair,))):
        try:
            yaml.constructor.SafeConstructor().construct_document(part)
        except ValueError:
            if isinstance(part, yaml.ScalarNode):
                return f"{path}:{part.start_mark.line + 1}: there is no such date or time: {part.value}"
            return _impossible(path, part)
    return f"{path}: a value has the form of a date or time and is none"


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


def _check_keys(path: Path, node: yaml.Node, checked: set[int]) -> None:
    """Raises ConfigurationError for a key that stands twice or is no text. Nodes with an anchor occur repeatedly."""
    if id(node) in checked:
        return
    checked.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_keys(path, value, checked)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            _check_key(path, name, seen)
            seen.add(name.value)
            _check_keys(path, value, checked)


def _grown(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for, where each `*name` is read as what it repeats; one within itself counts as
    without end."""
    if id(node) not in known:
        known[id(node)] = _MOST_NODES + 1
        parts = node.value if isinstance(node, yaml.CollectionNode) else ()
        nodes = [each for part in parts for each in (part if isinstance(part, tuple) else (part,))]
        known[id(node)] = 1 + sum(_grown(each, known) for each in nodes)
    return known[id(node)]


def _check_key(path: Path, name: yaml.Node, seen: set[str]) -> None:
    line = name.start_mark.line + 1
    if name.tag not in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"):
        raise ConfigurationError(f"{path}:{line}: expected a word as key; write it in quotes if it is one")
    if name.value in seen:
        raise ConfigurationError(f"{path}:{line}: the key '{name.value}' stands here a second time")


@lru_cache(maxsize=64)
def _parse(path: Path, content: bytes) -> yaml.Node | None:
    try:
        # Before it is composed: the parser in C would end the process at a nesting without end.
        _check_depth(path, content)
        return yaml.compose(content.decode(), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, error) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path}: not YAML text in UTF-8: {error}") from error


def _check_depth(path: Path, content: bytes) -> None:
    depth = 0
    for event in yaml.parse(content.decode(), Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ConfigurationError(f"{path}: nested more than {_DEEPEST} deep")


def _not_yaml(path: Path, error: yaml.MarkedYAMLError) -> ConfigurationError:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    said = str(error.problem)
    advice = next((advice for words, advice in _ADVICE.items() if words in said), "")
    if "cannot start any token" in said and "\t" in path.read_text("utf-8", "replace").splitlines()[line - 1]:
        advice = ". A tab stands here: YAML is indented with spaces"
    return ConfigurationError(f"{path}:{line}: not YAML: {said}{advice}")


def _compose(path: Path) -> yaml.Node | None:
    # By content: the times of two versions are the same where a file system's clock ticks only every 10 ms.
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigurationError(f"{path}: more than {_LARGEST:,} bytes; no file of settings has so many")
        return _parse(path, path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
