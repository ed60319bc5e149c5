"""`<meta>` and `<link>` elements as names and values, which names carry which field, and values in their usual form."""

from collections.abc import Iterable, Sequence

from lxml import etree

from archive.extraction.metadata.fact_text import plain, web_address

#: Elements read and characters of one value that are kept.
MAX_TAGS = 1_000


def _metas(names: str) -> tuple[str, ...]:
    return tuple(f"meta:{name}" for name in names.split())


# Names in order of trust. Open Graph (ogp.me), Dublin Core (dcterms), Parse.ly, Sailthru, Cxense,
# Highwire (citation_*), PRISM, schema.org microdata and what news sites made up.
TITLES = (
    *_metas(
        "og:title twitter:title twitter:text:title parsely-title sailthru.title dc.title dcterms.title citation_title "
        "cxenseparse:title cxenseparse:contenttitle title fulltitle headline"
    ),
    "html:title",
)
DESCRIPTIONS = _metas(
    "og:description description twitter:description dc.description dcterms.description sailthru.description "
    "cxenseparse:description citation_abstract"
)
AUTHORS = _metas(
    "author article:author_name article:byline mrf:authors byl byline authors dc.creator dcterms.creator "
    "citation_author prism.author sailthru.author parsely-author cxenseparse:author articleauthor og:article:author "
    "og:author article:author dable:author shareaholic:article_author_name vr:author news_author creator rbauthors "
    "sy:author bt:author cse_author content_author twitter:data1"
)
PUBLISHED = _metas(
    "article:published_time article:published article:published:time og:published_time datepublished parsely-pub-date "
    "sailthru.date cxenseparse:recs:publishtime cxenseparse:publishtime citation_publication_date "
    "citation_online_date prism.publicationdate dcterms.issued dc.date.issued dcterms.date dc.date dcterms.created "
    "dc.date.created dc.created date pubdate publishdate publish_date publish-date publication_date pub_date "
    "published published_at publicationdate published_time ptime date.available date.created article.published "
    "article:post_date og:pubdate og:publish_date content:publishdate release_date displaydate "
    "originalpublicationdate bt:pubdate article_date_original cxenseparse:epi-fpubli srf.date dable:published_time "
    "created article:created rnews:datepublished created-date created_date creation-date published-date published_date "
    "publication-date date-published content_publisheddate"
)
MODIFIED = _metas(
    "article:modified_time article:modified article:modified:time og:updated_time datemodified last-modified lastmod "
    "last_modified dcterms.modified dc.date.modified dc.modified date.modified date.updated article:updated_time "
    "og:modified_time revised updated_time moddate utime lastmodified cxenseparse:modtime bt:moddate article.updated "
    "modified modified-date modified_date modification-date date-modified updated-date updated_date last-modified-date"
)
SITES = _metas(
    "og:site_name application-name apple-mobile-web-app-title al:android:app_name dc.publisher dcterms.publisher "
    "publisher cre article:publisher_name twitter:app:name:iphone prism.publicationname citation_journal_title "
    "copyright"
)
PUBLISHERS = _metas("og:site_name publisher dc.publisher dcterms.publisher application-name citation_publisher")
SECTIONS = _metas(
    "article:section parsely-section section cxenseparse:recs:articlesection cxenseparse:section prism.section "
    "og:section articlesection sailthru.section dable:section"
)
KEYWORDS = _metas(
    "article:tag news_keywords keywords parsely-tags sailthru.tags cxenseparse:recs:keywords citation_keywords"
)
LANGUAGES = _metas("inlanguage content-language og:locale dc.language dcterms.language language lang citation_language")
LICENSES = ("link:license", *_metas("dcterms.license dc.rights.license license"))
#: Where either may stand: a licence, or who holds the rights.
RIGHTS = _metas("dcterms.rights dc.rights rights copyright")
CANONICAL = ("link:canonical", "meta:og:url")
#: For all crawlers, for this one, and for those whose rules are read as a statement on search or on training.
ROBOTS = _metas("robots cleancopy googlebot googlebot-news google-extended bingbot gptbot ccbot")
_ROLES = frozenset(("canonical", "license"))
_MAX_KEYWORDS = 60


def read_head(
    metas: Sequence[etree._Element], links: Sequence[etree._Element], titles: Sequence[etree._Element], url: str
) -> dict[str, list[str]]:
    """What a page's meta, link and title elements say: `meta:NAME`, in lower case, with all its values, `link:ROLE` and
    `html:title` with their first. Empty values are left out, and links are absolute where they can be."""
    title = next((text for title in titles if (text := plain(title.text or ""))), None)
    said = {"html:title": [title]} if title else {}
    # Some programs that save pages write `value` everywhere. Where a page does once, browsers do not read it either.
    attribute = "content" if any(element.get("content") for element in metas) else "value"
    for element in metas[:MAX_TAGS]:
        content = element.get(attribute)
        if content and (value := plain(content)):
            for name in _named(element).lower().split()[:3]:
                said.setdefault(f"meta:{name}", []).append(value)
    for element in links[:MAX_TAGS]:
        for role in (element.get("rel") or "").lower().split():
            if role in _ROLES and (target := (element.get("href") or "").strip()):
                said.setdefault(f"link:{role}", [web_address(target, url) or target])
    return said


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
