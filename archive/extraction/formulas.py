"""Formulas as text: in TeX where the page states it, else MathML in one line.

A browser draws a formula, and the letters of its markup alone say another one: "ab" for a fraction. What draws them
leaves the TeX in the page: KaTeX and MediaWiki in an annotation (MathML Core, 5.2) or `alttext`, MathJax 2 in a
script, MathJax 4 in `data-latex`, editors in `data-tex`, and pictures of formulas in `alt`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, takewhile

from lxml import etree

from archive.extraction.attributes import holding

#: Classes and addresses of pictures whose `alt` is TeX: of MediaWiki, WordPress, QuickLaTeX, Sphinx and CodeCogs.
_CLASSES = frozenset(
    "latex tex math ql-img-inline-formula ql-img-displayed-formula ql-img-displayed-equation "
    "mwe-math-fallback-image-inline mwe-math-fallback-image-display".split()
)
_DRAWN = ("latex.codecogs.com", "/latex.php?", "/math/render/", "/equation?tex=")
#: The attribute that holds the TeX of what stands in an element, as Zhihu and TeX editors write it.
_STATING = "data-tex"
#: Characters of TeX, and elements of MathML, beyond which a formula is left as it is.
_LONGEST, _MOST = 4_000, 2_000
#: What MediaWiki sets around each formula.
_STYLES = ("{\\displaystyle ", "{\\textstyle ")
#: Elements in whose middle a formula is set apart, and how far above it they stand.
_APART, _NEAR = ("katex-display", "MathJax_Display", "mwe-math-mathml-display"), 4
#: What a formula stands in.
_HOLDING = ("math", "mjx-container")
#: What scripts and pictures have that may be one: of most pages none does.
_SAID = (
    ("type", "math/tex"),
    *(("class", part) for part in ("tex", "math", "ql-img-")),
    *(("src", part) for part in _DRAWN),
)
#: MathML that sets one sign behind the other.
_ROW = frozenset("math semantics annotation annotation-xml mrow mstyle mi mn mo mtext mspace".split())
_UNSEEN = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064"))


def spell_out(tree: etree._Element) -> None:
    """Put each formula's text where a browser draws it. No element comes or goes but for what stands in a formula."""
    for element in list(_outermost(tree)):
        _SPELLED[str(element.tag)](element)
    for element in holding(tree, _SAID, "script", "img"):
        _SPELLED[str(element.tag)](element)
    for element in holding(tree, ((_STATING, ""),)):
        if formula := _tex(element.get(_STATING), False):
            _hold(element, formula)


def _outermost(tree: etree._Element) -> Iterator[etree._Element]:
    """What holds a formula, without what stands in one: hostile pages nest them."""
    if next(tree.iter(*_HOLDING), None) is None:
        return
    walker = etree.iterwalk(tree, events=("start",), tag=_HOLDING)
    for _, element in walker:
        walker.skip_subtree()
        yield element


def _spell_mathml(math: etree._Element) -> None:
    _hold(math, _stated(math) or one_line(math))


def _spell_container(container: etree._Element) -> None:
    """What MathJax 3 and 4 draw: the formula stands in it once more, for screen readers."""
    is_apart = container.get("display") == "true"
    math = next(container.iter("math"), None)
    stated = next((tex for node in container.iter() if (tex := node.get("data-latex"))), None)
    formula = _tex(stated, is_apart) or (math is not None and (_stated(math, is_apart) or one_line(math)))
    if formula:
        _hold(container, formula)


def _spell_script(script: etree._Element) -> None:
    """What MathJax 2 draws before its script."""
    kind = script.get("type") or ""
    if kind.startswith("math/tex") and (formula := _tex(script.text, "mode=display" in kind)):
        for drawn in list(takewhile(_is_drawn, script.itersiblings(preceding=True))):
            _hold(drawn, None)
        script.tail = formula + (script.tail or "")


def _spell_picture(picture: etree._Element) -> None:
    classes, alt = (picture.get("class") or "").split(), picture.get("alt") or ""
    is_formula = not _CLASSES.isdisjoint(classes) or any(part in (picture.get("src") or "") for part in _DRAWN)
    is_apart = any("display" in name for name in classes)
    if is_formula and "QuickLaTeX" not in alt and (formula := _tex(alt, is_apart)):
        before = picture.getprevious()
        if before is not None and (math := next(before.iter("math"), None)) is not None:
            # MediaWiki has it as MathML before the picture, and shows one of them.
            formula = math.text or formula
            _hold(math, None)
        picture.tail = formula + (picture.tail or "")


