"""A parsed page to its structured data, in one pass over the elements that may hold some."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from archive.extraction.metadata import articles, meta_tags, values
from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.facts import Fact, Facts
from archive.extraction.metadata.json_ld import Node, read_nodes
from archive.extraction.metadata.meta_tags import Head, read_head
from archive.extraction.metadata.text import plain, plain_lines
from archive.records import Image

_MAX_IMAGES = 20


def read_facts(tree: etree._Element, url: str) -> Facts:
    """What the page states in JSON-LD, meta tags and links. `tree` still holds its scripts; it is not changed."""
    scripts, metas, links, titles = _elements(tree)
    head = read_head(metas, links, titles)
    nodes = read_nodes(scripts)
    chosen = articles.choose(nodes, url, head.title)
    return _Reader(
        url, head, nodes, chosen, tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    ).facts()


def _elements(tree: etree._Element) -> tuple[list[etree._Element], ...]:
    found: dict[str, list[etree._Element]] = {"script": [], "meta": [], "link": [], "title": []}
    for element in tree.iter("script", "meta", "link", "title"):
        if element.tag != "script" or "ld+json" in (element.get("type") or "").lower():
            found[element.tag].append(element)
    return found["script"], found["meta"], found["link"], found["title"]


class _Reader:
    """Gathers the fields of one page from its head and its chosen nodes."""

    def __init__(self, url: str, head: Head, nodes: list[Node], chosen: list[Node], language: str | None) -> None:
        self.url, self.head, self.nodes, self.chosen, self.lang = url, head, nodes, chosen, language
        self.known = articles.index(nodes)
        self.languages = tuple(self._languages())

    def facts(self) -> Facts:
        return Facts(
            titles=tuple(self._titles()),
            descriptions=tuple(self._texts(("description", "abstract"), meta_tags.DESCRIPTIONS)),
            credits=tuple(self._credits()),
            published=tuple(self._dates(("datePublished",), meta_tags.PUBLISHED))
            or tuple(self._dates(("dateCreated", "uploadDate"), ())),
            modified=tuple(self._dates(("dateModified",), meta_tags.MODIFIED)),
            languages=self.languages,
            site_names=tuple(self._site_names()),
            canonical_url=self._canonical(),
            publisher=self._publisher(),
            section=next(self._texts(("articleSection",), meta_tags.SECTIONS), None),
            keywords=self._keywords(),
            images=tuple(self._images())[:_MAX_IMAGES],
            is_accessible_for_free=self._free(),
            license=self._license(),
            meta_robots=self._robots(),
            tdm_reservation=self._meta(("tdm-reservation",)),
            tdm_policy=self._meta(("tdm-policy",)),
            types=tuple(self._types()),
            article_body=self._article_body(),
        )

    def _node_values(self, keys: tuple[str, ...], articles_only: bool = True) -> Iterator[tuple[str, Any]]:
        for node in self.chosen:
            if articles_only and not articles.is_article(node) and self._has_article():
                continue
            for key in keys:
                if node.get(key) is not None:
                    yield f"json-ld:{key}", node[key]

    def _has_article(self) -> bool:
        return bool(self.chosen) and articles.is_article(self.chosen[0])

    def _meta(self, names: tuple[str, ...]) -> Fact[str] | None:
        found = self.head.first(names)
        return Fact(found[1], f"meta:{found[0]}") if found else None

    def _robots(self) -> Fact[str] | None:
        """Directives for all, and those for one crawler as X-Robots-Tag has them: `googlebot: noindex`."""
        found: dict[str, str] = {}
        for name, value in self.head.values(meta_tags.ROBOTS):
            found.setdefault(value if name == "robots" else f"{name}: {value}", name)
        return Fact(", ".join(found), f"meta:{next(iter(found.values()))}") if found else None

    def _titles(self) -> Iterator[Fact[str]]:
        yield from self._texts(("headline",), meta_tags.TITLES)
        if self.head.title:
            yield Fact(self.head.title, "html:title")

    def _texts(self, keys: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Fact[str]]:
        for source, value in self._node_values(keys):
            if text := articles.texts(value):
                yield Fact(text, source)
        for name, text in self.head.values(names):
            yield Fact(text, f"meta:{name}")

    def _credits(self) -> Iterator[Fact[tuple[str, ...]]]:
        for source, value in self._node_values(("author", "creator")):
            if names := tuple(dict.fromkeys(articles.people(value, self.known))):
                yield Fact(names, source)
        for name in meta_tags.AUTHORS:
            stated = self.head.metas.get(name, [])
            parsed = [author for value in stated[:50] for author in self._meta_names(name, value)]
            if parsed:
                yield Fact(tuple(dict.fromkeys(parsed)), f"meta:{name}")

    def _meta_names(self, name: str, value: str) -> tuple[str, ...]:
        if value.startswith(("http:", "https:", "//", "@")) or (name == "twitter:data1" and not self._says_author()):
            return ()
        if name == "parsely-author" and "-" in value and value == value.lower() and " " not in value:
            return ()
        if name in ("dc.creator", "citation_author", "dcterms.creator") and value.count(",") == 1:
            value = values.turned(value)
        return parse_byline(value, strict=False)

    def _says_author(self) -> bool:
        """Twitter's labels say what their data is; WordPress writes "Written by", in the site's language."""
        label = (self.head.metas.get("twitter:label1") or [""])[0].lower()
        return any(
            word in label for word in ("by", "author", "von", "autor", "par", "por", "auteur", "door", "di", "av")
        )

    def _dates(self, keys: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Fact[str]]:
        language = self.languages[0].value if self.languages else None
        for source, value in self._node_values(keys, articles_only=False):
            if iso := parse_date(articles.texts(value), language=language):
                yield Fact(iso, source)
        for name, value in self.head.values(names):
            if iso := parse_date(value, language=language):
                yield Fact(iso, f"meta:{name}")

    def _languages(self) -> Iterator[Fact[str]]:
        if self.lang and (tag := values.tag(self.lang)):
            yield Fact(tag, "html:lang")
        for source, value in self._node_values(("inLanguage",), articles_only=False):
            if tag := values.tag(articles.texts(value)):
                yield Fact(tag, source)
        for name, value in self.head.values(meta_tags.LANGUAGES):
            if tag := values.tag(value.split(",")[0]):
                yield Fact(tag, f"meta:{name}")

    def _site_names(self) -> Iterator[Fact[str]]:
        for name, value in self.head.values(meta_tags.SITES):
            if len(value) <= 80 and not value.startswith(("http:", "https:", "@")):
                yield Fact(value, f"meta:{name}")
        for source, value in self._node_values(("publisher",), articles_only=False):
            yield from (Fact(name, source) for name in self._organisations(value))
        for node in self.nodes:
            if set(articles.types(node)) & {"WebSite", "NewsMediaOrganization", "Organization"}:
                yield from (Fact(name, "json-ld:name") for name in articles.strings(node.get("name"))[:1])

    def _organisations(self, value: Any) -> list[str]:
        reference = value.get("@id") if isinstance(value, dict) and "name" not in value else None
        if isinstance(reference, str):
            value = self.known.get(reference, value)
        return [name for name in articles.strings(value)[:3] if not name.startswith("http")]

    def _publisher(self) -> Fact[str] | None:
        for source, value in self._node_values(("publisher",), articles_only=False):
            for name in self._organisations(value):
                return Fact(name, source)
        for name, value in self.head.values(meta_tags.PUBLISHERS):
            if not value.startswith(("http", "@")):
                return Fact(value, f"meta:{name}")
        return None

    def _canonical(self) -> Fact[str] | None:
        for source, target in (
            ("link:canonical", self.head.links.get("canonical")),
            ("meta:og:url", next(iter(self.head.metas.get("og:url", ())), None)),
        ):
            if target and (absolute := self._absolute(target)):
                return Fact(absolute, source)
        return None

    def _absolute(self, target: str) -> str | None:
        return values.web_address(target, self.url)

    def _keywords(self) -> Fact[tuple[str, ...]] | None:
        for source, value in self._node_values(("keywords",)):
            if words := values.listed(articles.strings(value)):
                return Fact(words, source)
        for name in ("article:tag", *meta_tags.KEYWORDS):
            if words := values.listed(self.head.metas.get(name, [])):
                return Fact(words, f"meta:{name}")
        return None

    def _images(self) -> Iterator[Fact[Image]]:
        for source, value in self._node_values(("image",)):
            for item in value if isinstance(value, list) else [value]:
                if image := self._image(item):
                    yield Fact(image, source)
        alternatives = [
            *self.head.metas.get("og:image:alt", []),
            *self.head.metas.get("twitter:image:alt", []),
        ]
        for name, value in self.head.values(("og:image", "og:image:url", "twitter:image", "twitter:image:src")):
            if absolute := self._absolute(value):
                yield Fact(Image(url=absolute, alt=alternatives[0] if alternatives else None), f"meta:{name}")

    def _image(self, item: Any) -> Image | None:
        if isinstance(item, dict) and "url" not in item and "contentUrl" not in item:
            reference = item.get("@id")
            item = next((node for node in self.nodes if node.get("@id") == reference and "url" in node), None)
        node = item if isinstance(item, dict) else {"url": item}
        target = next((value for key in ("url", "contentUrl") if isinstance(value := node.get(key), str)), None)
        if not target or not (absolute := self._absolute(plain(target))):
            return None
        credit = next(
            (
                text
                for key in ("creditText", "creator", "author", "copyrightNotice")
                if (text := articles.texts(node.get(key)))
            ),
            None,
        )
        return Image(
            url=absolute,
            caption=articles.texts(node.get("caption") or node.get("description")) or None,
            credit=credit,
        )

    def _free(self) -> Fact[bool] | None:
        for source, value in self._node_values(("isAccessibleForFree", "isAccessibleForfree"), articles_only=False):
            if (free := values.truth(value)) is not None:
                return Fact(free, source)
        tier = self._meta(("article:content_tier", "og:content_tier"))
        if tier and tier.value.lower() in ("free", "metered", "locked"):
            return Fact(tier.value.lower() == "free", tier.source)
        return None

    def _license(self) -> Fact[str] | None:
        for source, value in self._node_values(("license",)):
            if text := articles.texts(value) or articles.texts(value.get("@id") if isinstance(value, dict) else None):
                return Fact(text, source)
        if target := self.head.links.get("license"):
            return Fact(self._absolute(target) or target, "link:license")
        return self._meta(meta_tags.LICENSES)

    def _types(self) -> Iterator[Fact[str]]:
        for node in self.nodes:
            yield from (Fact(kind, "json-ld:@type") for kind in articles.types(node))
        yield from (Fact(value, "meta:og:type") for value in self.head.metas.get("og:type", []))

    def _article_body(self) -> Fact[str] | None:
        for source, value in self._node_values(("articleBody",)):
            if isinstance(value, str) and (text := plain_lines(value)):
                return Fact(text, source)
        return None
