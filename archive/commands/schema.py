"""`cleancopy schema`: what a record line holds."""

from archive.records import schema_json


def schema() -> None:
    """Print the JSON Schema of a record line."""
    print(schema_json())
