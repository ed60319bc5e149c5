"""The one way that an address from a page, a list, a header or a robots.txt takes to the frontier.

It is read as browsers read it (the URL standard of WHATWG, https://url.spec.whatwg.org/), so that whatever comes out
can be asked for, and what cannot be asked for ends here and not in a crawl that waits for it.
"""

from ada_url import URL

#: Characters of a URL. Servers take 8,000 at most by default, and browsers far more.
LONGEST = 16_000
_WEB = ("http:", "https:")


def web_url(url: str, base: str | None = None) -> str | None:
    """The address that a browser would ask for, joined to `base` where it is no whole one; without fragment, name and
    password. None for what is none, or not of the web."""
    try:
        # What stands for half a character is no text; browsers make it a question mark in a diamond.
        parsed = URL(url.encode("utf-8", "replace").decode() if not url.isascii() else url, base)
    except ValueError:
        return None
    if parsed.protocol not in _WEB or not parsed.hostname or parsed.port == "0":
        return None
    parsed.hash = parsed.username = parsed.password = ""
    return parsed.href if len(parsed.href) <= LONGEST else None
