"""JSON-LD of a page as its nodes, however broken, and the article among them: sites write it by template and seldom
test it.

Only what a page says of itself is walked: top level, lists, `@graph` and `mainEntity`. Values deeper than that
(related articles in an ItemList, updates of a live blog) belong to other pages.
"""

import html
import json
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from archive.extraction.attributes import among
from archive.extraction.charset import whole
from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.byline_text import and_word
from archive.extraction.metadata.fact_text import plain, skeleton

Node = dict[str, Any]

#: What an attribute of such a script holds.
SCRIPTS = (("type", "ld+json"),)
#: Limits against hostile pages: scripts, characters of one script, nodes, levels of nesting.
MAX_SCRIPTS, MAX_SCRIPT, MAX_NODES, MAX_DEPTH = 60, 2_000_000, 2_000, 6

#: Control characters inside strings are a common mistake, so not strict.
_DECODER = json.JSONDecoder(strict=False)
_BEFORE = re.compile(r"(?:\s|;|\ufeff|<!--|-->|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)+")
_AFTER = re.compile(r"(?:\s|;|<!--|-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|//|\]\]>)+$")
# Every pattern takes a whole string or comment at once, to the end if it is not closed: starting again inside
# it would make hostile pages cost the square of their length.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*+(?:[,}}\]]|\Z))", re.S)
_MISSING_COMMA = re.compile(rf'({_STRING}|[\]}}\d])([^\S\n]*+\n\s*+(?="[@\w]+"\s*+:))?', re.S)
_COMMENT = re.compile(rf"({_STRING})|/\*.*?(?:\*/|\Z)|(?<![:\w])//[^\n]*", re.S)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu]|u[0-9a-fA-F]{4})|\\u(?![0-9a-fA-F]{4})')
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|description|articleSection|inLanguage)"\s*:\s*'
    r'"((?:[^"\\\n]|\\.)*)"'
)
_TYPE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"(\w*(?:Article|BlogPosting))"')
_AUTHOR = re.compile(r'"author"\s*+:[\[{\s]*+[^\[\]]{0,200}?"name"\s*:\s*"((?:[^"\\\n]|\\.)*)"', re.S)
#: schema.org's CreativeWork types that are articles; the sub-types of Article end in its name.
_ARTICLES = frozenset(
    "BlogPosting LiveBlogPosting SocialMediaPosting DiscussionForumPosting Report ClaimReview Review CriticReview "
    "MedicalWebPage Recipe HowTo".split()
)
_PAGES = frozenset("WebPage ItemPage FAQPage AboutPage Clip CreativeWork".split())
_MAX_ITEMS = 50
#: A space of no width beside one that is seen.
_APART = re.compile("[\u200b\ufeff]\\s|\\s[\u200b\ufeff]")


def scripts_with(marked: Iterable[etree._Element], word: str) -> list[etree._Element]:
    """The JSON-LD scripts that hold a word, among a page's elements with an attribute of SCRIPTS."""
    return [script for script in among(marked, SCRIPTS, "script") if word in (script.text or "")]


def read_nodes(scripts: list[etree._Element]) -> list[Node]:
    """All nodes of the page's JSON-LD scripts, in page order."""
    nodes: list[Node] = []
    for script in scripts[:MAX_SCRIPTS]:
        waiting = [(value, 0) for value in reversed(parse_script(script.text or ""))]
        while waiting and len(nodes) < MAX_NODES:
            value, depth = waiting.pop()
            if isinstance(value, list) and depth <= MAX_DEPTH:
                waiting += [(item, depth + 1) for item in reversed(value[:MAX_NODES])]
            elif isinstance(value, dict) and depth <= MAX_DEPTH:
                if "@type" in value or "headline" in value:
                    nodes.append(value)
                inner = (value.get("mainEntity"), value.get("@graph"))
                waiting += [(one, depth + 1) for one in inner if isinstance(one, list | dict)]
    return nodes


def parse_script(text: str) -> list[Any]:
    """The JSON values of one script. Tries harder step by step; what nothing can read yields its plain fields."""
    if len(text) > MAX_SCRIPT:
        return []
    # Comment marks and CDATA around the whole are a habit from XHTML. Only the tail is searched for their ends: looking
    # for the marks through a long script costs more than parsing it.
    start = _BEFORE.match(text)
    text = text[start.end() :] if start else text
    text = text[:-200] + _AFTER.sub("", text[-200:])
    for repair in (str, _unescaped, _tidied):
        try:
            return _values(repair(text))
        except (ValueError, RecursionError):
            continue
    return _salvaged(text)


def _unescaped(text: str) -> str:
    if "&quot;" not in text or '"' in text:
        raise ValueError("not escaped as a whole")
    return html.unescape(text)


