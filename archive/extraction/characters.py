"""The characters that no record holds: controls, noncharacters, half surrogate pairs.

A browser keeps `&#27;` as U+001B in its tree and shows nothing for it. A record's text is what is shown, and must do
nothing to a terminal, an XML file or a database; so what is shown as nothing is left out, and what counts as white
space becomes a space. Tabs and line ends stay.
"""

import re

#: Inside of a character class: C0 and C1 but white space, DEL, half pairs, and the noncharacters (Unicode, 23.7).
UNSHOWN = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
)
_ODD = re.compile(f"[{UNSHOWN}]|([\x0b\x0c\x1c-\x1f\x85])")
#: The same in UTF-8, but for what ASCII has, which is dropped byte by byte. Each begins with one byte, for which the
#: engine looks fast: all in one pattern take ten times as long.
_ODD_BYTES = [
    re.compile(pattern)
    for pattern in (
        rb"\xc2[\x80-\x84\x86-\x9f]",
        rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])",
        *(rb"%c[\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]" % first for first in range(0xF0, 0xF5)),
    )
]
_ASCII_ODD = bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F])
_FORM_FEED = bytes.maketrans(b"\x0c", b" ")
_REFERENCE = re.compile(rb"&#(?:[xX]0*+([0-9a-fA-F]{1,6})(?![0-9a-fA-F])|0*+(\d{1,7})(?!\d));?")
#: The C1 codes that stand for nothing in windows-1252; HTML reads references to the others by that (13.2.5.80).
_UNASSIGNED = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
#: Shown as nothing, and left out of every text. Taking a reference away would make `<&#27;b>` a tag.
_NOTHING = "\u200b".encode()


def printable(text: str) -> str:
    """A text without control characters and the like."""
    return text if text.isascii() and text.isprintable() else _ODD.sub(lambda odd: " " if odd[1] else "", text)


def printable_page(content: bytes) -> bytes:
    """A page in UTF-8 that puts no such character into its tree, also not by character references."""
    content = content.translate(_FORM_FEED, _ASCII_ODD)
    if not content.isascii():
        content = content.replace(b"\xc2\x85", b" ")
        for odd in _ODD_BYTES:
            content = odd.sub(b"", content)
    return _REFERENCE.sub(_resolved, content)


def _resolved(reference: re.Match[bytes]) -> bytes:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    if code == 0x0C:
        return b" "
    is_odd = code in _UNASSIGNED or (code and not 0x80 <= code < 0xA0 and code < 0x110000 and _is_odd(chr(code)))
    return _NOTHING if is_odd else reference[0]


def _is_odd(character: str) -> bool:
    return not "\ud800" <= character <= "\udfff" and _ODD.match(character) is not None
