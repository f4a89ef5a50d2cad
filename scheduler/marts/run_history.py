"""What a run leaves in `batch_execution_log` and `system_alerts`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import pyarrow as pa

from scheduler import log
from scheduler.marts.content_ids import alert_id
from scheduler.marts.run_result import BLOCKED, PageResult, RunResult
from scheduler.marts.schedules import Violation
from scheduler.moments import utc_now
from scheduler.warehouse.base import OPERATIONS, Warehouse

LOG = f"{OPERATIONS}.batch_execution_log"
ALERTS = f"{OPERATIONS}.system_alerts"

_TIME = pa.timestamp("us")
_LOG_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("page_name", pa.string()),
        ("week_start", pa.date32()),
        ("schedule_id", pa.string()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("message_count", pa.int64()),
        ("expected_revenue", pa.float64()),
        ("gap", pa.float64()),
        ("agency_revenue_low", pa.float64()),
        ("agency_revenue_high", pa.float64()),
        ("started_at", _TIME),
        ("finished_at", _TIME),
        ("seconds", pa.float64()),
        ("as_of", _TIME),
        ("agent_calls", pa.int64()),
        ("agent_tokens", pa.int64()),
        ("agent_dollars", pa.float64()),
        ("agent_note", pa.string()),
    ]
)
_ALERT_SCHEMA = pa.schema(
    [
        ("alert_id", pa.string()),
        ("alert_type", pa.string()),
        ("severity", pa.string()),
        ("page_name", pa.string()),
        ("week_start", pa.date32()),
        ("schedule_id", pa.string()),
        ("detail", pa.string()),
        ("value", pa.float64()),
        ("threshold", pa.float64()),
        ("opened_at", _TIME),
        ("run_id", pa.string()),
    ]
)


def record(
    warehouse: Warehouse, result: RunResult, started: datetime, illegal: Iterable[Violation]
) -> None:
    """Log a run's pages and raise its alerts, in one transaction. Repeated, it adds nothing."""
    finished = utc_now()
    pages = [_log_row(result, page, started, finished) for page in result.pages.values()]
    alerts = [_blocked(result, page) for page in result.with_status(BLOCKED)]
    alerts += [_illegal(result, list(rows)) for _, rows in _by_schedule(illegal)]
    alerts += [_doubted(result, page) for page in result.pages.values() if page.doubts]
    alerts += [_to_review(result, page) for page in result.pages.values() if page.to_review]
    for alert in alerts:
        told = ("alert_id", "alert_type", "severity", "page_name", "schedule_id")
        log.event("alert", **{name: alert[name] for name in told})
    with warehouse.transaction():
        warehouse.append(
            LOG, pa.Table.from_pylist(pages, schema=_LOG_SCHEMA), ["run_id", "page_name", "status"]
        )
        warehouse.append(ALERTS, pa.Table.from_pylist(alerts, schema=_ALERT_SCHEMA), ["alert_id"])


def illegal_notices(illegal: Iterable[Violation]) -> dict[str, str]:
    """Schedule id -> one line, of every active week that new data made illegal."""
    return {name: _illegal_detail(list(rows)) for name, rows in _by_schedule(illegal)}


def _by_schedule(violations: Iterable[Violation]) -> Iterable[tuple[str, Iterable[Violation]]]:
    return groupby(violations, key=lambda violation: violation.schedule_id)


def _log_row(
    result: RunResult, page: PageResult, started: datetime, finished: datetime
) -> dict[str, Any]:
    return {
        "run_id": result.run_id,
        "page_name": page.page_name,
        "week_start": result.week,
        "schedule_id": page.schedule_id,
        "status": page.status,
        "reason": page.reason or None,
        "message_count": len(page.messages),
        "expected_revenue": page.of_week("expected_revenue"),
        "gap": page.of_week("gap"),
        "agency_revenue_low": result.agency.low if result.agency else None,
        "agency_revenue_high": result.agency.high if result.agency else None,
        "started_at": started,
        "finished_at": finished,
        "seconds": (finished - started).total_seconds(),
        "as_of": result.as_of,
        "agent_calls": page.asked.calls,
        "agent_tokens": page.asked.tokens,
        "agent_dollars": page.asked.dollars,
        "agent_note": page.said.problem or None,
    }


def _blocked(result: RunResult, page: PageResult) -> dict[str, Any]:
    kind = "page_failed" if page.failed else "page_blocked"
    return _alert(result, kind, "high", page.page_name, page.schedule_id, page.reason)


def _doubted(result: RunResult, page: PageResult) -> dict[str, Any]:
    return _said_of(result, page, "plan_doubted", [doubt.detail for doubt in page.doubts])


def _to_review(result: RunResult, page: PageResult) -> dict[str, Any]:
    return _said_of(result, page, "agent_review", page.to_review)


def _said_of(result: RunResult, page: PageResult, kind: str, said: Sequence[str]) -> dict[str, Any]:
    """An alert on a planned week: the first of what is said of it, and how much there is."""
    alert = _alert(
        result, kind, "medium", page.page_name, page.schedule_id, f"{said[0]}{_more(said)}"
    )
    return alert | {"value": float(len(said)), "threshold": 0.0}


def _illegal(result: RunResult, rows: Sequence[Violation]) -> dict[str, Any]:
    first = rows[0]
    detail = _illegal_detail(rows)
    alert = _alert(
        result, "active_week_illegal", "critical", first.page_name, first.schedule_id, detail
    )
    return alert | {"value": float(len(rows)), "threshold": 0.0}


def _more(found: Sequence[object]) -> str:
    """How many there are beside the first."""
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def _illegal_detail(rows: Sequence[Violation]) -> str:
    first = rows[0]
    return (
        f"The active schedule {first.schedule_id} of {first.page_name} breaks "
        f"{first.rule}: {first.detail}{_more(rows)}"
    )


def _alert(
    result: RunResult, kind: str, severity: str, page: str, schedule: str | None, detail: str
) -> dict[str, Any]:
    return {
        "alert_id": alert_id(kind, page, result.week, detail, result.as_of),
        "alert_type": kind,
        "severity": severity,
        "page_name": page,
        "week_start": result.week,
        "schedule_id": schedule,
        "detail": detail,
        "value": None,
        "threshold": None,
        "opened_at": result.as_of,
        "run_id": result.run_id,
    }
