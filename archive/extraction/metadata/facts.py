"""What a page states about itself in structured data, each value with where it came from; and its labelled blocks."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, Generic, NamedTuple, TypeVar

from lxml import etree

from archive.extraction.metadata import json_ld, meta_tags
from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.fact_text import plain, plain_lines, web_address
from archive.extraction.metadata.languages import language_tag
from archive.extraction.metadata.licences import is_notice, licence_of
from archive.labels import Label
from archive.records import Image

T = TypeVar("T")
D = TypeVar("D")
T_co = TypeVar("T_co", covariant=True)

_MAX_IMAGES = 20
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
#: Tags of libraries, which write `Doe, Jane`.
_LAST_FIRST = ("meta:dc.creator", "meta:citation_author", "meta:dcterms.creator")
_TIERS = {"free": True, "metered": False, "locked": False}
#: Words in Twitter's labels of an author: they say what their data is. WordPress writes "Written by", in the site's
#: language.
_BY = "by author von autor par por auteur door di av".split()


class Fact(NamedTuple, Generic[T_co]):
    """One stated value. `source` names its place, such as `json-ld:headline`, `meta:og:title`, `html:lang`."""

    value: T_co
    source: str


class Facts(NamedTuple):
    """Structured data of one page; every tuple is in order of trust: JSON-LD, then meta tags, then links.

    Text is unescaped and on one line, dates are ISO 8601 with the source's own offset, URLs are absolute.
    `credits` holds one entry for each place that names authors, already parsed to names. `site_names` is
    what the page calls its site or publisher. `article_body` is JSON-LD's articleBody, a paragraph a line where
    it is so written.
    """

    titles: tuple[Fact[str], ...] = ()
    descriptions: tuple[Fact[str], ...] = ()
    credits: tuple[Fact[tuple[str, ...]], ...] = ()
    published: tuple[Fact[str], ...] = ()
    modified: tuple[Fact[str], ...] = ()
    languages: tuple[Fact[str], ...] = ()
    site_names: tuple[Fact[str], ...] = ()
    canonical_url: Fact[str] | None = None
    publisher: Fact[str] | None = None
    section: Fact[str] | None = None
    keywords: Fact[tuple[str, ...]] | None = None
    images: tuple[Fact[Image], ...] = ()
    is_accessible_for_free: Fact[bool] | None = None
    license: Fact[str] | None = None
    copyright_notice: Fact[str] | None = None
    meta_robots: Fact[str] | None = None
    tdm_reservation: Fact[str] | None = None
    tdm_policy: Fact[str] | None = None
    types: tuple[Fact[str], ...] = ()
    article_body: Fact[str] | None = None

    @property
    def title(self) -> Fact[str] | None:
        """The most trusted title, not yet compared with the page."""
        return next(iter(self.titles), None)

    @property
    def description(self) -> Fact[str] | None:
        """The most trusted description."""
        return next(iter(self.descriptions), None)

    @property
    def authors(self) -> tuple[str, ...]:
        """Every name that any place gives as an author, once each."""
        return tuple(dict.fromkeys(name for credit in self.credits for name in credit.value))

    @property
    def language(self) -> Fact[str] | None:
        """The most trusted language tag."""
        return next(iter(self.languages), None)

    @property
    def is_news(self) -> bool:
        """Whether the page calls itself a news article."""
        return any(fact.value.endswith("NewsArticle") for fact in self.types)


def value_of(fact: Fact[T] | None, otherwise: D) -> T | D:
    """What a fact says, or what holds where the page states none."""
    return fact.value if fact else otherwise


class LabelledText(NamedTuple):
    """One visible run of text with its label; `element` is where it stands in the tree, if that is known.
    `configured` says that a selector of the site's own configuration gave the label, `confidence` how sure it is."""

    label: Label
    text: str
    element: etree._Element | None = None
    configured: bool = False
    confidence: float = 1.0


