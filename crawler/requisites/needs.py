"""What pages and style sheets need as entries of the frontier."""

from email.message import Message
from urllib.parse import urljoin

from archive.exchange import Capture, Origin, Purpose
from archive.sites.logins import without_login
from crawler.discover import is_web
from crawler.frontier.entry import Entry
from crawler.requisites.page_needs import requisites_of_page
from crawler.requisites.sheet import requisites_of_sheet

#: Requisites are fetched when a host has no article waiting.
PRIORITY = -10
#: Requisites of one page, and of one style sheet, that are taken.
MOST_OF_PAGE, MOST_OF_SHEET = 500, 200
#: Characters of a URL.
LONGEST_URL = 4_000
#: Style sheets that import each other are followed so far; redirects count too.
DEEPEST = 5
#: Bytes of a requisite; the rest is cut and the capture says so.
LARGEST = 16_000_000
_MARK = "requisite "
_HTML = ("text/html", "application/xhtml+xml", "")


def key_of(url: str) -> str:
    """The key of a requisite in the frontier: apart from those of pages, so that a page is still fetched as one if
    another takes it for a picture."""
    return _MARK + url


def needs_of(capture: Capture, site: str, hops: int = 0) -> list[Entry]:
    """What a captured page needs, or a style sheet that a page needs, in the order that it is named. `site` is the
    page's, `hops` the style sheets and redirects before this one."""
    kind = (capture.header("Content-Type") or "").partition(";")[0].strip().lower()
    if capture.origin.purpose is Purpose.ARTICLE and kind in _HTML:
        base, found = requisites_of_page(capture.body, capture.header("Content-Type"))
        return _entries(
            capture.url, base, found[:MOST_OF_PAGE], Origin(Purpose.REQUISITE, "page", capture.url), site, 0
        )
    if capture.origin.purpose is Purpose.REQUISITE and kind == "text/css" and hops < DEEPEST:
        found = requisites_of_sheet(capture.body, _charset(capture))
        origin = Origin(Purpose.REQUISITE, "style", capture.url)
        return _entries(capture.url, None, found[:MOST_OF_SHEET], origin, site, hops + 1)
    return []


def _entries(url: str, base: str | None, found: list[str], origin: Origin, site: str, hops: int) -> list[Entry]:
    joined = _joined(url, base or "")
    urls = (_joined(joined, each) for each in found if each[:1] not in ("", "#"))
    absolute = dict.fromkeys(without_login(each).partition("#")[0] for each in urls)
    return [
        Entry(key_of(each), each, origin, site, hops, PRIORITY)
        for each in absolute
        if is_web(each) and len(each) <= LONGEST_URL and each != url.partition("#")[0]
    ]


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _charset(capture: Capture) -> str | None:
    message = Message()
    message["Content-Type"] = capture.header("Content-Type") or ""
    return message.get_content_charset()
