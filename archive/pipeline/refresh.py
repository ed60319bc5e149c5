"""Where a page sends its reader by itself: the header `Refresh` and `<meta http-equiv=refresh>`."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

#: Bytes of a page in which its `meta` is looked for; bytes and words of a page that only sends on.
_HEAD, _SMALL, _FEW = 65_536, 8_192, 60
#: Seconds after which it counts as sending on; a page that shows itself anew, or the next picture, waits for longer.
PATIENCE = 10
#: As browsers read it (HTML, section 4.2.5.3, "shared declarative refresh steps").
_REFRESH = re.compile(
    r"\s{0,20}+(\d{0,9}+)[\d.]{0,20}+(?:\s{0,20}+[;,]|\s{1,20}+)\s{0,20}+(?:url\s{0,20}+=\s{0,20}+)?+(.{1,4000})",
    re.I | re.S,
)
#: In small letters: a pattern for any case takes ten times as long, on every page.
_MARK = re.compile(rb"http-equiv\s{0,20}+=\s{0,20}+[\"']?+\s{0,20}+refresh")
_TAG = re.compile(rb"<[^<>]{0,4000}>")


def refresh_of(url: str, headers: Iterable[tuple[str, str]], body: bytes) -> str | None:
    """The address that a page of this URL leads to within some seconds, and that is not its own; None without one."""
    said = [value for name, value in headers if name.lower() == "refresh"][:1]
    for text in (*said, *_metas(body)):
        if (found := _REFRESH.match(text)) and int(found[1] or 0) <= PATIENCE:
            target = _joined(url, _unquoted(found[2]))
            if target and target.partition("#")[0] != url.partition("#")[0]:
                return target
    return None


def only_sends_on(body: bytes) -> bool:
    """Whether a page with such an address shows hardly anything besides."""
    return len(body) <= _SMALL and len(_TAG.sub(b" ", body).split()) <= _FEW


def _metas(body: bytes) -> list[str]:
    head = body[:_HEAD]
    if not _MARK.search(head.lower()):
        return []
    metas = LexborHTMLParser(head.decode("utf-8", "replace")).css("meta[http-equiv]")
    return [
        meta.attributes.get("content") or ""
        for meta in metas
        if (meta.attributes.get("http-equiv") or "").strip().lower() == "refresh"
        # Browsers, which run scripts, do not see what stands there.
        and not any(above.tag == "noscript" for above in _above(meta))
    ]


def _above(node: LexborNode) -> Iterator[LexborNode]:
    above = node.parent
    while above:
        yield above
        above = above.parent


def _unquoted(said: str) -> str:
    return said[1:].partition(said[0])[0] if said[:1] in ("'", '"') else said


def _joined(url: str, target: str) -> str | None:
    try:
        return urljoin(url, target.strip())
    except ValueError:
        return None
