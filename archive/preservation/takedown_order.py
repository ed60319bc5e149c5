"""What is to be taken down: addresses and sites."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from archive.errors import ConfigurationError
from archive.sites import site_of_url
from archive.sites.site_values import is_web_url
from archive.warc.index import url_key


class Order(BaseModel):
    """One wish. URLs are meant as an index finds them: scheme, `www.`, upper case and a final slash make no
    difference. A site is a host with all below it, and every host that the site's file names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    urls: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    reason: str

    def check(self) -> None:
        """Raises ConfigurationError where nothing is named, or not with a reason."""
        if not self.urls and not self.sites:
            raise ConfigurationError("give at least one --url URL or --site SITE")
        for url in self.urls:
            if "://" not in url:
                raise ConfigurationError(f"--url {url}: expected an address such as https://courier.example/story.html")
        for site in self.sites:
            if "/" in site or not is_web_url(f"https://{site}/"):
                raise ConfigurationError(f"--site {site}: expected a domain such as courier.example")
        if not self.reason.strip():
            raise ConfigurationError("--reason: say why; it stands in the log and in the archive")


class Covered:
    """Which addresses some orders are about."""

    def __init__(self, orders: Iterable[Order], site_files: Path) -> None:
        """`site_files` is the collection's folder of site files."""
        known = list(orders)
        self._keys = frozenset(url_key(url) for order in known for url in order.urls)
        self._sites = frozenset(site.lower().removeprefix("www.") for order in known for site in order.sites)
        self._site_files = site_files
        self._hosts: dict[str, bool] = {}

    def __call__(self, url: str) -> bool:
        """Whether this address is meant."""
        return bool(url) and (self._is_of_site(url) or (bool(self._keys) and url_key(url) in self._keys))

    @property
    def sites(self) -> Sequence[str]:
        """The sites that are wholly meant."""
        return sorted(self._sites)

    def _is_of_site(self, url: str) -> bool:
        if not self._sites:
            return False
        try:
            host = (urlsplit(url).hostname or "").removeprefix("www.")
        except ValueError:
            return False
        if host not in self._hosts:
            self._hosts[host] = self._matches(host, url)
        return self._hosts[host]

    def _matches(self, host: str, url: str) -> bool:
        labels = host.split(".")
        if any(".".join(labels[start:]) in self._sites for start in range(len(labels))):
            return True
        return bool(host) and site_of_url(url, [self._site_files]).domain in self._sites
