"""Where a site lists its articles: the key `discover` of a site file."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from archive.sites.site_values import Count, DateTemplate, Day, Place, Places, Selectors
from archive.sites.strict import Strict


def _as_section(value: Any) -> Any:
    return {"url": value} if isinstance(value, str) else value


class Section(Strict):
    """A page that lists articles."""

    url: Place
    """The page's URL, or its path on the site."""
    links: Selectors = ()
    """Links to articles, or elements around them. Without it: links that look like articles."""
    next: Selectors = ()
    """The link to the next page of the list."""
    pages: Count = Field(default=1, ge=1, le=1000)
    """The most pages of the list that are read; needs 'next'."""
    keep: bool = False
    """Keep the page itself over time: asked for in full in every crawl, and captured with what it needs to be shown
    if `requisites` is set. It has no record."""

    @model_validator(mode="after")
    def _can_turn_pages(self) -> Self:
        if self.pages > 1 and not self.next:
            raise ValueError("expected 'next', a selector of the link to the next page, where 'pages' is above 1")
        return self


class Archive(Strict):
    """Pages or sitemaps that list the articles of one day, month or year."""

    url: DateTemplate
    """A URL with the date in it: https://example.org/archive/{date:%Y/%m/%d}. The finest part of the date says
    whether it is a page for each day, month or year."""
    since: Day
    """The first day that the site has an archive page for."""
    until: Day | None = None
    """The last such day; without it, today."""
    links: Selectors = ()
    """Links to articles, or elements around them."""
    next: Selectors = ()
    """The link to the next page of the same list."""
    pages: Count = Field(default=1, ge=1, le=1000)
    """The most pages of one list that are read; needs 'next'."""

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.until and self.until < self.since:
            raise ValueError("expected 'since' to be before 'until'")
        if self.pages > 1 and not self.next:
            raise ValueError("expected 'next', a selector of the link to the next page, where 'pages' is above 1")
        return self


class Discover(Strict):
    """Where a site lists its articles. Empty: found from the home page and robots.txt."""

    news_sitemaps: Places = ()
    """Google News sitemaps: the newest articles with titles and dates."""
    sitemaps: Places = ()
    """Sitemaps and sitemap indexes, XML or text, gzipped or not."""
    feeds: Places = ()
    """RSS, Atom and JSON feeds."""
    sections: tuple[Annotated[Section, BeforeValidator(_as_section, json_schema_input_type=str | Section)], ...] = ()
    """Pages that list articles: a URL each, or a URL with 'links', 'next' and 'pages'."""
    archives: tuple[Archive, ...] = ()
    """Lists by date: the newest in every crawl, older ones where a crawl goes back in time (--since)."""

    def names_lists(self) -> bool:
        """Whether any list is named, so that the home page need not be searched for them."""
        return bool(self.news_sitemaps or self.sitemaps or self.feeds or self.sections or self.archives)
