"""Where the links of a page lead."""

from urllib.parse import urljoin, urlsplit

from lxml import etree

#: Characters of the longest address that is kept.
_LONGEST = 2_000
_SCHEMES = ("http://", "https://", "mailto:")
_DROPPED = str.maketrans(dict.fromkeys("\t\r\n"))


class Addresses:
    """The absolute addresses of one page's links, as its `<base>` and its URL make them."""

    def __init__(self, tree: etree._Element, url: str) -> None:
        base = tree.find("head/base[@href]")
        self.url = _joined(url, base.get("href", "")) or url if base is not None else url
        self._known: dict[str, str | None] = {}
        try:
            parts = urlsplit(self.url)
        except ValueError:
            parts = urlsplit("")
        self._origin = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""

    def of(self, href: str) -> str | None:
        """The address that an `href` leads to; None where that is nowhere, or not of http, https or mailto."""
        if href not in self._known:
            self._known[href] = self._absolute(href)
        return self._known[href]

    def _absolute(self, href: str) -> str | None:
        target = href.strip().translate(_DROPPED)
        if target in ("", "#") or len(target) > _LONGEST:
            return None
        # To join two addresses takes a hundred times as long as this.
        if self._origin and target[0] == "/" and target[:2] != "//" and "/." not in target:
            return self._origin + target
        found = target if target.startswith(_SCHEMES) and "[" not in target else _joined(self.url, target)
        return found if found and found.startswith(_SCHEMES) else None


def _joined(base: str, target: str) -> str | None:
    try:
        return urljoin(base, target)
    except ValueError:
        return None
