"""The explorer as a web application: its addresses, and how each is answered.

All views run in one thread: one person looks, and SQLite's connections belong to the thread that opened them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from archive.errors import CleancopyError
from archive.explorer.article import article, block, excerpt
from archive.explorer.correct import correct, offers
from archive.explorer.desk import Desk
from archive.explorer.exporting import export_command, export_count
from archive.explorer.guard import Guard, read_form
from archive.explorer.history import history
from archive.explorer.overview import overview
from archive.explorer.quality import act, quality
from archive.explorer.search import search

View = Callable[[Desk, Request], Response]
_STATIC = Path(__file__).parent / "static"
#: Files that pages load, and their types.
_FILES = {
    "explorer.css": (_STATIC, "text/css"),
    "explorer.js": (_STATIC, "text/javascript"),
    "htmx.min.js": (_STATIC, "text/javascript"),
    "report.css": (Path(__file__).parent.parent / "operations" / "templates", "text/css"),
    "blocks.css": (Path(__file__).parent.parent / "research" / "templates", "text/css"),
}
_VIEWS: dict[str, View] = {
    "/": overview,
    "/search": search,
    "/export": export_command,
    "/article/{name}/{record}": article,
    "/article/{name}/{record}/block/{number:int}": block,
    "/article/{name}/{record}/excerpt": excerpt,
    "/article/{name}/{record}/offer": offers,
    "/history/{name}": history,
    "/quality": quality,
}
#: What is done by a form, from its fields.
Deed = Callable[..., Response]
_DEEDS: dict[str, Deed] = {
    "/quality/{name}/{deed}": act,
    "/article/{name}/{record}/correct": correct,
}


def application(desk: Desk, origin: str) -> Starlette:
    """The application; `origin` is that of its pages."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.get_running_loop().run_in_executor(desk.alone, desk.library.close)
        desk.alone.shutdown()

    routes = [Route(path, _endpoint(desk, view)) for path, view in _VIEWS.items()]
    deeds = [Route(path, _form_endpoint(desk, deed), methods=["POST"]) for path, deed in _DEEDS.items()]
    guard = Middleware(Guard, kept=desk.kept, origin=origin, frames=desk.frames.rpartition("/")[0])
    return Starlette(
        routes=[Route("/static/{name}", _static), Route("/export/count", _counted(desk)), *routes, *deeds],
        middleware=[guard],
        lifespan=lifespan,
        exception_handlers={404: partial(_not_found, desk)},
    )


def _endpoint(desk: Desk, view: View) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await asyncio.get_running_loop().run_in_executor(desk.alone, _told, desk, view, request)

    return answer


def _form_endpoint(desk: Desk, deed: Deed) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        fields = await read_form(request, desk.kept)
        if fields is None:
            return desk.message(request, "Refused", "This form did not come from a page of this explorer.", 403)
        done = partial(deed, fields=fields)
        return await asyncio.get_running_loop().run_in_executor(desk.alone, _told, desk, done, request)

    return answer


def _told(desk: Desk, view: View, request: Request) -> Response:
    """What a view answers; where it cannot, why."""
    try:
        return view(desk, request)
    except CleancopyError as error:
        return desk.message(request, "This cannot be shown", str(error), 404)


def _counted(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await export_count(desk, request)

    return answer


async def _static(request: Request) -> Response:
    folder, kind = _FILES.get(request.path_params["name"], (None, ""))
    if folder is None:
        return Response(status_code=404)
    return FileResponse(folder / request.path_params["name"], media_type=kind)


async def _not_found(desk: Desk, request: Request, _: Exception) -> Response:
    return desk.message(request, "There is nothing here", "The address is wrong.", 404)
