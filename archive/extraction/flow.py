"""How elements flow: within a line, as the lines of code, or as a row of a table."""

import re

from lxml import etree

#: The elements of MathML (Core, and what older pages have).
MATH = frozenset(
    "math maction menclose merror mfenced mfrac mglyph mi mlabeledtr mlongdiv mmultiscripts mn mo mover mpadded "
    "mphantom mprescripts mroot mrow ms mspace msqrt mstack mstyle msub msubsup msup mtable mtd mtext mtr munder "
    "munderover none semantics annotation annotation-xml".split()
)
#: Elements that flow within a line. All others start and end a block, unknown ones with a dash but MathJax's included.
INLINE = frozenset(
    "a abbr acronym b basefont bdi bdo big blink br cite code data del dfn em font i img ins kbd label mark nobr "
    "output picture q rb rp rt rtc ruby s samp slot small source span strike strong sub sup time tt u var wbr".split()
).union(MATH, ("mjx-container",))
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
#: Elements that show one picture; the second is AMP's.
PICTURES = ("img", "amp-img")
#: What highlighters set lines of code in.
LINES = frozenset("div ol ul li table tbody tr td th".split())
#: Class names of the numbers that highlighters put before lines of code.
NUMBERS = frozenset("linenos lineno linenumber line-number line-numbers linenum lnt ln gutter hljs-ln-numbers".split())
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|list-item|table)", re.I)
#: A row of a table is one block if its cells are no longer than this many characters: longer cells are layout.
_CELL_LIMIT = 300


def is_inline(element: etree._Element) -> bool:
    """Whether an element flows within a line."""
    if element.tag not in INLINE:
        return False
    style = element.get("style")
    return not (style and _BLOCK_STYLE.search(style))


def is_lined(pre: etree._Element) -> bool:
    """Whether the block-level elements in preformatted text, if there are any, are no more than its lines."""
    return all(node.tag in LINES or node.tag in INLINE or node.tag == "pre" for node in pre.iter(etree.Element))


def is_number(element: etree._Element) -> bool:
    """Whether an element is called as those are that hold the numbers of code's lines."""
    return not NUMBERS.isdisjoint(element.get("class", "").split())


def is_data_row(row: etree._Element) -> bool:
    """Whether a table row holds data: two short cells or more, with nothing block-level in them but what wraps all of a
    cell's text."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if not 2 <= len(cells) <= 60:
        return False
    for cell in cells:
        size = 0
        for number, node in enumerate(cell.iter()):
            size += len(node.text or "") + len(node.tail or "")
            if number > 40 or size > _CELL_LIMIT or (number and not is_inline(node) and not _wraps(node)):
                return False
    return True


def _wraps(node: etree._Element) -> bool:
    around = node.getparent()
    is_alone = around is not None and len(around) == 1 and not (around.text or "").strip()
    return is_alone and node.tag in ("p", "div") and not (node.tail or "").strip()
