"""Which URLs are articles, and why the others are not."""

import re
from urllib.parse import urlsplit

from archive.sites.patterns import is_found
from archive.sites.site import Site
from archive.sites.site_values import is_web_url
from archive.telling.kinds import SkipKind, Skipped
from archive.telling.shield import shielded

#: A slug of several words, a long number or a date in the path: how articles are named nearly everywhere.
_SLUG = re.compile(
    r"(?<![^\W_])(?:[^\W_]++[-_]){3,}[^\W_]+|\d{5,}|/\d{4}/\d{1,2}(?:/\d{1,2})?/|\b20\d\d-?[01]\d-?[0-3]\d"
)
_NOT_TEXT = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|pdf|zip|gz|xml|json|css|js|ico|woff2?|avi|mov|docx?)$", re.I
)
_FILE = Skipped(SkipKind.FILE, "a file and no page")


def refusal(url: str, site: Site, *, listed: bool) -> Skipped | None:
    """Why a link is not fetched as an article of its site, or None if it is.

    What a feed or a sitemap lists is taken for an article unless the site's patterns say otherwise (`listed`); a
    link on a page must also look like one.
    """
    if not is_web_url(url):
        return Skipped(SkipKind.NOT_WEB, "not a web address")
    for pattern in site.articles.exclude:
        if is_found(pattern, url):
            return Skipped(SkipKind.EXCLUDED, f"excluded by {pattern}")
    path = urlsplit(url).path
    if listed and _NOT_TEXT.search(path):
        return _FILE
    if site.articles.include:
        included = any(is_found(pattern, url) for pattern in site.articles.include)
        return None if included else Skipped(SkipKind.NOT_INCLUDED, "not among articles.include")
    if listed:
        return None if path.strip("/") else Skipped(SkipKind.HOME_PAGE, "the home page")
    return _looks_like_none(url, path)


def _looks_like_none(url: str, path: str) -> Skipped | None:
    if _NOT_TEXT.search(path):
        return _FILE
    if is_overview(url) or not has_slug(url):
        return Skipped(SkipKind.UNLIKE_ARTICLE, "does not look like an article")
    return None


def is_overview(url: str) -> bool:
    """Whether a URL is named as lists, logins and imprints are."""
    # With urllib3 it takes a fifth of the time in which a worker begins, and few workers are asked.
    from courlan.filters import is_navigation_page, is_not_crawlable  # noqa: PLC0415

    return any(shielded(f"the kind of {url}", False, ask, url) for ask in (is_not_crawlable, is_navigation_page))


def has_slug(url: str) -> bool:
    """Whether a URL is named as articles are nearly everywhere."""
    return _SLUG.search(urlsplit(url).path) is not None
