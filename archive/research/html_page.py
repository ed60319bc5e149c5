"""HTML pages of our own, from templates: safe to open and to pass on.

They run no scripts and ask for nothing: a content security policy forbids both. Every text is escaped, and harmful
unseen characters stand as `⟨U+202E⟩`. A module's templates and style sheets lie in the folder `templates` beside it.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from archive.telling.unseen import DIRECTION_MARKS, visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html_environment(module: str, *others: Path) -> Environment:
    """Where the templates of a module (its `__file__`) are found, which extend `page.html`, and those in other folders.
    `TEXT is web` tells web addresses: a page may call itself `javascript:...`."""
    folders = [*(Path(file).parent / "templates" for file in (module, __file__)), *others]
    found = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["policy"] = POLICY
    found.filters["number"] = "{:,}".format
    found.tests["web"] = lambda url: url.lower().startswith(("http://", "https://"))
    return found


def _finalized(value: Any) -> Any:
    return visible(value, DIRECTION_MARKS) if isinstance(value, str) and not isinstance(value, Markup) else value
