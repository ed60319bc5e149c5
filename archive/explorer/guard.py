"""Who may look and act: only who has the address that was printed, from our own pages, on this machine.

The address holds a token. Its first use sets a cookie and leads to the same address without it, so that it stands in
no history and no picture of the screen. What changes something must come as a form of our own pages, which hold a
second token. A name that leads to this machine and is none of its own (DNS rebinding) is refused.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = ("GET", "HEAD")
#: Bytes of a form; ours are short.
_MOST = 100_000
_CLOSED = (
    "This is an explorer of cleancopy. It opens with the address that `cleancopy explore` printed where it was started."
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made anew for each start. `port` is part of the cookie's name: cookies are shared by all ports of a host."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    form: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    frames: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return f"cleancopy-{self.port}"


class Guard:
    """Middleware in front of every page."""

    def __init__(self, app: ASGIApp, *, kept: Secrets, origin: str, frames: str) -> None:
        """`origin` and `frames` are the origins of our pages and of archived ones."""
        self._app = app
        self._kept = kept
        self._origin = origin
        host = origin.partition("://")[2]
        self._hosts = (host, f"localhost:{host.rpartition(':')[2]}")
        self._headers = {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                f"img-src 'self' data: {frames}; frame-src {frames}; "
                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # Without a referrer a browser would not say either where a form comes from.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application do so."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        answer = self._answer(Request(scope))
        return await (answer or self._app)(scope, receive, guarded)

    def _answer(self, request: Request) -> Response | None:
        """What is said to who may not go on; None to who may."""
        if request.headers.get("host") not in self._hosts:
            return PlainTextResponse("This is not an address of the explorer.", 421)
        if given := request.query_params.get("token"):
            return self._let_in(request) if _same(given, self._kept.token) else PlainTextResponse(_CLOSED, 403)
        if not _same(request.cookies.get(self._kept.cookie, ""), self._kept.token):
            return PlainTextResponse(_CLOSED, 403)
        if request.method not in _SAFE and not self._is_ours(request):
            return PlainTextResponse("This did not come from a page of the explorer.", 403)
        return None

    def _let_in(self, request: Request) -> Response:
        rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
        # A path with two slashes would lead to another host.
        path = "/" + request.url.path.lstrip("/")
        answer = RedirectResponse(path + (f"?{urlencode(rest)}" if rest else ""), 303)
        answer.set_cookie(self._kept.cookie, self._kept.token, httponly=True, samesite="strict")
        return answer

    def _is_ours(self, request: Request) -> bool:
        """Whether a browser says that a form was sent by our own page."""
        origins = [f"http://{host}" for host in self._hosts]
        return (
            request.headers.get("origin") in origins
            and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        )


async def read_form(request: Request, kept: Secrets) -> dict[str, str] | None:
    """The fields of a form of ours; None where it is none."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST:
            return None
    fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return fields if _same(fields.pop("form_token", ""), kept.form) else None


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
