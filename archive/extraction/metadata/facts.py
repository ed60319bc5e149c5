"""What a page states about itself in structured data, each value with where it came from; and its labelled blocks."""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from lxml import etree

from archive.labels import Label
from archive.records import Image

T = TypeVar("T")
D = TypeVar("D")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Fact(Generic[T_co]):
    """One stated value. `source` names its place, such as `json-ld:headline`, `meta:og:title`, `html:lang`."""

    value: T_co
    source: str


@dataclass(frozen=True, slots=True)
class Facts:
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
    def date_published(self) -> Fact[str] | None:
        """The most trusted publication date."""
        return next(iter(self.published), None)

    @property
    def date_modified(self) -> Fact[str] | None:
        """The most trusted date of the last change."""
        return next(iter(self.modified), None)

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
