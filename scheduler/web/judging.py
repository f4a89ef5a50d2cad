"""What a change would earn and break, told at once; and what a message may be changed to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.editing.changes import Judgement, MessageChange, Move, Reprice, Swap, judge_changes
from scheduler.editing.prepared_week import PreparedWeek
from scheduler.errors import SchedulerError
from scheduler.web.looking import wanted_week
from scheduler.web.page_shell import page
from scheduler.web.request_guard import Ask

_CAPTIONS_OFFERED = 40


def edit(ask: Ask) -> Response:
    """The form in which one message is changed, with the prices and captions that are allowed."""
    week = ask.desk.prepared.of(ask.of_path("page"), wanted_week(ask))
    row = message_of(week, ask.of_path("message"))
    used = {one["caption_key"] for one in week.rows}
    # Those that were tried most often come first.
    free = sorted(
        (one for one in week.captions.values() if one["caption_key"] not in used),
        key=lambda one: (-(one["caption_sends"] or 0), one["caption_id"]),
    )
    return page(
        ask, "edit.html.j2", message=row, name=week.page_name, chosen=week.week,
        prices=sorted({*week.prices, row["price"]}), captions=free[:_CAPTIONS_OFFERED],
    )  # fmt: skip


def judge(ask: Ask) -> Response:
    """What the change of the form would come to; nothing is written."""
    week = ask.desk.prepared.of(ask.of_path("page"), wanted_week(ask))
    message = ask.of_path("message")
    judgement: Judgement | None = None
    trouble = ""
    try:
        changes = changes_of(ask.form, message_of(week, message))
        judgement = judge_changes(week, changes) if changes else None
    except SchedulerError as error:
        trouble = str(error)
    return page(
        ask, "judged.html.j2", judgement=judgement, trouble=trouble, form=ask.form,
        name=week.page_name, message_id=message, chosen=week.week,
    )  # fmt: skip


def message_of(week: PreparedWeek, wanted: str) -> Mapping[str, Any]:
    """The week's message of that id."""
    found = next((row for row in week.rows if row["message_id"] == wanted), None)
    if found is None:
        raise HTTPException(404)
    return found


def changes_of(form: Mapping[str, str], row: Mapping[str, Any]) -> list[MessageChange]:
    """What the fields of a form say otherwise than the message.

    Raises:
        SchedulerError: a field is no time, price or caption.
    """
    message, changes = row["message_id"], list[MessageChange]()
    try:
        if form.get("at"):
            local = datetime.fromisoformat(form["at"])
            if local.replace(tzinfo=None) != row["local_at"]:
                changes.append(Move(message, local.replace(tzinfo=None)))
        if form.get("price") and float(form["price"]) != row["price"]:
            changes.append(Reprice(message, float(form["price"])))
        if form.get("caption") and int(form["caption"]) != row["caption_id"]:
            changes.append(Swap(message, int(form["caption"])))
    except ValueError as error:
        raise SchedulerError(
            "That is no time, price or caption. Choose one of the form."
        ) from error
    return changes
