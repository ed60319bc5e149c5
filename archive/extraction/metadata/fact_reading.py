"""A parsed page to its structured data, in one pass over the elements that may hold some."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from archive.extraction.metadata import json_ld, meta_tags
from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.fact_text import plain, plain_lines, web_address
from archive.extraction.metadata.facts import Fact, Facts
from archive.extraction.metadata.json_ld import Node, read_nodes
from archive.extraction.metadata.languages import language_tag
from archive.extraction.metadata.meta_tags import Head, read_head
from archive.records import Image

_MAX_IMAGES = 20
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


def read_facts(tree: etree._Element, url: str) -> Facts:
    """What the page states in JSON-LD, meta tags and links. `tree` still holds its scripts; it is not changed."""
    found: dict[str, list[etree._Element]] = {"script": [], "meta": [], "link": [], "title": []}
    for element in tree.iter("script", "meta", "link", "title"):
        if element.tag != "script" or "ld+json" in (element.get("type") or "").lower():
            found[element.tag].append(element)
    head = read_head(found["meta"], found["link"], found["title"])
    nodes = read_nodes(found["script"])
    chosen = json_ld.choose(nodes, url, head.title)
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    return _Reader(url, head, nodes, chosen, language).facts()


class _Reader:
    """Gathers the fields of one page from its head and its chosen nodes."""

    def __init__(self, url: str, head: Head, nodes: list[Node], chosen: list[Node], language: str | None) -> None:
        self.url, self.head, self.nodes, self.chosen, self.lang = url, head, nodes, chosen, language
        self.known = json_ld.index(nodes)
        self.languages = tuple(self._languages())

    def facts(self) -> Facts:
        titles = list(self._texts(("headline",), meta_tags.TITLES))
        if self.head.title:
            titles.append(Fact(self.head.title, "html:title"))
        types = [Fact(kind, "json-ld:@type") for node in self.nodes for kind in json_ld.types(node)]
        types += [Fact(value, "meta:og:type") for value in self.head.metas.get("og:type", [])]
        return Facts(
            titles=tuple(titles),
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
            types=tuple(types),
            article_body=self._article_body(),
        )

    def _node_values(self, keys: tuple[str, ...], articles_only: bool = True) -> Iterator[tuple[str, Any]]:
        articles_only = articles_only and bool(self.chosen) and json_ld.is_article(self.chosen[0])
        for node in self.chosen:
            if articles_only and not json_ld.is_article(node):
                continue
            for key in keys:
                if node.get(key) is not None:
                    yield f"json-ld:{key}", node[key]

    def _meta(self, names: tuple[str, ...]) -> Fact[str] | None:
        found = next(self.head.values(names), None)
        return Fact(found[1], f"meta:{found[0]}") if found else None

    def _robots(self) -> Fact[str] | None:
        """Directives for all, and those for one crawler as X-Robots-Tag has them: `googlebot: noindex`."""
        found: dict[str, str] = {}
        for name, value in self.head.values(meta_tags.ROBOTS):
            found.setdefault(value if name == "robots" else f"{name}: {value}", name)
        return Fact(", ".join(found), f"meta:{next(iter(found.values()))}") if found else None

    def _texts(self, keys: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Fact[str]]:
        for source, value in self._node_values(keys):
            if text := json_ld.texts(value):
                yield Fact(text, source)
        for name, text in self.head.values(names):
            yield Fact(text, f"meta:{name}")

    def _credits(self) -> Iterator[Fact[tuple[str, ...]]]:
        for source, value in self._node_values(("author", "creator")):
            if names := tuple(dict.fromkeys(json_ld.people(value, self.known))):
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
            # `Doe, Jane`, as libraries write names.
            last, given = (part.strip() for part in value.split(","))
            value = f"{given} {last}"
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
            if iso := parse_date(json_ld.texts(value), language=language):
                yield Fact(iso, source)
        for name, value in self.head.values(names):
            if iso := parse_date(value, language=language):
                yield Fact(iso, f"meta:{name}")

    def _languages(self) -> Iterator[Fact[str]]:
        if self.lang and (tag := language_tag(self.lang)):
            yield Fact(tag, "html:lang")
        for source, value in self._node_values(("inLanguage",), articles_only=False):
            if tag := language_tag(json_ld.texts(value)):
                yield Fact(tag, source)
        for name, value in self.head.values(meta_tags.LANGUAGES):
            if tag := language_tag(value.split(",")[0]):
                yield Fact(tag, f"meta:{name}")

    def _site_names(self) -> Iterator[Fact[str]]:
        for name, value in self.head.values(meta_tags.SITES):
            if len(value) <= 80 and not value.startswith(("http:", "https:", "@")):
                yield Fact(value, f"meta:{name}")
        for source, value in self._node_values(("publisher",), articles_only=False):
            yield from (Fact(name, source) for name in self._organisations(value))
        for node in self.nodes:
            if set(json_ld.types(node)) & {"WebSite", "NewsMediaOrganization", "Organization"}:
                yield from (Fact(name, "json-ld:name") for name in json_ld.strings(node.get("name"))[:1])

    def _organisations(self, value: Any) -> list[str]:
        reference = value.get("@id") if isinstance(value, dict) and "name" not in value else None
        if isinstance(reference, str):
            value = self.known.get(reference, value)
        return [name for name in json_ld.strings(value)[:3] if not name.startswith("http")]

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
            if target and (address := web_address(target, self.url)):
                return Fact(address, source)
        return None

    def _keywords(self) -> Fact[tuple[str, ...]] | None:
        for source, value in self._node_values(("keywords",)):
            if words := meta_tags.listed(json_ld.strings(value)):
                return Fact(words, source)
        for name in ("article:tag", *meta_tags.KEYWORDS):
            if words := meta_tags.listed(self.head.metas.get(name, [])):
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
            if address := web_address(value, self.url):
                yield Fact(Image(url=address, alt=alternatives[0] if alternatives else None), f"meta:{name}")

    def _image(self, item: Any) -> Image | None:
        if isinstance(item, dict) and "url" not in item and "contentUrl" not in item:
            reference = item.get("@id")
            item = next((node for node in self.nodes if node.get("@id") == reference and "url" in node), None)
        node = item if isinstance(item, dict) else {"url": item}
        target = next((value for key in ("url", "contentUrl") if isinstance(value := node.get(key), str)), None)
        if not target or not (address := web_address(plain(target), self.url)):
            return None
        credit = next(
            (
                text
                for key in ("creditText", "creator", "author", "copyrightNotice")
                if (text := json_ld.texts(node.get(key)))
            ),
            None,
        )
        return Image(
            url=address,
            caption=json_ld.texts(node.get("caption") or node.get("description")) or None,
            credit=credit,
        )

    def _free(self) -> Fact[bool] | None:
        for source, value in self._node_values(("isAccessibleForFree", "isAccessibleForfree"), articles_only=False):
            # `https://schema.org/True` is as good as true.
            free = _TRUTH.get(str(value).rsplit("/", 1)[-1].lower())
            if free is not None:
                return Fact(free, source)
        tier = self._meta(("article:content_tier", "og:content_tier"))
        if tier and tier.value.lower() in ("free", "metered", "locked"):
            return Fact(tier.value.lower() == "free", tier.source)
        return None

    def _license(self) -> Fact[str] | None:
        for source, value in self._node_values(("license",)):
            if text := json_ld.texts(value) or json_ld.texts(value.get("@id") if isinstance(value, dict) else None):
                return Fact(text, source)
        if target := self.head.links.get("license"):
            return Fact(web_address(target, self.url) or target, "link:license")
        return self._meta(meta_tags.LICENSES)

    def _article_body(self) -> Fact[str] | None:
        for source, value in self._node_values(("articleBody",)):
            if isinstance(value, str) and (text := plain_lines(value)):
                return Fact(text, source)
        return None
