"""`cleancopy site schema`: what editors read to complete and check site files."""

import sys

from archive.sites import site_schema_json


def schema() -> None:
    """Print the JSON Schema of site files, for editors."""
    sys.stdout.write(site_schema_json() + "\n")
