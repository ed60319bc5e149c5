"""Text of a page to one parsed tree, which every later step shares."""

import re
from concurrent.futures import ThreadPoolExecutor

from lxml import etree
from lxml.html import HtmlElement

from archive.errors import PageError
from archive.extraction.characters import printable_page
from archive.extraction.cloudflare import reveal_addresses
from archive.extraction.nesting import bounded, flattened
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

#: Attributes of one element beyond these are not read. libxml2 takes quadratic time over them (80,000 take it 5 s),
#: htmldate several times that; of 984 real pages none has an element with 250.
_MAX_ATTRIBUTES = 1000
#: A tag as the HTML standard reads it (13.2.5.32 on). Every part is possessive: it takes linear time on any page.
_ATTRIBUTE = rb"""(?:[\s/]++|[^\s=>/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+|=)"""
_TAG = re.compile(rb"<[a-zA-Z][^\s>/]*+" + _ATTRIBUTE + rb"*+")
_FEW_ATTRIBUTES = re.compile(rb"<[a-zA-Z][^\s>/]*+" + _ATTRIBUTE + rb"{0,%d}+" % (2 * _MAX_ATTRIBUTES))
#: What the standard lets stand in a head.
_OF_HEAD = frozenset("base basefont bgsound command link meta noframes noscript script style template title".split())


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


def parse_page(html: str) -> etree._Element:
    """Parse a page. Cloudflare's hidden e-mail addresses are put back. Raises PageError on an empty page."""
    # Half surrogate pairs cannot be encoded.
    content = printable_page(html.encode("utf-8", "ignore"))
    if not content.strip():
        raise PageError("the page is empty", WarningKind.EMPTY)
    content = _with_few_attributes(bounded(content))
    tree, is_cut = _parsed(content)
    if is_cut:
        tree, is_cut = _parsed(flattened(content))
        if is_cut:
            note(Warned(WarningKind.DEPTH, "nesting: the page is nested too deep; text behind that is lost"))
    if tree is None:
        raise PageError("the page holds no HTML element", WarningKind.UNPARSABLE)
    _end_head(tree)
    _gather(tree)
    # Looking at every link takes a sixth of the time that parsing takes.
    if b"cfemail" in content or b"/cdn-cgi/" in content:
        reveal_addresses(tree)
    return tree


def _parsed(content: bytes) -> tuple[etree._Element | None, bool]:
    """A page's tree, and whether the parser stopped at its limit of levels.

    A thread of lxml keeps every name of an element or attribute that it ever read until it ends, 40 bytes each, and
    pages make up new ones (a page of a corpus of many sites has ten): so each page is parsed in a thread of its own.
    """
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(_parsed_here, content).result()


def _parsed_here(content: bytes) -> tuple[etree._Element | None, bool]:
    parser = _parser()
    try:
        tree = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise PageError(f"the page cannot be parsed as HTML: {error}") from error
    return tree, any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def _with_few_attributes(content: bytes) -> bytes:
    """The page with the attributes of each tag cut to the first thousand; scripts are left alone."""
    pieces, at, seen, in_script = [], 0, 0, False
    for tag in _TAG.finditer(content):
        if tag.end() - tag.start() < 2 * _MAX_ATTRIBUTES:
            continue
        opened, closed = (content.rfind(mark, seen, tag.start()) for mark in (b"<script", b"</script"))
        in_script, seen = opened > closed or (in_script and opened == closed), tag.start()
        few = _FEW_ATTRIBUTES.match(content, tag.start())
        if few and few.end() < tag.end() and not in_script:
            pieces.append(content[at : few.end()])
            at = tag.end()
    return b"".join([*pieces, content[at:]]) if pieces else content


def _end_head(tree: etree._Element) -> None:
    """Let the first element that belongs into no head begin the body, as browsers do (13.2.6.4.4): libxml2 leaves all
    elements that it does not know in the head, HTML 5's own such as `<article>` among them, with what they hold."""
    head = tree.find("head")
    children = [] if head is None else list(head)
    first = next((place for place, child in enumerate(children) if child.tag not in _OF_HEAD), None)
    if head is None or first is None:
        return
    body = tree.find("body")
    if body is None:
        body = tree.makeelement("body")
        tree.insert(tree.index(head) + 1, body)
    text, body.text = body.text, None
    body[:0] = children[first:]
    children[-1].tail = (children[-1].tail or "") + (text or "")


def _gather(tree: etree._Element) -> None:
    """Bring home what stands behind `</html>`: browsers show it at the end of the body, libxml2 (from 2.14 on) makes
    another root of it. One page in eighty has something there."""
    body = tree.find("body")
    home = tree if body is None else body
    texts: list[str] = []
    for stray in list(tree.itersiblings(etree.Element)):
        texts.append(stray.text or "")
        if children := list(stray):
            _append(home, "".join(texts))
            home.extend(children)
            texts.clear()
    _append(home, "".join(texts))


def _append(home: etree._Element, text: str) -> None:
    """Put text behind all else in an element; piece by piece it would take the square of the time."""
    # To count an element's children takes as long as there are children.
    last = next(home.iterchildren(reversed=True), None)
    if text and last is not None:
        last.tail = (last.tail or "") + text
    elif text:
        home.text = (home.text or "") + text
