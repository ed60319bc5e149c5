"""Lines of Markdown: text that would be markup is escaped, links, emphasis and code are marked (CommonMark 0.31)."""

import re
from collections.abc import Sequence

from archive.inline_parts import Part
from archive.records import Image, SpanKind

#: Control characters: a terminal takes them for commands.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: A backslash before a letter stands for itself, and TeX has many.
_BACKSLASH = r"\\(?=[!-/:-@\[-`{-~\s]|$)"
#: What Markdown would read as markup where the page has plain text, also where a piece of text ends.
_MARKS = _BACKSLASH + r"|[`*]|(?<!\w)_|_(?!\w)|~(?=~|$)|<(?=[A-Za-z/!?]|$)|&(?=#?\w+;|#?\w*$)|\](?=[(\[:]|$)|!(?=\[|$)"
_MARKUP, _MARKUP_IN_LINKS = re.compile(_MARKS), re.compile(rf"[\[\]]|{_MARKS}")
_LINE_MARKUP = re.compile(r"^[ \t]*(?:(>|(?:#{1,6}|[-+]|=+|-{2,})(?=\s|$|>))|(\d{1,9})([.)])(?=\s|$))", re.M)
_BREAK = "  \n"
_IN_ADDRESS = str.maketrans({"<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C", "\n": "", "|": "%7C"})
_ENTITY = re.compile(r"&(?=#?\w+;)")


def inline(parts: Sequence[Part]) -> str:
    """The lines of a block."""
    line = _Line(escapes_pipes=any("\n" in part.text for part in parts))
    return line.of(parts).replace("\n", _BREAK)


def cell(parts: Sequence[Part]) -> str:
    """What stands in a cell of a table, on one line."""
    return " ".join(_Line(escapes_pipes=True, is_cell=True).of(parts).replace("\n", "<br>").split())


def escaped(text: str) -> str:
    """A text as it stands at the beginning of a block."""
    return inline([Part(None, text)] if text else [])


def one_line(text: str) -> str:
    """A text on one line."""
    return escaped(" ".join(text.split()))


def picture(image: Image) -> str:
    """A picture with the text that stands for it."""
    alt = _escaped(" ".join((image.alt or "").split()), in_link=True)
    return f"![{alt}]({_address(image.url)})"


def _address(url: str) -> str:
    plain = _ENTITY.sub("&amp;", url.translate(_IN_ADDRESS))
    return f"<{plain}>" if "(" in plain or ")" in plain else plain


def _escaped(text: str, *, in_link: bool = False) -> str:
    marks = _MARKUP_IN_LINKS if in_link else _MARKUP
    return marks.sub(lambda match: "\\" + match[0], _CONTROLS.sub("", text))


def _starts_escaped(text: str) -> str:
    return _LINE_MARKUP.sub(lambda match: f"{match[2]}\\{match[3]}" if match[2] else f"\\{match[1]}", text)


class _Line:
    """The lines of one block. What is open does not open again: links hold no links, emphasis no emphasis."""

    def __init__(self, *, escapes_pipes: bool, is_cell: bool = False) -> None:
        self.open: set[SpanKind] = set()
        # What looks like the second line of a table makes one of a paragraph.
        self.escapes_pipes, self.is_cell = escapes_pipes, is_cell

    def of(self, parts: Sequence[Part]) -> str:
        text = _starts_escaped(self.pieces(parts, "\n", "\n"))
        # `[a]: b` would say where links lead that are called so.
        is_bracket = text.startswith("[") and parts[0].kind is None
        return "\\" + text if is_bracket else text

    def pieces(self, parts: Sequence[Part], before: str, after: str) -> str:
        """Parts one behind the other; `before` and `after` are the characters around them."""
        out = ""
        for place, part in enumerate(parts):
            behind = _first(parts[place + 1]) if place + 1 < len(parts) else after
            out += self.piece(part, out[-2:] or before, behind)
        return out

    def piece(self, part: Part, before: str, after: str) -> str:
        kind = part.kind
        if kind is None:
            text = _escaped(part.text, in_link=SpanKind.LINK in self.open)
            return text.replace("|", r"\|") if self.escapes_pipes else text
        if kind is SpanKind.CODE and before[-1] == "`" and before[:-1] != "\\":
            return self.piece(Part(None, part.text), before, after)
        if kind is SpanKind.CODE:
            return _code(part.text).replace("|", r"\|") if self.is_cell else _code(part.text)
        if kind in self.open or (kind is SpanKind.LINK and part.href is None):
            return self.pieces(part.parts, before, after)
        self.open.add(kind)
        try:
            if kind is SpanKind.LINK:
                return f"[{self.pieces(part.parts, '[', ']')}]({_address(part.href or '')})"
            return self.emphasis(part, before, after)
        finally:
            self.open.discard(kind)

    def emphasis(self, part: Part, before: str, after: str) -> str:
        """Strong or emphatic text, plain where Markdown has no way to say so in the middle of a word."""
        inner = self.pieces(part.parts, "*", "*")
        mark = "**" if part.kind is SpanKind.STRONG else "*" if before[-1].isalnum() or after.isalnum() else "_"
        if (
            _opens(before[-1], inner[:1])
            and _opens(after, inner[-1:])
            and not (before[-1] == mark[0] and before[:-1] != "\\")
            and mark[0] not in (inner[:1], inner[-1:])
        ):
            return f"{mark}{inner}{mark}"
        return self.pieces(part.parts, before, after)


def _opens(outside: str, inside: str) -> bool:
    """Whether a mark between two characters is one: white space is outside, and punctuation inside only where there is
    some outside too."""
    return not inside.isspace() and (inside.isalnum() or not outside.isalnum())


def _first(part: Part) -> str:
    """The character that a part begins with, in Markdown."""
    if part.kind is None:
        return _escaped(part.text)[:1] or "\n"
    # Emphasis may turn out to be none.
    return {SpanKind.LINK: "[", SpanKind.CODE: "`"}.get(part.kind) or _first(part.parts[0])


def _code(text: str) -> str:
    text = _CONTROLS.sub("", text).replace("\n", " ")
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if text[:1] == "`" or text[-1:] == "`" or (text[:1] == text[-1:] == " " and text.strip()) else ""
    return f"{fence}{pad}{text}{pad}{fence}"
