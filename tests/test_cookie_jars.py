"""Cookies for the time of a run."""

from scrapy import Request
from scrapy.http import Response

from crawler.run.cookie_jars import LARGEST, MOST, CookieJars

SITE, URL = "gull.example", "http://gull.example/a"


def jars(*cookies: str) -> CookieJars:
    made = CookieJars()
    for cookie in cookies:
        made.take(SITE, Response(URL, headers={"Set-Cookie": [cookie]}), Request(URL))
    return made


def given(made: CookieJars, url: str = URL, site: str = SITE, **headers: str) -> bytes | None:
    request = Request(url, headers=headers)
    made.give(site, request)
    return request.headers.get("Cookie")


def test_what_a_site_sets_is_sent_back_to_it_and_to_nobody_else() -> None:
    made = jars("seen=1; Path=/", "gone=1; Max-Age=0")
    assert given(made) == b"seen=1"
    assert given(made, "http://tern.example/") is None
    assert given(made, site="tern.example") is None
    assert made.has_any(SITE)
    assert not jars("gone=1; Max-Age=0").has_any(SITE)


def test_what_the_sites_file_names_goes_with_it_unless_the_server_set_it_anew() -> None:
    assert given(jars("seen=1"), Cookie="login=secret; theme=dark") == b"login=secret; theme=dark; seen=1"
    assert given(jars("login=fresh"), Cookie="login=old; theme=dark") == b"theme=dark; login=fresh"
    assert given(jars(), Cookie="login=old") == b"login=old"


def test_a_site_cannot_fill_the_memory() -> None:
    made = jars(*(f"n{number}=1" for number in range(MOST + 50)), "large=" + "x" * LARGEST)
    sent = given(made)
    assert sent
    assert len(sent.split(b"; ")) == MOST
