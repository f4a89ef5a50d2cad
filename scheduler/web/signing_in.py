"""Logging in and out."""

import threading

from starlette.responses import RedirectResponse, Response

from scheduler import log
from scheduler.web.page_shell import page
from scheduler.web.request_guard import Ask

# Each try takes 32 MB: many at once must not take the machine down.
_TRIES_AT_ONCE = threading.Semaphore(2)


def log_in_page(ask: Ask) -> Response:
    """The form."""
    if ask.user is not None:
        return RedirectResponse("/", 303)
    return _form_page(ask, "")


def log_in(ask: Ask) -> Response:
    """Check name and password; so many tries and no more."""
    name, address = ask.form.get("name", ""), _address(ask)
    wait = ask.desk.attempts.admit(address, name)
    if wait:
        log.event("log_in", outcome="too many tries", address=address)
        minutes = -(-wait // 60)
        answer = _form_page(ask, f"Too many tries. The next one is heard in {minutes} min.", 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    with _TRIES_AT_ONCE:
        user = ask.desk.users.checked(name, ask.form.get("password", ""))
    if user is None:
        log.event("log_in", outcome="refused", address=address)
        return _form_page(ask, "Name and password do not fit.", 401)
    ask.desk.attempts.succeeded(address, name)
    log.event("log_in", outcome="done", user=user.name, address=address)
    session = ask.request.session
    session.clear()
    session["name"], session["stamp"] = user.name, user.stamp
    return RedirectResponse(_own_path(ask.form.get("next", "")), 303)


def log_out(ask: Ask) -> Response:
    """End the session."""
    ask.request.session.clear()
    return RedirectResponse("/login", 303)


def _form_page(ask: Ask, trouble: str, status: int = 200) -> Response:
    wanted = ask.form.get("next") or ask.request.query_params.get("next", "")
    return page(
        ask, "log_in.html.j2", status, trouble=trouble, wanted=_own_path(wanted),
        name=ask.form.get("name", ""), is_empty=not ask.desk.users.all(),
    )  # fmt: skip


def _own_path(wanted: str) -> str:
    """A path of this app; another site's address is none."""
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_ours and wanted.isprintable() else "/"


def _address(ask: Ask) -> str:
    client = ask.request.client
    return client.host if client else "unknown"
