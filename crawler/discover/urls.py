"""URLs: whether they are of the web and of a site, and which of them are one page."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from courlan import extract_domain, normalize_url

from archive.telling.shield import shielded
from crawler.discover.web_url import web_url

#: How publishers mark the AMP and the print edition of a page: at the end of the path and in the query.
_EDITION_PATH = re.compile(r"(?:/amp|/print|/amphtml)/?$|\.amp(?=\.html?$|$)", re.I)
_EDITION_QUERY = {
    "amp": {"", "1", "true"},
    "outputtype": {"amp"},
    "output": {"amp", "print"},
    "print": {"", "1", "true", "yes"},
    "printable": {"", "1", "true", "yes"},
    "view": {"print"},
}


def is_web(url: str) -> bool:
    """Whether a URL is http or https with a host, and with a port that can be one."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def joined(base: str, address: str) -> str | None:
    """The whole URL of an address that stands on a page or in a list; None where it is none of the web."""
    return web_url(address, base) if address.strip() else None


def normalise(url: str) -> str:
    """The URL that stands for all spellings and editions of a page: no fragment, no tracking parameters, no mark of
    an AMP or print edition. It is a key, and need not be an address that the site answers."""
    try:
        normal = shielded(f"the usual spelling of {url}", "", normalize_url, url, strict=False, trailing_slash=True)
        parts = urlsplit(str(normal) or url)
    except ValueError:
        return url.partition("#")[0]
    host = parts.netloc.removeprefix("amp.") if parts.netloc.count(".") > 1 else parts.netloc
    path = _EDITION_PATH.sub("", parts.path) or "/"
    return urlunsplit((parts.scheme, host, path, _without_edition(parts.query), ""))


def _without_edition(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if value.lower() not in _EDITION_QUERY.get(name.lower(), ())]
    return query if len(kept) == len(pairs) else urlencode(kept)


def same_site(url: str, other: str) -> bool:
    """Whether two URLs are of one registrable domain, or of one host where there is none (an address)."""
    host, other_host = urlsplit(url).hostname, urlsplit(other).hostname
    if host == other_host:
        return True
    domains = {shielded(f"the domain of {one}", None, extract_domain, one, fast=True) for one in (url, other)}
    return len(domains) == 1 and None not in domains
