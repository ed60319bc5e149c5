"""Text of a page to one parsed tree, which every later step shares."""

import re
from concurrent.futures import ThreadPoolExecutor

from lxml import etree
from lxml.html import HtmlElement

from archive.errors import PageError
from archive.extraction.characters import printable_page
from archive.extraction.cloudflare import reveal_addresses
from archive.extraction.markup import as_html, read, written
from archive.extraction.nesting import ATTRIBUTE, bounded, flattened, may_be_costly
from archive.extraction.shadow import unfold
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

#: Attributes of one element beyond these are not read. libxml2 takes quadratic time over them (80,000 take it 5 s),
#: htmldate several times that; of 984 real pages none has an element with 250.
_MAX_ATTRIBUTES = 1000
_TAG = re.compile(rb"<[a-zA-Z][^\s>/]*+" + ATTRIBUTE + rb"*+")
_FEW_ATTRIBUTES = re.compile(rb"<[a-zA-Z][^\s>/]*+" + ATTRIBUTE + rb"{0,%d}+" % (2 * _MAX_ATTRIBUTES))


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
    """The tree that browsers make of a page, with the e-mail addresses that Cloudflare hid. Raises PageError on an
    empty page."""
    # Half surrogate pairs cannot be encoded.
    content = printable_page(html.encode("utf-8", "ignore"))
    if not content.strip():
        raise PageError("the page is empty", WarningKind.EMPTY)
    content = bounded(as_html(content))
    content = _with_few_attributes(flattened(content) if may_be_costly(content) else content)
    tree, is_cut = _parsed(content)
    if is_cut:
        tree, is_cut = _parsed(flattened(content))
        if is_cut:
            note(Warned(WarningKind.DEPTH, "nesting: the page is nested too deep; text behind that is lost"))
    if tree is None:
        raise PageError("the page holds no HTML element", WarningKind.UNPARSABLE)
    if b"shadowrootmode" in content.lower():
        unfold(tree)
    # Looking at every link takes a sixth of the time that parsing takes.
    if b"cfemail" in content or b"/cdn-cgi/" in content:
        reveal_addresses(tree)
    return tree


def _parsed(content: bytes) -> tuple[etree._Element | None, bool]:
    """A page's tree, and whether libxml2 stopped at its limit of levels.

    A thread of lxml keeps every name of an element or attribute that it ever read until it ends, 40 bytes each, and
    pages make up new ones (a page of a corpus of many sites has ten): so each page is parsed in a thread of its own.
    """
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(_parsed_here, written(content)).result()


def _parsed_here(markup: str) -> tuple[etree._Element | None, bool]:
    parser = _parser()
    try:
        tree = read(markup, parser)
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
