"""The app: addresses behind their checks, files, headers, and errors without their insides."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler import log
from scheduler.errors import SchedulerError, WarehouseBusy
from scheduler.reports import render
from scheduler.web.page_shell import error_page
from scheduler.web.request_guard import Desk, guarded, signed_in, wants_part
from scheduler.web.routes import ADDRESSES
from scheduler.web.shown import UnknownPage

_SESSION_SECONDS = 12 * 3600
# Charts carry styles of their own; no script stands in a page, and nothing comes from elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HSTS = {"Strict-Transport-Security": "max-age=31536000"}


class SafeHeaders:
    """Puts the security headers on every answer; what is not a file is not kept by anybody."""

    def __init__(self, app: ASGIApp, is_https: bool) -> None:
        self.app = app
        self.headers = {**_HEADERS, **(_HSTS if is_https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""
        is_file = scope.get("path", "").startswith("/static/")
        extra = self.headers if is_file else {**self.headers, "Cache-Control": "no-store"}

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(key.lower().encode(), value.encode()) for key, value in extra.items()]
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        await self.app(scope, receive, send_with)


def make_app(desk: Desk, key: str, hosts: list[str], *, is_https: bool = False) -> ASGIApp:
    """The app.

    Args:
        desk: what pages work with.
        key: signs the sessions.
        hosts: names under which it may be asked for.
        is_https: a proxy speaks TLS with the browser: cookies go no other way.
    """
    routes: list[BaseRoute] = [
        Route(one.path, guarded(one.endpoint, one.role, desk), methods=[one.method])
        for one in ADDRESSES
    ]
    static = files("scheduler.web") / "static"
    routes += [
        Route("/static/report.css", _report_style),
        Mount("/static", StaticFiles(directory=str(static))),
    ]
    session = Middleware(
        SessionMiddleware, secret_key=key, session_cookie="eros_session",
        max_age=_SESSION_SECONDS, same_site="lax", https_only=is_https,
    )  # fmt: skip
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
            session,
        ],
        exception_handlers={
            HTTPException: _answer(desk, _of_http),
            UnknownPage: _answer(desk, lambda error: (404, f"There is no page {error}.")),
            WarehouseBusy: _answer(desk, _of_busy),
            SchedulerError: _answer(desk, lambda error: (409, str(error))),
            Exception: _answer(desk, _of_unexpected),
        },
    )
    # Outside of everything: an answer to an error has them too.
    return SafeHeaders(app, is_https)


def _report_style(_: Request) -> Response:
    """The reports' own style sheet."""
    return PlainTextResponse(render.style(), media_type="text/css")


def _answer(
    desk: Desk, told: Callable[[Exception], tuple[int, str]]
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        status, text = told(error)
        has_session = "session" in request.scope
        user = signed_in(request, desk.users) if has_session else None
        answer = error_page(user, status, text, is_part=wants_part(request))
        if status == 503:
            answer.headers["Retry-After"] = "30"
        return answer

    return handle


def _of_http(error: Exception) -> tuple[int, str]:
    code, detail = error.status_code, error.detail  # type: ignore[attr-defined]
    words = {404: "There is nothing at this address.", 405: "This address takes no such request."}
    return code, words.get(code, detail)


def _of_busy(_: Exception) -> tuple[int, str]:
    return 503, (
        "A run or another command is writing to the warehouse. Nothing was changed by you;"
        " do the same again when it is done."
    )


def _of_unexpected(error: Exception) -> tuple[int, str]:
    log.failure("error", log.traceback_of(error), error=type(error).__name__)
    return 500, "Something went wrong that should not. The server's log says what."
