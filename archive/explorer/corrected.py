"""What was put right on the pages of an article."""

from typing import Any

from archive.authoring.correcting import corrections_of
from archive.collection.corrections import Correction
from archive.explorer.library import Holding
from archive.records import Record


def corrected(holding: Holding, record: Record) -> dict[str, Any]:
    """What was put right on the pages of a record: of its fields, and of its blocks by their numbers."""
    blocks: dict[int, Correction] = {}
    for page in {block.page for block in record.blocks}:
        beside = [(number, block) for number, block in enumerate(record.blocks) if block.page == page]
        found = corrections_of(holding.collection, record, beside[0][1])
        over = found.over([(block.xpath, block.text) for _, block in beside])
        blocks |= {beside[at][0]: each for at, each in over.items()}
    return {"corrected_fields": corrections_of(holding.collection, record).fields, "corrected_blocks": blocks}
