"""The JSON Schema of `collection.yaml`, which makes editors complete and check it."""

import json
from typing import Any

from archive.collection.settings import CollectionSettings


def settings_schema() -> dict[str, Any]:
    """The schema (2020-12) of `collection.yaml`."""
    schema = CollectionSettings.model_json_schema(mode="validation")
    schema["title"] = "The collection.yaml of a cleancopy collection"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def settings_schema_json() -> str:
    """The schema as indented JSON text."""
    return json.dumps(settings_schema(), indent=2, ensure_ascii=False)
