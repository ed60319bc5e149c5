"""What servers do to a crawl, one oddity each: raw answers by path, and what a crawl makes of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from gzip import compress

#: What a path is answered with: bytes, or what makes them of the request and how often the path was asked for before.
Answer = bytes | Callable[[str, int], bytes]
_TEXT = (
    "The harbour board met on Tuesday evening to decide about the swing bridge, which has been closed since engineers "
    "found cracks in two of its bearings. Ferry crews will carry passengers until the spring, the chair said. "
)
#: What stands for scheme, host and port in bodies and headers, and for the host alone.
ORIGIN, HOST = "{origin}", "{host}"
_DAY = "/2026/11/18/"


@dataclass(frozen=True)
class Exhibit:
    """One site: its answers by path, how many pages with text a crawl gets there, and the kinds of failures that it
    reports of it, sorted."""

    name: str
    pages: Mapping[str, Answer]
    records: int = 0
    failures: tuple[str, ...] = ()
    #: Kinds of reasons why links of it are not fetched that must be told.
    skipped: tuple[str, ...] = field(default=())


def http(
    body: str | bytes = b"", status: str = "200 OK", *headers: str, mime: str = "text/html; charset=utf-8"
) -> bytes:
    """An answer as it goes over the wire."""
    content = body.encode() if isinstance(body, str) else body
    # The origin is put in by the server, and may change the length: the connection's end says where it ends.
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {mime}", *headers, "Connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def story(title: str = "Swing bridge closed after cracks") -> str:
    """A page with the text of an article, which is of its site alone: what repeats makes no further record."""
    text = "".join(f"<p>{title}: paragraph {number}. {_TEXT} {ORIGIN}</p>" for number in range(5))
    return f"<!doctype html><html lang=en><title>{title}</title><article><h1>{title}</h1>{text}</article></html>"


def home(*links: str, head: str = "") -> bytes:
    """A home page with links."""
    anchors = "".join(f'<p><a href="{link}">A story of the harbour and its bridge</a></p>' for link in links)
    return http(f"<!doctype html><html><head><title>Courier</title>{head}</head><body>{anchors}</body></html>")


def leads(status: str, location: str, *headers: str) -> bytes:
    """A redirect."""
    return http(b"", status, f"Location: {location}", *headers)


def rss(*links: str) -> bytes:
    """A feed."""
    items = "".join(f"<item><title>T</title><link>{link}</link></item>" for link in links)
    return http(f'<rss version="2.0"><channel>{items}</channel></rss>', mime="application/rss+xml")


def sitemap(*links: str, of: str = "urlset") -> bytes:
    """A sitemap, or an index of them."""
    name = "url" if of == "urlset" else "sitemap"
    entries = "".join(f"<{name}><loc>{link}</loc></{name}>" for link in links)
    return http(f'<{of} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{of}>', mime="application/xml")


def _one(
    name: str, answer: Answer, records: int = 0, *failures: str, more: Mapping[str, Answer] | None = None
) -> Exhibit:
    """A site with one page, linked from its home page."""
    path = f"{_DAY}swing-bridge-closed-{name}.html"
    return Exhibit(name, {"/": home(path), path: answer, **(more or {})}, records, failures)


_FINAL = f"{_DAY}final-page-of-the-story.html"
_FEED = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
_GOOD = tuple(f"{_DAY}good-story-number-{number}.html" for number in (1, 2))
_STORIES = {path: http(story(path[-6])) for path in _GOOD}
_BAD_ADDRESSES = (
    "http://127.0.0.1:abc/2026/11/18/a-b-c-d-e.html",
    "http://127.0.0.1:99999999/2026/11/18/a-b-c-d-f.html",
    "http://[bad/2026/11/18/a-b-c-d-g.html",
    "http://[::1/2026/11/18/a-b-c-d-h.html",
    "http://ex ample.org/2026/11/18/a-b-c-d-i.html",
    "http://\u0130\u200d.example/2026/11/18/a-b-c-d-j.html",
    "http://:80/2026/11/18/a-b-c-d-k.html",
)


def redirects() -> Iterator[Exhibit]:
    """Redirects of all kinds."""
    final: dict[str, Answer] = {_FINAL: http(story("Final"))}
    odd = f"{_DAY}schwingbr\u00fccke-nach-rissen-geschlossen.html"
    coded: dict[str, Answer] = {odd.replace("\u00fc", "%C3%BC"): http(story("Final"))}
    yield _one("moved", leads("301 Moved", _FINAL), 1, more=final)
    yield _one("moved-utf8", leads("302 Found", odd), 1, more=coded)
    yield _one("moved-fragment", leads("302 Found", f"{_FINAL}#top"), 1, more=final)
    yield _one("moved-backslash", leads("302 Found", _FINAL.replace("/", "\\")), 1, more=final)
    yield _one(
        "moved-brackets",
        leads("302 Found", "/s-w-i-n-g.html?a[]=1&b=x|y"),
        1,
        more={"/s-w-i-n-g.html?a[]=1&b=x|y": http(story())},
    )
    yield _one("moved-nowhere", http(story(), "302 Found"), 0, "http_error")
    yield _one("moved-to-bad-host", leads("302 Found", "http://[bad/"), 0, "redirect")
    yield _one("moved-to-bad-port", leads("302 Found", "http://127.0.0.1:abc/"), 0, "redirect")
    yield _one("moved-to-mail", leads("302 Found", "mailto:desk@courier.example"), 0, "redirect")
    yield _one("moved-for-ever", leads("302 Found", "?n=1"), 0, "redirect_limit", more={"*": _further})
    yield _one(
        "moved-to-itself", leads("302 Found", f"{_DAY}swing-bridge-closed-moved-to-itself.html"), 0, "redirect_loop"
    )
    yield _one("refresh-header", http("<p>Moved.", "200 OK", f"Refresh: 0; url={_FINAL}"), 1, more=final)
    yield _one("refresh-meta", http(f"<meta content='3;URL={_FINAL}' http-equiv=Refresh><p>Moved."), 1, more=final)
    yield _one("refresh-itself", http("<meta http-equiv=refresh content=5>" + story()), 1)
    yield _one(
        "refresh-noscript", http(f"<noscript><meta http-equiv=refresh content='0;url=/nojs'></noscript>{story()}"), 1
    )
    yield Exhibit(
        "refresh-home",
        {"/": http("<meta http-equiv=refresh content='0; url=/home.html'>"), "/home.html": home(*_GOOD), **_STORIES},
        2,
    )


def _further(request: str, _: int) -> bytes:
    return leads("302 Found", f"?n={int(request.partition('?n=')[2].split()[0] or 0) + 1}")


def cookies() -> Iterator[Exhibit]:
    """Redirects that wait for a cookie."""
    own = f"{_DAY}swing-bridge-closed-"

    def gated(request: str, _: int) -> bytes:
        return http(story()) if "seen=1" in request else leads("302 Found", "/check?back")

    def itself(request: str, _: int) -> bytes:
        if "seen=1" in request:
            return http(story())
        return leads("302 Found", f"{own}cookie-itself.html", "Set-Cookie: seen=1; Path=/")

    back = leads("302 Found", f"{own}cookie-elsewhere.html", "Set-Cookie: seen=1; Path=/")
    yield _one("cookie-elsewhere", gated, 1, more={"/check?back": back})
    yield _one("cookie-itself", itself, 1)
    circle = leads("302 Found", f"{own}cookie-in-vain.html", "Set-Cookie: other=1; Path=/")
    yield _one("cookie-in-vain", circle, 0, "redirect_loop")


def answers() -> Iterator[Exhibit]:
    """Odd answers to the request for an article."""
    page = story().encode()
    yield _one("plain", http(page), 1)
    yield _one("not-modified-at-first", http(b"", "304 Not Modified"), 0, "not_asked")
    for status, kind in (
        (404, "not_found"),
        (410, "not_found"),
        (402, "refused"),
        (451, "refused"),
        (400, "http_error"),
    ):
        yield _one(f"status-{status}", http(page, f"{status} Odd"), 0, kind)
    yield _one("status-999", http(page, "999 Denied"), 0, "http_error")
    yield _one("no-http", b"SSH-2.0-gull\r\n\r\n", 0, "other")
    yield _one("closes", b"", 0, "connection")
    yield _one("cut", _sized(lambda page, _: page[:-300]), 3, "cut")
    yield _one("cut-at-first", _sized(lambda page, before: page if before else page[:-300]), 2)
    yield _one("bad-chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n", 3, "cut")
    yield _one("bad-length", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: abc\r\n\r\n" + page, 1)
    yield _one("gzip-that-is-none", http(page, "200 OK", "Content-Encoding: gzip"), 1)
    yield _one("gzip-with-more-behind", _zipped, 1)
    yield _one("pdf", http(b"%PDF-1.4\n%%EOF\n", mime="application/pdf"))
    yield _one("empty", http(b""))


def _own_story(request: str) -> bytes:
    return story().replace(ORIGIN, request.partition("Host: ")[2].split()[0]).encode()


def _sized(cut: Callable[[bytes, int], bytes]) -> Answer:
    def answer(request: str, before: int) -> bytes:
        page = _own_story(request)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page)
        return head + cut(page, before)

    return answer


def _zipped(request: str, _: int) -> bytes:
    return http(compress(_own_story(request)) + b"\n", "200 OK", "Content-Encoding: gzip")


def lists() -> Iterator[Exhibit]:
    """Lists that name what cannot be asked for, or never end."""
    links = (*_BAD_ADDRESSES, *(ORIGIN + path for path in _GOOD))
    feed = home(head=_FEED)
    yield Exhibit("feed-of-bad-addresses", {"/": feed, "/feed.xml": rss(*links), **_STORIES}, 2, (), ("not_web",))
    yield Exhibit("page-of-bad-addresses", {"/": home(*links), **_STORIES}, 2)
    yield Exhibit(
        "sitemap-of-bad-addresses", {**_robots("/sitemap.xml"), "/sitemap.xml": sitemap(*links), **_STORIES}, 2
    )
    yield Exhibit(
        "feed-of-bad-hosts",
        {
            "/": feed,
            "/feed.xml": rss(f"http://not-{HOST}.invalid/2026/11/18/a-b-c-d.html", *_GOOD),
            **_STORIES,
        },
        2,
        ("dns",),
    )
    yield Exhibit(
        "feed-of-neighbours",
        {"/": feed, "/feed.xml": rss(f"http://127.9.9.9:9/2026/11/18/a-b-c-d.html?of={ORIGIN}", *_GOOD), **_STORIES},
        2,
        ("private_address",),
    )
    several = {**_robots("a.xml", "/b.xml", "http://[bad/c.xml", "http://127.0.0.1:abc/d.xml"), **_STORIES}
    yield Exhibit(
        "robots-of-relative-sitemaps",
        {**several, "/a.xml": sitemap(_GOOD[0]), "/b.xml": sitemap(_GOOD[1])},
        2,
        (),
        ("not_web",),
    )
    self = {**_robots("/sitemap.xml"), "/sitemap.xml": sitemap("/sitemap.xml", "/a.xml", of="sitemapindex")}
    yield Exhibit("index-of-itself", {**self, "/a.xml": sitemap(*_GOOD), **_STORIES}, 2)
    endless = {**_robots("/sitemap.xml?page=0"), "*": _next_index, "/": feed, "/feed.xml": rss(*_GOOD), **_STORIES}
    yield Exhibit("index-without-end", endless, 2, (), ("too_deep",))
    yield Exhibit(
        "index-without-measure",
        {**_robots("/s.xml?p=x"), "*": _wide_index, "/": feed, "/feed.xml": rss(*_GOOD), **_STORIES},
        2,
    )


def _robots(*sitemaps: str) -> dict[str, Answer]:
    lines = "".join(f"Sitemap: {sitemap}\n" for sitemap in sitemaps)
    return {"/": home(), "/robots.txt": http(f"User-agent: *\nDisallow:\n{lines}", mime="text/plain")}


def _next_index(request: str, _: int) -> bytes:
    number = int(request.partition("page=")[2].split()[0])
    return sitemap(f"{ORIGIN}/sitemap.xml?page={number + 1}", of="sitemapindex")


def _wide_index(request: str, _: int) -> bytes:
    path = request.partition("p=")[2].split()[0]
    return sitemap(*(f"{ORIGIN}/s.xml?p={path}{letter}" for letter in "ab"), of="sitemapindex")


def rules() -> Iterator[Exhibit]:
    """What comes in the place of a robots.txt."""
    article: dict[str, Answer] = {f"{_DAY}swing-bridge-closed-rules.html": http(story())}
    front = {"/": home(*article), **article}
    yield Exhibit(
        "rules-forbid", {**front, "/robots.txt": http("User-agent: *\nDisallow: /", mime="text/plain")}, 0, ("robots",)
    )
    yield Exhibit("rules-fail", {**front, "/robots.txt": http(b"", "500 Odd")}, 0, ("robots_unreadable",))
    yield Exhibit("rules-in-a-circle", {**front, "/robots.txt": leads("302 Found", "/robots.txt")}, 1)
    yield Exhibit("rules-of-bytes", {**front, "/robots.txt": http(bytes(range(256)), mime="text/plain")}, 1)


def exhibits() -> list[Exhibit]:
    """All of them."""
    return [*answers(), *redirects(), *cookies(), *lists(), *rules()]
