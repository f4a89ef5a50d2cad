"""What people do to a week: each by the function that the command line calls."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from scheduler import log
from scheduler.editing.approval import approve
from scheduler.editing.changes import apply_changes
from scheduler.editing.lock import lock
from scheduler.editing.prepared_week import prepare_week
from scheduler.editing.rollback import roll_back
from scheduler.errors import SchedulerError, WarehouseBusy
from scheduler.export.week_files import export_published
from scheduler.marts.alert_tables import acknowledge, alerts_named, read_alerts
from scheduler.marts.edit_tables import Hand
from scheduler.marts.week_state import built_settings
from scheduler.moments import utc_now
from scheduler.training.standing import Standing
from scheduler.warehouse import Warehouse
from scheduler.web.judging import changes_of, message_of
from scheduler.web.looking import wanted_week
from scheduler.web.request_guard import Ask

BUSY = (
    "A run or another command is writing to the warehouse. Nothing was changed;"
    " do the same again when it is done."
)

Held = TypeVar("Held", Warehouse, Standing)
Change = Callable[[Held, Hand], tuple[date, str]]
"""Changes a page's week; tells its Monday and what was done."""


def lock_message(ask: Ask) -> Response:
    """Keep a message as it is in every later plan."""
    return _lock(ask, is_locked=True)


def unlock_message(ask: Ask) -> Response:
    """Let later plans move it again."""
    return _lock(ask, is_locked=False)


def change_message(ask: Ask) -> Response:
    """Move, reprice or give another caption to a message, as it was judged."""

    def change(standing: Standing, hand: Hand) -> tuple[date, str]:
        week = prepare_week(standing, ask.of_path("page"), wanted_week(ask))
        if ask.form.get("version") != week.schedule_id:
            raise SchedulerError("The week was changed meanwhile. Look at it, then repeat.")
        changes = changes_of(ask.form, message_of(week, ask.of_path("message")))
        apply_changes(standing, week, changes, hand)
        return week.week, "Changed and locked. An approval of the week is void."

    return _carry_out(ask, "web: change", ask.desk.store.replanning(), change)


def approve_week(ask: Ask) -> Response:
    """Say that the week may go out as it is."""

    def change(warehouse: Warehouse, hand: Hand) -> tuple[date, str]:
        given = approve(warehouse, [ask.of_path("page")], hand, wanted_week(ask))
        return given[0].week_start, "Approved, for exactly these times, prices and captions."

    return _carry_out(ask, "web: approve", ask.desk.store.acting(), change)


def roll_back_week(ask: Ask) -> Response:
    """Bring an earlier version back."""

    def change(standing: Standing, hand: Hand) -> tuple[date, str]:
        page, wanted = ask.of_path("page"), ask.form.get("version", "")
        done = roll_back(standing, page, wanted, hand, wanted_week(ask))
        kept = f" {done.kept} messages already due stay as they are." if done.kept else ""
        return done.version.week, f"Version {done.to.version_number} is back.{kept}"

    return _carry_out(ask, "web: rollback", ask.desk.store.replanning(), change)


def acknowledge_alert(ask: Ask) -> Response:
    """Say that somebody has seen an alert: it stays open, and comes last until it opens anew."""
    who = ask.who.name
    try:
        with ask.desk.store.acting() as warehouse:
            seen = alerts_named(read_alerts(warehouse), [ask.of_path("alert")])
            as_of = built_settings(warehouse).as_of
            acknowledge(warehouse, seen, who, ask.form.get("note", "").strip(), as_of, utc_now())
    except WarehouseBusy:
        ask.say(BUSY, is_bad=True)
    except SchedulerError as error:
        ask.say(str(error), is_bad=True)
    else:
        log.event("web_alert_acknowledged", alert_id=seen[0]["alert_id"], user=who)
        ask.say("Seen. It stays open, and comes last until it opens anew.")
    return RedirectResponse("/alerts", 303)


def _lock(ask: Ask, *, is_locked: bool) -> Response:
    def change(warehouse: Warehouse, hand: Hand) -> tuple[date, str]:
        messages = [ask.of_path("message")]
        week = lock(warehouse, ask.of_path("page"), messages, hand, is_locked=is_locked)
        return week, "Locked: later runs keep it as it is." if is_locked else "Set free."

    source = "web: lock" if is_locked else "web: unlock"
    return _carry_out(ask, source, ask.desk.store.acting(), change)


def _carry_out(
    ask: Ask, source: str, holding: AbstractContextManager[Held], change: Change[Held]
) -> Response:
    """Make a change under the lock of every command, and write the week's files again.

    What does not work out is said on the page that was left; nothing is changed then.
    """
    page, hand = ask.of_path("page"), Hand(ask.who.name, utc_now(), source)
    week = wanted_week(ask)
    try:
        with holding as held:
            week, said = change(held, hand)
            warehouse = held.warehouse if isinstance(held, Standing) else held
            result = export_published(warehouse, week, (page,), ask.desk.files_to)
    except WarehouseBusy:
        ask.say(BUSY, is_bad=True)
    except SchedulerError as error:
        ask.say(str(error), is_bad=True)
    else:
        log.event("web_change", source=source, page=page, user=ask.who.name)
        reason = result.pages[page].reason
        ask.say(f"{said} Its files were not written: {reason}" if reason else said)
    back = f"?week={week}" if week else ""
    return RedirectResponse(f"/pages/{quote(page)}{back}", 303)
