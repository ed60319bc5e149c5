"""The fields of a record that say how its page was captured, and where the capture lies."""

from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from archive.exchange import Unfinished


class Frozen(BaseModel):
    """A part of a record: every field is there, and none changes."""

    # Parts of a record that come alone in few lines are built with it, and not once more by themselves.
    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_serialization_defaults_required=True, defer_build=True
    )

    @classmethod
    def built(cls, fields: dict[str, Any]) -> Self:
        """One from the values of all its fields, in their order and of their types, which nothing checks: a page has
        hundreds of such parts, and to look at each would take longer than to make it."""
        made, give = cls.__new__(cls), object.__setattr__
        give(made, "__dict__", fields)
        give(made, "__pydantic_fields_set__", names_of(cls))
        give(made, "__pydantic_extra__", None)
        give(made, "__pydantic_private__", None)
        return made


@cache
def names_of(kind: type[Frozen]) -> set[str]:
    """The fields of a kind of part: one set for all, as none of them changes."""
    return set(kind.model_fields)


class Http(Frozen):
    """What the server said about the page."""

    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Discovery(Frozen):
    """How the URL was found, with the feed's or sitemap's own title and date."""

    type: str | None = None
    url: str | None = None
    title: str | None = None
    date: str | None = None


class RenderedBy(Frozen):
    """The browser whose document a page is, name and version; the id of the response that it loaded, which `http` is
    of; and which limit ended the loading, null where nothing more was asked for."""

    browser: str
    response: str
    unfinished: Unfinished | None = None


class PagePlace(Frozen):
    """Where a page of a story lies. `page` is its number, null for the view that has all pages in one."""

    page: int | None = None
    url: str | None = None
    filename: str
    offset: int
    length: int
    record_id: str | None = None
    payload_digest: str | None = None
    date_crawled: str | None = None


class WarcPlace(Frozen):
    """Where the response lies, or the document that a browser made of it: `offset` and `length` of its gzip member in
    bytes. `pages` are all captures of a story in several pages, in their order, this one among them; empty for all
    others."""

    filename: str
    offset: int
    length: int
    record_id: str | None = None
    payload_digest: str | None = None
    pages: tuple[PagePlace, ...] = ()
