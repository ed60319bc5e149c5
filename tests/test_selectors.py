"""Selectors of site files, CSS or XPath."""

import pytest
from lxml import html

from archive.errors import ConfigurationError
from archive.sites.selectors import compile_selector, is_xpath, select

TREE = html.document_fromstring("<body><div class='a b'><p id='one'>1</p></div><p>2</p></body>")


@pytest.mark.parametrize("selector", ["p", "//p", "(//p)", "div.a p, body > p", "./body//p"])
def test_css_and_xpath_find_elements_in_page_order(selector: str) -> None:
    assert [element.text for element in select(selector, TREE)] == ["1", "2"]


def test_a_selector_that_begins_as_a_path_is_xpath() -> None:
    assert is_xpath("id('one')")
    assert is_xpath("//p")
    assert not is_xpath("p > a")


@pytest.mark.parametrize(
    "selector", ["p[", "//p[", "p:nosuch", "//p[nosuch(.)]", "(count(//p))", "//p/text()", "//p/@id", "//p[$a]", ""]
)
def test_a_bad_selector_is_told(selector: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a valid"):
        compile_selector(selector)


def test_words_in_quotes_are_no_functions() -> None:
    assert select("//p[contains(., 'nosuch(1) $2')]", TREE) == []