def _tidied(text: str) -> str:
    text = _COMMENT.sub(lambda match: match[1] or "", text)
    text = _BAD_ESCAPE.sub("", text)
    text = _MISSING_COMMA.sub(lambda match: f"{match[1]},{match[2]}" if match[2] else match[1], text)
    return _TRAILING_COMMA.sub(lambda match: match[1] or "", text)


def _values(text: str) -> list[Any]:
    """One value, or several written one after the other."""
    values: list[Any] = []
    place = 0
    while place < len(text):
        value, place = _DECODER.raw_decode(text, place)
        values.append(value)
        while place < len(text) and text[place] in " \t\r\n,;":
            place += 1
    if "\\ud" in text or "\\uD" in text:
        # Sites cut texts between the halves of escaped surrogate pairs, which no record can hold.
        values = json.loads(whole(json.dumps(values, ensure_ascii=False)))
    return values


def _salvaged(text: str) -> list[Any]:
    kind = _TYPE.search(text)
    if kind is None:
        return []
    node: Node = {"@type": kind[1]}
    for match in _FIELD.finditer(text, kind.start() if kind.start() < 200 else 0):
        node.setdefault(match[1], _string(match[2]))
    if author := _AUTHOR.search(text):
        node["author"] = _string(author[1])
    return [node]


def _string(raw: str) -> str:
    try:
        return str(_DECODER.decode(f'"{raw}"'))
    except ValueError:
        return raw


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
    headlines = [skeleton(texts(node.get("headline"))) for node in ranked]
    same = [node for node, headline in zip(ranked[1:], headlines[1:], strict=False) if headline == headlines[0] != ""]
    pages = [node for node in nodes if any(kind in _PAGES for kind in types(node))]
    return best + same + pages[:1]


def _score(node: Node, url: str, page_title: str) -> int:
    headline = skeleton(texts(node.get("headline")) or texts(node.get("name")))
    title = skeleton(page_title)
    repeats = bool(headline) and (headline in title or (bool(title) and title in headline))
    named = map(node.get, ("url", "mainEntityOfPage", "@id"))
    links = [value.get("@id") or value.get("url") if isinstance(value, dict) else value for value in named]
    names_url = bool(url) and any(isinstance(link, str) and link and _path(link) == _path(url) for link in links)
    kind = any(kind.endswith("NewsArticle") for kind in types(node))
    return 4 * names_url + 3 * repeats + 2 * bool(headline) + bool(node.get("author")) + kind


def _path(url: str) -> str:
    return url.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0].rsplit("//", maxsplit=1)[-1].rstrip("/")


def texts(value: Any) -> str:
    """The first text in a value: a string, a list of them, or `{"@value": ...}`."""
    return next(iter(strings(value)), "")


def strings(value: Any) -> list[str]:
    """All texts in a value, plain."""
    found: list[str] = []
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, str):
            found += filter(None, [plain(one)])
        elif isinstance(one, list) and depth < 3:
            waiting += [(item, depth + 1) for item in reversed(one[:_MAX_ITEMS])]
        elif isinstance(one, dict) and depth < 3:
            waiting.append((one.get("@value") or one.get("name"), depth + 1))
    return found


def people(value: Any, known: dict[str, Node]) -> list[str]:
    """Author names in any form that sites write them: text, Person, a list, a reference, `{"name": [...]}`. `known` are
    the nodes that references may name."""
    found: list[str] = []
    waiting = [(value, known, 0)]
    while waiting:
        one, nodes, depth = waiting.pop()
        if depth > 4:
            continue
        if isinstance(one, list):
            waiting += [(item, nodes, depth + 1) for item in reversed(one[:_MAX_ITEMS])]
        elif isinstance(one, dict):
            waiting.append(_called(one, nodes, depth))
        elif isinstance(one, str) and one in nodes:
            waiting.append((nodes[one], {}, depth + 1))
        elif isinstance(one, str) and not one.strip().startswith(("http:", "https:", "//")):
            found += parse_byline(plain(_without_aside(one)), strict=False)
    return found


def _without_aside(name: str) -> str:
    """`Jane Doe\u200b Riverton. Correspondent` to `Jane Doe`: place and role stand behind a space of no width."""
    front, *behind = map(str.strip, _APART.split(name, maxsplit=1))
    whole_name = len(front.split()) > 1 and front[-1].isalnum()
    return front if whole_name and behind and not and_word(behind[0]).match(behind[0]) else name


def _called(node: Node, known: dict[str, Node], depth: int) -> tuple[Any, dict[str, Node], int]:
    """What says whom a node is about, the nodes that this may name, and its depth: references are followed once."""
    if node.get("name"):
        return node["name"], {}, depth + 1
    if node.get("givenName") or node.get("familyName"):
        return f"{texts(node.get('givenName'))} {texts(node.get('familyName'))}", {}, depth
    reference = node.get("@id")
    if isinstance(reference, str) and reference in known and known[reference] is not node:
        return known[reference], {}, depth + 1
    return node.get("author") or node.get("@list") or node.get("itemListElement"), known, depth + 1
