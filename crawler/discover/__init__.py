"""Where a site lists its articles: feeds, sitemaps and pages, from bytes to links. Pure functions.

All of it is foreign input: entries, nesting and sizes are capped, XML entities are not expanded, and what cannot
be read gives fewer links, never an error.
"""

from archive.sites.article_urls import refusal
from crawler.discover.found import Found
from crawler.discover.list_page import Chosen, ListPage, choose
from crawler.discover.lists import Listed, is_list, links_of_list
from crawler.discover.section_links import archive_urls, following, section_of
from crawler.discover.sitemaps import is_named_sitemap
from crawler.discover.unwrapping import unwrapped
from crawler.discover.urls import is_web, joined, normalise, same_site

__all__ = [
    "Chosen",
    "Found",
    "ListPage",
    "Listed",
    "archive_urls",
    "choose",
    "following",
    "is_list",
    "is_named_sitemap",
    "is_web",
    "joined",
    "links_of_list",
    "normalise",
    "refusal",
    "same_site",
    "section_of",
    "unwrapped",
]