_SPELLED: Mapping[str, Callable[[etree._Element], None]] = {
    "math": _spell_mathml,
    "mjx-container": _spell_container,
    "script": _spell_script,
    "img": _spell_picture,
}


def _is_drawn(before: etree._Element) -> bool:
    classes = (before.get("class") or "").split()
    return any(name.startswith("MathJax") for name in classes) and not (before.tail or "").strip()


def _hold(element: etree._Element, text: str | None) -> None:
    """Let an element hold this text and nothing else."""
    element[:] = []
    element.text = text


def _stated(math: etree._Element, is_apart: bool = False) -> str | None:
    """The TeX that a MathML formula states of itself, unless it is a mere row of signs, which say the same: `θ`."""
    if all(node.tag in _ROW for node in math.iter(etree.Element)):
        return None
    noted = (node.text for node in math.iter("annotation") if "tex" in (node.get("encoding") or "").lower())
    above = " ".join(node.get("class") or "" for node in islice(math.iterancestors(), _NEAR))
    is_apart |= math.get("display") == "block" or any(name in above for name in _APART)
    return _tex(next(noted, None) or math.get("alttext"), is_apart)


def _tex(tex: str | None, is_apart: bool) -> str | None:
    """TeX between the signs that mark it as such in running text."""
    text = " ".join((tex or "").split())
    for style in _STYLES:
        if text.startswith(style) and text.endswith("}"):
            text = text[len(style) : -1].strip()
    if not text or len(text) > _LONGEST:
        return None
    return f"$${text}$$" if is_apart else f"${text}$"


def one_line(math: etree._Element) -> str:
    """MathML as one writes it in a line: `(a+b)/2`, `√x`, `x^2`."""
    nodes = list(math.iter(etree.Element))
    if len(nodes) > _MOST:
        return "".join(map(str, math.itertext()))
    said: dict[etree._Element, str] = {}
    for node in reversed(nodes):
        parts = [said.pop(child) for child in node]
        said[node] = _READINGS.get(str(node.tag), _in_turn)(node, parts)
    return " ".join(said[math].split())


def _in_turn(node: etree._Element, parts: Sequence[str]) -> str:
    return "".join(_texts(node, parts)).translate(_UNSEEN)


def _texts(node: etree._Element, parts: Sequence[str]) -> Iterator[str]:
    yield " ".join((node.text or "").split())
    for child, part in zip(node, parts, strict=True):
        yield part
        yield " ".join((child.tail or "").split())


def _group(part: str) -> str:
    return part if len(part) < 2 or part.isalnum() or (part[0] == "(" and part[-1] == ")") else f"({part})"


def _raised(*signs: str) -> Callable[[etree._Element, Sequence[str]], str]:
    """A base with what stands under or over it."""

    def read(_: etree._Element, parts: Sequence[str]) -> str:
        scripts = (sign + _group(part) for sign, part in zip(signs, parts[1:], strict=False) if part)
        return "".join([*parts[:1], *scripts])

    return read


def _fenced(node: etree._Element, parts: Sequence[str]) -> str:
    return f"{node.get('open', '(')}{', '.join(parts)}{node.get('close', ')')}"


_READINGS: Mapping[str, Callable[[etree._Element, Sequence[str]], str]] = {
    "mfrac": lambda _, parts: "/".join(map(_group, parts)),
    "msqrt": lambda _, parts: f"√{_group(''.join(parts))}",
    "mroot": lambda _, parts: f"{_group(parts[0])}^(1/{parts[1]})" if len(parts) > 1 else "".join(parts),
    "msup": _raised("^"),
    "mover": _raised("^"),
    "msub": _raised("_"),
    "munder": _raised("_"),
    "msubsup": _raised("_", "^"),
    "munderover": _raised("_", "^"),
    "mfenced": _fenced,
    "mtr": lambda _, parts: ", ".join(parts),
    "mtable": lambda _, parts: "; ".join(parts),
    "mspace": lambda *_: " ",
    "mphantom": lambda *_: "",
    "annotation": lambda *_: "",
    "annotation-xml": lambda *_: "",
}
