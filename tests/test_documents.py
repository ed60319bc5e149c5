"""Documents that articles link to, and section pages that are kept over time."""

import json
from pathlib import Path

import pytest

from archive.exchange import Capture, Kind, Origin, Purpose
from archive.pipeline.captures import read_captures
from archive.records import read_records
from crawler.requisites.documents import MOST_OF_ARTICLE, documents_of
from tests.scripted import Run, ScriptedSite, story

PAGE = "https://gull.example/2026/gulls.html"
FAST = ("--delay", 0, "--allow-private", "--collection", "c")


def found(markup: str, purpose: Purpose = Purpose.ARTICLE, kind: Kind = Kind.ARTICLE) -> list[str]:
    page = f"<html><body>{markup}</body></html>".encode()
    return [entry.url for entry in documents_of(Capture(PAGE, page, origin=Origin(purpose), kind=kind), "gull.example")]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<a href="report.pdf">', "https://gull.example/2026/report.pdf"),
        ("<a href=/Report.PDF?v=2#page=3>", "https://gull.example/Report.PDF?v=2"),
        ('<a href="https://court.example/ruling.docx">', "https://court.example/ruling.docx"),
        ('<a href=/data.csv download="">', "https://gull.example/data.csv"),
        ('<a href="/get?id=7" type="application/pdf">', "https://gull.example/get?id=7"),
        ('<a href="/get?id=7" download="figures.xlsx">', "https://gull.example/get?id=7"),
        ('<a href="/a.p\ndf">.pdf ', "https://gull.example/a.pdf"),
        ("<base href='/files/'><area href=a.odt>", "https://gull.example/files/a.odt"),
        ("<div><template shadowrootmode=open><a href=a.pdf></template></div>", "https://gull.example/2026/a.pdf"),
        ('<a href="https://reader:secret@court.example/a.pdf">', "https://court.example/a.pdf"),
    ],
)
def test_documents_that_an_article_links_to(link: str, url: str) -> None:
    assert found(link) == [url]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/story.html">report.pdf</a>',
        '<a href="#a.pdf">',
        '<a href="/pdf">.pdf "',
        '<a href="/song.mp3" type="audio/mpeg">',
        '<img src="/a.pdf">',
        '<a href="http://[bad/a.pdf">',
        '<a href="http://[bad/a" type="application/pdf">',
        '<a href="mailto:a@gull.example?x=a.pdf">',
        f'<a href="/{"x" * 5000}.pdf">',
    ],
)
def test_what_is_no_document(link: str) -> None:
    assert found(link) == []


def test_each_document_once_and_no_more_than_so_many() -> None:
    assert found("<a href=/a.pdf>x</a><a href=/b.pdf>x</a><a href=/a.pdf#2>x</a>") == [
        "https://gull.example/a.pdf",
        "https://gull.example/b.pdf",
    ]
    assert (
        len(found("".join(f"<a href=/{number}.pdf>x</a>" for number in range(MOST_OF_ARTICLE + 5)))) == MOST_OF_ARTICLE
    )


def test_a_page_nested_deeply_is_read_in_time() -> None:
    assert found("<div>" * 50_000 + "<a href=/a.pdf>x</a>") in ([], ["https://gull.example/a.pdf"])


def test_pages_that_are_no_articles_have_no_documents() -> None:
    assert found("<a href=/a.pdf>x</a>", Purpose.SECTION, Kind.LIST) == []
    assert found("<a href=/a.pdf>x</a>", kind=Kind.PDF) == []


