"""The site configuration: one short YAML file a site, checked strictly.

A file with nothing but a name works; everything else has a default. What is wrong stops with the file, the
line, the key, what was expected and the nearest right spelling.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.sites.addressed import site_of_url
    from archive.sites.hooks import apply_hook, extraction_hook
    from archive.sites.json_schema import MODELINE, site_schema, site_schema_json
    from archive.sites.layout import Layout, StripRule
    from archive.sites.library import (
        find_site,
        known_domains,
        named_file,
        named_site,
        site_directories,
        site_file_of_url,
        site_files,
    )
    from archive.sites.listings import Archive, Discover, Section
    from archive.sites.loading import SITES_VARIABLE, bundled_sites, extra_directories, load_site
    from archive.sites.site import Articles, Crawl, PageTest, Site, State, Status
    from archive.sites.site_headers import Secret
    from archive.sites.site_values import TRAFILATURA, seconds_of

__all__ = [
    "MODELINE",
    "SITES_VARIABLE",
    "TRAFILATURA",
    "Archive",
    "Articles",
    "Crawl",
    "Discover",
    "Layout",
    "PageTest",
    "Secret",
    "Section",
    "Site",
    "State",
    "Status",
    "StripRule",
    "apply_hook",
    "bundled_sites",
    "extra_directories",
    "extraction_hook",
    "find_site",
    "known_domains",
    "load_site",
    "named_file",
    "named_site",
    "seconds_of",
    "site_directories",
    "site_file_of_url",
    "site_files",
    "site_of_url",
    "site_schema",
    "site_schema_json",
]

_MODULES = {
    "archive.sites.addressed": "site_of_url",
    "archive.sites.hooks": "apply_hook extraction_hook",
    "archive.sites.json_schema": "MODELINE site_schema site_schema_json",
    "archive.sites.layout": "Layout StripRule",
    "archive.sites.library": (
        "find_site known_domains named_file named_site site_directories site_file_of_url site_files"
    ),
    "archive.sites.listings": "Archive Discover Section",
    "archive.sites.loading": "SITES_VARIABLE bundled_sites extra_directories load_site",
    "archive.sites.site": "Articles Crawl PageTest Site State Status",
    "archive.sites.site_headers": "Secret",
    "archive.sites.site_values": "TRAFILATURA seconds_of",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Load on first use (PEP 562): who wants the stamp of a file need not load what all keys of a file mean."""
    if name not in _HOMES:
        raise AttributeError(f"module 'archive.sites' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
