"""Correct: what a block is and what a field holds, put right in the collection, and what that is worth elsewhere."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from archive.authoring.correcting import Corrector
from archive.authoring.correction_offer import Offer, offer
from archive.collection.corrections import FIELDS, in_force
from archive.errors import CollectionError, ConfigurationError
from archive.explorer.article import address_of, article
from archive.explorer.desk import Desk
from archive.extraction.memory.shelf import MemoryShelf
from archive.labels import Label
from archive.pipeline.renewal import renew
from archive.records import Record
from archive.research.captured_page import source_of
from archive.sites import site_of_url

#: The fields that hold several texts, one on a line of a form; and what stands for true, false and nothing.
_LISTS, _TRUTHS = ("authors", "keywords"), {"true": True, "false": False, "": None}


def correct(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Put something right, or take that back, and make the record anew. Raises CollectionError and ConfigurationError
    where that cannot be done."""
    holding = desk.library.holding(request.path_params["name"])
    if not desk.may_change(holding):
        raise CollectionError(f"{holding.name} is shown read-only: nothing can be changed.")
    record = holding.record(request.path_params["record"])
    told: list[str] = []
    _put_right(Corrector(holding.collection, told.append), record, fields)
    if holder := holding.collection.holder():
        told.append(f"Kept. {holding.name} is in use by {holder}: the record follows when it is next extracted.")
    else:
        renew(holding.collection, record)
        holding.look_again()
        told.append("Kept, and the record was made anew.")
    if "hx-request" in request.headers:
        return article(desk, request, notice=" ".join(told))
    return RedirectResponse(address_of(holding, record), 303)


def _put_right(corrector: Corrector, record: Record, fields: Mapping[str, str]) -> None:
    block = fields.get("block", "")
    number = int(block) if block.isascii() and block.isdigit() and len(block) < 7 else None
    name = fields.get("field", "")
    if "back" in fields:
        corrector.take_back(record, number if number is not None else name)
    elif number is not None:
        if fields.get("label") not in set(Label):
            raise ConfigurationError("Choose one of the labels.")
        corrector.label(record, number, Label(fields["label"]))
    elif name in FIELDS:
        corrector.set(record, name, _value(name, fields.get("value", "")))
    else:
        raise ConfigurationError("There is nothing of that kind to be put right.")


def _value(name: str, text: str) -> Any:
    """What a form's text means for a field. Raises ConfigurationError."""
    if name in _LISTS:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if name != "is_accessible_for_free":
        return text.strip() or None
    if text.strip().lower() not in _TRUTHS:
        raise ConfigurationError("Expected true, false or nothing.")
    return _TRUTHS[text.strip().lower()]


def offers(desk: Desk, request: Request) -> Response:
    """What the corrections of a page are worth to its site's file: keys of it, tried on the page."""
    holding = desk.library.holding(request.path_params["name"])
    record = holding.record(request.path_params["record"])
    found = source_of(holding.collection, record)
    made: list[Offer] = []
    for page in found.pages.values() or (found,):
        known = in_force(holding.collection.path).get(page.place.payload_digest or "")
        if known is not None:
            site = site_of_url(page.capture.url, [holding.collection.sites])
            memory = MemoryShelf(holding.collection.memory).in_force(site.domain, page.capture.date)
            made.append(offer(page.capture, site, known, memory))
    return desk.page("offer.html", request, view="", title="For the site's file", offers=made, site=record.site)
