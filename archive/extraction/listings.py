"""Listings of code as they are read: the numbers before their lines are the highlighter's, and a second copy in other
colours is for those who read in the dark."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice, zip_longest

from lxml import etree

from archive.extraction.attributes import outermost
from archive.extraction.flow import NUMBERS

#: What the columns of numbers are called that stand beside code, and their numbers in editors. Prism calls the code
#: itself `line-numbers`, and some pages call everything so that a reader cannot select.
_COLUMNS = NUMBERS - {"line-numbers"} | set("crayon-nums cm-gutters CodeMirror-linenumber".split())
_UNSELECTED = "select-none"
_PARTS = (("data-theme", ""), *(("class", name) for name in sorted({*_COLUMNS, _UNSELECTED})))
#: Texts of a column that are looked at.
_MOST = 10_000


def read_once(tree: etree._Element) -> None:
    """Empty the columns of numbers that stand beside code and not in it, and what stands beside the same text in
    another theme, as rehype-pretty-code sets code. No element comes or goes."""
    # Of a listing it is told once whether it is of numbers, and not for each of them.
    is_column = partial(_is_column, cache(_is_numbers))
    for other in outermost(tree, _PARTS, lambda element: is_column(element) or _is_in_other_colours(element)):
        other.text = None
        for node in other.iterdescendants():
            node.text = node.tail = None


def _is_in_other_colours(element: etree._Element) -> bool:
    first, theme = element.getprevious(), element.get("data-theme")
    if theme is None or first is None or first.tag != element.tag or first.get("data-theme") in (None, theme):
        return False
    texts = islice(zip_longest(element.itertext(), first.itertext()), _MOST)
    return all(one == other for one, other in texts)


def _is_column(is_numbers: Callable[[etree._Element], bool], element: etree._Element) -> bool:
    """Whether an element is a column, or a number of one; `is_numbers` tells it of a listing. What stands before each
    line within the code is marked where the code is read."""
    names = frozenset(element.get("class", "").split())
    code = next(element.iterancestors("pre"), None)
    if _UNSELECTED in names:
        return code is not None and _is_numbers(element)
    if names.isdisjoint(_COLUMNS) or not _is_numbers(element):
        return False
    # rouge sets a table of two cells into a `<pre>`, with all numbers in the first.
    return code is None or is_numbers(code) or (element.tag == "td" and len(list(_words(element))) > 1)


def _is_numbers(column: etree._Element) -> bool:
    words = _words(column)
    first = next(words, "")
    return first.isdecimal() and all(map(str.isdecimal, words))


def _words(element: etree._Element) -> Iterator[str]:
    return (word for text in islice(element.itertext(), _MOST) for word in str(text).split())
