"""Alerts as people meet them: what is open, who has seen it, and which channel has carried it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from scheduler.errors import SchedulerError
from scheduler.marts.content_ids import content_id
from scheduler.warehouse.base import MARTS, OPERATIONS, Warehouse

ACKNOWLEDGEMENTS = f"{OPERATIONS}.alert_acknowledgements"
NOTIFICATIONS = f"{OPERATIONS}.notifications"
SEVERITIES = ("critical", "high", "medium", "low")

_FEWEST_SIGNS = 4
_TIME = pa.timestamp("us")
_ABOUT = [
    ("alert_id", pa.string()),
    ("alert_type", pa.string()),
    ("page_name", pa.string()),
    ("week_start", pa.date32()),
]
_SEEN_SCHEMA = pa.schema(
    [
        ("acknowledgement_id", pa.string()),
        *_ABOUT,
        ("as_of", _TIME),
        ("acknowledged_by", pa.string()),
        ("acknowledged_at", _TIME),
        ("note", pa.string()),
    ]
)
_SENT_SCHEMA = pa.schema(
    [
        ("notification_id", pa.string()),
        ("channel", pa.string()),
        ("kind", pa.string()),
        *_ABOUT,
        ("run_id", pa.string()),
        ("as_of", _TIME),
        ("sent_at", _TIME),
    ]
)

Row = Mapping[str, Any]


def read_alerts(warehouse: Warehouse, page: str | None = None, *, every: bool = False) -> list[Row]:
    """Alerts with what to do: those nobody has seen first, then by severity and dollars at stake.

    Args:
        warehouse: where the marts are.
        page: of this page only.
        every: those that are over too.

    Raises:
        SchedulerError: the marts are not built, or by an earlier version.
    """
    for relation in (f"{MARTS}.alerts", ACKNOWLEDGEMENTS, NOTIFICATIONS):
        if not warehouse.exists(relation):
            raise SchedulerError("There are no alerts yet. Run `scheduler build` first.")
    rows: list[Row] = warehouse.query(
        f"select * from {MARTS}.alerts where (is_open or $every)"  # noqa: S608
        " and ($page = '' or page_name = $page)",
        {"every": every, "page": page or ""},
    ).to_pylist()
    return sorted(rows, key=_order)


def _order(row: Row) -> tuple[Any, ...]:
    severity = row["severity"]
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return (
        not row["is_open"],
        row["acknowledged_at"] is not None,
        rank,
        -(row["dollars_at_stake"] or 0.0),
        row["opened_at"],
        row["alert_id"],
    )


def alerts_named(alerts: Iterable[Row], ids: Sequence[str]) -> list[Row]:
    """The open alerts that are meant, each once, in the order of their names.

    Args:
        alerts: all open ones.
        ids: their ids, or beginnings that no other open alert shares.

    Raises:
        SchedulerError: a name fits no open alert, or several.
    """
    known = list(alerts)
    found: dict[str, Row] = {}
    for name in ids:
        wanted = name.strip().lower()
        fitting = [row for row in known if row["alert_id"].startswith(wanted)]
        if len(wanted) < _FEWEST_SIGNS or not fitting:
            raise SchedulerError(
                f"No open alert {name!r}. `scheduler alerts` lists them; give the id, or its"
                f" first {_FEWEST_SIGNS} signs and more."
            )
        if len(fitting) > 1:
            raise SchedulerError(f"{name!r} fits {len(fitting)} open alerts. Give more of the id.")
        found[fitting[0]["alert_id"]] = fitting[0]
    return list(found.values())


def acknowledge(
    warehouse: Warehouse, alerts: Iterable[Row], who: str, note: str, as_of: datetime, now: datetime
) -> None:
    """Keep that somebody has seen these alerts.

    Args:
        warehouse: where it is kept.
        alerts: rows of the mart.
        who: their name.
        note: what they say about it; may be empty.
        as_of: of the marts that showed them.
        now: the wall clock, UTC.
    """
    rows = [
        {
            **_about(row),
            "acknowledgement_id": content_id([row["alert_id"], who, now]),
            "as_of": as_of,
            "acknowledged_by": who,
            "acknowledged_at": now,
            "note": note or None,
        }
        for row in alerts
    ]
    table = pa.Table.from_pylist(rows, schema=_SEEN_SCHEMA)
    warehouse.append(ACKNOWLEDGEMENTS, table, ["acknowledgement_id"])


def record_sent(
    warehouse: Warehouse,
    channel: str,
    alerts: Iterable[Row],
    run: Row | None,
    as_of: datetime,
    now: datetime,
) -> None:
    """Keep what a channel has carried, so that it is sent once.

    Args:
        warehouse: where it is kept.
        channel: `webhook` or `mail`.
        alerts: rows of the mart.
        run: the run whose summary went with them; None without one.
        as_of: of the marts that showed them.
        now: the wall clock, UTC.
    """
    common = {"channel": channel, "as_of": as_of, "sent_at": now}
    rows = [
        {
            **common,
            **_about(row),
            "kind": "alert",
            "notification_id": content_id([channel, row["alert_id"]]),
        }
        for row in alerts
    ]
    if run is not None:
        ids = {"run_id": run["run_id"], "notification_id": content_id([channel, _version(run)])}
        rows.append({**common, **ids, "kind": "run"})
    table = pa.Table.from_pylist(rows, schema=_SENT_SCHEMA)
    warehouse.append(NOTIFICATIONS, table, ["notification_id"])


def is_run_sent(warehouse: Warehouse, channel: str, run: Row) -> bool:
    """Whether the channel has carried this run's summary."""
    rows = warehouse.query(
        f"select count(*) as n from {NOTIFICATIONS} where notification_id = $id",  # noqa: S608
        {"id": content_id([channel, _version(run)])},
    ).to_pylist()
    return bool(rows[0]["n"])


def _version(run: Row) -> list[Any]:
    """A run that is repeated keeps its id; published after a dry run it has other counts."""
    return [run["run_id"], run["published_count"], run["blocked_count"]]


def _about(row: Row) -> dict[str, Any]:
    return {name: row[name] for name, _ in _ABOUT}
