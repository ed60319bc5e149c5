"""Which page of a story a page is, and where the next one is."""

from datetime import UTC, datetime

import pytest

from archive.exchange import Capture, Origin, Purpose
from archive.extraction.extract import extract_capture, extract_page
from archive.extraction.model import load_model
from archive.extraction.page_addresses import is_whole_of, numbered, stem_of
from archive.extraction.story_pages import WHOLE, StoryPage, story_page
from archive.sites import Site
from archive.telling.kinds import WarningKind
from tests.paged_stories import article, pagination, paragraphs

URL = "https://paged.example/2026/11/story-0"


def page_of(
    html: str, url: str = URL, origin: Origin | None = None, layout: dict[str, object] | None = None
) -> StoryPage | None:
    site = Site.model_validate({"domain": "paged.example", "layouts": [layout] if layout else []})
    moment = datetime(2026, 11, 28, tzinfo=UTC)
    return story_page(Capture(url, html.encode(), date=moment, origin=origin or Origin()), site)


def behind(links: str, url: str = URL, **more: object) -> StoryPage | None:
    return page_of(article("Story", paragraphs(url), links), url, **more)  # type: ignore[arg-type]


def part(number: int) -> Origin:
    return Origin(Purpose.PAGE, "story", URL, page=number, story="first", previous="a.warc.gz 0 first")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_extraction_tells_which_page_of_a_story_it_read(number: int) -> None:
    url = f"{URL}?page={number}" if number > 1 else URL
    html = article("Story", paragraphs(url), pagination("/2026/11/story-0", number, 3))
    done = extract_page(Capture(url, html.encode()), Site(domain="paged.example"), load_model())
    assert done.story == page_of(html, url) is not None


def test_numbered_links_and_the_next_one() -> None:
    path = "/2026/11/story-0"
    assert behind(pagination(path, 1, 3)) == StoryPage(1, 3, f"{URL}?page=2")
    assert behind(pagination(path, 2, 3), f"{URL}?page=2") == StoryPage(2, 3, f"{URL}?page=3")
    assert behind(pagination(path, 3, 3), f"{URL}?page=3") == StoryPage(3, 3)
    assert behind(pagination(path, 2, 3), f"{URL}?page=2", origin=part(2)) == StoryPage(2, 3, f"{URL}?page=3")
    assert behind("", f"{URL}?page=3", origin=part(3)) == StoryPage(3)
    assert behind("") is None


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/news/ferry-late", "/news/ferry-late?page=2"),
        ("https://a.example/news/ferry-late?utm_source=feed", "/news/ferry-late?page=2"),
        ("https://a.example/news/ferry-late?page=1", "/news/ferry-late?page=2"),
        ("https://a.example/i.php?id=5", "/i.php?id=5&amp;seite=2"),
        ("https://a.example/news/ferry-late/", "/news/ferry-late/2/"),
        ("https://a.example/news/ferry-late", "/news/ferry-late/seite-2"),
        ("https://a.example/news/ferry-late", "/news/ferry-late/page/2/"),
        ("https://a.example/news/ferry-late.html", "/news/ferry-late-page-2.html"),
        ("https://a.example/news/ferry-late.html", "ferry-late-2.html"),
        ("https://a.example/news/ferry-late", "?page=2"),
    ],
)
def test_an_address_with_the_number_of_the_next_page(url: str, link: str) -> None:
    found = behind(f'<p><a href="{link}">Next page</a></p>', url)
    assert found is not None
    assert found.following == f"https://a.example/{link.replace('&amp;', '&').lstrip('/')}" or found.following in (
        "https://a.example/news/ferry-late-2.html",
        "https://a.example/news/ferry-late?page=2",
    )


@pytest.mark.parametrize(
    ("url", "links"),
    [
        # The next story, as blogs have it, in addresses of any form.
        (URL, '<a rel="next" href="/2026/11/story-1">The next story</a>'),
        (URL, '<a rel="next" href="/2026/11/another-2">Next</a>'),
        (
            "https://a.example/post/12",
            '<a rel="prev" href="/post/11">Previous</a><a rel="next" href="/post/13">Next</a>',
        ),
        ("https://a.example/ferry", '<a rel="next" href="/ferry-2">Next</a>'),
        # Readers' comments go on, or the whole site's list does.
        (URL, f'<div class="comments"><a href="{URL}?page=2">2</a></div>'),
        (URL, '<a href="/2026/11/?page=2">2</a>'),
        (URL, f'<a href="{URL}?page=2">A photograph</a>'),
        (URL, f'<a href="{URL}?page=3">Next page</a>'),
        (URL, '<a href="https://other.example/2026/11/story-0?page=2" rel="next">Next page</a>'),
        ("https://a.example/", '<a rel="next" href="/page/x2">Next page</a>'),
    ],
)
def test_what_is_no_further_page(url: str, links: str) -> None:
    assert behind(links, url) is None


def test_the_view_of_all_pages() -> None:
    links = pagination("/2026/11/story-0", 1, 3)
    found = behind(f'{links}<a href="?page=all">View all</a>')
    assert found == StoryPage(1, 3, f"{URL}?page=2", f"{URL}?page=all")
    assert behind('<a href="?page=all">View all</a>') is None, "there is but one page"
    assert behind(links, f"{URL}?page=all", origin=part(WHOLE)) == StoryPage(WHOLE)


@pytest.mark.parametrize(
    "url",
    [
        "?page=all",
        "?all=1",
        "?singlepage=true",
        "?view=full",
        "?pagewanted=all",
        "/komplettansicht",
        "/all",
        "?showall",
    ],
)
def test_addresses_of_the_view_of_all_pages(url: str) -> None:
    assert is_whole_of(URL + url, URL)
    assert not is_whole_of(URL + url, URL.replace("-0", "-1"))


def test_a_site_file_names_the_links() -> None:
    links = f'<a class="on" href="/part-two">On</a><a class="whole" href="/whole">All</a><a href="{URL}?page=2">2</a>'
    named = {"next_page": ["a.on"], "single_page": ["a.whole"]}
    whole = "https://paged.example/whole"
    assert behind(links, layout=named) == StoryPage(1, 2, "https://paged.example/part-two", whole)
    assert behind(links, layout={"next_page": ["a.none"]}) is None, "the file says that there is no next one"


def test_a_page_that_is_alone_says_so() -> None:
    html = article("Story", paragraphs(1), pagination("/2026/11/story-0", 1, 3))
    record = extract_capture(Capture(URL, html.encode()), Site(domain="paged.example"), load_model())
    assert WarningKind.PAGES in record.extraction.warning_kinds
    assert "pages: only page 1 of 3 is captured" in record.extraction.warnings
    alone = extract_capture(
        Capture(URL, article("Story", paragraphs(1)).encode()), Site(domain="a.example"), load_model()
    )
    assert alone.extraction.warnings == ()


def test_addresses() -> None:
    assert stem_of("http://www.a.example/x/?utm_medium=y&id=3&page=1") == "https://a.example/x?id=3"
    assert list(numbered("https://a.example/x/seite-12.html")) == [("https://a.example/x.html", 12, "")]
    assert list(numbered("https://a.example/x/12")) == [("https://a.example/x", 12, "/")]
    assert list(numbered("http://[bad/x?page=2")) == []
