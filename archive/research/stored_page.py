"""A captured page made harmless, to be shown beside its record: no scripts, nothing that asks another host, and the
place of every block marked.

What is written is the tree that the blocks' places were found in, so that a browser need not find them again. The page
that serves it must forbid scripts all the same (Content-Security-Policy): what is taken out here is what would only
fail there, or change the page.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urljoin

from lxml import etree, html

from archive.records import Block
from archive.research.xpath import Behind, place_at

#: The attribute that holds a block's number, and what a text of its own is put into.
MARK = "data-block"
_TEXT = "block-text"
_REMOVED = frozenset(
    "script iframe frame object embed applet base portal fencedframe bgsound animate set animatetransform".split()
)
#: Attributes that name what a page loads, by element; `link` has one only where it is a style sheet.
_LOADED = {"img": ("src",), "source": ("src",), "video": ("poster",), "input": ("src",), "image": ("href",)}
_ADDRESSES = frozenset(
    "src srcset href xlink:href action formaction poster background data srcdoc ping manifest cite longdesc "
    "imagesrcset content".split()
)
#: Pictures that a script would show, by the names that are common for where they are.
_LATER = ("data-src", "data-original", "data-lazy-src")
_URL = re.compile(r"""url\(\s{0,9}+(?:"([^"\n]{0,4000}+)"|'([^'\n]{0,4000}+)'|([^"'()\s]{0,4000}+))\s{0,9}+\)""", re.I)
_IMPORT = re.compile(r"""@import\s{1,9}+(?:"([^"\n]{0,4000}+)"|'([^'\n]{0,4000}+)')""", re.I)
_CANDIDATE = re.compile(r"\s*+([^\s,][^\s]{0,4000}+)([^,]{0,100}+),?")
#: The address under which what a page loads can be had, from its own; None where it cannot.
Loaded = Callable[[str], str | None]


def stored_page(
    tree: etree._Element, blocks: Sequence[tuple[int, Block]], base: str, loaded: Loaded, own: Sequence[etree._Element]
) -> str:
    """The page's markup. `blocks` are those that stand on it, with their numbers in the record; `base` is its own
    address, and `own` what of ours goes before all that it holds. The tree is changed."""
    stated = tree.find(".//base[@href]")
    base = _joined(base, stated.get("href", "")) if stated is not None else base
    # All are looked for before the first is marked: a mark around a text parts it from others.
    places = [(number, block.xpath or "", place_at(tree, block.xpath or "")) for number, block in blocks if block.xpath]
    for number, xpath, place in places:
        _mark(place, number, is_text="/text()[" in xpath)
    for element in list(tree.iter()):
        if isinstance(element.tag, str):
            _make_harmless(element, base, loaded)
    head = tree.find("head")
    if head is None:
        head = etree.Element("head")
        tree.insert(0, head)
    head[:0] = own
    markup: str = html.tostring(tree, encoding="unicode")
    return markup


def _mark(place: object, number: int, *, is_text: bool) -> None:
    if isinstance(place, Behind):
        text, place.element.tail = place.element.tail, None
        place.element.addnext(_with_text(text, number))
    elif isinstance(place, etree._Element) and is_text:
        text, place.text = place.text, None
        place.insert(0, _with_text(text, number))
    elif isinstance(place, etree._Element) and MARK not in place.attrib:
        place.set(MARK, str(number))


def _with_text(text: str | None, number: int) -> etree._Element:
    marked = etree.Element(_TEXT, {MARK: str(number)})
    marked.text = text
    return marked


def _make_harmless(element: etree._Element, base: str, loaded: Loaded) -> None:
    name = element.tag.lower()
    if (
        name in _REMOVED
        or (name == "link" and not _is_sheet(element))
        or (name == "meta" and element.get("http-equiv"))
    ):
        _drop(element)
        return
    if name == "noscript":
        element.tag = "shown-noscript"
    later = next((element.get(key) for key in _LATER if name == "img" and element.get(key)), None)
    kept = dict(_kept(element, name, base, loaded))
    if later and (address := loaded(_joined(base, later))):
        kept["src"] = address
    element.attrib.clear()
    for key, value in kept.items():
        element.set(key, value)
    if name == "style" and element.text:
        element.text = stored_sheet(element.text, base, loaded)


def _drop(element: etree._Element) -> None:
    """Take an element out; what follows it stays."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (tail or "")
    else:
        parent.text = (parent.text or "") + (tail or "")
    parent.remove(element)


def _is_sheet(element: etree._Element) -> bool:
    return "stylesheet" in (element.get("rel") or "").lower().split()


def _kept(element: etree._Element, name: str, base: str, loaded: Loaded) -> Iterator[tuple[str, str]]:
    """The attributes of an element as they are shown."""
    for key, value in ((str(key), str(value)) for key, value in element.items()):
        low = key.lower()
        if low == "srcset" and name in ("img", "source"):
            yield key, _set(value, base, loaded)
        elif low in _LOADED.get(name, ()) or (name == "link" and low == "href"):
            yield from ((key, address) for address in [_address(value, base, loaded)] if address)
        elif low == "style":
            yield key, stored_sheet(value, base, loaded)
        elif name == "a" and low == "href":
            # Shown by a browser where the pointer rests; the frame lets it lead nowhere.
            yield key, _joined(base, value) if _joined(base, value).startswith(("http://", "https://")) else "#"
        elif low == "content" and name == "meta":
            yield key, value
        elif low not in _ADDRESSES and not low.startswith("on") and low not in ("target", "autofocus", "nonce"):
            # Our own marks of the tree are in capitals.
            yield from ((key, value) for _ in [0] if key == low)


def _address(value: str, base: str, loaded: Loaded) -> str | None:
    if value.strip().lower().startswith("data:image/"):
        return value.strip()
    return loaded(_joined(base, value))


def _set(value: str, base: str, loaded: Loaded) -> str:
    found = ((_address(each[1], base, loaded), each[2]) for each in _CANDIDATE.finditer(value[:20_000]))
    return ", ".join(f"{address}{size.rstrip()}" for address, size in found if address)


def stored_sheet(text: str, base: str, loaded: Loaded) -> str:
    """A style sheet, or the declarations of one element, that loads only what can be had."""

    def address(found: re.Match[str]) -> str:
        wanted = next((group for group in found.groups() if group), "")
        return (_address(wanted, base, loaded) or "") if wanted else ""

    text = _IMPORT.sub(lambda found: f'@import "{address(found)}"', text)
    return _URL.sub(lambda found: f'url("{address(found)}")', text)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""
