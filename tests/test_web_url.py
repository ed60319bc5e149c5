"""The one way of foreign addresses to the frontier."""

import pytest

from crawler.discover.web_url import LONGEST, web_url

BASE = "http://gull.example/2026/list.html"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("/a.xml", "http://gull.example/a.xml"),
        ("a.xml", "http://gull.example/2026/a.xml"),
        ("//tern.example/a", "http://tern.example/a"),
        (" /a b ", "http://gull.example/a%20b"),
        ("HTTP://GULL.example:80/x/../y", "http://gull.example/y"),
        ("/bücher?q=ü&a[]=1|2#top", "http://gull.example/b%C3%BCcher?q=%C3%BC&a[]=1|2"),
        ("http://münchner.example/", "http://xn--mnchner-n2a.example/"),
        ("http://name:pass word@gull.example/a", "http://gull.example/a"),
        ("http:\\\\gull.example\\a", "http://gull.example/a"),
        ("http://[2001:DB8::0001]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("/a\nb\t", "http://gull.example/ab"),
        ("/half \ud800", "http://gull.example/half%20?"),
    ],
)
def test_it_is_what_a_browser_would_ask_for(said: str, asked: str) -> None:
    assert web_url(said, BASE) == asked
    assert web_url(asked) == asked, "and stays so"


@pytest.mark.parametrize(
    "said",
    [
        "http://gull.example:abc/",
        "http://gull.example:99999/",
        "http://gull.example:0/",
        "http://[bad/",
        "http://[::1/",
        "http://ex ample.org/",
        "http://:80/",
        "http://",
        "http://\u0130\u200d.example/",
        "mailto:desk@gull.example",
        "javascript:void(0)",
        "data:text/html,x",
        "/" + "x" * LONGEST,
    ],
)
def test_what_cannot_be_asked_for_ends_here(said: str) -> None:
    assert web_url(said, BASE) is None


def test_what_is_no_whole_address_needs_another_one() -> None:
    assert web_url("/a") is None
    assert web_url("/a", "http://[bad/") is None
