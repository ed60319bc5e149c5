"""What every view works with: the collections, the templates, and who fetches pages."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.explorer.fetching import Fetching
from archive.explorer.guard import Secrets
from archive.explorer.library import Holding, Library
from archive.labels import MEANING, Label
from archive.operations.report_page import FILTERS
from archive.research.block_html import blocks_html
from archive.research.html_page import html_environment
from archive.research.page_view import ARTICLE, readable

#: What the menu leads to: name, address, and what it is called.
VIEWS = (("overview", "/", "Overview"), ("search", "/search", "Search"), ("quality", "/quality", "Quality"))


@dataclass(frozen=True)
class Desk:
    """Held while the explorer runs. `frames` begins the addresses of archived pages; `fetching` is None where nothing
    fetches pages, `alone` the one thread that reads indexes."""

    library: Library
    kept: Secrets
    frames: str
    fetching: Fetching | None
    is_read_only: bool
    alone: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "explorer"))

    article_labels = ARTICLE

    @cached_property
    def _templates(self) -> Environment:
        found = html_environment(__file__, Path(__file__).parent.parent / "operations" / "templates")
        found.globals |= {
            "views": VIEWS,
            "labels": tuple(Label),
            "meaning": MEANING,
            "blocks_html": blocks_html,
            "form_token": self.kept.form,
            "frames": self.frames,
            "library": self.library,
        }
        found.filters |= {
            **FILTERS,
            "readable": readable,
            "words": lambda name: name.replace("_", " "),
            "query": address_query,
        }
        return found

    def page(self, template: str, request: Request, *, status: int = 200, **values: Any) -> Response:
        """A page of a template; htmx is given the part of it that it asked for."""
        known = {"part": "hx-request" in request.headers}
        return HTMLResponse(self._templates.get_template(template).render(**known, **values), status)

    def message(self, request: Request, title: str, sentence: str, status: int) -> Response:
        """A page, or for htmx a paragraph, that says one thing."""
        # What came is shown where it was asked from; htmx would drop what has a status of an error.
        if "hx-request" in request.headers:
            return self.page("part.html", request, sentence=sentence, is_alarm=status >= 400)
        return self.page("message.html", request, status=status, view="", title=title, sentence=sentence)

    def may_change(self, holding: Holding) -> bool:
        """Whether anything of a collection may be changed."""
        return not self.is_read_only and not holding.collection.is_read_only


def address_query(values: Mapping[str, object]) -> str:
    """The query of an address, of what is not empty."""
    return urlencode({name: value for name, value in values.items() if value not in (None, "", 0)})
