"""Which sites a collection crawls, each with its schedule, and what is wrong with their configuration."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from archive.collection.folder import Collection
from archive.collection.settings import CollectionSettings, SiteSettings
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError
from archive.sites import Site, State, find_site, known_domains, load_site, site_directories
from archive.sites.file_stamp import Stamp, stamp_of
from archive.sites.schedule import Schedule
from archive.sites.yaml_lines import line_of


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A site and the schedule that holds for it."""

    site: Site
    schedule: Schedule

    @property
    def active(self) -> bool:
        """Whether it is to be crawled at all."""
        return self.site.status.state is State.ACTIVE


@dataclass(frozen=True, slots=True)
class Roster:
    """The sites by domain, the collection's settings, and a line for each problem in the files."""

    settings: CollectionSettings
    sites: dict[str, Scheduled]
    problems: tuple[str, ...] = ()


def read_roster(collection: Collection, before: Roster | None = None) -> Roster:
    """Read the configuration anew. What is wrong in it keeps the value that it had in `before`.

    Raises ConfigurationError if collection.yaml is wrong and there is nothing before it.
    """
    problems: list[str] = []
    try:
        settings = load_settings(collection)
    except ConfigurationError as error:
        if before is None:
            raise
        problems.append(str(error))
        settings = before.settings
    sites: dict[str, Scheduled] = {}
    for domain in _domains(collection, settings):
        try:
            sites[domain] = _scheduled(collection, settings, domain)
        except ConfigurationError as error:
            problems.append(str(error))
            if before and domain in before.sites:
                sites[domain] = before.sites[domain]
    return Roster(settings, sites, tuple(dict.fromkeys(problems)))


def _domains(collection: Collection, settings: CollectionSettings) -> Iterator[str]:
    """The sites that the settings name, then those whose files in the collection say when."""
    yield from settings.sites
    for path in sorted(collection.sites.glob("*.yaml")):
        if path.stem not in settings.sites and re.search(r"^schedule:", path.read_text("utf-8", "replace"), re.M):
            yield path.stem


def _scheduled(collection: Collection, settings: CollectionSettings, domain: str) -> Scheduled:
    said = settings.sites.get(domain)
    site = _site(collection, domain, said)
    own = site.schedule or Schedule()
    schedule = (said.over(own) if said else own).over(settings.schedule)
    if not schedule.runs:
        raise ConfigurationError(
            f"{_place(collection, domain, said)}: expected 'cron' or 'every', here, in the site's file "
            "or, for all sites, in 'schedule'"
        )
    return Scheduled(site, schedule)


def _site(collection: Collection, domain: str, said: SiteSettings | None) -> Site:
    path = collection.sites / f"{domain}.yaml"
    found = load_site(path) if said is None else find_site(domain, [collection.sites])
    if found is None or found.domain != domain:
        if said is None or said.home is None:
            raise ConfigurationError(f"{_place(collection, domain, said)}: {_unknown(domain)}")
        found = Site(domain=domain)
    return found.model_copy(update={"home": said.home}) if said and said.home else found


def _place(collection: Collection, domain: str, said: SiteSettings | None) -> str:
    """Where a person says when a site is crawled."""
    if said is None:
        path = collection.sites / f"{domain}.yaml"
        return f"{path}:{line_of(path, ('schedule',))}: schedule"
    return f"{collection.settings}:{line_of(collection.settings, ('sites', domain))}: sites.{domain}"


def _unknown(domain: str) -> str:
    close = get_close_matches(domain, known_domains(), n=1, cutoff=0.6)
    need = "site without one needs 'home', its home page"
    if close:
        return f"no site file for '{domain}'; did you mean '{close[0]}'? A {need}"
    return f"no site file for '{domain}'; a {need}"


def stamps(collection: Collection) -> dict[str, Stamp]:
    """The stamp of each file that a roster is read from, to see cheaply whether one has changed."""
    found: dict[str, Stamp] = {}
    for folder in (collection.path, collection.sites, *site_directories()):
        with suppress(FileNotFoundError), os.scandir(folder) as entries:
            found |= {entry.path: stamp_of(entry.stat()) for entry in entries if entry.name.endswith((".yaml", ".yml"))}
    return found
