"""Where a site lists its articles: feeds, sitemaps and pages, from bytes to links. Pure functions.

All of it is foreign input: entries, nesting and sizes are capped, XML entities are not expanded, and what cannot
be read gives fewer links, never an error.
"""

from archive.sites.article_urls import refusal
from crawler.discover.feeds import links_of_feed
from crawler.discover.found import Found
from crawler.discover.list_page import Chosen, ListPage, choose
from crawler.discover.section_links import archive_urls, following, section_of
from crawler.discover.sitemaps import Sitemap, is_named_sitemap, links_of_sitemap
from crawler.discover.urls import is_web, normalise, same_site

__all__ = [
    "Chosen",
    "Found",
    "ListPage",
    "Sitemap",
    "archive_urls",
    "choose",
    "following",
    "is_named_sitemap",
    "is_web",
    "links_of_feed",
    "links_of_sitemap",
    "normalise",
    "refusal",
    "same_site",
    "section_of",
]
