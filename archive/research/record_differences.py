"""Two records of one capture, compared field by field."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from archive.labels import Label
from archive.records import Block, Record

#: What a record says of its making, and how sure its labels are: other values there change nothing that is read.
MAKING = frozenset(
    ["extraction.version", "extraction.config", "extraction.config_digest", "extraction.model", "extraction.memory"]
)
INNER = MAKING | {"blocks.rule", "blocks.confidence"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that would change, and its values as JSON has them; those of blocks are left out."""

    field: str
    before: Any = None
    after: Any = None


def differences(old: Record, new: Record) -> list[Difference]:
    """The fields that differ, by dotted name and in the order of the record. `blocks` are parted: `blocks.cut` where
    the page was cut into other blocks, else `.label`, `.rule` and `.confidence`."""
    return list(_of_models("", old, new))


def _of_models(prefix: str, old: BaseModel, new: BaseModel) -> Iterator[Difference]:
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if name == "blocks":
            yield from _of_blocks(before, after)
        elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
            yield from _of_models(f"{prefix}{name}.", before, after)
        else:
            yield Difference(prefix + name, _plain(before), _plain(after))


def _of_blocks(old: tuple[Block, ...], new: tuple[Block, ...]) -> Iterator[Difference]:
    if [(block.text, block.xpath) for block in old] != [(block.text, block.xpath) for block in new]:
        yield Difference("blocks.cut", len(old), len(new))
    for name in ("label", "rule", "confidence"):
        if [getattr(block, name) for block in old] != [getattr(block, name) for block in new]:
            yield Difference(f"blocks.{name}")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def relabelled(old: Record, new: Record) -> Mapping[tuple[Label, Label], tuple[int, int]]:
    """How many blocks, and words in them, would go from one label to another. Blocks are the same if place and text
    are."""
    known = {(block.xpath, block.text): block.label for block in old.blocks}
    blocks: Counter[tuple[Label, Label]] = Counter()
    words: Counter[tuple[Label, Label]] = Counter()
    for block in new.blocks:
        before = known.get((block.xpath, block.text), block.label)
        if before != block.label:
            blocks[before, block.label] += 1
            words[before, block.label] += len(block.text.split())
    return {move: (count, words[move]) for move, count in blocks.items()}
