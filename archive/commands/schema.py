"""`cleancopy schema`: what a record line holds."""

from archive.records import schema_json
from archive.telling.terminal import put


def schema() -> None:
    """Print the JSON Schema of a record line."""
    put(schema_json() + "\n")
