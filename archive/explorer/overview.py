"""The overview: how each site fares, alarms, the next runs, and when all was last verified."""

from datetime import UTC, datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from archive.collection.folder import Collection
from archive.explorer.desk import Desk, address_query
from archive.explorer.library import Holding
from archive.operations.report_figures import Shown
from archive.operations.report_page import moment, report_values
from archive.preservation.fixity import HERE, open_fixity


def overview(desk: Desk, request: Request) -> Response:
    """The report of one collection; of several, of that which the address names."""
    chosen = request.query_params.get("collection")
    holding = desk.library.holding(chosen) if chosen else next(iter(desk.library))
    report = holding.report()
    values = report_values(report, lambda _, capture: _history(holding, capture))
    return desk.page(
        "overview.html",
        request,
        view="overview",
        title=report.name,
        name=holding.name,
        is_file=False,
        verified=_verified(holding.collection),
        **values,
    )


def _history(holding: Holding, capture: Shown) -> str:
    return f"/history/{quote(holding.name)}?{address_query({'url': capture.url})}"


def _verified(collection: Collection) -> str:
    """When all files were last verified, in a sentence."""
    never = f"Nobody has verified all files yet: cleancopy verify {collection.path} does it."
    if not collection.fixity.exists():
        return never
    with open_fixity(collection) as fixity:
        read = fixity.longest_ago(HERE)
        faults = len(fixity.faults())
    if not read:
        return never
    said = f"{faults} of them are damaged." if faults else "None of them is damaged."
    return f"Every file has been read and compared since {moment(datetime.fromtimestamp(read, UTC))}. {said}"
