"""Tests for a drafted site file, from what its layout makes of the pages that were seen."""

from collections.abc import Iterator, Sequence
from typing import Any

from archive.authoring.phrases import openings, telling_phrases
from archive.extraction.rules import RuleKind, kind_of
from archive.labels import Label
from archive.records import Block, Record

#: Pages that are tested, phrases that the body must not hold, and labels that are tested by a phrase.
_MOST_PAGES, _MOST_PHRASES, _MOST_LABELS = 5, 2, 3
#: Labels whose text the body of some site or other swallows; a date changes with the clock, chrome with the day.
_TESTED = (
    Label.BYLINE,
    Label.SHARE_PROMPT,
    Label.PROMOTION,
    Label.LEGAL_NOTICE,
    Label.AUTHOR_BIO,
    Label.NOTE,
    Label.RELATED,
)


def tested(records: Sequence[Record]) -> list[Record]:
    """The records whose pages make good tests: one of each layout of the body first, then those with most labels."""
    with_body = [record for record in records if record.text and record.url]
    ordered = sorted(with_body, key=lambda record: -len({block.label for block in record.blocks}))
    first: dict[str, Record] = {}
    for record in ordered:
        first.setdefault(_body_rule(record), record)
    rest = [record for record in ordered if record not in first.values()]
    return [*first.values(), *rest][:_MOST_PAGES]


def _body_rule(record: Record) -> str:
    return next(block.rule for block in record.blocks if block.label is Label.BODY)


def drafted_test(record: Record) -> dict[str, Any]:
    """One test: short phrases only, so that no page is copied into a site file."""
    stripped = [phrase for phrase in _stripped(record) if phrase not in " ".join(record.text.split())]
    test = {
        "url": record.url,
        "title": record.title,
        "authors": list(record.authors),
        "date_published": record.date_published,
        "contains": list(telling_phrases(record)),
        "not_contains": stripped[:_MOST_PHRASES],
        "labels": dict(_labels(record)),
    }
    return {key: _single(value) for key, value in test.items() if value}


def _stripped(record: Record) -> Iterator[str]:
    """What the layout's strip rules took out of the body."""
    for block in record.blocks:
        if kind_of(block.rule) is RuleKind.SITE_STRIP and block.label in _TESTED and len(block.text.split()) > 2:
            yield from openings([block])


def _labels(record: Record) -> Iterator[tuple[str, str]]:
    ruled: list[Block] = [block for block in record.blocks if kind_of(block.rule).is_of_site]
    labels = [label for label in _TESTED if any(block.label is label for block in ruled)]
    for label in labels[:_MOST_LABELS]:
        yield from ((label.value, phrase) for phrase in openings([block for block in ruled if block.label is label]))


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
