"""What pages and style sheets need: found, and captured with them."""

import json
from pathlib import Path

import pytest

from archive.exchange import Capture, Origin, Purpose
from archive.pipeline.captures import read_captures
from archive.records import read_records
from crawler.requisites.needs import DEEPEST, MOST_OF_PAGE, candidates, key_of, needs_of, requisites_of_page
from crawler.requisites.sheet import requisites_of_attribute, requisites_of_sheet
from tests.scripted import Run, ScriptedSite, story

PAGE = "https://gull.example/2026/gulls.html"


@pytest.mark.parametrize(
    ("css", "urls"),
    [
        ("@import 'a.css'; @import url(b.css) screen; @import \"c.css\" layer(base) supports(display: grid);", "abc"),
        ("a { background: url( 'a.png' ) } b { background: url(b.png), url(\"c.png\") }", "abc"),
        ("@media print { @font-face { src: local(x), url(a.woff2) format('woff2'), url(b.woff) } }", "ab"),
        ("a { background: image-set('a.png' 1x, url(b.png) 2x); content: 'no.png' }", "ab"),
        ("a { background: u\\72l(a.png); mask: var(--m, url(b.svg)) }", "ab"),
        (":root { --sea: url(a.png) } a { b { c: url(b.png) } }", "ab"),
        ("/* url(no.png) */ @namespace url(http://no.example/); a { content: 'url(no.png)' }", ""),
        ("a { background: url(a.png", "a"),
        ("a { background: url(a.png) } a { background: url(a.png) }", "a"),
        ("}}} @import; @import 7; url( ; a { b: url(a.png) }", ""),
    ],
)
def test_style_sheets_are_read(css: str, urls: str) -> None:
    assert [url.partition(".")[0] for url in requisites_of_sheet(css.encode())] == list(urls)


def test_style_sheets_may_be_nested_as_deep_as_they_like() -> None:
    assert requisites_of_sheet(b"a{" * 100_000 + b"b:url(a.png)") == ["a.png"]


def test_a_charset_is_heeded() -> None:
    assert requisites_of_sheet('@charset "iso-8859-1"; a { b: url(möwe.png) }'.encode("latin-1")) == ["möwe.png"]


def test_attributes_are_read() -> None:
    assert requisites_of_attribute("color: red; background: url(a.png); mask: url('b.svg')") == ["a.png", "b.svg"]


@pytest.mark.parametrize(
    ("srcset", "urls"),
    [
        ("a.png", ["a.png"]),
        ("a.png 1x, b.png 2x", ["a.png", "b.png"]),
        ("a.png, b.png 100w,c.png", ["a.png", "b.png", "c.png"]),
        ("  a,b.png 1x ,, c.png  480w  ", ["a,b.png", "c.png"]),
        ("https://gull.example/w=1,h=2/a.png 1x, b.png (x, y) 2x", ["https://gull.example/w=1,h=2/a.png", "b.png"]),
        ("data:image/png;base64,AA== 1x, b.png 2x", ["data:image/png;base64,AA==", "b.png"]),
        (" , ", []),
    ],
)
def test_sets_of_pictures_are_taken_apart(srcset: str, urls: list[str]) -> None:
    assert list(candidates(srcset)) == urls


HTML = """<!doctype html><html><head><base href="/assets/">
<link rel="stylesheet" href="1.css"><link rel="shortcut icon" href=2.ico><link rel=preload as=font href=3.woff2>
<link rel=preload as=fetch href=no.json><link rel=canonical href=no.html><link rel=alternate href=no.xml>
<style>@import "4.css"; body { background: url(5.png) }</style><script src="6.js"></script>
<script>var no = "no.js"</script></head><body style="background: url('7.png')">
<img src="8.png" srcset="9.png 1x, 10.png 2x" data-src="11.png">
<picture><source srcset="12.webp" type="image/webp"><img src="8.png"></picture>
<img src="data:image/gif;base64,AAAA" data-lazy-src="13.png" data-srcset="14.png 300w">
<noscript><img src=15.png></noscript>
<input type=image src=16.png><video src=no.mp4 poster=17.png><source src=no.webm></video>
<svg><image href="18.png"/><use xlink:href="19.svg#mast"/></svg><a href=no.html>x</a><iframe src=no.html></iframe>
<img src="mailto:no@gull.example"><img src="http://[no"><img src=" #top "></body></html>"""


def test_pages_are_read() -> None:
    base, found = requisites_of_page(HTML.encode(), "text/html; charset=utf-8")
    assert base == "/assets/"
    assert sorted(int(url.partition(".")[0]) for url in found if url[0].isdigit()) == list(range(1, 20))
    assert not [url for url in found if url.startswith("no")]


def _capture(body: bytes, kind: str = "text/html", purpose: Purpose = Purpose.ARTICLE, url: str = PAGE) -> Capture:
    return Capture(url, body, headers=(("Content-Type", kind),), origin=Origin(purpose))


