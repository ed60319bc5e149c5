"""`cleancopy correct`: what a person puts right in the records of a collection."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from archive.authoring.correcting import Corrector, corrections_of
from archive.authoring.correction_answers import write_answers
from archive.authoring.correction_offer import offer
from archive.collection.corrections import Correction, holding, in_force, read_corrections
from archive.collection.folder import Collection
from archive.commands.options import CollectionArgument, SitesOption, use_directories
from archive.errors import ConfigurationError
from archive.extraction.memory.shelf import MemoryShelf
from archive.labels import Label
from archive.pipeline.renewal import renew
from archive.records import Record
from archive.research.captured_page import find_record, source_of
from archive.research.revisions import captures_of
from archive.sites import site_of_url
from archive.telling.terminal import counted, put, put_table, tell

_LISTS, _SWITCH = ("authors", "keywords"), {"true": True, "false": False}
#: Characters of a block or a value that are shown.
_SHOWN = 80


def correct(
    path: CollectionArgument,
    page: Annotated[str, typer.Argument(metavar="[URL|ID]", help="The page: its address, or its record's id.")] = "",
    label: Annotated[
        list[str] | None, typer.Option("--label", metavar="N=LABEL", help="What block N is; may be given again.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="What a field holds: authors='A; B', section= for nothing."),
    ] = None,
    back: Annotated[
        list[str] | None, typer.Option("--take-back", metavar="N|FIELD", help="Undo what was said of it.")
    ] = None,
    who: Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who says so; else who runs this.")] = None,
    rule: Annotated[bool, typer.Option("--rule", help="Print a test and rules for the site's file.")] = False,
    training: Annotated[
        Path | None, typer.Option("--training", metavar="DIR", help="Write corrected pages for the label models.")
    ] = None,
    sites: SitesOption = None,
) -> None:
    """Put right what a block is, or what a field holds; it wins whenever records are made anew. Without a page, list
    the corrections; without an option, show the page's blocks with their numbers."""
    use_directories(sites)
    collection = Collection(path).require()
    if not page:
        _of_all(collection, training, is_alone=not (label or field or back or rule))
        return
    if training:
        raise ConfigurationError("--training takes all corrected pages: leave the page out.")
    record = _record(collection, page)
    said = (label or [], field or [], back or [])
    if any(said):
        record = _put_right(Corrector(collection, tell, who), collection, record, said)
    if rule:
        _offer(collection, record)
    elif not any(said):
        _show(collection, record)


def _of_all(collection: Collection, training: Path | None, *, is_alone: bool) -> None:
    if not is_alone:
        raise ConfigurationError("Give the page, by its address or its record's id: cleancopy correct COLLECTION URL")
    if training:
        pages = counted(write_answers(collection, training), "page")
        tell(f"{pages} in {training}. Take them: python -m benchmarks.readings take --corpus {training} ANSWERS...")
        return
    found = holding(read_corrections(collection.path))
    put_table(("when (UTC)", "who", "page", "what", "was", "is"), [_row(each) for each in found])


def _row(each: Correction) -> tuple[str, ...]:
    what, now = (each.field, each.value) if each.field else (each.xpath or "a text", each.label)
    return f"{each.at:%Y-%m-%d %H:%M:%S}", each.who, each.url or "", what or "", _shown(each.before), _shown(now)


def _shown(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str("" if value is None else value)
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _record(collection: Collection, page: str) -> Record:
    """The record with an id, or the newest one of an address. Raises CollectionError if there is none."""
    if "://" not in page:
        return find_record(collection, page)
    found = [capture.record for capture in captures_of(collection, page) if capture.record]
    return found[-1]


def _put_right(
    corrector: Corrector, collection: Collection, record: Record, said: tuple[list[str], list[str], list[str]]
) -> Record:
    labels, fields, back = said
    # All is read before anything is written.
    chosen = [_label(text) for text in labels]
    values = [_value(text) for text in fields]
    for number, label in chosen:
        corrector.label(record, number, label)
    for name, value in values:
        corrector.set(record, name, value)
    for what in back:
        corrector.take_back(record, int(what) - 1 if what.isdecimal() else what)
    if holder := collection.holder():
        tell(f"Kept. {collection.path} is in use by {holder}: the record follows when it is next extracted.")
        return record
    made = renew(collection, record)
    tell(f"Kept, and the record was made anew: {made.words(Label.BODY)} words of body, {_corrected(made)}.")
    return made


def _corrected(record: Record) -> str:
    """How much of a record was put right, for people."""
    blocks = sum(block.rule == "corrected" for block in record.blocks)
    return f"{counted(blocks, 'block')} and {counted(len(record.extraction.corrected), 'field')} corrected"


def _label(text: str) -> tuple[int, Label]:
    number, _, name = text.partition("=")
    if not number.isdecimal() or name not in list(Label):
        raise ConfigurationError(f"--label {text}: expected a block's number and one of {', '.join(Label)}: 12=related")
    return int(number) - 1, Label(name)


def _value(text: str) -> tuple[str, JsonValue]:
    name, sign, value = text.partition("=")
    if not sign:
        raise ConfigurationError(f"--set {text}: expected a field and its value: title='Gulls return'")
    if name in _LISTS:
        return name, [part.strip() for part in value.split(";") if part.strip()]
    return name, _SWITCH.get(value, value) if name == "is_accessible_for_free" else value.strip() or None


def _offer(collection: Collection, record: Record) -> None:
    found = source_of(collection, record)
    for page in found.pages.values() or (found,):
        known = in_force(collection.path).get(page.place.payload_digest or "")
        if known is None:
            continue
        site = site_of_url(page.capture.url, [collection.sites])
        memory = MemoryShelf(collection.memory).in_force(site.domain, page.capture.date)
        made = offer(page.capture, site, known, memory)
        put(made.text())
        for remark in made.remarks if made.content else (f"{page.capture.url}: no key of a site's file says this.",):
            tell(remark)


def _show(collection: Collection, record: Record) -> None:
    numbered = enumerate(record.blocks, 1)
    rows = [(str(number), block.label.value, block.rule, _shown(block.text)) for number, block in numbered]
    put_table(("block", "label", "rule", "text"), rows)
    for name, each in corrections_of(collection, record).fields.items():
        tell(f"{name} was {each.told}: {_shown(each.value) or 'nothing'}")
