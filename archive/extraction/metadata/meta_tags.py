"""`<meta>` and `<link>` elements as names and values, which names carry which field, and values in their usual form."""

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from archive.extraction.metadata.fact_text import plain

#: Elements read and characters of one value that are kept.
MAX_TAGS = 1_000

# Names in order of trust. Open Graph (ogp.me), Dublin Core (dcterms), Parse.ly, Sailthru, Cxense,
# Highwire (citation_*), PRISM, schema.org microdata and what news sites made up.
TITLES = (
    "og:title twitter:title twitter:text:title parsely-title sailthru.title dc.title dcterms.title citation_title "
    "cxenseparse:title cxenseparse:contenttitle title fulltitle headline"
).split()
DESCRIPTIONS = (
    "og:description description twitter:description dc.description dcterms.description sailthru.description "
    "cxenseparse:description citation_abstract"
).split()
AUTHORS = (
    "author article:author_name article:byline mrf:authors byl byline authors dc.creator dcterms.creator "
    "citation_author prism.author sailthru.author parsely-author cxenseparse:author articleauthor og:article:author "
    "og:author article:author dable:author shareaholic:article_author_name vr:author news_author creator rbauthors "
    "sy:author bt:author cse_author twitter:data1"
).split()
PUBLISHED = (
    "article:published_time article:published article:published:time og:published_time datepublished parsely-pub-date "
    "sailthru.date cxenseparse:recs:publishtime cxenseparse:publishtime citation_publication_date "
    "citation_online_date prism.publicationdate dcterms.issued dc.date.issued dcterms.date dc.date dcterms.created "
    "dc.date.created dc.created date pubdate publishdate publish_date publish-date publication_date pub_date "
    "published published_at publicationdate published_time ptime date.available date.created article.published "
    "article:post_date og:pubdate og:publish_date content:publishdate release_date displaydate "
    "originalpublicationdate bt:pubdate article_date_original cxenseparse:epi-fpubli srf.date dable:published_time "
    "created article:created rnews:datepublished"
).split()
MODIFIED = (
    "article:modified_time article:modified article:modified:time og:updated_time datemodified last-modified lastmod "
    "last_modified dcterms.modified dc.date.modified dc.modified date.modified date.updated article:updated_time "
    "og:modified_time revised updated_time moddate utime lastmodified cxenseparse:modtime bt:moddate article.updated "
    "modified"
).split()
SITES = (
    "og:site_name application-name apple-mobile-web-app-title al:android:app_name dc.publisher dcterms.publisher "
    "publisher cre article:publisher_name twitter:app:name:iphone prism.publicationname citation_journal_title "
    "copyright"
).split()
PUBLISHERS = "og:site_name publisher dc.publisher dcterms.publisher application-name citation_publisher".split()
SECTIONS = (
    "article:section parsely-section section cxenseparse:recs:articlesection cxenseparse:section prism.section "
    "og:section articlesection sailthru.section dable:section"
).split()
KEYWORDS = (
    "article:tag news_keywords keywords parsely-tags sailthru.tags cxenseparse:recs:keywords citation_keywords"
).split()
LANGUAGES = (
    "inlanguage content-language og:locale dc.language dcterms.language language lang citation_language"
).split()
LICENSES = "dcterms.license dc.rights.license license dcterms.rights dc.rights".split()
#: For all crawlers, for this one, and for those whose rules are read as a statement on search or on training.
ROBOTS = "robots cleancopy googlebot googlebot-news google-extended bingbot gptbot ccbot".split()
_ROLES = frozenset(("canonical", "license", "author", "publisher", "amphtml"))
_MAX_KEYWORDS = 60


class Head(NamedTuple):
    """What a page's meta, link and title elements say. Names are in lower case."""

    metas: dict[str, list[str]]
    links: dict[str, str]
    title: str


def read_head(metas: list[etree._Element], links: list[etree._Element], titles: list[etree._Element]) -> Head:
    """The page's meta, link and title elements by name, empty values left out."""
    head = Head({}, {}, next((text for title in titles if (text := plain(title.text or ""))), ""))
    for element in metas[:MAX_TAGS]:
        content = element.get("content")
        if content and (value := plain(content)):
            for name in _named(element).lower().split()[:3]:
                head.metas.setdefault(name, []).append(value)
    for element in links[:MAX_TAGS]:
        for role in (element.get("rel") or "").lower().split():
            if role in _ROLES and (target := (element.get("href") or "").strip()):
                head.links.setdefault(role, target)
    return head


def _named(element: etree._Element) -> str:
    """A meta element's names; none for a microdata property of an image or another thing inside the article."""
    names = element.get("property") or element.get("name") or element.get("http-equiv")
    if names is not None or not (names := element.get("itemprop")):
        return names or ""
    for ancestor in element.iterancestors():
        if ancestor.get("itemscope") is not None:
            kind = (ancestor.get("itemtype") or "").rstrip("/")
            return names if kind.endswith(("Article", "BlogPosting", "WebPage", "Posting")) else ""
    return "" if names.lower() in ("author", "name", "description", "url", "image") else names


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Keywords one by one; a single text holds them between commas."""
    values = list(values)
    if len(values) == 1:
        values = values[0].replace("、", ",").replace(";", ",").split(",")
    return tuple(dict.fromkeys(word for value in values if (word := value.strip()) and len(word) <= 100))[
        :_MAX_KEYWORDS
    ]
