"""Forms that ask a reader for something in the midst of a story: an address for a newsletter, an answer to a poll."""

from collections.abc import Iterator, Sequence
from itertools import islice

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.passes.boxes import upwards
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

FORM_RULE = "general:form"
#: Inputs of a page that are looked at, and levels above one.
_MOST, _LEVELS = 200, 6
#: Characters of the longest such form. Of blocks amid the body in a form of 1,500 characters or fewer that asks for an
#: e-mail address 51 of 55 are promotion and the others contact or legal notices; of those with radio buttons all ten
#: are called comments (labels of the corpus).
_LONGEST = 1_500
#: What holds more than a poll, and what no form holds but one around a whole page.
_WHOLE, _STORY = frozenset("body main article section td".split()), ("h1", "article", "main")
#: How much a box says beside the answers of its poll at most, in characters.
_ASKED = 150
#: Characters of the longest box that says no more than its form.
_SAID = 300


def without_forms(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], tree: etree._Element) -> list[Verdict]:
    """The verdicts, without body in such forms."""
    found = list(verdicts)
    boxes = dict(_boxes(tree))
    for label in set(boxes.values()):
        inside = {box for box, of in boxes.items() if of is label}
        body = places_of(Label.BODY, found)
        rules = {place: FORM_RULE for place in body if not inside.isdisjoint(upwards(blocks[place].element))}
        found = relabelled(found, label, rules)
    return found


def _boxes(tree: etree._Element) -> Iterator[tuple[etree._Element, Label]]:
    for field in islice(tree.iter("input"), _MOST):
        kind = _kind(field)
        if kind == "email" and (form := next(field.iterancestors("form"), None)) is not None and _is_form(form):
            yield _whole(form), Label.PROMOTION
        elif kind == "radio" and (poll := _poll(field)) is not None:
            yield poll, Label.COMMENTS


def _whole(form: etree._Element) -> etree._Element:
    """What holds a form and what it says for itself: a line or two above it."""
    for around in islice(form.iterancestors(), _LEVELS):
        if not _is_form(around) or _size(around) > _SAID:
            break
        form = around
    return form


def _poll(field: etree._Element) -> etree._Element | None:
    """What holds all answers of a poll, and its question. Tabs that need no script are switched by such buttons too:
    those stand beside each other, without a word between them."""
    box = next(filter(_has_answers, islice(field.iterancestors(), _LEVELS)), None)
    if box is None or box is field.getparent() or not _is_form(box):
        return None
    around = box.getparent()
    is_asking = around is not None and _is_form(around) and _size(around) <= _size(box) + _ASKED
    return around if is_asking else box


def _is_form(box: etree._Element) -> bool:
    return box.tag not in _WHOLE and next(box.iter(*_STORY), None) is None and _size(box) <= _LONGEST


def _has_answers(box: etree._Element) -> bool:
    return sum(1 for _ in islice((one for one in box.iter("input") if _kind(one) == "radio"), 2)) > 1


def _kind(field: etree._Element) -> str:
    return (field.get("type") or "").lower()


def _size(element: etree._Element) -> int:
    """Characters of its text, up to what is too long."""
    size = 0
    for text in element.itertext():
        size += len(str(text).strip())
        if size > _LONGEST:
            break
    return size
