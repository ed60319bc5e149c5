"""Which answers are left to a browser: decided as they come in, and noted in the archive with them."""

from archive.errors import PageError
from archive.exchange import Capture, Completeness, Exchange, Purpose
from archive.extraction.charset import decode
from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.pipeline.article_choice import longest_stretch
from archive.pipeline.judgement import LOOKED_AT, Answer, judge
from archive.sites.browsing import BrowserUse
from archive.telling.shield import gathering
from archive.warc.message import method_of

#: Bytes of text in one stretch below which a page counts as empty: a notice that scripts are needed is shorter, and so
#: is the teaser of a story. A short article that is loaded for nothing costs time alone.
_EMPTY = 400


def marked(exchange: Exchange, use: BrowserUse | None) -> Exchange:
    """An exchange, with the note that its record is made of what a browser makes of it, where that is so."""
    if exchange.origin.is_for_browser:
        # Somebody asked for a browser for this page alone.
        exchange, use = exchange._replace(origin=exchange.origin._replace(is_for_browser=False)), BrowserUse.ALWAYS
    if use is None or exchange.origin.purpose is not Purpose.ARTICLE or not exchange.response:
        return exchange
    answer = Answer(
        type="response",
        url=exchange.url,
        block=exchange.response,
        origin=exchange.origin,
        method=method_of(exchange.request),
        truncated=exchange.truncated,
    )
    capture = judge(answer)
    # What is cut is asked for again, and has a record of its own until it comes as a whole.
    is_page = capture.has_record and capture.completeness is Completeness.WHOLE
    if not is_page or (use is BrowserUse.WHEN_EMPTY and not _is_empty(capture)):
        return exchange
    return exchange._replace(origin=exchange.origin._replace(is_for_browser=True))


def _is_empty(capture: Capture) -> bool:
    """Whether a page has no text without scripts."""
    text, _ = decode(capture.body[:LOOKED_AT], capture.header("Content-Type"))
    with gathering():
        try:
            blocks, _ = visible_blocks(parse_page(text))
        except PageError:
            return True
    return longest_stretch(blocks) < _EMPTY