def read_facts(tree: etree._Element, url: str) -> Facts:
    """What the page states in JSON-LD, meta tags and links, in one pass over the elements that may hold some. `tree`
    still holds its scripts; it is not changed."""
    page = _Page(tree, url)
    languages = tuple(page.languages(tree))
    language = languages[0].value if languages else None
    dated = partial(page.texts, read=partial(parse_date, language=language), anywhere=True)
    return Facts(
        titles=tuple(page.texts("headline", tags=meta_tags.TITLES)),
        descriptions=tuple(page.texts("description", "abstract", tags=meta_tags.DESCRIPTIONS)),
        credits=tuple(page.credits()),
        published=tuple(dated("datePublished", tags=meta_tags.PUBLISHED)) or tuple(dated("dateCreated", "uploadDate")),
        modified=tuple(dated("dateModified", tags=meta_tags.MODIFIED)),
        languages=languages,
        site_names=tuple(page.site_names()),
        canonical_url=next(page.texts(tags=meta_tags.CANONICAL, read=partial(web_address, page_url=url)), None),
        publisher=next(page.publishers(meta_tags.PUBLISHERS), None),
        section=next(page.texts("articleSection", tags=meta_tags.SECTIONS), None),
        keywords=next(page.keywords(), None),
        images=tuple(islice(page.images(), _MAX_IMAGES)),
        is_accessible_for_free=next(page.free(), None),
        license=next(page.licenses(), None),
        copyright_notice=next(page.notices(), None),
        meta_robots=page.robots(),
        tdm_reservation=next(page.texts(tags=("meta:tdm-reservation",)), None),
        tdm_policy=next(page.texts(tags=("meta:tdm-policy",)), None),
        types=tuple(page.types()),
        article_body=next(page.bodies(), None),
    )


