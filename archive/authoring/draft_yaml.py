"""A draft as the text of a site file, with a comment for each choice."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from textwrap import wrap
from typing import Any

import yaml

from archive.authoring.draft_layout import Draft, Reason
from archive.extraction.memory.proposal import Rule
from archive.sites import MODELINE

_PLAIN = re.compile(r"[A-Za-z./][\w ./:>()=@+,-]*(?<![ :])")
_AMBIGUOUS = re.compile(r"(?i)(?:true|false|yes|no|on|off|null|~|y|n)$|.*: | #|[\d+-]|\.(?:inf|nan)")


@dataclass(frozen=True, slots=True)
class DraftFile:
    """What goes into a site file beside its layout. `remarks` are comments under the first line, `notes` comments
    before a key; `texts` are strip rules by their text, each with its reason; `crawl` holds switches."""

    head: Mapping[str, Any]
    discover: Mapping[str, Sequence[str]]
    draft: Draft
    tests: Sequence[Mapping[str, Any]]
    remarks: Sequence[str] = ()
    schema: str = "site.schema.json"
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texts: Sequence[Rule] = ()
    crawl: Mapping[str, bool] = field(default_factory=dict)


def site_text(file: DraftFile, *, reasons: bool = True) -> str:
    """The YAML of a site file; with `reasons`, each selector says why it was chosen."""
    return "\n".join(_lines(file, reasons)) + "\n"


def _lines(file: DraftFile, reasons: bool) -> Iterator[str]:
    yield MODELINE.format(place=file.schema)
    yield from _comments(file.remarks)
    yield from (f"{key}: {scalar(value)}" for key, value in file.head.items() if value)
    sections = {
        "discover": [line for key, urls in file.discover.items() for line in _list(f"  {key}", urls)],
        "crawl": [f"  {key}: {str(switch).lower()}" for key, switch in file.crawl.items()],
        "layouts": list(_layout(file, reasons)),
        "tests": [line for test in file.tests for line in _indented(test)],
    }
    for key, lines in sections.items():
        yield from _comments(file.notes.get(key, ()))
        yield from [f"{key}:", *lines] if lines else ()


def _comments(remarks: Sequence[str]) -> Iterator[str]:
    """Comments wrapped; no text from a page can break out of its line."""
    for remark in remarks:
        yield from wrap(" ".join(remark.split()), 116, initial_indent="# ", subsequent_indent="# ")


def _list(key: str, values: Sequence[str]) -> Iterator[str]:
    if len(values) == 1:
        yield f"{key}: {scalar(values[0])}"
    elif values:
        yield f"{key}:"
        indent = " " * (len(key) - len(key.lstrip()))
        yield from (f"{indent}  - {scalar(value)}" for value in values)


def _layout(file: DraftFile, reasons: bool) -> Iterator[str]:
    start = "  - "
    for label, chosen in file.draft.selectors.items():
        if reasons:
            yield f"{start.partition('-')[0]}# {'; '.join(_why(reason) for reason in chosen)}"
        selectors = ", ".join(scalar(reason.selector, inline=True) for reason in chosen)
        yield f"{start}{label.value}: " + (f"[{selectors}]" if len(chosen) > 1 else scalar(chosen[0].selector))
        start = "    "
    if file.draft.strip or file.texts:
        yield f"{start}strip:"
    strip = sorted(file.draft.strip, key=lambda reason: reason.label.value)
    for label, rules in groupby(strip, lambda rule: rule.label):
        yield from _strip(label.value, list(rules), reasons)
    for rule in file.texts:
        yield f"      - label: {rule.label.value}" + (f"  # {' '.join(rule.why.split())}" if reasons else "")
        yield f"        text: {scalar(rule.value)}"
        if rule.place:
            yield f"        select: {scalar(rule.place)}"


def _strip(label: str, rules: Sequence[Reason], reasons: bool) -> Iterator[str]:
    yield f"      - label: {label}"
    if len(rules) == 1:
        yield f"        select: {scalar(rules[0].selector)}" + (f"  # {_why(rules[0])}" if reasons else "")
        return
    yield "        select:"
    for rule in rules:
        yield f"          - {scalar(rule.selector)}" + (f"  # {_why(rule)}" if reasons else "")


def _why(reason: Reason) -> str:
    pages = "1 page" if reason.pages == 1 else f"{reason.pages} pages"
    return f"{pages}, {reason.pure:.0%} of its text is {reason.label.value}"


class _Indented(yaml.SafeDumper):
    """Lists indented under their key, as in the rest of the file."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's own
        super().increase_indent(flow, indentless=False)


def _indented(test: Mapping[str, Any]) -> Iterator[str]:
    yield from ("  " + line for line in plain_yaml([dict(test)]).rstrip("\n").splitlines())


def plain_yaml(content: Any) -> str:
    """Values as the YAML of a site file, in the order that they have."""
    return yaml.dump(content, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=10_000)


def scalar(value: Any, *, inline: bool = False) -> str:
    """A value as YAML, plain where that is safe, else in quotes."""
    text = str(value)
    if _PLAIN.fullmatch(text) and not _AMBIGUOUS.match(text) and not (inline and "," in text):
        return text
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False)
