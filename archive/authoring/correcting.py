"""What a person does to put a record right: a block's label, a field's value, or taking such a correction back.

Each is kept at once in the collection (archive.collection.corrections) and noted in its log. `renew` of
archive.pipeline.renewal makes the record anew with it.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import JsonValue

from archive.collection.corrections import (
    FIELDS,
    Correction,
    PageCorrections,
    add_corrections,
    field_value,
    in_force,
    text_digest,
)
from archive.collection.custody import Action, note, operator
from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.extraction.charset import printable
from archive.extraction.metadata.languages import language_tag
from archive.extraction.rules import kind_of
from archive.labels import Label
from archive.records import Block, Record, fault_of

_DATES = ("date_published", "date_modified")
Tell = Callable[[str], None]


class Corrector:
    """Puts right the records of one collection. `who` is named in the corrections; without it, who runs the program.
    `tell` is told, in sentences, what did not go as it should. Methods raise ConfigurationError where something cannot
    be corrected, and CollectionError where it cannot be written."""

    def __init__(self, collection: Collection, tell: Tell, who: str | None = None) -> None:
        self._collection = collection
        self._tell = tell
        self._who = who or operator()

    def label(self, record: Record, number: int, label: Label) -> Correction:
        """Say what a block of a record (its number from 0) is."""
        block = _block(record, number)
        if kind_of(block.rule).is_unshown:
            raise ConfigurationError(
                f"Block {number + 1} cannot be corrected: the page holds its text ({block.rule}) and does not show it."
            )
        return self._add(record, block, label=label, before=block.label.value)

    def set(self, record: Record, name: str, value: JsonValue) -> Correction:
        """Say what a field of a record holds: a text, a list of texts, true or false, or None for nothing."""
        if name not in FIELDS:
            raise ConfigurationError(f"The field {name!r} cannot be set: expected one of {', '.join(FIELDS)}.")
        try:
            clean = _clean(name, value)
            field_value(name, clean)
        except ValueError as error:
            raise ConfigurationError(f"The field {name!r} cannot be set to {value!r}: {fault_of(error)}.") from error
        return self._add(record, None, field=name, value=clean, before=_plain(record, name))

    def take_back(self, record: Record, what: int | str) -> Correction:
        """Undo what was said of a block (its number from 0) or of a field."""
        block = None if isinstance(what, str) else _block(record, what)
        page = corrections_of(self._collection, record, block)
        if block is None:
            found = page.fields.get(str(what))
        else:
            found = page.over([(other.xpath, other.text) for other in _beside(record, block)]).get(
                _beside(record, block).index(block)
            )
        if found is None:
            said = f"the field {what!r}" if isinstance(what, str) else f"block {what + 1}"
            raise ConfigurationError(f"Nothing was corrected at {said} of {record.url}.")
        return self._write(found.model_copy(update={"at": _now(), "who": self._who, "taken_back": True}))

    def _add(self, record: Record, block: Block | None, **said: object) -> Correction:
        digest = _digest(record, block)
        if digest is None:
            raise ConfigurationError(f"Record {record.id} cannot be corrected: its capture has no payload digest.")
        place = {"xpath": block.xpath, "text": text_digest(block.text)} if block else {}
        made = {"at": _now(), "who": self._who, "url": record.url, "payload_digest": digest, **place, **said}
        return self._write(Correction.model_validate(made))

    def _write(self, made: Correction) -> Correction:
        add_corrections(self._collection.path, [made])
        # The log outlasts takedowns: it tells where, and nothing of what the page says.
        what = {"payload": made.payload_digest, "field": made.field, "xpath": made.xpath, "label": made.label}
        note(self._collection, Action.CORRECTION, {**what, "taken_back": made.taken_back}, self._tell)
        return made


def corrections_of(collection: Collection, record: Record, block: Block | None = None) -> PageCorrections:
    """The corrections in force on the page of a block, or on a record's first."""
    return in_force(collection.path).get(_digest(record, block) or "", PageCorrections())


def _digest(record: Record, block: Block | None) -> str | None:
    """The payload that a block stands in, or of which a record's fields were made."""
    if record.warc is None:
        return None
    pages = [page for page in record.warc.pages if block is None or page.page == block.page]
    # Of several captures of a page, the first one listed is the one that the record was made of.
    return pages[0].payload_digest if pages else record.warc.payload_digest


def _beside(record: Record, block: Block) -> list[Block]:
    """The blocks of one page."""
    return [other for other in record.blocks if other.page == block.page]


def _block(record: Record, number: int) -> Block:
    if not 0 <= number < len(record.blocks):
        raise ConfigurationError(f"There is no block {number + 1}: the record has {len(record.blocks)}.")
    return record.blocks[number]


def _plain(record: Record, name: str) -> JsonValue:
    found: JsonValue = record.model_dump(mode="json", include={name})[name]
    return found


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _clean(name: str, value: JsonValue) -> JsonValue:
    """A value as records hold it: without control characters, dates and languages in their forms."""
    if isinstance(value, list):
        return [_clean(name, each) for each in value]
    if not isinstance(value, str):
        return value
    text = " ".join(printable(value.encode("utf-8", "replace").decode()).split())
    if name in _DATES:
        datetime.fromisoformat(text)
        if text[4:5] != "-" or not text[5:6].isdigit():
            raise ValueError("expected a date such as 2026-11-18 or 2026-11-18T07:30:00+01:00")
    if name == "language" and language_tag(text) != text:
        raise ValueError(f"expected a language tag such as {language_tag(text) or 'de'!r}")
    return text
