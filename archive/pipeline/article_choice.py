"""Which pages of a foreign WARC are articles: by their addresses, and by what they declare and show.

A home page, and a page that the site's file excludes, is none. Any other page is one if it shows enough text in one
stretch: long blocks with few links, with no linked title among them. How much is enough depends on whether the page
says that it is an article (schema.org, Open Graph), and on whether its URL is named as those of articles are, or as
those of lists. A list of articles has a sentence or two under each linked title, which is a short stretch.
"""

from collections.abc import Iterable

from archive.errors import PageError
from archive.exchange import Capture, Kind
from archive.extraction.blocks import TextBlock
from archive.extraction.charset import decode
from archive.extraction.metadata import Facts, read_facts
from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.pipeline.judgement import LOOKED_AT
from archive.sites import Site
from archive.sites.article_urls import has_slug, is_overview, refusal
from archive.telling.kinds import SkipKind, Skipped
from archive.telling.shield import gathering

#: Bytes of UTF-8 in one stretch that are enough: bytes, since scripts with more to a character need fewer of them.
#: Of 949 article pages, 160 of them news, these leave out 7, none of them news; lists have stretches of 200 at most on
#: the demo site.
_DECLARED, _NAMED, _ANY = 150, 400, 1200
_ARTICLES = frozenset(("article", "blogposting", "liveblogposting", "report", "review", "claimreview"))
#: Characters of a block that is a link as a whole, from which on it is a title and no name of a section.
_TITLE = 20
#: Bytes from which on a block is running text.
_LONG = 60


def decided(capture: Capture, site: Site) -> tuple[Capture, Skipped | None]:
    """A `Kind.PAGE` judged by its address and by what it shows, and why it is no article, if it is none. Everything
    else stays as it was judged."""
    if capture.kind is not Kind.PAGE:
        return capture, None
    reason = url_refusal(capture.url, site) or page_refusal(capture)
    return capture._replace(kind=Kind.NO_ARTICLE if reason else Kind.ARTICLE), reason


def url_refusal(url: str, site: Site) -> Skipped | None:
    """Why a page is no article, as far as its URL tells."""
    return refusal(url, site, listed=True)


def page_refusal(capture: Capture) -> Skipped | None:
    """Why a page is no article, as far as it shows."""
    text, _ = decode(capture.body[:LOOKED_AT], capture.header("Content-Type"))
    with gathering():
        try:
            tree = parse_page(text)
        except PageError:
            return Skipped(SkipKind.EMPTY_PAGE, "empty")
        enough = _enough(capture.url, read_facts(tree, capture.url))
        if longest_stretch(visible_blocks(tree)[0]) >= enough:
            return None
        return Skipped(SkipKind.LITTLE_TEXT, "no text in one stretch")


def _enough(url: str, facts: Facts) -> int:
    if is_overview(url):
        return _ANY
    if _is_declared(facts):
        return _DECLARED
    return _NAMED if has_slug(url) else _ANY


def _is_declared(facts: Facts) -> bool:
    kinds = (fact.value.lower().removeprefix("og:") for fact in facts.types)
    return any(kind in _ARTICLES or kind.endswith("article") for kind in kinds)


def longest_stretch(blocks: Iterable[TextBlock]) -> int:
    """The bytes of the most running text that no linked title parts."""
    longest = here = 0
    for block in blocks:
        size = len(block.text)
        if size >= _TITLE and block.links > 0.8 * size:
            here = 0
        elif block.links < 0.3 * size and (weight := len(block.text.encode("utf-8", "replace"))) >= _LONG:
            here += weight
            longest = max(longest, here)
    return longest
