"""Text of a page to one parsed tree, which every later step shares: a page as the HTML standard reads it (13.2).

lexbor builds the tree that browsers build. lxml, on which everything else works, cannot take it over, so a kernel
copies it node by node. Without that it goes by way of markup. But libxml2's HTML parser has older rules of its own: it
ends an `<a>` before a `<table>`. It applies them by the names of elements. So the tree is written with a letter before
each name, `<xa>`, and takes it off again where libxml2 has read it.
"""

import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from html import escape
from typing import cast

from lxml import etree
from lxml.html import HtmlElement
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from archive.errors import PageError
from archive.extraction.attributes import holding
from archive.extraction.charset import printable_page
from archive.extraction.formulas import spell_out
from archive.extraction.listings import read_once
from archive.extraction.native import compiled
from archive.extraction.nesting import bounded, flattened
from archive.extraction.shadow import unfold
from archive.extraction.sidenotes import set_in_brackets
from archive.extraction.style_sheets import hide_ruled
from archive.extraction.xpaths import TAIL_NODES, TEXT_NODES
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

_kernel = compiled("tree_copy")
#: Characters of markup after which a thread gives way to another: those of some eight pages.
_MOST_PARSED = 2_000_000
#: What stands in a text for the comment that parts it: no page has this noncharacter (charset.py).
_PARTED = "\ufdd0"
_ATTRIBUTES = r'(?: [^ >]+?="[^"]*+")*+'
#: A script's text: in `<!-- <script> -->` its end tag does not end it (13.2.5.20 on).
_ESCAPED = r"(?:[^-<]++|(?!-->|</?(?i:script)[\s/>]).)*+"
_TWICE = r"<(?i:script)[\s/>](?:[^-<]++|(?!-->|</(?i:script)[\s/>]).)*+(?:</(?i:script)[\s/>])?+"
_SCRIPT = rf"(?:[^<]++|<!(?=--){_ESCAPED}(?:{_TWICE}{_ESCAPED})*+|<(?!/(?i:script)[\s/>]))*+"
_COMMENT = r"!--(?:[^-]++|-(?!->))*+(?:-->|\Z)"
#: Comments, and texts in which no markup counts. A script that the page's end cuts off, and `<plaintext>`, go on to the
#: last end tag. lexbor writes names in small letters; all begins with one sign, for which the engine looks fast.
_OPAQUE = re.compile(
    rf"<(?:{_COMMENT}(?:<{_COMMENT})*+|(script{_ATTRIBUTES}>)({_SCRIPT})(?=</script>)"
    rf"|((script|plaintext){_ATTRIBUTES}>)(.*)(?=</\4>)"
    rf"|((style|xmp|iframe|noembed|noframes){_ATTRIBUTES}>)((?:[^<]++|<(?!/\7>))*+)(?=</\7>))",
    re.S,
)
_VOID = re.compile(
    "<((?:area|base|basefont|bgsound|br|col|embed|frame|hr|img|input|keygen|link|meta|param|source|track|wbr)"
    rf"{_ATTRIBUTES})>"
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>", re.I)
#: Names that lxml would not let an element have.
_ODD_NAME = re.compile(r"""(</?)x([^ >"'&<]*+["'&<][^ >]*+)""")
_ODD = frozenset("\"'&<")
#: A page of XML is known by its first line, and by an element that only XML lets end in its start tag: HTML would take
#: all that follows for its text.
_XML = re.compile(rb"\s*<\?xml\s")
_XML_ATTRIBUTES = rb"""((?:\s++[^\s=<>/"']++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+)\s*+/>"""
_ENDED_RAW = re.compile(rb"<(?:script|style|title|textarea|iframe|noframes|noscript|xmp)" + _XML_ATTRIBUTES)
_ENDED = re.compile(
    rb"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)([a-zA-Z][\w:.-]*+)"
    + _XML_ATTRIBUTES
)
#: Where Cloudflare hides an e-mail address ("Email Address Obfuscation"): in hexadecimal digits in `data-cfemail` or
#: behind a link to this path, each byte XORed with the first (its own email-decode.min.js does the same).
_HIDDEN_ADDRESS = "/cdn-cgi/l/email-protection#"


def parse_page(page: str | bytes) -> etree._Element:
    """The tree that browsers make of a page, given as text or in UTF-8, with the e-mail addresses that Cloudflare hid.
    Raises PageError on an empty page."""
    content = _readable(page)
    tree, is_cut = _tree(content)
    if is_cut:
        tree, is_cut = _tree(flattened(content))
        if is_cut:
            note(Warned(WarningKind.DEPTH, "nesting: the page is nested too deep; text behind that is lost"))
    # Without these the page has nothing to see or to run.
    if not any(len(part) or (part.text or "").strip() for part in tree):
        raise PageError("the page holds no HTML element", WarningKind.UNPARSABLE)
    unfold(tree)
    hide_ruled(tree)
    spell_out(tree)
    read_once(tree)
    set_in_brackets(tree)
    _reveal_addresses(tree)
    return tree


def _readable(page: str | bytes) -> bytes:
    """A page as lexbor can read it, in time that grows as the page does."""
    # Half surrogate pairs cannot be encoded.
    content = printable_page(page.encode("utf-8", "ignore") if isinstance(page, str) else page)
    if not content.strip():
        raise PageError("the page is empty", WarningKind.EMPTY)
    if _XML.match(content) and _ENDED_RAW.search(content):
        # HTML asks for end tags.
        content = _ENDED.sub(rb"<\1\2></\1>", content)
    return bounded(content)


def read_links(page: bytes) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    """The links of a page in UTF-8, and its `<base>`, as name and attributes, in page order; what templates hold comes
    last. It takes a quarter of the time that the tree does. Raises PageError on an empty page."""
    root = LexborHTMLParser(_readable(page), options=LexborDocumentOptions.WO_EVENTS)
    parts: list[LexborHTMLParser | LexborNode] = [root]
    while parts:
        part = parts.pop(0)
        yield from ((link.tag or "", link.attributes) for link in part.css("a[href], area[href], base[href]"))
        parts += part.template_fragments()


def _tree(content: bytes) -> tuple[etree._Element, bool]:
    """The tree of a page, and whether it was cut at libxml2's limit of levels."""
    # Events would copy a chosen <option> into <selectedcontent>.
    page = LexborHTMLParser(content, options=LexborDocumentOptions.WO_EVENTS)
    tree = _kernel.copied(page.root.mem_id, partial(_contents, page), _parser()) if _kernel and page.root else None
    return _parsed(renamed(page.html or "")) if tree is None else (tree, False)


def _contents(page: LexborHTMLParser) -> dict[int, int]:
    """Where lexbor keeps what each `<template>` holds, by where it keeps that: it does not stand below it."""
    found, inside = {}, page.template_fragments()
    while inside:
        fragment = inside.pop()
        if fragment.parent is not None:
            found[fragment.parent.mem_id] = fragment.mem_id
        inside += fragment.template_fragments()
    return found


def _parsed(markup: bytes) -> tuple[etree._Element, bool]:
    """The tree of what was written, and whether libxml2 stopped at its limit of levels.

    A thread of lxml keeps every name of an element or attribute that it ever read until it ends, 40 bytes each, and
    pages make up new ones (a page of a corpus of many sites has ten): so pages are parsed in a thread that ends after
    some. To start one for each page takes a quarter of the time that parsing takes.
    """
    return _reader.thread(len(markup)).submit(_parsed_here, markup).result()


class _Reader:
    """The thread in which a process parses its next pages; one that was forked has none of its parent's."""

    def __init__(self) -> None:
        self._left, self._process = 0, 0
        self._thread: ThreadPoolExecutor | None = None

    def thread(self, size: int) -> ThreadPoolExecutor:
        """A thread that parses so many characters more."""
        thread, self._left = self._thread, self._left - size
        if thread is None or self._left < 0 or self._process != os.getpid():
            # The one before ends once nobody waits for it.
            thread = ThreadPoolExecutor(1, "page")
            self._thread, self._left, self._process = thread, _MOST_PARSED, os.getpid()
        return thread


_reader = _Reader()


def _parsed_here(markup: bytes) -> tuple[etree._Element, bool]:
    parser = _parser()
    try:
        tree = read(markup, parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise PageError(f"the page cannot be parsed as HTML: {error}") from error
    return tree, any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def _parser() -> etree.HTMLParser:
    # trafilatura's own options, with the class lookup done in C (its measured gain is a tenth of all time);
    # huge_tree lifts libxml2's depth limit of 256, below which it silently drops text.
    parser = etree.HTMLParser(  # type: ignore[call-arg] # the stubs lack default_doctype
        collect_ids=False,
        default_doctype=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


def renamed(markup: str) -> bytes:
    """What lexbor wrote, in UTF-8, with all said: each element has an end tag or `/>`, and `x` before its name. There
    are no comments, no document type, and no markup in texts that have none."""
    # Comments may stand before the document type.
    markup = _OPAQUE.sub(_plain, markup)
    doctype = _DOCTYPE.match(markup)
    markup = markup[doctype.end() :] if doctype else markup
    return _VOID.sub(r"<\1/>", markup).replace("<", "<x").replace("<x/", "</x").encode()


def _plain(found: re.Match[str]) -> str:
    opened = found[1] or found[3] or found[6]
    if opened:
        return "<" + opened + escape(found[2] or found[5] or found[8] or "", quote=False)
    before, behind = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    return "" if before in ("", ">") or behind in ("", "<") else _PARTED


def read(markup: bytes, parser: etree.HTMLParser) -> etree._Element:
    """The tree of what was written."""
    tree = _rooted(markup, parser)
    try:
        _name(tree.iterdescendants())
    except ValueError:
        odd = _ODD_NAME.sub(lambda name: name[1] + name[2].replace("<x", "<"), markup.decode())
        tree = _rooted(odd.encode(), parser)
        _name(element for element in tree.iterdescendants() if _ODD.isdisjoint(str(element.tag)))
    if _PARTED.encode() in markup:
        _count_texts(tree)
    return tree


def _rooted(markup: bytes, parser: etree.HTMLParser) -> etree._Element:
    """What libxml2 puts into a body of its own, as a tree."""
    tree = etree.fromstring(markup, parser)
    ((root,),) = tree
    for name, value in root.attrib.items():
        # libxml2 reads names that lxml does not set.
        with suppress(ValueError):
            tree.set(name, value)
    tree[:] = list(root)
    return tree


def _name(elements: Iterator[etree._Element]) -> None:
    for element in elements:
        element.tag = str(element.tag)[1:]


def _count_texts(tree: etree._Element) -> None:
    texts = cast(list[etree._ElementUnicodeResult], tree.xpath("//text()[contains(., $parted)]", parted=_PARTED))
    for text in texts:
        owner, pieces = text.getparent(), text.split(_PARTED)
        if owner is None:
            continue
        nodes = "".join("x" if piece.strip() else "_" for piece in pieces)
        if text.is_tail:
            owner.tail = "".join(pieces)
            owner.set(TAIL_NODES, nodes)
        else:
            owner.text = "".join(pieces)
            owner.set(TEXT_NODES, nodes)


def _reveal_addresses(tree: etree._Element) -> None:
    """Write the real address into every element that hides one, as a browser shows it."""
    for element in holding(tree, [("data-cfemail", ""), ("href", _HIDDEN_ADDRESS)], "a", "span"):
        code, target = element.get("data-cfemail"), element.get("href", "")
        if code and (address := _address(code)):
            element[:], element.text = [], address
        if _HIDDEN_ADDRESS in target and (address := _address(target.partition("#")[2].partition("?")[0])):
            element.set("href", "mailto:" + address)


def _address(code: str) -> str | None:
    try:
        key, *hidden = bytes.fromhex(code)
        address = bytes(byte ^ key for byte in hidden).decode("utf-8")
    except ValueError:
        return None
    return address if "@" in address and address.isprintable() else None
