"""What the owner of a collection wants of it: `collection.yaml`, checked as strictly as site files."""

from archive.settings.json_schema import settings_schema, settings_schema_json
from archive.settings.loading import load_settings
from archive.settings.schema import CollectionSettings, SiteSettings

__all__ = ["CollectionSettings", "SiteSettings", "load_settings", "settings_schema", "settings_schema_json"]