def test_needs_are_absolute_and_of_the_web() -> None:
    urls = [entry.url for entry in needs_of(_capture(HTML.encode()), "gull.example")]
    assert urls[0] == "https://gull.example/assets/1.css"
    assert "https://gull.example/assets/19.svg" in urls
    assert len(urls) == len(set(urls)) == 19


def test_needs_say_through_what_they_were_found() -> None:
    (picture,) = needs_of(_capture(b"<img src=//cdn.example/a.png?b#c>"), "gull.example")
    assert (picture.url, picture.key) == ("https://cdn.example/a.png?b", key_of("https://cdn.example/a.png?b"))
    assert picture.origin == Origin(Purpose.REQUISITE, "page", PAGE)
    sheet = _capture(b"a{b:url(x.png)}", "text/css; charset=utf-8", Purpose.REQUISITE, "https://cdn.example/s/a.css")
    (inner,) = needs_of(sheet, "gull.example", 1)
    assert (inner.url, inner.site, inner.hops) == ("https://cdn.example/s/x.png", "gull.example", 2)
    assert inner.origin == Origin(Purpose.REQUISITE, "style", "https://cdn.example/s/a.css")


def test_needs_have_a_most() -> None:
    many = b"".join(b"<img src=%d.png>" % number for number in range(2000))
    assert len(needs_of(_capture(many), "gull.example")) == MOST_OF_PAGE
    sheet = _capture(b"@import 'a.css'", "text/css", Purpose.REQUISITE)
    assert needs_of(sheet, "gull.example", DEEPEST) == []
    assert needs_of(_capture(b"<img src=/%s>" % (b"a" * 10_000)), "gull.example") == []


def test_only_pages_and_style_sheets_need_something() -> None:
    html = b"<img src=a.png>"
    assert needs_of(_capture(html, purpose=Purpose.SECTION), "gull.example") == []
    assert needs_of(_capture(html, purpose=Purpose.REQUISITE), "gull.example") == []
    assert needs_of(_capture(html, "application/pdf"), "gull.example") == []


@pytest.fixture
def paper(site: ScriptedSite) -> ScriptedSite:
    """A page with pictures and style, two deep, one of which is not there."""
    head = "<link rel=stylesheet href=/s/main.css><link rel=icon href=/icon.png>"
    page = (
        story("Gulls").replace("</head>", head + "</head>").replace("<p>", "<img src=/a.png><img src=/none.png><p>", 1)
    )
    site.page("/2026/11/20/gulls-came-back.html", page)
    site.page("/2026/11/20/gulls-went-away.html", page.replace("Gulls", "No gulls"))
    site.page("/s/main.css", "@import 'more.css'; a { b: url(/b.png) }", Content_Type="text/css")
    site.page("/s/more.css", "@font-face { src: url(../f.woff2) }", Content_Type="text/css")
    site.page("/f.woff2", b"wOF2" + bytes(600), Content_Type="font/woff2")
    for name in ("a", "b", "icon"):
        site.page(f"/{name}.png", b"\x89PNG" + name.encode() * 600, Content_Type="image/png")
    return site


ALL = ["/a.png", "/b.png", "/f.woff2", "/icon.png", "/none.png", "/s/main.css", "/s/more.css"]


def wanted(site: ScriptedSite) -> list[str]:
    return sorted(path for path in site.paths() if "gulls" not in path and path != "/robots.txt")


def test_requisites_are_captured_once_and_make_no_records(tmp_path: Path, cleancopy: Run, paper: ScriptedSite) -> None:
    urls = [f"{paper.url}/2026/11/20/gulls-came-back.html", f"{paper.url}/2026/11/20/gulls-went-away.html"]
    (tmp_path / "urls.txt").write_text("\n".join(urls))
    arguments = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private")
    ran = cleancopy(*arguments, "--requisites", "--limit", 1)
    assert ran.code == 0, ran.err
    assert "1 articles, 1 records, 6 requisites, 9 exchanges" in ran.err
    assert wanted(paper) == ALL
    assert paper.paths().index("/2026/11/20/gulls-came-back.html") < paper.paths().index("/s/main.css")
    ran = cleancopy(*arguments, "--requisites")
    assert ran.code == 0, ran.err
    assert wanted(paper) == ALL, "the second page needs nothing that is not there already"
    found = [each for warc in sorted((tmp_path / "c/archive").iterdir()) for each in read_captures(warc)]
    captures = {each.url.removeprefix(paper.url): each for each in found}
    assert {captures[path].origin.purpose for path in ALL} == {Purpose.REQUISITE}
    assert captures["/a.png"].origin.via == urls[0]
    assert captures["/f.woff2"].origin.via == f"{paper.url}/s/more.css"
    records = [one for path in (tmp_path / "c/records").glob("*.jsonl") for one in read_records(path)]
    assert sorted(one.title or "" for one in records) == ["Gulls", "No gulls"]
    assert cleancopy("verify", "c").code == 0


