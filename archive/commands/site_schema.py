"""`cleancopy site schema`: what editors read to complete and check site files."""

from archive.sites import site_schema_json
from archive.terminal import put


def schema() -> None:
    """Print the JSON Schema of site files, for editors."""
    put(site_schema_json() + "\n")
