"""The keys of the index: ours for plain URLs are those of the library that other tools use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surt import surt

from archive.warc.index import _PLAIN_URL, url_key

PLAIN = """
    https://example.com http://example.com/ https://www.example.com/News/2026/11/24/a-story.html
    http://www2.example.co.uk/a/b/ https://a-b.example.org/x_y/index.php http://example.com/a..b/c.
    https://news.example.com/2026/11 http://example.com/-/_/0 http://a.example.com:8080/a https://example.com:44444
"""
ODD = """
    http://example.com:80/ https://example.com:443/a http://example.com:08080/
    https://example.com/?b=2&a=1 http://EXAMPLE.com/a http://example.com/a//b
    http://example.com/a/../b http://example.com/%7Eme http://www.com/ http://127.0.0.1/a http://localhost/
    http://example.com/a;jsessionid=0123456789abcdef0123456789abcdef http://user@example.com/ ftp://example.com/a
    http://www.www.example.com/ http://example.com./a http://example.123/ http://0x7f.1/
"""


@pytest.mark.parametrize("url", PLAIN.split())
def test_plain_urls_have_the_librarys_key(url: str) -> None:
    assert _PLAIN_URL.fullmatch(url)
    assert url_key(url) == surt(url)


@pytest.mark.parametrize("url", ODD.split())
def test_odd_urls_have_the_librarys_key(url: str) -> None:
    assert url_key(url) == surt(url)


@given(st.from_regex(_PLAIN_URL, fullmatch=True))
def test_any_plain_url_has_the_librarys_key(url: str) -> None:
    assert url_key(url) == surt(url)
