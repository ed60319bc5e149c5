"""`cleancopy discover` as a user runs it, against real servers."""

import gzip
import json
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from archive.pipeline.captures import read_captures
from crawler.demo import DemoSite
from tests.scripted import Answer, Run, ScriptedSite

FAST = ("--delay", 0, "--allow-private")


def conditional(site: ScriptedSite, path: str, body: bytes, kind: str = "application/xml") -> None:
    """Serve a list that knows its ETag."""
    tag = f'"{sha256(body).hexdigest()[:12]}"'

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("If-None-Match") == tag:
            site.send(handler, Answer(b"", 304, {"ETag": tag}))
        else:
            site.send(handler, Answer(body, 200, {"ETag": tag, "Content-Type": kind}))

    site.pages[path] = answer


def sitemap(urls: list[str], kind: str = "url") -> bytes:
    root = "urlset" if kind == "url" else "sitemapindex"
    return f"<{root}>{''.join(f'<{kind}><loc>{url}</loc></{kind}>' for url in urls)}</{root}>".encode()


def rss(urls: list[str]) -> bytes:
    items = "".join(f"<item><title>T</title><link>{url}</link></item>" for url in urls)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def build(site: ScriptedSite) -> set[str]:
    """10,000 articles over three levels of sitemaps (plain, gzip, text), two feeds and a circle; their URLs."""
    articles = [f"{site.url}/2026/story-number-{number}" for number in range(10_000)]
    leaves = []
    for part in range(16):
        urls = articles[part * 600 : part * 600 + 600]
        path = f"/maps/{part}" + (".txt" if part % 4 == 1 else ".xml.gz" if part % 4 == 2 else ".xml")
        body = "\n".join(urls).encode() if path.endswith("txt") else sitemap(urls)
        conditional(site, path, gzip.compress(body, mtime=0) if path.endswith("gz") else body)
        leaves.append(site.url + path)
    for half in range(2):
        conditional(
            site,
            f"/index-{half}.xml",
            sitemap([*leaves[half * 8 : half * 8 + 8], f"{site.url}/sitemap.xml"], "sitemap"),
        )
    conditional(site, "/sitemap.xml", sitemap([f"{site.url}/index-{half}.xml" for half in range(2)], "sitemap"))
    conditional(site, "/feed.xml", rss([f"{url}?utm_source=rss" for url in articles[9500:9800]]))
    feed = {"items": [{"url": url} for url in articles[9700:]]}
    conditional(site, "/feed.json", json.dumps(feed).encode(), "application/feed+json")
    page = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    page += '<link rel="alternate" type="application/feed+json" href="/feed.json">'
    conditional(site, "/", page.encode(), "text/html")
    site.page("/robots.txt", f"User-agent: *\nSitemap: {site.url}/sitemap.xml\n", Content_Type="text/plain")
    return set(articles)


def test_ten_thousand_articles_each_list_once_and_conditionally_the_second_time(
    tmp_path: Path, site: ScriptedSite, cleancopy: Run
) -> None:
    articles = build(site)
    first = cleancopy("discover", f"{site.url}/", "--collection", "c", *FAST)
    assert first.code == 0, first.err
    found = [line.split("\t")[0].partition("?")[0] for line in first.out.splitlines()]
    assert len(found) == len(articles)
    assert set(found) == articles
    asked = site.paths()
    assert len(asked) == len(set(asked)) == 16 + 3 + 2 + 2, "every list once, no article"
    again = cleancopy("discover", f"{site.url}/", "--collection", "c", *FAST)
    assert again.code == 0, again.err
    assert sorted(site.paths()[len(asked) :]) == sorted(asked)
    assert "from 22 lists, of which 22 have not changed (HTTP 304)" in again.err
    assert len(again.out.splitlines()) == len(articles), "what was found is still to be fetched"
    reports = [json.loads(path.read_text()) for path in sorted((tmp_path / "c/crawls").glob("*.json"))]
    assert reports[1]["statuses"]["304"] == 22
    assert reports[0]["counts"]["new"] == len(articles)


def test_the_demo_site_is_discovered_without_fetching_articles(tmp_path: Path, cleancopy: Run) -> None:
    with DemoSite() as demo:
        ran = cleancopy("discover", demo.url, *FAST)
        asked = demo.counts
    assert ran.code == 0, ran.err
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert all(len(row) == 5 for row in rows)
    assert {row[1] for row in rows} <= {"feed", "news_sitemap", "sitemap"}
    assert any(row[4] and row[3] for row in rows), "titles and dates of the lists"
    assert not [path for path in asked if path.endswith((".html", ".htm"))]
    assert "Skipped" in ran.err
    assert list(tmp_path.iterdir()) == [], "nothing is kept"


