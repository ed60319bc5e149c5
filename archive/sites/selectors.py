"""CSS and XPath selectors as site files write them, compiled once."""

import re
from functools import lru_cache

from lxml import etree

from archive.errors import ConfigurationError

#: What may stand before a bracket in XPath 1.0 (sections 2.3, 3 and 4). libxml2 finds an unknown function only when
#: a page makes it call it, which is too late.
_CALLABLE = frozenset(
    "last position count id local-name namespace-uri name string concat starts-with contains substring-before "
    "substring-after substring string-length normalize-space translate boolean not true false lang number sum floor "
    "ceiling round text node comment processing-instruction and or div mod".split()
)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"(?<![\w:-])([\w:-]++)\s*+\(")
_NOT_ELEMENTS = re.compile(r"(?:@[\w:*-]+|\btext\(\))\s*$")


def is_xpath(selector: str) -> bool:
    """A selector that starts as a path is XPath; everything else is CSS."""
    return selector.startswith(("/", "./", "(", "id("))


@lru_cache(maxsize=4096)
def compile_selector(selector: str) -> etree.XPath:
    """Compile a CSS or XPath selector. Raises ConfigurationError with the reason if it is neither."""
    kind = "XPath" if is_xpath(selector) else "CSS"
    try:
        if kind == "XPath":
            _check_path(selector)
        path = etree.XPath(selector if kind == "XPath" else _of_css(selector))
        _check_result(path)
    except (etree.XPathError, ValueError) as error:
        raise ConfigurationError(f"'{selector}' is not a valid {kind} selector: {error}") from error
    return path


def _of_css(selector: str) -> str:
    """The XPath of a CSS selector. Raises ValueError if it is none."""
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415 - few pages are of a site that has selectors

    try:
        return HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise ValueError(str(error)) from error


def _check_path(selector: str) -> None:
    bare = _LITERAL.sub("''", selector)
    for name in _CALL.findall(bare):
        if name.rpartition("::")[2] not in _CALLABLE:
            raise ValueError(f"XPath 1.0 has no function {name}()")
    if _NOT_ELEMENTS.search(bare):
        raise ValueError("it finds text or attributes; expected elements")
    if "$" in bare:
        raise ValueError("variables are not known here")


def _check_result(path: etree.XPath) -> None:
    if not isinstance(path(etree.Element("html")), list):
        raise ValueError("it finds a number or a text, not elements")  # noqa: TRY004 - caught with the others


def select(selector: str, tree: etree._Element) -> list[etree._Element]:
    """The elements that a selector finds, in page order."""
    found = compile_selector(selector)(tree)
    return [node for node in found if isinstance(node, etree._Element)] if isinstance(found, list) else []
