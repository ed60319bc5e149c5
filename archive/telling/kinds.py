"""What is said to people, with a kind for programs to go by: nothing is decided by the words of a sentence.

The values of kinds are stable. docs/kinds.md lists them all.
"""

from enum import StrEnum
from typing import Generic, Self, TypeVar

K = TypeVar("K", bound=StrEnum)


class Told(str, Generic[K]):
    """A sentence that knows its kind. What is made of it (`f"{told}"`) is plain text."""

    __slots__ = ("kind",)
    kind: K

    def __new__(cls, kind: K, sentence: str) -> Self:
        """Of a kind, and what is said."""
        told = super().__new__(cls, sentence)
        told.kind = kind
        return told

    def __getnewargs__(self) -> tuple[K, str]:  # type: ignore[override]
        """For pickle: sentences go from one process to another."""
        return self.kind, str(self)


class WarningKind(StrEnum):
    """What was odd about a capture, or about how its record was made."""

    CHARSET = "charset"
    """The page is not in the character encoding that it declares, declares none, or has broken characters."""
    CONTENT_CODING = "content_coding"
    """The compression of the body (gzip, br, ...) is wrongly declared, unknown or damaged."""
    TRANSFER_CODING = "transfer_coding"
    """The chunks of the body are damaged."""
    SIZE = "size"
    """Only the first part was read, for the page is larger than the limit."""
    TRUNCATED = "truncated"
    """The capture does not hold the whole answer; `completeness` says why."""
    CERTIFICATE = "certificate"
    """The server's certificate did not hold: it was expired, for another host, or of nobody known."""
    RECORD_CUT = "record_cut"
    """The WARC file ends, or is damaged, within the record."""
    UNFINISHED = "unfinished"
    """The browser that loaded the page was stopped at a limit; something may be missing."""
    DAMAGED = "damaged"
    """The WARC record has a wrong digest or a damaged header."""
    BAD_INPUT = "bad_input"
    """A line or file of input could not be read as a page or text; its record stands in its place."""
    NOT_HTTP = "not_http"
    """The answer does not begin as HTTP does."""
    ONE_GZIP_MEMBER = "one_gzip_member"
    """The WARC file is compressed as a whole: `warc.offset` and `warc.length` count inflated bytes."""
    EMPTY = "empty"
    """There is nothing in the page."""
    UNPARSABLE = "unparsable"
    """The page could not be read as HTML."""
    NO_TEXT = "no_text"
    """The page shows no text."""
    NO_BODY = "no_body"
    """The page shows text, and none of it was labelled `body`."""
    LANGUAGE = "language"
    """The page states another language than its text is in."""
    HIDDEN_TEXT = "hidden_text"
    """Text that the page states in its JSON-LD and does not show is among the blocks."""
    SCRIPT_TEXT = "script_text"
    """The text was read from a script's data, for the page shows none of it without the script."""
    RESCUED = "rescued"
    """The labels found no body; what trafilatura takes for it was taken."""
    SHOWN_BY_SCRIPT = "shown_by_script"
    """The article is hidden until a script runs; it was taken in."""
    COLLAPSED = "collapsed"
    """Parts of the article are hidden until a reader opens them ("read more", accordions, tabs); they were taken in."""
    NOSCRIPT = "noscript"
    """The article is shown only where scripts are switched off; it was taken in."""
    PAGES = "pages"
    """The story has further pages that are not in the record, or could not be captured."""
    DEPTH = "depth"
    """Elements are nested too deep to be read as they stand; their text was kept as far as it could be."""
    HELPER_FAILED = "helper_failed"
    """A library failed at one part of the page, such as its dates; that part is missing."""
    OBSTACLE = "obstacle"
    """Something else came instead of the page; `obstacle` says what."""
    HOOK_FAILED = "hook_failed"
    """The function that the site's file names under `extract` failed; the record is as it was without it."""
    CORRECTION = "correction"
    """A person corrected the label of a block that this version does not find any more."""
    TIME_LIMIT = "time_limit"
    """Extraction took too long and was stopped."""
    MEMORY_LIMIT = "memory_limit"
    """Extraction needed too much memory."""
    EXTRACTION_FAILED = "extraction_failed"
    """Extraction failed otherwise."""


class Warned(Told[WarningKind]):
    """What was odd, with its kind."""

    __slots__ = ()


class SkipKind(StrEnum):
    """Why an address that was found is not fetched, or a page is no article."""

    NOT_WEB = "not_web"
    """Its address is not http or https, or none that a browser could ask for."""
    EXCLUDED = "excluded"
    """A pattern under `articles: exclude` in the site's file holds."""
    NOT_INCLUDED = "not_included"
    """None of the patterns under `articles: include` holds."""
    FILE = "file"
    """It is named as a file that is no page."""
    DOCUMENT = "document"
    """It is a document that an article links to, and `crawl: {documents: true}` is not set."""
    HOME_PAGE = "home_page"
    """It is the site's home page."""
    UNLIKE_ARTICLE = "unlike_article"
    """It is not named as articles are."""
    EMPTY_PAGE = "empty_page"
    """There is nothing in the page."""
    LITTLE_TEXT = "little_text"
    """The page does not have enough text in one stretch."""
    ROBOTS = "robots"
    """robots.txt forbids it."""
    OTHER_DATES = "other_dates"
    """Its date, or that of its sitemap, is not among those asked for."""
    UNDATED = "undated"
    """It has no date, and dates were asked for."""
    CAPTURED = "captured"
    """It is captured already."""
    FAILED = "failed"
    """It failed before."""
    GONE = "gone"
    """It was gone before (HTTP 404 or 410)."""
    LISTED = "listed"
    """It, or another address of it, is listed already."""
    TOO_MANY_LISTS = "too_many_lists"
    """It is a list, and more of them were named in one run than are read."""
    TOO_DEEP = "too_deep"
    """It is a sitemap behind more sitemap indexes in a row than are followed."""


class Skipped(Told[SkipKind]):
    """Why something is not taken, with its kind."""

    __slots__ = ()
