"""`cleancopy schedule schema`: what editors read to complete and check collection.yaml."""

from archive.collection.settings_schema import settings_schema_json
from archive.terminal import put


def schema() -> None:
    """Print the JSON Schema of collection.yaml, for editors. Write it beside that file as collection.schema.json, and
    begin the file with the line `# yaml-language-server: $schema=collection.schema.json`."""
    put(settings_schema_json() + "\n")