def paper(site: ScriptedSite, tmp_path: Path, keys: str) -> None:
    """A site of one section with one story, which links to three documents."""
    text = story("The harbour report")
    links = "<a href=/report.pdf>Report</a> <a href=/gone.pdf>Gone</a> <a href=/private/a.pdf>Private</a>"
    site.page("/2026/11/the-harbour-report", text.replace("</article>", f"<p>{links}</p></article>"))
    site.page("/report.pdf", b"%PDF-1.7 the report", Content_Type="application/pdf")
    site.page("/news/", '<link rel=stylesheet href=/a.css><a href="/2026/11/the-harbour-report">The report</a>')
    site.page("/a.css", "a { color: red }", Content_Type="text/css")
    site.page("/robots.txt", "User-agent: *\nDisallow: /private/", Content_Type="text/plain")
    (tmp_path / "127.0.0.1.yaml").write_text(f"home: {site.url}/\n{keys}")


def run_report(tmp_path: Path) -> dict[str, object]:
    *_, last = sorted((tmp_path / "c/crawls").glob("*.json"))
    found: dict[str, object] = json.loads(last.read_text())
    return found


def test_documents_are_captured_counted_apart_and_have_no_record(
    tmp_path: Path, site: ScriptedSite, cleancopy: Run
) -> None:
    paper(site, tmp_path, "discover: {sections: [/news/]}\ncrawl: {documents: true}\n")
    ran = cleancopy("crawl", "127.0.0.1.yaml", *FAST)
    assert ran.code == 0, ran.err
    assert "1 articles, 1 records, 1 documents, " in ran.err
    counts = run_report(tmp_path)["counts"]
    assert isinstance(counts, dict)
    assert (counts["documents"], counts["documents_failed"], counts.get("failed", 0)) == (1, 2, 0)
    (warc,) = (tmp_path / "c/archive").iterdir()
    captures = {capture.url: capture for capture in read_captures(warc)}
    document = captures[f"{site.url}/report.pdf"]
    assert (document.kind, document.body) == (Kind.DOCUMENT, b"%PDF-1.7 the report")
    assert document.origin.via == f"{site.url}/2026/11/the-harbour-report"
    assert f"{site.url}/private/a.pdf" not in captures
    (lines,) = (tmp_path / "c/records").iterdir()
    assert [record.url for record in read_records(lines)] == [f"{site.url}/2026/11/the-harbour-report"]
    assert cleancopy("verify", "c").code == 0
    again = cleancopy("crawl", "127.0.0.1.yaml", *FAST)
    assert again.code == 0, again.err
    assert site.paths().count("/report.pdf") == 1


def test_documents_that_are_not_captured_are_named(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    paper(site, tmp_path, "discover: {sections: [/news/]}\n")
    assert cleancopy("crawl", "127.0.0.1.yaml", *FAST).code == 0
    assert "/report.pdf" not in site.paths()
    skipped = run_report(tmp_path)["skipped"]
    assert isinstance(skipped, list)
    (left_out,) = (one for one in skipped if one["kind"] == "document")
    assert left_out["count"] == 3
    assert f"{site.url}/report.pdf" in left_out["examples"]


def test_a_section_is_kept_over_time(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    keys = "discover: {sections: [{url: /news/, keep: true}]}\ncrawl: {requisites: true}\n"
    paper(site, tmp_path, keys)
    front = '<link rel=stylesheet href=/a.css><a href="/2026/11/the-harbour-report">The report</a>'
    for page in (front, front, front + "<p>Tide tables"):
        site.page("/news/", page, ETag='"same"')
        ran = cleancopy("crawl", "127.0.0.1.yaml", *FAST)
        assert ran.code == 0, ran.err
    assert not any("If-None-Match" in headers for _, path, headers in site.hits if path == "/news/")
    captures = [one for warc in sorted((tmp_path / "c/archive").iterdir()) for one in read_captures(warc)]
    fronts = [capture for capture in captures if capture.url == f"{site.url}/news/"]
    assert [capture.kind for capture in fronts] == [Kind.LIST] * 3
    assert b"Tide tables" in fronts[-1].body
    assert site.paths().count("/a.css") == 1, "what it needs to be shown"
    assert "/news/" in (tmp_path / "c/indexes/index.cdxj").read_text()
