"""How the agency's data, marts, model and runs stand, for a person to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.marts.alert_tables import NOTIFICATIONS, read_alerts
from scheduler.marts.build import why_stale
from scheduler.marts.build_settings import Settings, read_settings
from scheduler.warehouse import DbtProject, Warehouse
from scheduler.warehouse.base import MARTS, OPERATIONS, RAW

RAW_TABLES = ("mass_messages", "caption_bank", "vault_matrix", "active_creators")
_OLD_DATA = ("data_stale", "load_overdue")
_RUNS = f"{MARTS}.batch_executions"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Loaded:
    """One raw table.

    Attributes:
        row_count: None when it was never loaded.
        last_at: UTC, of its last load; None when the table does not tell.
    """

    table: str
    row_count: int | None
    last_at: datetime | None


@dataclass(frozen=True)
class Status:
    """All that `scheduler status` shows.

    Attributes:
        settings: of the last build; None before it.
        stale_because: why the next run builds the marts anew; None when they are fresh.
        model: latest training: `trained_at`, `row_count`, `window_end`; None before it.
        runs: latest first, rows of `batch_executions` with `agent_dollars`.
        latest_week: Monday of the latest published week.
        alerts: open ones, as `read_alerts` orders them.
    """

    loads: Sequence[Loaded]
    settings: Settings | None
    stale_because: str | None
    model: Row | None
    runs: Sequence[Row]
    latest_week: date | None
    alerts: Sequence[Row]

    @property
    def old_pages(self) -> list[Row]:
        """Open alerts about pages whose data are old."""
        return [row for row in self.alerts if row["alert_type"] in _OLD_DATA]

    @property
    def unseen(self) -> list[Row]:
        """Open alerts that nobody has acknowledged."""
        return [row for row in self.alerts if row["acknowledged_at"] is None]


def read_status(warehouse: Warehouse, run_count: int) -> Status:
    """How everything stands; whatever is not there yet is None or empty.

    Args:
        warehouse: open.
        run_count: how many of the last runs.
    """
    settings = read_settings(warehouse)
    is_there = settings is not None and warehouse.exists(NOTIFICATIONS)
    return Status(
        loads=[_loaded(warehouse, table) for table in RAW_TABLES],
        settings=settings,
        stale_because=why_stale(warehouse, DbtProject.find()),
        model=_model(warehouse) if is_there else None,
        runs=read_runs(warehouse, run_count) if is_there else (),
        latest_week=_latest_week(warehouse) if is_there else None,
        alerts=read_alerts(warehouse) if is_there else (),
    )


def read_runs(warehouse: Warehouse, count: int) -> list[Row]:
    """The last runs, latest first, with what asking agents cost."""
    rows: list[Row] = warehouse.query(
        "select r.*, a.agent_dollars"  # noqa: S608
        f" from {_RUNS} as r left join (select run_id, sum(agent_dollars) as agent_dollars"
        f" from {OPERATIONS}.batch_execution_log group by run_id) as a on r.run_id = a.run_id"
        " order by r.finished_at desc, r.run_id limit $count",
        {"count": count},
    ).to_pylist()
    return rows


def _loaded(warehouse: Warehouse, table: str) -> Loaded:
    relation = f"{RAW}.{table}"
    if not warehouse.exists(relation):
        return Loaded(table, None, None)
    last = "max(_loaded_at)"
    try:
        warehouse.scan(f"select _loaded_at from {relation}")  # noqa: S608
    except SchedulerError:
        # another tool filled it
        last = "cast(null as timestamp)"
    rows = warehouse.query(f"select count(*) as n, {last} as last_at from {relation}").to_pylist()  # noqa: S608
    return Loaded(table, rows[0]["n"], rows[0]["last_at"])


def _model(warehouse: Warehouse) -> Row | None:
    rows = warehouse.query(
        "select coalesce(renewed_at, trained_at) as used_at, trained_at, row_count, window_end"  # noqa: S608
        f" from {OPERATIONS}.model_registry order by used_at desc, training_hash limit 1"
    ).to_pylist()
    return rows[0] if rows else None


def _latest_week(warehouse: Warehouse) -> date | None:
    rows = warehouse.query(
        f"select max(week_start) as week from {OPERATIONS}.schedule_templates"  # noqa: S608
        " where status = 'active'"
    ).to_pylist()
    week: date | None = rows[0]["week"]
    return week
