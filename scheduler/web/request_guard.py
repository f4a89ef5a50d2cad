"""What every request passes before a page answers: session, role, CSRF token, size."""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.web.attempts import Attempts
from scheduler.web.prepared_weeks import PreparedWeeks
from scheduler.web.users import User, Users
from scheduler.web.web_store import Store

TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header
_LARGEST_BODY = 64 * 1024
_FIELDS_MOST = 100


@dataclass(frozen=True)
class Desk:
    """What pages work with.

    Attributes:
        files_to: directory of the week's files, written again after a change; as the command
            line's `--output-dir`.
    """

    store: Store
    prepared: PreparedWeeks
    users: Users
    attempts: Attempts
    files_to: Path


@dataclass(frozen=True)
class Ask:
    """A request that passed.

    Attributes:
        user: who asks; None on pages that need nobody.
        form: fields of a POST.
    """

    request: Request
    desk: Desk
    user: User | None
    form: Mapping[str, str]

    @property
    def who(self) -> User:
        """The user of a page that needs one."""
        if self.user is None:
            raise HTTPException(401)
        return self.user

    @property
    def wants_part(self) -> bool:
        """Whether a script asks, for a part of a page."""
        return wants_part(self.request)

    def of_path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """Show a sentence on the next page."""
        self.request.session["said"] = [text, is_bad]


Endpoint = Callable[[Ask], Response]


def wants_part(request: Request) -> bool:
    """Whether HTMX or our own script asks rather than a person's address bar."""
    return "HX-Request" in request.headers or "X-Part" in request.headers


def csrf_token(request: Request) -> str:
    """The session's token, made when it has none."""
    if "csrf" not in request.session:
        request.session["csrf"] = secrets.token_hex(16)
    return str(request.session["csrf"])


def signed_in(request: Request, users: Users) -> User | None:
    """Whose session it is; none of a user who is gone or has another password by now."""
    user = users.all().get(str(request.session.get("name", "")))
    stamp = str(request.session.get("stamp", ""))
    return user if user is not None and hmac.compare_digest(user.stamp, stamp) else None


def guarded(
    endpoint: Endpoint, role: str | None, desk: Desk
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint behind its checks: the only place where a role is asked for.

    Args:
        endpoint: answers; runs in a thread of its own.
        role: the least role; None: anybody.
        desk: what pages work with.
    """

    async def handle(request: Request) -> Response:
        form = await _form(request) if request.method == "POST" else {}
        user = signed_in(request, desk.users)
        if role is not None and user is None:
            return _to_log_in(request)
        if request.method == "POST":
            _check_token(request, form)
        if role is not None and user is not None and not user.may(role):
            raise HTTPException(403, f"This takes the role {role}; yours is {user.role}.")
        return await run_in_threadpool(endpoint, Ask(request, desk, user, form))

    return handle


def _to_log_in(request: Request) -> Response:
    if wants_part(request):
        return Response("Log in again.", 401, {"HX-Redirect": "/login"})
    if request.method == "POST":
        return RedirectResponse("/login", 303)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(wanted)}", 303)


def _check_token(request: Request, form: Mapping[str, str]) -> None:
    given = request.headers.get(TOKEN_HEADER) or form.get("csrf", "")
    held = str(request.session.get("csrf", ""))
    if not held or not hmac.compare_digest(given.encode(), held.encode()):
        raise HTTPException(403, "The page is too old to be sent. Load it again, then repeat.")


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise HTTPException(413, "That is more than a form of this app can hold.")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS_MOST))
    except ValueError as error:
        raise HTTPException(400, "The form can't be read.") from error
