"""`collection.yaml` to checked settings."""

from archive.collection import Collection
from archive.settings.schema import CollectionSettings
from archive.sites.loading import checked
from archive.yaml_lines import load_mapping


def load_settings(collection: Collection) -> CollectionSettings:
    """The settings of a collection; the defaults where it has no such file.

    Raises ConfigurationError with a line for each problem: file, line, key, what was expected, the nearest spelling.
    """
    if not collection.settings.exists():
        return CollectionSettings()
    return checked(collection.settings, CollectionSettings, load_mapping(collection.settings))
