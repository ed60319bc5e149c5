"""`collection.yaml` to checked settings."""

import os
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.settings import CollectionSettings
from archive.errors import ConfigurationError
from archive.sites.loading import checked
from archive.sites.yaml_lines import line_of, load_mapping


def load_settings(collection: Collection) -> CollectionSettings:
    """The settings of a collection; the defaults where it has no such file.

    Raises ConfigurationError with a line for each problem: file, line, key, what was expected, the nearest spelling;
    and where a copy is not apart from the collection.
    """
    if not collection.settings.exists():
        return CollectionSettings()
    settings = checked(collection.settings, CollectionSettings, load_mapping(collection.settings))
    for number, copy in enumerate(settings.copies):
        if copy.to.startswith("/") and not _is_apart(Path(copy.to), collection):
            raise ConfigurationError(
                f"{collection.settings}:{line_of(collection.settings, ('copies', number))}: copies[{number}].to: "
                f"{copy.to} is the collection itself, lies in it, or has it inside, and would be no copy of it. "
                f"Name a directory outside of {collection.path.absolute()}, best on another disk."
            )
    if settings.key and _real(Path(settings.key)).is_relative_to(_real(collection.path)):
        raise ConfigurationError(
            f"{collection.settings}:{line_of(collection.settings, ('key',))}: key: {settings.key} lies in the "
            "collection, which is copied and given away. Keep the key outside of it."
        )
    return settings


def require_own_frontier(collection: Collection, command: str) -> None:
    """Raises ConfigurationError where a collection shares its frontier, for a command that works with its own alone."""
    if load_settings(collection).frontier:
        raise ConfigurationError(
            f"{command} does not work yet with the shared frontier that 'frontier' in {collection.settings} names. "
            "Several `cleancopy crawl` do; cron or a systemd timer may start them."
        )


def _is_apart(place: Path, collection: Collection) -> bool:
    """Whether a directory and the collection share nothing, wherever symbolic links lead."""
    there = _real(place)
    # The captures may lie on another disk, behind a link.
    ours = (_real(collection.path), _real(collection.archive))
    return not any(there.is_relative_to(own) or own.is_relative_to(there) for own in ours)


def _real(path: Path) -> Path:
    # Path.resolve raises RuntimeError for links in a circle before Python 3.13.
    return Path(os.path.realpath(path))
