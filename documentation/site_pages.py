"""The pages that no one writes by hand: from README and its kin, and from the program."""

import re
from pathlib import Path

from archive.collection.settings import settings_schema
from archive.records import record_schema
from archive.sites import site_schema
from documentation.commands import commands_page
from documentation.keys import schema_page

ROOT = Path(__file__).parent.parent
#: Sections of README that are pages of their own, and what these are called.
ROADS = {
    "For the archivist": "archivist.md",
    "For the researcher": "researcher.md",
    "For the maintainer": "maintainer.md",
    "How faithful": "faithful.md",
    "How clean": "clean.md",
}
#: Files that are pages as they stand.
COPIED = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "archive/extraction/models/page.md": "model-card.md",
}
_SITE = (
    "Every key of a site file, as `configs/site.schema.json` has it for editors; [a how-to](add-a-site.md) leads there."
)
_COLLECTION = "Every key of the `collection.yaml` of a collection; `cleancopy schedule schema` prints it for editors."
_RECORD = (
    "Every field of a record, one JSON line a page; `cleancopy schema` prints it. [Kinds](kinds.md) explains values."
)


def made_pages() -> dict[str, str]:
    """The text of each page by its address."""
    readme = (ROOT / "README.md").read_text("utf-8")
    title, *sections = re.split(r"^## ", readme, flags=re.MULTILINE)
    start = [part for part in sections if part.partition("\n")[0] in ("Start", "The path of the data")]
    said = {part.partition("\n")[0]: part for part in sections}
    return {
        "index.md": _linked("## ".join([title, _roads(), *start])),
        **{page: _linked(f"# {said[heading]}") for heading, page in ROADS.items()},
        **{page: _linked((ROOT / file).read_text("utf-8")) for file, page in COPIED.items()},
        "commands.md": commands_page(),
        "site-file.md": schema_page("Site files", _SITE, site_schema()),
        "collection.md": schema_page("collection.yaml", _COLLECTION, settings_schema()),
        "record.md": schema_page("Records", _RECORD, record_schema()),
    }


def _roads() -> str:
    roads = "\n".join(f"- [{heading}]({page})" for heading, page in ROADS.items())
    return f"Where to go\n\n{roads}\n\n"


def _linked(text: str) -> str:
    """The same with links that lead to pages of the site."""
    for file, page in COPIED.items():
        text = text.replace(f"]({file})", f"]({page})")
    return text.replace("](docs/", "](")
