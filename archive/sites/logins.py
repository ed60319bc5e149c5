"""Names and passwords in URLs, as in https://name:password@host/: they are refused where a person writes one, and left
out of what a page names, so that they stand in no file and no message."""

import re

#: What a person is told whose URL holds one.
REFUSAL = (
    "a URL with a name or a password before the host would stand in reports and captures: leave them out; "
    "a site that needs a login gets it from its file, under 'crawl: headers' or 'crawl: cookies'"
)
_LOGIN = re.compile(r"(?<=://)[^/?#\\\s]*@")
#: Behind a slash it is no login, but may have been meant as one: https://name:pass/word@host/.
_PERHAPS = re.compile(r"(?<=://)\S*@")


def has_login(url: str) -> bool:
    """Whether a URL holds a name or a password."""
    return "@" in url and _LOGIN.search(url) is not None


def without_login(url: str) -> str:
    """The same URL without them."""
    return _LOGIN.sub("", url, count=1) if "@" in url else url


def shown(text: str) -> str:
    """A text that is no URL of ours, as a message may quote it."""
    return _PERHAPS.sub("...@", text)
