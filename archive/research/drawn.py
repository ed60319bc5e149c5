"""Records and blocks as notebooks draw them.

A record is the page of `clean --format html` in a frame of its own, in which nothing runs, and whose style sheet does
not reach the notebook.
"""

from markupsafe import Markup

from archive.records import Block, Record
from archive.research.block_html import blocks_html
from archive.research.page_view import as_html
from archive.telling.unseen import DIRECTION_MARKS, visible

#: Height of the frame in pixels; a reader draws it larger by its corner.
_HEIGHT = 480
_FRAME = Markup(
    '<iframe title="{}" sandbox srcdoc="{}" style="width: 100%; height: {}px; border: 1px solid #8886; '
    'border-radius: 6px; resize: vertical"></iframe>'
)
_BLOCK = Markup(
    '<div style="border-left: 3px solid; padding-left: .8em; margin: .4em 0">'
    '<div style="font-size: .8em; opacity: .7"><b>{}</b> · {} · {:.2f} · {}</div>{}</div>'
)


def record_html(record: Record) -> str:
    """A record with all its blocks."""
    name = visible(record.title or record.url or "Untitled page", DIRECTION_MARKS)
    return str(_FRAME.format(name, as_html(record), _HEIGHT))


def block_html(block: Block) -> str:
    """A block with its label, what gave it, how sure that is, and its place."""
    told = [visible(text, DIRECTION_MARKS) for text in (block.label, block.rule, block.xpath or "plain text")]
    return str(_BLOCK.format(told[0].replace("_", " "), told[1], block.confidence, told[2], blocks_html([block], {})))
