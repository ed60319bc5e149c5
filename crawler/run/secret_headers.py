"""The headers of a site, with what is secret in them taken from where its file says that it is.

They are kept apart from everything that is written down: only requests to the site's own hosts hold them.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import ConfigurationError
from archive.sites import Secret, Site
from archive.sites.yaml_lines import line_of
from crawler.discover.reach import Reach

#: Bytes of a secret.
_LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class SiteHeaders:
    """What is sent to a site's own hosts. `hidden` are the names, in small letters, of what captures do not hold."""

    plain: Mapping[str, str]
    secret: Mapping[str, str] = field(repr=False)
    hidden: frozenset[str]

    def of(self, url: str, reach: Reach) -> dict[str, str]:
        """The headers for a URL: none on other hosts, and secrets not where others could read them on the way."""
        if not reach.holds(url):
            return {}
        return {**self.plain, **(self.secret if reach.is_safe(url) else {})}


def headers_of(site: Site, collection: Path) -> SiteHeaders:
    """Look up a site's secrets. Raises ConfigurationError, with file, key and variable, for one that is not there, and
    for a file in the collection, which copies and data sets would take along."""
    plain = {name: value for name, value in site.crawl.headers.items() if isinstance(value, str)}
    secret = {
        name: _value(site, ("headers", name), value, collection)
        for name, value in site.crawl.headers.items()
        if isinstance(value, Secret)
    }
    if cookies := list(_cookies(site, collection)):
        secret["Cookie"] = "; ".join(cookies)
    hidden = frozenset(map(str.lower, secret)) if site.crawl.secrets == "redact" else frozenset()
    return SiteHeaders(plain, secret, hidden)


def _cookies(site: Site, collection: Path) -> Iterator[str]:
    for name, where in site.crawl.cookies.items():
        value = _value(site, ("cookies", name), where, collection)
        if ";" in value:
            raise ConfigurationError(
                f"{_key(site, ('cookies', name))}: {_of(where)} holds a semicolon, which ends a cookie"
            )
        yield f"{name}={value}"


def _value(site: Site, key: tuple[str, str], where: Secret, collection: Path) -> str:
    value = _of_file(site, key, where.file, collection) if where.file else os.environ.get(where.env or "")
    if not value:
        what = f"{where.file} is empty" if where.file else f"the environment variable {where.env} is not set"
        raise ConfigurationError(f"{_key(site, key)}: {what}")
    if not (value.isascii() and value.isprintable()):
        raise ConfigurationError(f"{_key(site, key)}: expected {_of(where)} to hold one line of ASCII characters")
    return value


def _of_file(site: Site, key: tuple[str, str], name: str, collection: Path) -> str:
    path = Path(name).expanduser()
    # Path.resolve raises RuntimeError for links in a circle before Python 3.13.
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(collection)):
        raise ConfigurationError(
            f"{_key(site, key)}: {name} lies in the collection, of which copies are made: keep it elsewhere"
        )
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST).decode("latin-1").strip()
    except OSError as error:
        raise ConfigurationError(f"{_key(site, key)}: {name} cannot be read: {error.strerror}") from error


def _key(site: Site, key: tuple[str, str]) -> str:
    """Where a site's file names a secret."""
    where = f"{site.file}:{line_of(site.file, ('crawl', *key))}" if site.file else f"the site file of {site.domain}"
    return f"{where}: crawl.{'.'.join(key)}"


def _of(where: Secret) -> str:
    return where.file or f"the environment variable {where.env}"
