"""How blocks of a record are set on their page, and what parts of their text are."""

from enum import StrEnum


class BlockKind(StrEnum):
    """How a block is set on its page."""

    PARAGRAPH = "paragraph"
    """A paragraph, or text that stands like one; also what goes on in a list item behind its first block."""
    HEADING = "heading"
    """A heading; `level` is 1 to 6."""
    LIST_ITEM = "list_item"
    """The first block of a list's item (`li`, `dt`, `dd`); `number` is that of an ordered list."""
    QUOTE = "quote"
    """A paragraph in a `blockquote`."""
    TABLE_ROW = "table_row"
    """A row of a table; `cells` has a text for each column."""
    CODE = "code"
    """Preformatted text, to the letter."""
    VERSE = "verse"
    """Lines that are verse, by their looks or by the name of their element."""
    CAPTION = "caption"
    """The caption of a figure or table."""
    OTHER = "other"
    """A button, a single cell, or text that stands right in a menu."""


class SpanKind(StrEnum):
    """What a part of a block is."""

    LINK = "link"
    """A link. These spans are those of `links`, one by one; a link that is the whole block has none."""
    STRONG = "strong"
    """Bold text."""
    EMPHASIS = "emphasis"
    """Italic text."""
    CODE = "code"
    """Text set as code."""
    SUPERSCRIPT = "superscript"
    """Raised text: the record's `text` has `10²` where the block has `102`."""
    SUBSCRIPT = "subscript"
    """Lowered text."""
    DELETED = "deleted"
    """Struck out; it is not in the record's `text`."""
    READING = "reading"
    """How the signs before it are read (ruby); it is not in the record's `text`."""
    LINE_NUMBER = "line_number"
    """The number of a line of code; it is not in the record's `text`."""
    HEADER = "header"
    """A cell that heads its row or column."""
