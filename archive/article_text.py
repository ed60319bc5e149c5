"""The text of an article from its labelled blocks."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from archive.block_reading import read_block
from archive.body_place import standfirsts_in_place
from archive.errors import ConfigurationError
from archive.labels import Label
from archive.records import Block, Record


def text_of(record: Record, labels: Collection[Label | str] | None = None) -> str:
    """The text of a record: what its `text` holds, or all blocks of the given labels, in page order, joined by blank
    lines. Raises ValueError where a label is unknown."""
    return article_text(record.blocks, labels)


def article_text(blocks: Sequence[Block], labels: Collection[Label | str] | None = None) -> str:
    """The text of the chosen blocks, joined by blank lines."""
    return "\n\n".join(filter(None, map(read_block, chosen_blocks(blocks, labels))))


def retold(record: Record, labels: Collection[Label | str]) -> Record:
    """The record with the text of the given labels; as it is where there are none."""
    return record.model_copy(update={"text": text_of(record, labels)}) if labels else record


def chosen_blocks(blocks: Sequence[Block], labels: Collection[Label | str] | None = None) -> list[Block]:
    """The blocks of the given labels; by default the body, with a standfirst that stands in the body's own place."""
    if labels is not None:
        wanted = {Label(label) for label in labels}
        return [block for block in blocks if block.label in wanted]
    in_place = standfirsts_in_place(blocks)
    return [block for number, block in enumerate(blocks) if block.label is Label.BODY or number in in_place]


def named_labels(names: str) -> tuple[Label, ...]:
    """The labels in a list such as `body,standfirst`. Raises ConfigurationError at one that there is not."""
    found = []
    for name in filter(None, map(str.strip, names.split(","))):
        if name not in list(Label):
            near = get_close_matches(name, list(Label), 1)
            hint = f" Did you mean {str(near[0])!r}?" if near else ""
            raise ConfigurationError(f"--text: there is no label {name!r}.{hint} Labels: {', '.join(Label)}")
        found.append(Label(name))
    return tuple(dict.fromkeys(found))