class _Page:
    """A page's meta tags and links, and the JSON-LD nodes of its article: what each says, most trusted first."""

    def __init__(self, tree: etree._Element, url: str) -> None:
        found: dict[str, list[etree._Element]] = {"script": [], "meta": [], "link": [], "title": []}
        for element in tree.iter(*found):
            if element.tag != "script" or "ld+json" in (element.get("type") or "").lower():
                found[element.tag].append(element)
        self.url = url
        self.head = meta_tags.read_head(found["meta"], found["link"], found["title"], url)
        self.nodes = json_ld.read_nodes(found["script"])
        self.chosen = json_ld.choose(self.nodes, url, "".join(self.head.get("html:title", ())))
        self.articles = list(filter(json_ld.is_article, self.chosen)) or self.chosen
        named = [node for node in self.nodes if isinstance(node.get("@id"), str) and "name" in node]
        self.known = {node["@id"]: node for node in reversed(named)}

    def values(self, *keys: str, anywhere: bool = False) -> Iterator[tuple[str, Any]]:
        """What JSON-LD says of the article under some keys; `anywhere`, what it says of its page too."""
        for node in self.chosen if anywhere else self.articles:
            yield from ((f"json-ld:{key}", node[key]) for key in keys if node.get(key) is not None)

    def texts(
        self,
        *keys: str,
        tags: Sequence[str] = (),
        read: Callable[[str], str | None] = str,
        anywhere: bool = False,
    ) -> Iterator[Fact[str]]:
        """The texts under some keys of JSON-LD, then those of some meta tags, as `read` takes them."""
        for source, value in self.values(*keys, anywhere=anywhere):
            if (text := json_ld.texts(value)) and (said := read(text)):
                yield Fact(said, source)
        for tag in tags:
            for text in self.head.get(tag, ()):
                if said := read(text):
                    yield Fact(said, tag)

    def credits(self) -> Iterator[Fact[tuple[str, ...]]]:
        for source, value in self.values("author", "creator"):
            if names := json_ld.people(value, self.known):
                yield Fact(tuple(dict.fromkeys(names)), source)
        for tag in meta_tags.AUTHORS:
            stated = self.head.get(tag, [])
            if names := [author for value in stated[:50] for author in self._authors(tag, value)]:
                yield Fact(tuple(dict.fromkeys(names)), tag)

    def _authors(self, tag: str, value: str) -> tuple[str, ...]:
        """The names in a meta tag: no address, no identifier of Parse.ly's, no other data of Twitter's."""
        if value.startswith(("http:", "https:", "//", "@")):
            return ()
        if tag == "meta:twitter:data1":
            label = next(iter(self.head.get("meta:twitter:label1", ())), "").lower()
            return parse_byline(value, strict=False) if any(word in label for word in _BY) else ()
        if tag == "meta:parsely-author" and "-" in value and value == value.lower() and " " not in value:
            return ()
        if tag in _LAST_FIRST and value.count(",") == 1:
            last, given = (part.strip() for part in value.split(","))
            value = f"{given} {last}"
        return parse_byline(value, strict=False)

    def languages(self, tree: etree._Element) -> Iterator[Fact[str]]:
        stated = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
        if stated and (tag := language_tag(stated)):
            yield Fact(tag, "html:lang")
        yield from self.texts("inLanguage", tags=meta_tags.LANGUAGES, read=language_tag, anywhere=True)

    def site_names(self) -> Iterator[Fact[str]]:
        for fact in self.texts(tags=meta_tags.SITES):
            if len(fact.value) <= 80 and not fact.value.startswith(("http:", "https:", "@")):
                yield fact
        yield from self.publishers()
        for node in self.nodes:
            if set(json_ld.types(node)) & {"WebSite", "NewsMediaOrganization", "Organization"}:
                yield from (Fact(name, "json-ld:name") for name in json_ld.strings(node.get("name"))[:1])

    def publishers(self, tags: Sequence[str] = ()) -> Iterator[Fact[str]]:
        for source, value in self.values("publisher", anywhere=True):
            reference = value.get("@id") if isinstance(value, dict) and "name" not in value else None
            names = json_ld.strings(self.known.get(reference, value) if isinstance(reference, str) else value)
            yield from (Fact(name, source) for name in names[:3] if not name.startswith("http"))
        yield from (fact for fact in self.texts(tags=tags) if not fact.value.startswith(("http", "@")))

    def keywords(self) -> Iterator[Fact[tuple[str, ...]]]:
        stated = ((source, json_ld.strings(value)) for source, value in self.values("keywords"))
        tagged = ((tag, self.head.get(tag, [])) for tag in meta_tags.KEYWORDS)
        for source, texts in chain(stated, tagged):
            if words := meta_tags.listed(texts):
                yield Fact(words, source)

    def images(self) -> Iterator[Fact[Image]]:
        for source, value in self.values("image"):
            for item in value if isinstance(value, list) else [value]:
                if image := self._image(item):
                    yield Fact(image, source)
        alternatives = self.texts(tags=("meta:og:image:alt", "meta:twitter:image:alt"))
        alt = next((fact.value for fact in alternatives), None)
        places = ("meta:og:image", "meta:og:image:url", "meta:twitter:image", "meta:twitter:image:src")
        for fact in self.texts(tags=places, read=partial(web_address, page_url=self.url)):
            yield Fact(Image(url=fact.value, alt=alt), fact.source)

    def _image(self, item: Any) -> Image | None:
        if isinstance(item, dict) and "url" not in item and "contentUrl" not in item:
            reference = item.get("@id")
            item = next((node for node in self.nodes if node.get("@id") == reference and "url" in node), None)
        node = item if isinstance(item, dict) else {"url": item}
        target = next((value for key in ("url", "contentUrl") if isinstance(value := node.get(key), str)), None)
        if not target or not (address := web_address(plain(target), self.url)):
            return None
        credits = map(json_ld.texts, map(node.get, ("creditText", "creator", "author", "copyrightNotice")))
        caption = json_ld.texts(node.get("caption") or node.get("description"))
        return Image(url=address, caption=caption or None, credit=next(filter(None, credits), None))

    def free(self) -> Iterator[Fact[bool]]:
        for source, value in self.values("isAccessibleForFree", "isAccessibleForfree", anywhere=True):
            # `https://schema.org/True` is as good as true.
            if (free := _TRUTH.get(str(value).rsplit("/", 1)[-1].lower())) is not None:
                yield Fact(free, source)
        for tier in islice(self.texts(tags=("meta:article:content_tier", "meta:og:content_tier")), 1):
            if (free := _TIERS.get(tier.value.lower())) is not None:
                yield Fact(free, tier.source)

    def licenses(self) -> Iterator[Fact[str]]:
        for source, value in self.values("license"):
            if text := json_ld.texts(value) or json_ld.texts(value.get("@id") if isinstance(value, dict) else None):
                yield from (Fact(found, source) for found in [licence_of(text, self.url)] if found)
        yield from self.texts(tags=meta_tags.LICENSES + meta_tags.RIGHTS, read=partial(licence_of, page_url=self.url))

    def notices(self) -> Iterator[Fact[str]]:
        """Who holds the rights, as the page says it; what stands where a licence should and is none, too."""
        for source, value in self.values("copyrightNotice"):
            if text := json_ld.texts(value):
                yield Fact(text, source)
        yield from (fact for fact in self.texts(tags=meta_tags.RIGHTS) if not licence_of(fact.value, self.url))
        for fact in self.texts("license", tags=meta_tags.LICENSES):
            if is_notice(fact.value) and not licence_of(fact.value, self.url):
                yield fact

    def robots(self) -> Fact[str] | None:
        """Directives for all, and those for one crawler as X-Robots-Tag has them: `googlebot: noindex`."""
        found: dict[str, str] = {}
        for fact in self.texts(tags=meta_tags.ROBOTS):
            name = fact.source.removeprefix("meta:")
            found.setdefault(fact.value if name == "robots" else f"{name}: {fact.value}", fact.source)
        return Fact(", ".join(found), next(iter(found.values()))) if found else None

    def types(self) -> Iterator[Fact[str]]:
        yield from (Fact(kind, "json-ld:@type") for node in self.nodes for kind in json_ld.types(node))
        yield from self.texts(tags=("meta:og:type",))

    def bodies(self) -> Iterator[Fact[str]]:
        for source, value in self.values("articleBody"):
            if isinstance(value, str) and (text := plain_lines(value)):
                yield Fact(text, source)
