"""Why a page came out as it did: the configuration, the layout, the rule behind each block and each field, and what
the label model says where it did not decide."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive.authoring.explained_fields import FieldReason, FieldSource, field_reasons
from archive.authoring.explained_rules import RuleBook
from archive.collection.corrections import FIELDS, Correction, PageCorrections
from archive.exchange import Capture
from archive.extraction.extract import extract_capture
from archive.extraction.features.matrix import page_features
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import LABELS, load_model
from archive.extraction.page_reading import read_page
from archive.extraction.rules import RuleKind, kind_of
from archive.labels import Label
from archive.records import Block, Record
from archive.sites import Site

_NONE = PageCorrections()


@dataclass(frozen=True, slots=True)
class BlockReason:
    """One block. `told` says which rule decided and where it stands; `model` and `probability` what the model alone
    holds it for, nothing where the text is not displayed."""

    block: Block
    told: str
    model: Label | None = None
    probability: float | None = None

    @property
    def guess(self) -> str:
        """What the model says, for people."""
        return f"{self.model} {self.probability:.2f}" if self.model else "nothing, the text is not displayed"

    @property
    def agrees(self) -> bool:
        """Whether the model says the same."""
        return self.model is self.block.label


@dataclass(frozen=True, slots=True)
class Explanation:
    """A page's record with all its reasons. `file` is the site's file, `layout` the one in force; `hook` says what the
    site's own function changed."""

    record: Record
    domain: str
    file: Path | None
    layout: str
    fields: tuple[FieldReason, ...]
    blocks: tuple[BlockReason, ...]
    hook: str | None = None

    def data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "url": self.record.url,
            "site": self.domain,
            "file": str(self.file) if self.file else None,
            "layout": self.layout or None,
            "hook": self.hook,
            "warnings": list(self.record.extraction.warnings),
            "fields": [
                {
                    "name": field.name,
                    "value": field.value,
                    "sources": [{"place": source.place, "xpath": source.xpath} for source in field.sources],
                }
                for field in self.fields
            ],
            "blocks": [
                {
                    **reason.block.model_dump(mode="json"),
                    "told": reason.told,
                    "model": {"label": reason.model, "probability": reason.probability},
                }
                for reason in self.blocks
            ],
        }


def explain(
    capture: Capture,
    site: Site,
    file: Path | None = None,
    memory: SiteMemory | None = None,
    corrections: PageCorrections = _NONE,
) -> Explanation:
    """Everything that decided a capture's record. Raises PageError where there is nothing to read."""
    read, model = read_page(capture), load_model()
    unhooked = site.model_copy(update={"extract": None}) if site.hook else site
    record = extract_capture(capture, unhooked, model, memory, corrections)
    layout = site.layout(capture.date)
    book = RuleBook(site, layout, file)
    fields = field_reasons(record, read, site, corrections)
    beliefs = model.probabilities(page_features(read.page)).tolist() if record.blocks else []
    blocks = _blocks(record, book, beliefs, corrections)
    found = Explanation(record, site.domain, file, book.layout, fields, blocks)
    return _hooked(found, extract_capture(capture, site, model, memory, corrections), site.hook) if site.hook else found


def _blocks(
    record: Record, book: RuleBook, beliefs: list[list[float]], corrections: PageCorrections
) -> tuple[BlockReason, ...]:
    rows = iter(beliefs)
    said = corrections.over([(block.xpath, block.text) for block in record.blocks])
    reasons = []
    for number, block in enumerate(record.blocks):
        if kind_of(block.rule).is_unshown:
            reasons.append(BlockReason(block, block.rule))
            continue
        row = next(rows)
        best = max(range(len(row)), key=row.__getitem__)
        reasons.append(BlockReason(block, _told(block, book, said.get(number)), LABELS[best], round(row[best], 3)))
    return tuple(reasons)


def _told(block: Block, book: RuleBook, said: Correction | None) -> str:
    return said.told if said and kind_of(block.rule) is RuleKind.CORRECTED else book.told(block.rule)


def _hooked(found: Explanation, record: Record, hook: str) -> Explanation:
    """With what the hook changed: such fields name it as their source; blocks are shown as they were given to it."""
    before = {field.name: field for field in found.fields}
    values = ((name, getattr(record, name)) for name in FIELDS)
    fields = tuple(
        before[name]
        if name in before and before[name].value == value
        else FieldReason(name, value, (FieldSource(f"hook {hook}"),))
        for name, value in values
        if name in before or value not in (None, ())
    )
    changed = "and changed blocks" if record.blocks != found.record.blocks else "and left the blocks as they are"
    return replace(found, record=record, fields=fields, hook=f"{hook} had the last word {changed}")
