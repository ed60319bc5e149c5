"""The structure of an article: its blocks in the lists, quotes and tables that they stand in on the page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from archive.article_text import chosen_blocks
from archive.labels import Label
from archive.places import ITEMS, LISTS, PREFORMATTED, Step, kind_of_block, place_of, table_of
from archive.records import Block, BlockKind, Image, Record


@dataclass(slots=True)
class Node:
    """A block, or a list, item, quote, table or figure (its name in HTML) with what it holds. `image` is a figure's,
    whose caption is the block inside it."""

    tag: str
    block: Block | None = None
    parts: list["Node"] = field(default_factory=list)
    image: Image | None = None

    @property
    def kind(self) -> BlockKind | None:
        """The kind of a block; None of what holds blocks."""
        return kind_of_block(self.block) if self.block else None

    @property
    def start(self) -> int:
        """The number of an ordered list's first item."""
        first = self.parts[0].parts[0].block if self.parts and self.parts[0].parts else None
        return 1 if first is None or first.number is None else first.number


def article_structure(record: Record, labels: Collection[Label | str] | None = None) -> list[Node]:
    """The blocks that `archive.text_of` chooses, with the article's pictures where their captions stand."""
    captions = pictures(record)
    chosen = {id(block) for block in chosen_blocks(record.blocks, labels)}
    blocks = [block for block in record.blocks if id(block) in chosen or id(block) in captions]
    return structure(blocks, captions)


def structure(blocks: Sequence[Block], images: Mapping[int, Image] | None = None) -> list[Node]:
    """The structure of some blocks of one page. `images` are those above captions, by the captions' ids."""
    steps = [_steps(block) for block in blocks]
    room = _room(steps)
    root = Node("article")
    way: list[tuple[str, Node]] = []
    for block, around in zip(blocks, steps, strict=True):
        inner = around[room:]
        kept = _common([step.path for step in inner], [path for path, _ in way])
        del way[kept:]
        for step in inner[kept:]:
            _open(step, root, way)
        image = (images or {}).get(id(block))
        leaf = Node("p", block)
        holder = way[-1][1] if way else root
        if holder.tag in LISTS:
            # No item: some pages set paragraphs right into lists.
            holder.parts.append(Node("li", parts=[leaf]))
        else:
            holder.parts.append(Node("figure", parts=[leaf], image=image) if image else leaf)
    return root.parts


def _open(step: Step, root: Node, way: list[tuple[str, Node]]) -> None:
    holder = way[-1][1] if way else root
    if step.tag in ITEMS and holder.tag not in LISTS:
        loose = Node("dl" if step.tag != "li" else "ul")
        holder.parts.append(loose)
        holder = loose
    elif step.tag not in ITEMS and holder.tag in LISTS:
        item = Node("li")
        holder.parts.append(item)
        holder = item
    node = Node(step.tag)
    holder.parts.append(node)
    way.append((step.path, node))


def _steps(block: Block) -> list[Step]:
    kind = kind_of_block(block)
    if not block.xpath:
        # One list or quote with others of its kind beside it.
        tag = {BlockKind.LIST_ITEM: "ul", BlockKind.QUOTE: "blockquote"}.get(kind)
        return [Step(tag, tag)] if tag else []
    around = [step for step in place_of(block.xpath).around if step.tag not in PREFORMATTED]
    table = table_of(block.xpath) if kind in (BlockKind.TABLE_ROW, BlockKind.CAPTION) else None
    return [*around, Step("table", table)] if table else around


def _room(steps: Sequence[Sequence[Step]]) -> int:
    """How many steps do not count, for the whole text stands in one item of a list: the page is laid out in lists."""
    if len(steps) < 2:
        return 0
    shared = list(steps[0])
    for around in steps[1:]:
        del shared[_common([step.path for step in shared], [step.path for step in around]) :]
    return max((place for place, step in enumerate(shared, 1) if step.tag in ITEMS), default=0)


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(left), len(right)))


def pictures(record: Record) -> dict[int, Image]:
    """The images of an article by the ids of their captions' blocks."""
    by_caption = {_folded(image.caption): image for image in record.images if image.caption}
    captions = (block for block in record.blocks if block.label is Label.CAPTION)
    found = ((id(block), by_caption.pop(_folded(block.text), None)) for block in captions)
    return {number: image for number, image in found if image}


def _folded(text: str) -> str:
    return " ".join(text.split())
