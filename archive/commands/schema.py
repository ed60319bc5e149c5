"""`cleancopy schema`, `site schema`, `schedule schema`: what record lines and our files hold, for programs."""

from archive.telling.terminal import put


def of_records() -> None:
    """Print the JSON Schema of a record line."""
    from archive.records import schema_json  # noqa: PLC0415

    put(schema_json() + "\n")


def of_sites() -> None:
    """Print the JSON Schema of site files, for editors."""
    from archive.sites import site_schema_json  # noqa: PLC0415

    put(site_schema_json() + "\n")


def of_settings() -> None:
    """Print the JSON Schema of collection.yaml, for editors. Write it beside that file as collection.schema.json, and
    begin the file with the line `# yaml-language-server: $schema=collection.schema.json`."""
    from archive.collection.settings import settings_schema_json  # noqa: PLC0415

    put(settings_schema_json() + "\n")
