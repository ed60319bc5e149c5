"""The JSON Schema of site files, which makes editors complete and check them."""

import json
from typing import Any

from archive.labels import MEANING
from archive.sites.layout import Layout
from archive.sites.site import Site

#: The first line of a site file: editors with a YAML language server read the schema that it names.
MODELINE = "# yaml-language-server: $schema={place}"


def site_schema() -> dict[str, Any]:
    """The schema (2020-12) of a site file."""
    schema = Site.model_json_schema(mode="validation")
    schema["title"] = "A cleancopy site file"
    del schema["properties"]["domain"]
    schema.pop("required", None)
    schema["properties"]["inherits"] = {
        "type": "string",
        "description": "A shared content system whose layout fills in what this file does not say: a file of systems/.",
    }
    _explain_labels(schema["$defs"][Layout.__name__]["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _explain_labels(properties: dict[str, Any]) -> None:
    for label, meaning in MEANING.items():
        properties[label.value].setdefault("description", f"Elements that hold {meaning}.")


def site_schema_json() -> str:
    """The schema as indented JSON text."""
    return json.dumps(site_schema(), indent=2, ensure_ascii=False)