def test_a_sites_file_may_ask_for_them(tmp_path: Path, cleancopy: Run, paper: ScriptedSite) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/127.0.0.1.yaml").write_text("crawl: {requisites: true, delay: 0, allow_private: true}\n")
    (tmp_path / "urls.txt").write_text(f"{paper.url}/2026/11/20/gulls-came-back.html")
    ran = cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--sites", "sites")
    assert ran.code == 0, ran.err
    assert wanted(paper) == ALL


def test_what_a_site_may_do_does_not_hold_elsewhere(
    tmp_path: Path, cleancopy: Run, paper: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/127.0.0.1.yaml").write_text(
        "crawl: {requisites: true, delay: 0, allow_private: true, "
        f"headers: {{X-Key: {{env: CLEANCOPY_SITE_PAPER}}}}}}\nhome: {paper.url}/\n"
    )
    elsewhere = ScriptedSite()
    port = elsewhere.url.rpartition(":")[2]
    paper.page("/2026/11/20/gulls-came-back.html", story("Gulls") + f"<img src=http://localhost:{port}/p.png>")
    (tmp_path / "urls.txt").write_text(f"{paper.url}/2026/11/20/gulls-came-back.html")
    monkeypatch.setenv("CLEANCOPY_SITE_PAPER", "secret")
    ran = cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--sites", "sites")
    assert elsewhere.paths() == [], "a page on this network leads to no other machine of it"
    assert "is not a public address" in ran.err
    ran = cleancopy("crawl", "--urls", "urls.txt", "--collection", "d", "--sites", "sites", "--allow-private")
    assert elsewhere.paths() == [], "what the user allows is for the hosts that the user names"
    (tmp_path / "urls.txt").write_text(
        f"{paper.url}/2026/11/20/gulls-came-back.html\nhttp://localhost:{port}/here.html"
    )
    ran = cleancopy("crawl", "--urls", "urls.txt", "--collection", "e", "--sites", "sites", "--allow-private")
    assert sorted(elsewhere.paths()) == ["/here.html", "/p.png", "/robots.txt"]
    assert {headers.get("X-Key") for _, _, headers in elsewhere.hits} == {None}
    assert {headers.get("X-Key") for _, path, headers in paper.hits if path != "/robots.txt"} == {"secret"}
    elsewhere.close()


def test_robots_txt_is_obeyed(tmp_path: Path, cleancopy: Run, paper: ScriptedSite) -> None:
    paper.page("/robots.txt", "User-agent: *\nDisallow: /s/\n", Content_Type="text/plain")
    (tmp_path / "urls.txt").write_text(f"{paper.url}/2026/11/20/gulls-came-back.html")
    ran = cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private", "--requisites")
    assert ran.code == 0, ran.err
    assert wanted(paper) == ["/a.png", "/icon.png", "/none.png"]


def test_a_page_taken_for_a_picture_is_still_a_page(tmp_path: Path, cleancopy: Run, paper: ScriptedSite) -> None:
    first, second = "/2026/11/20/gulls-came-back.html", "/2026/11/20/gulls-went-away.html"
    paper.page(first, story("Gulls") + f"<img src={second}>")
    (tmp_path / "urls.txt").write_text(f"{paper.url}{first}")
    arguments = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private", "--requisites")
    assert cleancopy(*arguments).code == 0
    (tmp_path / "urls.txt").write_text(f"{paper.url}{second}")
    assert cleancopy(*arguments).code == 0
    titles = [one.title for path in sorted((tmp_path / "c/records").glob("*.jsonl")) for one in read_records(path)]
    assert titles == ["Gulls", "No gulls"]


def test_a_crash_loses_no_requisites(tmp_path: Path, cleancopy: Run, paper: ScriptedSite) -> None:
    """The archive holds the page and a style sheet, the frontier knows of neither, as a crash may leave it."""
    (tmp_path / "urls.txt").write_text(f"{paper.url}/2026/11/20/gulls-came-back.html")
    arguments = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private", "--requisites")
    for path in ("/s/more.css", "/a.png", "/b.png"):
        paper.pages[path].status = 404  # type: ignore[union-attr]
    cleancopy(*arguments, "--limit", 1)
    for path in ("/s/more.css", "/a.png", "/b.png"):
        paper.pages[path].status = 200  # type: ignore[union-attr]
    (tmp_path / "c/state.sqlite").unlink()
    before = len(paper.paths())
    ran = cleancopy(*arguments)
    assert "captures of an earlier run are in the archive already" in ran.err
    again = sorted(path for path in paper.paths()[before:] if path != "/robots.txt")
    assert again == ["/a.png", "/b.png", "/f.woff2", "/none.png", "/s/more.css"]
    report = json.loads(max((tmp_path / "c/crawls").glob("*.json")).read_text())
    assert report["frontier"] == {"done": 7, "failed": 1}
