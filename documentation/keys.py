"""JSON Schemas as tables: every key of a site file, of `collection.yaml` and of a record."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def schema_page(title: str, intro: str, schema: Schema) -> str:
    """A page with a table of the keys of the whole and of each part of it."""
    defined: Schema = schema.get("$defs", {})
    parts = [f"# {title}", intro, _table(schema)]
    for name, part in sorted(defined.items()):
        parts += [
            f"## {name} {{ #{name.lower()} }}",
            _said(part),
            _table(part) if "properties" in part else _values(part),
        ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _table(part: Schema) -> str:
    rows = (
        f"| `{key}` | {_kind(of)} | {_default(of)} | {_said(of)} |" for key, of in part.get("properties", {}).items()
    )
    return "\n".join(("| Key | Value | Default | Meaning |", "|---|---|---|---|", *rows))


def _values(part: Schema) -> str:
    return f"One of {_listed(part['enum'])}." if "enum" in part else f"{_kind(part)}."


def _listed(values: Any) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _said(of: Schema) -> str:
    return " ".join(str(of.get("description", "")).split()).replace("|", "\\|").replace("<", "&lt;")


def _default(of: Schema) -> str:
    return f"`{json.dumps(of['default'], ensure_ascii=False)}`" if of.get("default") not in (None, "", [], {}) else ""


def _kind(of: Schema) -> str:
    return " or ".join(dict.fromkeys(_kinds(of))) or "anything"


def _kinds(of: Schema) -> Iterator[str]:
    if "$ref" in of:
        name = str(of["$ref"]).rpartition("/")[2]
        yield f"[{name}](#{name.lower()})"
    elif choices := of.get("anyOf") or of.get("oneOf") or of.get("allOf"):
        for choice in choices:
            yield from _kinds(choice)
    elif "enum" in of or "const" in of:
        yield _listed(of.get("enum") or [of["const"]])
    elif of.get("type") == "array":
        yield f"list of {_kind(of.get('items', {}))}"
    elif of.get("type") == "object" and isinstance(of.get("additionalProperties"), dict):
        yield f"mapping to {_kind(of['additionalProperties'])}"
    elif "type" in of:
        kind = str(of["type"])
        yield {"string": "text", "integer": "whole number", "boolean": "`true` or `false`"}.get(kind, kind)
