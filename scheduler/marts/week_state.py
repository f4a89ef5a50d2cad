"""A week as the warehouse has it: of every active page its schedule, or why it has none."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from scheduler.errors import SchedulerError
from scheduler.marts.advice import WeekAdvice, read_advice
from scheduler.marts.build_settings import Settings, read_settings
from scheduler.marts.inputs import read_creators
from scheduler.marts.rulebook_inputs import renew_rulebook_inputs
from scheduler.marts.run_result import BLOCKED, PUBLISHED, PageResult, RunResult
from scheduler.marts.schedules import Violation, read_schedule_rows, read_violations
from scheduler.warehouse.base import MARTS, OPERATIONS, Warehouse

_BLOCKING = 1


def latest_week(warehouse: Warehouse) -> date | None:
    """Monday of the latest week with an active schedule."""
    rows = warehouse.query(
        f"select max(week_start) as week from {MARTS}.schedules where status = 'active'"  # noqa: S608
    )
    found: date | None = rows.column("week")[0].as_py()
    return found


def read_week(warehouse: Warehouse, week: date) -> RunResult:
    """Every active page's week, audited at this moment.

    A page whose active schedule breaks a blocking rule by now is blocked, with the rule as its
    reason: what leaves the project passes the rulebook when it leaves.

    Args:
        week: its Monday.

    Raises:
        SchedulerError: the marts are not built.
    """
    settings = built_settings(warehouse)
    renew_rulebook_inputs(warehouse)
    creators = read_creators(warehouse)
    rows = warehouse.query(
        f"select distinct schedule_id from {MARTS}.schedules"  # noqa: S608
        " where status = 'active' and week_start = $week order by schedule_id",
        {"week": week},
    )
    ids = rows.column("schedule_id").to_pylist()
    messages = read_schedule_rows(warehouse, ids)
    weeks = {page: tuple(own) for page, own in groupby(messages, lambda row: row["page_name"])}
    found: dict[str, list[Violation]] = {}
    for violation in read_violations(warehouse, ids):
        found.setdefault(violation.schedule_id, []).append(violation)
    reasons = _last_reasons(warehouse, week)
    said = read_advice(warehouse, ids)
    pages = {}
    for page, creator in creators.items():
        own = weeks.get(page, ())
        if not own and not creator["is_active"]:
            continue
        schedule = own[0]["schedule_id"] if own else None
        violations = tuple(found.get(schedule or "", ()))
        illegal = illegal_reason(violations)
        reason = illegal or ("" if own else reasons.get(page, "Not planned for this week yet."))
        pages[page] = PageResult(
            page_name=page,
            status=BLOCKED if reason else PUBLISHED,
            reason=reason,
            schedule_id=schedule,
            messages=() if reason else own,
            creator=creator,
            violations=violations,
            said=said.get(schedule or "", WeekAdvice()),
        )
    return RunResult(run_id="", week=week, as_of=settings.as_of, pages=pages)


def built_settings(warehouse: Warehouse) -> Settings:
    """The settings of the last build.

    Raises:
        SchedulerError: there is none.
    """
    settings = read_settings(warehouse)
    if settings is None:
        raise SchedulerError("The marts are not built. Run `scheduler build`.")
    return settings


def illegal_reason(violations: Iterable[Violation]) -> str:
    """The first blocking row in words, and how many more there are; empty without one."""
    blocking = [violation for violation in violations if violation.tier == _BLOCKING]
    if not blocking:
        return ""
    more = f" (and {len(blocking) - 1} more)" if len(blocking) > 1 else ""
    return f"{blocking[0].rule}: {blocking[0].detail}{more}"


def _last_reasons(warehouse: Warehouse, week: date) -> dict[str, str]:
    """Page -> why the last run for the week did not publish it."""
    rows = warehouse.query(
        f"select page_name, reason from {OPERATIONS}.batch_execution_log"  # noqa: S608
        " where week_start = $week and status = 'blocked'"
        " qualify row_number() over (partition by page_name order by finished_at desc, run_id) = 1",
        {"week": week},
    ).to_pylist()
    return {row["page_name"]: row["reason"] for row in rows if row["reason"]}
