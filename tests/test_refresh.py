"""Pages that send their reader on by themselves."""

import pytest

from archive.exchange import Kind, Origin
from archive.pipeline.judgement import Answer, judge
from archive.pipeline.refresh import PATIENCE, refresh_of

URL = "http://gull.example/a/old.html"


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/new.html", "http://gull.example/new.html"),
        ("0;URL='new.html'", "http://gull.example/a/new.html"),
        ('3, url = "//tern.example/"', "http://tern.example/"),
        ("0.5; http://tern.example/x", "http://tern.example/x"),
        ("  1 ;\n url=new.html#top", "http://gull.example/a/new.html#top"),
        (f"{PATIENCE + 1}; url=/new.html", None),
        ("0; url=old.html#later", None),
        ("5", None),
        ("0; url=", None),
        ("0; url=http://[bad/", None),
        ("soon; url=/new.html", None),
    ],
)
def test_header_and_element_say_the_same(content: str, target: str | None) -> None:
    quote = "'" if '"' in content else '"'
    assert refresh_of(URL, [("Refresh", content)], b"") == target
    for element in ("<meta http-equiv=refresh content={}>", "<META CONTENT={} HTTP-EQUIV = 'Refresh'/>"):
        page = element.format(f"{quote}{content}{quote}")
        assert refresh_of(URL, [], page.encode()) == target, page


@pytest.mark.parametrize(
    "around", ["<noscript>{}</noscript>", "<!-- {} -->", "<template>{}</template>", "<title>{}</title>"]
)
def test_what_browsers_do_not_follow_is_not_followed(around: str) -> None:
    page = around.format('<meta http-equiv="refresh" content="0; url=/new.html">')
    assert refresh_of(URL, [], page.encode()) is None


def test_a_page_that_only_sends_on_is_a_redirect_and_one_with_a_text_an_article() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nRefresh: 0; url=/new.html\r\n\r\n"
    for body, kind in ((b"<p>This page has moved.", Kind.REDIRECT), (b"<p>" + b"The tide. " * 100, Kind.ARTICLE)):
        assert judge(Answer("response", URL, head + body, Origin())).kind is kind
        assert judge(Answer("response", URL, head + body, Origin())).has_record is (kind is Kind.ARTICLE)
