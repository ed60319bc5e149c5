"""CSS and XPath selectors as site files write them, compiled once."""

from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from archive.errors import ConfigurationError


def is_xpath(selector: str) -> bool:
    """A selector that starts as a path is XPath; everything else is CSS."""
    return selector.startswith(("/", "./", "(", "id("))


@lru_cache(maxsize=4096)
def compile_selector(selector: str) -> etree.XPath:
    """Compile a CSS or XPath selector. Raises ConfigurationError with the reason if it is neither."""
    try:
        path = selector if is_xpath(selector) else HTMLTranslator().css_to_xpath(selector)
        return etree.XPath(path)
    except (SelectorError, etree.XPathError) as error:
        kind = "XPath" if is_xpath(selector) else "CSS"
        raise ConfigurationError(f"'{selector}' is not a valid {kind} selector: {error}") from error


def select(selector: str, tree: etree._Element) -> list[etree._Element]:
    """The elements that a selector finds, in page order; text and attribute results are left out."""
    found = compile_selector(selector)(tree)
    return [node for node in found if isinstance(node, etree._Element)] if isinstance(found, list) else []
