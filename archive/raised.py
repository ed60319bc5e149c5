"""Figures and letters that stand above or below the line, in a text that has no lines of their own: powers (10²),
marks of notes (text¹), charges (Ca²⁺), ordinals (1st)."""

import re

_RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyz",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        strict=True,
    )
)
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
#: Letters that are exponents where they stand at a number or a variable, and make no ordinal or abbreviation there.
_EXPONENTS = frozenset("nxkmijtyzp")
_BRACKETED = re.compile(r"\[.*\]|\(.*\)")
_MARKS = re.compile(r"[\s,;–—]+")
_VARIABLE = re.compile(r"(?:^|[^\w])[A-Za-z]$|[\d)]$")


def raised(part: str, before: str, after: str, *, is_linked: bool = False) -> str:
    """How a raised part reads between what stands around it. `is_linked`: it leads to a note."""
    mark = part.strip()
    if not before.strip() or before[-1].isspace():
        # Nothing that it could be run into stands before it; a note begins with its mark.
        return f"{part} " if after[:1].isalpha() and mark.isdigit() else part
    if _BRACKETED.fullmatch(mark) or not any(map(str.isalnum, mark)):
        return part
    if is_linked and (len(mark) == 1 or not mark.isalpha()):
        return f"[{mark}]"
    if mark.isalpha():
        return _RAISED[mark] if mark in _EXPONENTS and _VARIABLE.search(before) else part
    return _figures(mark)


def _figures(mark: str) -> str:
    if all(sign in _RAISED for sign in _MARKS.sub("", mark)):
        return "".join(_RAISED.get(sign, sign) for sign in mark)
    return f" {mark}" if " " in mark else f"^({mark})"


def lowered(part: str) -> str:
    """The lower half of a fraction; all else that is lowered reads well as it is."""
    return part.translate(_LOWERED)
