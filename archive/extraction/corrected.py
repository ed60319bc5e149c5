"""What people put right goes before everything that a program found: labels of blocks, and fields of the record.

Labels are put right before the fields are made, so that a byline that was missed gives its authors; and once more at
the end, when passes over the whole record and a site's own function have had their say.
"""

from collections.abc import Sequence

from archive.article_text import article_text
from archive.collection.corrections import PageCorrections, Place, field_value
from archive.extraction.rules import CORRECTED_RULE, Verdict, kind_of
from archive.records import Block, Record
from archive.telling.kinds import WarningKind


def with_labels(verdicts: Sequence[Verdict], places: Sequence[Place], corrections: PageCorrections) -> list[Verdict]:
    """The verdicts on some blocks, put right."""
    found = list(verdicts)
    for number, each in corrections.over(places).items():
        if each.label is not None:
            found[number] = Verdict(each.label, CORRECTED_RULE, 1.0)
    return found


def corrected(record: Record, corrections: PageCorrections) -> Record:
    """The record, put right; a warning says which corrections have lost their block."""
    shown = [number for number, block in enumerate(record.blocks) if not kind_of(block.rule).is_unshown]
    found = corrections.over([(record.blocks[number].xpath, record.blocks[number].text) for number in shown])
    blocks = list(record.blocks)
    for place, each in found.items():
        update = {"label": each.label, "rule": CORRECTED_RULE, "confidence": 1.0}
        blocks[shown[place]] = blocks[shown[place]].model_copy(update=update)
    values = {name: field_value(name, each.value) for name, each in corrections.fields.items()}
    lost = [each for each in corrections.blocks if each not in found.values()]
    made = record.extraction
    said = tuple(f"correction: {each.xpath or 'the text'} is no block of this page any more" for each in lost)
    kinds = {*made.warning_kinds, *([WarningKind.CORRECTION] if lost else [])}
    told = {
        "corrected": tuple(sorted(values)),
        "warnings": (*made.warnings, *said),
        "warning_kinds": tuple(sorted(kinds)),
    }
    text = {} if _same(blocks, record.blocks) else {"blocks": tuple(blocks), "text": article_text(blocks)}
    return record.model_copy(update={**text, **values, "extraction": made.model_copy(update=told)})


def _same(blocks: Sequence[Block], before: Sequence[Block]) -> bool:
    return all(one == other for one, other in zip(blocks, before, strict=True))
