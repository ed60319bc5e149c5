"""The site of a page, by the page's URL."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from archive.sites.host_names import looked_up
from archive.sites.site import Site

#: Stands for the domain of a page whose URL is not known, or names no host. No file is asked about it.
UNKNOWN = "unknown"


def site_of_url(url: str, collection: Sequence[Path] = ()) -> Site:
    """The configured site of a URL, or one with the host's name alone."""
    domain = domain_of_url(url)
    if domain == UNKNOWN:
        return _unconfigured(domain)
    # To load YAML and look at all files takes a twentieth of the time in which a process makes its first record.
    from archive.sites.library import find_site  # noqa: PLC0415

    return find_site(domain, collection) or _unconfigured(domain)


@lru_cache(maxsize=512)
def _unconfigured(domain: str) -> Site:
    # All that it says is the defaults'. To check it takes what checks files, which is made in a hundredth of a second.
    return Site.model_construct(domain=domain)


def domain_of_url(url: str) -> str:
    """The host that a URL names, without `www.`."""
    try:
        return looked_up(urlsplit(url).hostname or UNKNOWN).removeprefix("www.")
    except ValueError:
        return UNKNOWN
