"""The article among a page's JSON-LD nodes, and what it says of itself."""

from collections.abc import Iterable, Iterator
from typing import Any

from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.json_ld import Node
from archive.extraction.metadata.text import plain, skeleton

#: schema.org's CreativeWork types that are articles; the sub-types of Article end in its name.
_ARTICLES = frozenset(
    "BlogPosting LiveBlogPosting SocialMediaPosting DiscussionForumPosting Report ClaimReview Review CriticReview "
    "MedicalWebPage Recipe HowTo".split()
)
_PAGES = frozenset("WebPage ItemPage FAQPage AboutPage Clip CreativeWork".split())
_MAX_ITEMS = 50


def types(node: Node) -> tuple[str, ...]:
    """The node's types without their vocabulary's address."""
    value = node.get("@type")
    listed = value if isinstance(value, list) else [value]
    return tuple(str(kind).rsplit("/", 1)[-1] for kind in listed[:10] if isinstance(kind, str))


def is_article(node: Node) -> bool:
    """Whether a node is an article of whatever kind."""
    return any(kind.endswith("Article") or kind in _ARTICLES for kind in types(node))


def choose(nodes: list[Node], url: str, page_title: str) -> list[Node]:
    """The nodes that describe this page's article, best first; the page's own WebPage node stands last.

    Pages list other articles too, so one that names this URL, or whose headline the page's title repeats,
    comes before one that merely stands first; a news article comes before a plain one.
    """
    articles = [node for node in nodes if is_article(node)]
    ranked = sorted(articles, key=lambda node: -_score(node, url, page_title))
    best = ranked[:1]
    same = [node for node in ranked[1:] if best and _is_same(node, best[0])]
    pages = [node for node in nodes if any(kind in _PAGES for kind in types(node))]
    return best + same + pages[:1]


def _score(node: Node, url: str, page_title: str) -> int:
    headline = skeleton(texts(node.get("headline"), 1) or texts(node.get("name"), 1))
    title = skeleton(page_title)
    repeats = bool(headline) and (headline in title or (bool(title) and title in headline))
    names_url = bool(url) and any(_path(link) == _path(url) for link in _links(node))
    kind = any(kind.endswith("NewsArticle") for kind in types(node))
    return 4 * names_url + 3 * repeats + 2 * bool(headline) + bool(node.get("author")) + kind


def _links(node: Node) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        link = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(link, str) and link:
            yield link


def _path(url: str) -> str:
    return url.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0].rsplit("//", maxsplit=1)[-1].rstrip("/")


def _is_same(node: Node, best: Node) -> bool:
    left, right = skeleton(texts(node.get("headline"), 1)), skeleton(texts(best.get("headline"), 1))
    return bool(left) and left == right


def index(nodes: Iterable[Node]) -> dict[str, Node]:
    """Nodes by their `@id`, to which others refer."""
    found: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and "name" in node:
            found.setdefault(name, node)
    return found


def texts(value: Any, limit: int = _MAX_ITEMS) -> str:
    """The first text in a value: a string, a list of them, or `{"@value": ...}`."""
    return next(iter(strings(value)[:limit]), "")


def strings(value: Any, depth: int = 0) -> list[str]:
    """All texts in a value, plain."""
    if isinstance(value, str):
        return [text] if (text := plain(value)) else []
    if isinstance(value, list) and depth < 3:
        return [text for item in value[:_MAX_ITEMS] for text in strings(item, depth + 1)]
    if isinstance(value, dict) and depth < 3:
        return strings(value.get("@value") or value.get("name"), depth + 1)
    return []


def people(value: Any, known: dict[str, Node], depth: int = 0) -> list[str]:
    """Author names in any form that sites write them: text, Person, a list, a reference, `{"name": [...]}`."""
    if depth > 4:
        return []
    if isinstance(value, str):
        return people(known[value], {}, depth + 1) if value in known else list(_parsed(value))
    if isinstance(value, list):
        return [name for item in value[:_MAX_ITEMS] for name in people(item, known, depth + 1)]
    return _person(value, known, depth) if isinstance(value, dict) else []


def _person(node: Node, known: dict[str, Node], depth: int) -> list[str]:
    if node.get("name"):
        return people(node["name"], {}, depth + 1)
    if node.get("givenName") or node.get("familyName"):
        return list(_parsed(f"{texts(node.get('givenName'))} {texts(node.get('familyName'))}"))
    reference = node.get("@id")
    if isinstance(reference, str) and reference in known and known[reference] is not node:
        return people(known[reference], {}, depth + 1)
    inner = node.get("author") or node.get("@list") or node.get("itemListElement")
    return people(inner, known, depth + 1) if inner else []


def _parsed(name: str) -> tuple[str, ...]:
    if name.strip().startswith(("http:", "https:", "//")):
        return ()
    return parse_byline(plain(name), strict=False)
