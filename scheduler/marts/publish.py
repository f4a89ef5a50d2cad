"""Steps 6 to 8: write what is proposed, audit it in the warehouse, publish in one statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pyarrow as pa

from scheduler.errors import SchedulerError
from scheduler.marts.approvals import void_replaced
from scheduler.marts.schedules import TEMPLATE_SCHEMA, TEMPLATES, Violation, read_violations
from scheduler.marts.vault import renew_vault
from scheduler.warehouse.base import MARTS, Warehouse

_AUDITED = ("schedule_id", "message_id", "send_at", "price", "caption_id")


class _Undo(Exception):
    """Ends the transaction of a draft, so that nothing of it stays."""


@contextmanager
def drafted(warehouse: Warehouse, rows: Sequence[Mapping[str, Any]]) -> Iterator[None]:
    """The rows as a proposed schedule, for as long as the block runs."""
    try:
        with warehouse.transaction():
            if rows:
                table = pa.Table.from_pylist([dict(row) for row in rows], schema=TEMPLATE_SCHEMA)
                warehouse.append(TEMPLATES, table)
            yield
            raise _Undo
    except _Undo:
        return


def write_proposed(warehouse: Warehouse, rows: Sequence[Mapping[str, Any]]) -> None:
    """Step 6: all proposed rows of a run in one load: all of them are there, or none."""
    if not rows:
        return
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=TEMPLATE_SCHEMA)
    warehouse.append(TEMPLATES, table, ["schedule_id", "message_id"])


def audit(
    warehouse: Warehouse, schedule_ids: Iterable[str], written: Sequence[Mapping[str, Any]]
) -> dict[str, list[Violation]]:
    """Step 7: the rulebook's verdict on these schedules, asked of the warehouse.

    The vault is read anew first: it may have changed since the build.

    Args:
        schedule_ids: every schedule of the run, new or found again.
        written: the rows this run wrote, which the mart must now show unchanged.

    Returns:
        Schedule id -> its violations of any tier, in order of tier, rule and message.

    Raises:
        SchedulerError: `schedules` does not show exactly the rows written.
    """
    renew_vault(warehouse)
    ids = sorted(schedule_ids)
    shown = warehouse.query(
        f"select {', '.join(_AUDITED)} from {MARTS}.schedules"  # noqa: S608
        " where schedule_id in (select unnest($ids))",
        {"ids": ids},
    ).to_pylist()
    fresh = {row["schedule_id"] for row in written}
    seen = {tuple(row[name] for name in _AUDITED) for row in shown if row["schedule_id"] in fresh}
    meant = {tuple(row[name] for name in _AUDITED) for row in written}
    if seen != meant or len(meant) != sum(row["schedule_id"] in fresh for row in shown):
        raise SchedulerError(
            f"The mart schedules shows {len(seen)} of the {len(meant)} rows written: nothing was "
            "published. Run `scheduler build`, then the same command again."
        )
    found: dict[str, list[Violation]] = {name: [] for name in ids}
    for violation in read_violations(warehouse, ids):
        found[violation.schedule_id].append(violation)
    return found


def publish(
    warehouse: Warehouse,
    week: date,
    clean: Mapping[str, str],
    dirty: Mapping[str, str],
    why: str = "Replaced by a new plan",
) -> None:
    """Step 8: one statement decides every status of the run's week.

    Approvals of versions that it replaces are void.

    Args:
        week: the planned week.
        clean: page -> schedule without a tier-1 row: it becomes active, and any other active
            version of that page's week superseded.
        dirty: page -> schedule with a tier-1 row: it stays, blocked.
        why: what approvals say that are void by it.
    """
    warehouse.execute(
        f"update {TEMPLATES} set status = case"  # noqa: S608
        " when schedule_id in (select unnest($clean)) then 'active'"
        " when schedule_id in (select unnest($dirty)) then 'blocked'"
        " else 'superseded' end"
        " where week_start = $week and (schedule_id in (select unnest($clean))"
        " or schedule_id in (select unnest($dirty))"
        " or (status = 'active' and page_name in (select unnest($pages))))",
        {
            "week": week,
            "clean": sorted(clean.values()),
            "dirty": sorted(dirty.values()),
            "pages": sorted(clean),
        },
    )
    void_replaced(warehouse, week, why)
