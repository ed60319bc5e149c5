"""What a site file may say of the browser that loads its pages."""

from enum import StrEnum

from pydantic import Field

from archive.sites.site_values import Count, Number, Selector, Selectors, Truth
from archive.sites.strict import Strict


class BrowserUse(StrEnum):
    """Which of a site's articles a browser loads."""

    ALWAYS = "always"
    WHEN_EMPTY = "when-empty"


class Browsing(Strict):
    """What a browser does on a page, where `crawl: browser` asks for one."""

    click: Selectors = ()
    """What is clicked once the page is there, each once and where it shows: the buttons of consent dialogs."""
    wait_for: Selector | None = None
    """An element that must be there before the page counts as loaded."""
    scrolls: Count = Field(default=10, ge=0, le=200)
    """Screens that are scrolled down at most, so that what is loaded on the way comes."""
    seconds: Number = Field(default=120, ge=1, le=900)
    """Seconds for one page; then it is taken as it is, and its record says so."""
    requests: Count = Field(default=500, ge=1, le=10_000)
    """Requests for one page."""
    megabytes: Count = Field(default=100, ge=1, le=1000)
    """Megabytes of all answers for one page."""
    screenshot: Truth = False
    """Also keep a picture of each page."""
