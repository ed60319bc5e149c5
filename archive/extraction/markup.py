"""A page as the HTML standard reads it (13.2), written so that lxml reads just that.

lexbor builds the tree that browsers build. lxml, on which everything else works, cannot take it over, and libxml2's
HTML parser has older rules of its own: it ends an `<a>` before a `<table>`. It applies them by the names of elements.
So the tree is written with a letter before each name, `<xa>`, and takes it off again where libxml2 has read it.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import cast

from lxml import etree
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

#: How comments part the text of an element, or its tail, into text nodes: `x` is one with something to see, `_` one
#: without. No attribute of a page has such names: theirs are in small letters.
TEXT_NODES, TAIL_NODES = "TEXT-NODES", "TAIL-NODES"
#: What stands in a text for the comment that parts it: no page has this noncharacter (characters.py).
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


def as_html(content: bytes) -> bytes:
    """A page that a server sends as XML, with the end tags that HTML asks for; others as they are."""
    if _XML.match(content) and _ENDED_RAW.search(content):
        return _ENDED.sub(rb"<\1\2></\1>", content)
    return content


def written(content: bytes) -> str:
    """A page's markup in which all is said: each element has an end tag or `/>`, and `x` before its name."""
    # Events would copy a chosen <option> into <selectedcontent>.
    markup = LexborHTMLParser(content, options=LexborDocumentOptions.WO_EVENTS).html or ""
    # Comments may stand before the document type.
    markup = _OPAQUE.sub(_plain, markup)
    doctype = _DOCTYPE.match(markup)
    markup = markup[doctype.end() :] if doctype else markup
    return _VOID.sub(r"<\1/>", markup).replace("<", "<x").replace("<x/", "</x")


def _plain(found: re.Match[str]) -> str:
    opened = found[1] or found[3] or found[6]
    if opened:
        return "<" + opened + escape(found[2] or found[5] or found[8] or "", quote=False)
    before, behind = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    return "" if before in ("", ">") or behind in ("", "<") else _PARTED


def read(markup: str, parser: etree.HTMLParser) -> etree._Element | None:
    """The tree of what was written; None where the page has nothing to see or to run."""
    tree = _rooted(markup, parser)
    try:
        _name(tree.iterdescendants())
    except ValueError:
        tree = _rooted(_ODD_NAME.sub(_own_name, markup), parser)
        _name(element for element in tree.iterdescendants() if _ODD.isdisjoint(str(element.tag)))
    if _PARTED in markup:
        _count_texts(tree)
    return tree if any(len(part) or (part.text or "").strip() for part in tree) else None


def _own_name(found: re.Match[str]) -> str:
    return found[1] + found[2].replace("<x", "<")


def _rooted(markup: str, parser: etree.HTMLParser) -> etree._Element:
    """What libxml2 puts into a body of its own, as a tree."""
    tree = etree.fromstring(markup.encode(), parser)
    ((root,),) = tree
    tree.attrib.update(root.attrib)
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