def test_what_is_skipped_is_said_with_its_reason(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    paths = ("story-of-gulls", "live/ticker", "p.jpg", "story-of-gulls/amp", "secret/story-of-eels")
    urls = [f"{site.url}/{path}" for path in paths]
    site.page("/robots.txt", "User-agent: *\nDisallow: /secret/", Content_Type="text/plain")
    site.page("/map.xml", sitemap(urls), Content_Type="application/xml")
    (tmp_path / "127.0.0.1.yaml").write_text(
        f"home: {site.url}/\ndiscover: {{sitemaps: /map.xml}}\narticles: {{exclude: /live/}}\n"
    )
    ran = cleancopy("discover", "127.0.0.1.yaml", *FAST)
    assert [line.split("\t")[0] for line in ran.out.splitlines()] == [urls[0]]
    for said in (
        "excluded by /live/",
        "a file and no page",
        "another address of an article that is listed already",
        "robots.txt",
    ):
        assert f"Skipped 1: {said}" in ran.err
    assert "sitemap " + site.url + "/map.xml (seed): 5 links, 3 articles, 1 new" in ran.err


def test_dates_bound_what_is_found_and_which_sitemaps_are_read(
    tmp_path: Path, site: ScriptedSite, cleancopy: Run
) -> None:
    index = "<sitemapindex>" + "".join(
        f"<sitemap><loc>{site.url}/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in (("old", "2025-12-31"), ("new", "2026-11-20"))
    )
    site.page("/map.xml", index + "</sitemapindex>", Content_Type="application/xml")
    entry = "<url><loc>{}/story-{}</loc><lastmod>{}</lastmod></url>"
    days = (("a", "2026-11-01"), ("b", "2026-11-15T10:00:00Z"), ("c", "2026-11-20"))
    body = "".join(entry.format(site.url, name, day) for name, day in days)
    site.page("/new.xml", f"<urlset>{body}<url><loc>{site.url}/undated</loc></url></urlset>")
    (tmp_path / "127.0.0.1.yaml").write_text(f"home: {site.url}/\ndiscover: {{sitemaps: /map.xml}}\n")
    ran = cleancopy("discover", "127.0.0.1.yaml", "--since", "2026-11-10", "--until", "2026-11-19", *FAST)
    assert [line.split("\t")[0] for line in ran.out.splitlines()] == [f"{site.url}/story-b"]
    assert "/old.xml" not in site.paths()
    assert "Skipped 2: not in the dates asked for" in ran.err
    assert "Skipped 1: without a date" in ran.err
    wrong = cleancopy("discover", "127.0.0.1.yaml", "--since", "2026-11-10", "--until", "2026-01-01")
    assert wrong.code == 2


def test_sections_are_turned_and_archives_gone_back_in(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    for number in range(1, 5):
        site.page(
            f"/harbour?page={number}" if number > 1 else "/harbour",
            f'<h2><a href="/story{number}">S</a></h2><a href="/about-us-and-our-people">About</a>'
            f'<a class="next" href="/harbour?page={number + 1}">Older</a>',
        )
    for day in ("2026/11/18", "2026/11/19"):
        site.page(f"/archive/{day}", f'<li><a href="/of/{day}/gulls">Gulls</a></li>')
    (tmp_path / "127.0.0.1.yaml").write_text(
        f"""home: {site.url}/
discover:
  sections:
    - {{url: /harbour, links: h2 a, next: a.next, pages: 3}}
  archives:
    - {{url: '/archive/{{date:%Y/%m/%d}}', since: 2026-11-18, links: li a}}
"""
    )
    plain = cleancopy("discover", "127.0.0.1.yaml", "--collection", "c", *FAST)
    found = [line.split("\t")[0].removeprefix(site.url) for line in plain.out.splitlines()]
    assert found == ["/story1", "/story2", "/story3"], plain.err
    assert "/harbour?page=4" not in site.paths()
    back = cleancopy("discover", "127.0.0.1.yaml", "--since", "2026-11-18", "--until", "2026-11-19", *FAST)
    assert "/archive/2026/11/18" in site.paths(), back.err
    assert "/archive/2026/11/19" in site.paths()


def test_an_edition_that_leads_to_its_page_is_followed(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    story = "<article><h1>Gulls</h1>" + "<p>They came in from the sea at dawn, loud and hungry as ever.</p>" * 5
    site.page("/story-of-gulls", story)
    site.page("/story-of-gulls/amp", "", 301, Location="/story-of-gulls")
    site.page("/map.xml", sitemap([f"{site.url}/story-of-gulls/amp"]), Content_Type="application/xml")
    (tmp_path / "127.0.0.1.yaml").write_text(f"home: {site.url}/\ndiscover: {{sitemaps: /map.xml}}\n")
    ran = cleancopy("crawl", "127.0.0.1.yaml", "--collection", "c", *FAST)
    assert ran.code == 0, ran.err
    captured = [capture.url for warc in (tmp_path / "c/archive").iterdir() for capture in read_captures(warc)]
    assert f"{site.url}/story-of-gulls" in captured


def test_a_blocked_site_is_not_asked(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    (tmp_path / "127.0.0.1.yaml").write_text(
        f"home: {site.url}/\nstatus: {{state: blocked, since: 2026-01-01, reason: It asked us to stop.}}\n"
    )
    for verb in ("discover", "crawl"):
        ran = cleancopy(verb, "127.0.0.1.yaml", *FAST)
        assert ran.code == 2
        assert "127.0.0.1 is blocked since 2026-01-01: It asked us to stop." in ran.err
    assert site.paths() == []


def test_a_home_page_that_cannot_be_read_does_not_hide_what_robots_names(site: ScriptedSite, cleancopy: Run) -> None:
    site.page("/robots.txt", f"User-agent: *\nSitemap: {site.url}/map.xml\n", Content_Type="text/plain")
    site.page("/", "no", status=403)
    site.page("/map.xml", sitemap([f"{site.url}/story-of-gulls"]), Content_Type="application/xml")
    ran = cleancopy("discover", site.url, *FAST)
    assert ran.code == 0, ran.err
    assert [line.split("\t")[0] for line in ran.out.splitlines()] == [f"{site.url}/story-of-gulls"]
    assert "(seed): HTTP 403" in ran.err
