"""What people do to a week: each by the function that the command line calls."""

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from scheduler import log
from scheduler.editing.lock import lock
from scheduler.errors import SchedulerError, WarehouseBusy
from scheduler.export.week_files import export_published
from scheduler.marts.edit_tables import Hand
from scheduler.moments import utc_now
from scheduler.warehouse import Warehouse
from scheduler.web.looking import wanted_week
from scheduler.web.request_guard import Ask

BUSY = (
    "A run or another command is writing to the warehouse. Nothing was changed;"
    " do the same again when it is done."
)

Change = Callable[[Warehouse, str, Hand], tuple[date, str]]
"""Changes a page's week; tells its Monday and what was done."""


def lock_message(ask: Ask) -> Response:
    """Keep a message as it is in every later plan."""
    return _change(ask, "web: lock", _locking(ask.of_path("message"), is_locked=True))


def unlock_message(ask: Ask) -> Response:
    """Let later plans move it again."""
    return _change(ask, "web: unlock", _locking(ask.of_path("message"), is_locked=False))


def _locking(message: str, *, is_locked: bool) -> Change:
    def change(warehouse: Warehouse, page: str, hand: Hand) -> tuple[date, str]:
        week = lock(warehouse, page, [message], hand, is_locked=is_locked)
        return week, "Locked: later runs keep it as it is." if is_locked else "Set free."

    return change


def _change(ask: Ask, source: str, change: Change) -> Response:
    """Carry out a change under the lock of every command, and write the week's files again.

    What does not work out is said on the page that was left; nothing is changed then.
    """
    page, hand = ask.of_path("page"), Hand(ask.who.name, utc_now(), source)
    week = wanted_week(ask)
    try:
        with ask.desk.store.acting() as warehouse:
            week, said = change(warehouse, page, hand)
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
