"""Text of a page to one parsed tree, which every later step shares."""

from lxml import etree
from lxml.html import HtmlElement

from archive.errors import PageError
from archive.extraction.cloudflare import reveal_addresses

#: Characters that XML trees cannot hold; browsers drop or replace them. In UTF-8 each is one byte of its own.
_UNPARSABLE = bytes([*range(9), 0x0B, *range(0x0E, 0x20)])


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
    content = html.encode("utf-8", "ignore").translate(None, _UNPARSABLE)
    if not content.strip():
        raise PageError("the page is empty")
    try:
        tree = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise PageError(f"the page cannot be parsed as HTML: {error}") from error
    if tree is None:
        raise PageError("the page holds no HTML element")
    reveal_addresses(tree)
    return tree
