"""Where site files lie, and which one is meant by a domain, a URL or a file's name."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from archive.errors import ConfigurationError
from archive.sites.addressed import domain_of_url, site_of_url
from archive.sites.file_stamp import Stamp, stamp_of
from archive.sites.host_names import looked_up
from archive.sites.loading import bundled_sites, domain_of, extra_directories, load_site
from archive.sites.logins import REFUSAL, has_login, shown
from archive.sites.site import Site
from archive.sites.site_values import is_web_url
from archive.sites.yaml_lines import line_of, load_mapping

#: Looks for the word first, which few files hold, and behind it for the line's begin.
_ALIASES = re.compile(rb"aliases:(?<![^\r\n]aliases:)")


def site_directories(collection: Sequence[Path] = ()) -> list[Path]:
    """Where site files are looked for, first match first: what the user named, the collection's own, the bundled."""
    return [*extra_directories(), *collection, bundled_sites()]


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that says it is for a host; `line` is where."""

    path: Path
    line: int


def site_files(folder: Path) -> dict[str, Claim]:
    """The file of each host in a directory, by file name and alias. Raises ConfigurationError for a directory that
    is not there and for two files that claim the same host."""
    try:
        # Asked for every page that is extracted. What came with the program changes by whole files, and so with its
        # folder: one look at that is enough, however many files there are.
        if folder == bundled_sites():
            return _bundled_claims(folder, stamp_of(folder.stat()))
        return _claims(_stamped(folder))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError(f"{folder} is not a directory of site files") from error


def _stamped(folder: Path) -> tuple[tuple[str, Stamp], ...]:
    """The site files in a directory. A scan costs a third of globbing and asking each file."""
    with os.scandir(folder) as entries:
        files = [(at.path, stamp_of(at.stat())) for at in entries if at.name.endswith((".yaml", ".yml"))]
    return tuple(sorted(files))


@lru_cache(maxsize=1)
def _bundled_claims(folder: Path, _stamp: Stamp) -> dict[str, Claim]:
    return _claims(_stamped(folder))


@lru_cache(maxsize=64)
def _claims(files: tuple[tuple[str, Stamp], ...]) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for path in (Path(name) for name, _ in files):
        for host, line in _hosts(path):
            if host in claims:
                other = claims[host]
                raise ConfigurationError(
                    f"{path}:{line}: the domain '{host}' is taken already by {other.path}:{other.line}; "
                    "expected one file for each domain"
                )
            claims[host] = Claim(path, line)
    return claims


def _hosts(path: Path) -> Iterator[tuple[str, int]]:
    yield domain_of(path), 1
    # Most files have no aliases, and reading YAML is slow.
    if _ALIASES.search(path.read_bytes()):
        aliases = load_mapping(path).get("aliases")
        for number, alias in enumerate(aliases if isinstance(aliases, list) else ()):
            yield looked_up(str(alias)), line_of(path, ("aliases", number))


def known_domains() -> list[str]:
    """The domains of all site files, sorted."""
    return sorted({claim.path.stem for folder in site_directories() for claim in site_files(folder).values()})


def find_site(domain: str, collection: Sequence[Path] = ()) -> Site | None:
    """The configured site of a domain or of the closest parent domain, or None."""
    path = site_file(domain, collection)
    return _loaded(path, stamp_of(path.stat())) if path else None


def site_file(domain: str, collection: Sequence[Path] = ()) -> Path | None:
    """The file of a domain or of the closest parent domain, or None."""
    folders = [
        site_files(folder) for folder in site_directories(collection) if folder not in collection or folder.is_dir()
    ]
    labels = looked_up(domain).removeprefix("www.").split(".")
    for start in range(len(labels) - 1 or 1):
        name = ".".join(labels[start:])
        for files in folders:
            if name in files:
                return files[name].path
    return None


@lru_cache(maxsize=512)
def _loaded(path: Path, _stamp: Stamp) -> Site:
    return load_site(path)


def site_file_of_url(url: str, collection: Sequence[Path] = ()) -> Path | None:
    """The file of the site that a URL is of, or None."""
    return site_file(domain_of_url(url), collection)


def named_file(name: str, collection: Sequence[Path] = ()) -> Path:
    """The site file that a user names: by its path or its domain.

    Raises ConfigurationError for a domain without a file, with the nearest right spelling.
    """
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    if path := site_file(name, collection):
        return path
    raise ConfigurationError(_unknown(name))


def named_site(name: str, collection: Sequence[Path] = ()) -> Site:
    """What a user names on the command line: a YAML file, a URL or a configured domain.

    Raises ConfigurationError for a domain without a file, with the nearest right spelling.
    """
    if "://" in name:
        return site_of_url(checked_url(name), collection).model_copy(update={"home": name})
    return load_site(named_file(name, collection))


def checked_url(url: str) -> str:
    """A URL that a user names. Raises ConfigurationError if it is none, or holds a password."""
    if not is_web_url(url):
        raise ConfigurationError(f"{shown(url)}: expected an http or https URL")
    if has_login(url):
        raise ConfigurationError(f"{shown(url)}: {REFUSAL}")
    return url


def _unknown(name: str) -> str:
    close = get_close_matches(name, known_domains(), n=1, cutoff=0.5)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"No site file for '{name}'.{hint} Give a URL (https://{name}/) to crawl it without one."
