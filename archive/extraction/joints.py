"""Where two inline elements meet without white space: whether a browser shows their words apart.

Style sheets are not read. Names of classes, and letters that would make no word, tell most of what they do.
"""

from lxml import etree

#: These belong to the word that they stand at.
_OF_A_WORD = frozenset("sup sub rt rp rb ruby wbr br img".split())
_WORD = 3


def stand_apart(before: etree._Element, last: str, element: etree._Element) -> bool:
    """Whether an element stands apart from the one right before it, whose text ends with `last`."""
    if before.tag in _OF_A_WORD or element.tag in _OF_A_WORD:
        return False
    if before.tag == element.tag == "a":
        return True
    if _is_initial(before.text or ""):
        return False
    if before.get("class") and element.get("class"):
        return True
    return _part(last, str(next(element.itertext(), "")))


def _is_initial(text: str) -> bool:
    """Whether a text is one letter, such as a large first one with its quotation mark."""
    return len(text) < 4 and sum(map(str.isalnum, text)) == 1


def _part(last: str, first: str) -> bool:
    """Whether a text that goes on with another would show a word's end in the middle of one."""
    if not last or not first or last[-1].isspace() or not first[0].isalnum():
        return False
    end, start = last[-1], first[0]
    if end.isdigit() and start.isalpha():
        return first[:_WORD].isalpha() and len(first) >= _WORD
    if end.isalpha() and start.isdigit():
        return last[-_WORD:].isalpha() and len(last) >= _WORD
    return (end.islower() or end in ".!?:;)") and start.isupper() and not first[1:2].isupper()
