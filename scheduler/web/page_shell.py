"""Pages filled in: the templates of the reports inside the app's own frame."""

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader
from starlette.responses import HTMLResponse

from scheduler.reports import render
from scheduler.web.request_guard import Ask, csrf_token
from scheduler.web.users import User


def page(ask: Ask, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page, or a part that a script asked for.

    Args:
        ask: the request.
        template: file name; templates of the reports are found as well, and stand in our frame.
        status: of the answer.
        values: what it shows.
    """
    return HTMLResponse(
        _environment().get_template(template).render(
            user=ask.user,
            csrf=csrf_token(ask.request),
            said=ask.request.session.pop("said", None) if not ask.wants_part else None,
            is_busy=ask.desk.store.is_busy,
            path=ask.request.url.path,
            **values,
        ),
        status,
    )  # fmt: skip


def error_page(user: User | None, status: int, text: str, *, is_part: bool) -> HTMLResponse:
    """What went wrong, in one sentence."""
    template = "error_part.html.j2" if is_part else "error.html.j2"
    made = _environment().get_template(template)
    text = made.render(
        user=user, csrf="", said=None, is_busy=False, path="", status=status, text=text
    )
    return HTMLResponse(text, status)


@cache
def _environment() -> Environment:
    loaders = [PackageLoader("scheduler.web"), PackageLoader("scheduler.reports")]
    return render.environment().overlay(loader=ChoiceLoader(loaders))
