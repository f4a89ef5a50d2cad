"""Schedules in the warehouse: the table that runs write, and what the marts show of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from scheduler import log
from scheduler.warehouse.base import MARTS, OPERATIONS, Warehouse

TEMPLATES = f"{OPERATIONS}.schedule_templates"

_TIME = pa.timestamp("us")
TEMPLATE_SCHEMA = pa.schema(
    [
        ("schedule_id", pa.string()),
        ("page_name", pa.string()),
        ("week_start", pa.date32()),
        ("status", pa.string()),
        ("message_id", pa.string()),
        ("send_at", _TIME),
        ("price", pa.float64()),
        ("caption_id", pa.int64()),
        ("caption_key", pa.string()),
        ("caption_text", pa.string()),
        ("content_category", pa.string()),
        ("content_type", pa.string()),
        ("expected_revenue", pa.float64()),
        ("revenue_low", pa.float64()),
        ("revenue_high", pa.float64()),
        ("confidence", pa.float64()),
        ("strategy_note", pa.string()),
        ("is_locked", pa.bool_()),
        ("is_price_test", pa.bool_()),
        ("is_explored", pa.bool_()),
        ("propensity", pa.float64()),
        ("revenue_given_up", pa.float64()),
        ("week_expected_revenue", pa.float64()),
        ("week_revenue_low", pa.float64()),
        ("week_revenue_high", pa.float64()),
        ("week_upper_bound", pa.float64()),
        ("week_gap", pa.float64()),
        ("week_relaxed", pa.string()),
        ("week_binding", pa.string()),
        ("week_bound_joint", pa.float64()),
        ("week_conflict_cost", pa.float64()),
        ("as_of", _TIME),
        ("training_hash", pa.string()),
        ("run_id", pa.string()),
        ("written_at", _TIME),
    ]
)


@dataclass(frozen=True)
class Violation:
    """A row of `schedule_violations`."""

    schedule_id: str
    page_name: str
    message_id: str | None
    rule: str
    tier: int
    detail: str


def existing_schedules(warehouse: Warehouse, week: date) -> dict[str, str]:
    """Schedule id -> status, of every version of a week that was ever written."""
    rows = warehouse.query(
        f"select distinct schedule_id, status from {TEMPLATES} where week_start = $week",  # noqa: S608
        {"week": week},
    )
    return {row["schedule_id"]: row["status"] for row in rows.to_pylist()}


def read_violations(warehouse: Warehouse, ids: Sequence[str]) -> list[Violation]:
    """Rows of `schedule_violations` for some schedules."""
    rows = warehouse.query(
        "select schedule_id, page_name, message_id, rule, tier, detail"  # noqa: S608
        f" from {MARTS}.schedule_violations where schedule_id in (select unnest($ids))"
        " order by schedule_id, tier, rule, message_id nulls last, detail",
        {"ids": list(ids)},
    )
    found = [Violation(**row) for row in rows.to_pylist()]
    counts = Counter((row.schedule_id, row.page_name, row.tier, row.rule) for row in found)
    for (schedule, page, tier, rule), count in counts.items():
        log.event("validation", schedule_id=schedule, page=page, tier=tier, rule=rule, count=count)
    return found


def read_schedule_rows(warehouse: Warehouse, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Message rows of schedules from the mart `schedules`, in order of page and time."""
    rows: list[dict[str, Any]] = warehouse.query(
        f"select * from {MARTS}.schedules where schedule_id in (select unnest($ids))"  # noqa: S608
        " order by page_name, send_at, message_id",
        {"ids": sorted(ids)},
    ).to_pylist()
    return rows


def read_active(warehouse: Warehouse, week: date, as_of: datetime) -> list[dict[str, Any]]:
    """Messages of a week's active schedules, with what the bank says of their captions.

    Two columns more say what became of them: `is_due` (its time is over, or it went out early) and
    `was_sent` (None: not known yet).
    """
    rows = _with_captions(warehouse, "s.status = 'active' and s.week_start = $week", {"week": week})
    return [row | {"is_due": row["send_at"] <= as_of or bool(row["was_sent"])} for row in rows]


def read_with_captions(warehouse: Warehouse, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Messages of some schedules, in any status, with what the bank says of their captions."""
    return _with_captions(
        warehouse, "s.schedule_id in (select unnest($ids))", {"ids": sorted(set(ids))}
    )


def _with_captions(
    warehouse: Warehouse, where: str, params: Mapping[str, Any]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = warehouse.query(
        "select s.*, c.bank_caption_key, c.bank_content_category, c.bank_content_category_key,"  # noqa: S608
        " c.bank_content_type, c.bank_content_class, c.bank_price_tier, c.bank_energy,"
        " log.was_sent"
        f" from {MARTS}.schedules as s left join (select * from {MARTS}.schedule_captions"
        " qualify row_number() over (partition by schedule_id, message_id"
        " order by is_of_text desc, is_of_id desc, bank_caption_id) = 1) as c"
        " on s.schedule_id = c.schedule_id and s.message_id = c.message_id"
        # by message: a version published since the build keeps the ids of what it keeps
        f" left join {OPERATIONS}.schedule_performance_log as log"
        " on s.page_name = log.page_name and s.message_id = log.message_id"
        f" where {where} order by s.page_name, s.send_at, s.message_id",
        params,
    ).to_pylist()
    return rows


def read_launches(warehouse: Warehouse, week: date) -> list[dict[str, Any]]:
    """Rows of the mart `launches` of a week, in order of page and time."""
    rows: list[dict[str, Any]] = warehouse.query(
        f"select * from {MARTS}.launches where week_start = $week"  # noqa: S608
        " order by page_name, local_date, local_hour",
        {"week": week},
    ).to_pylist()
    return rows


def illegal_active_weeks(warehouse: Warehouse, as_of: datetime) -> list[Violation]:
    """Tier-1 rows of active schedules whose week ends after `as_of`: new data made them illegal."""
    rows = warehouse.query(
        "select v.schedule_id, v.page_name, v.message_id, v.rule, v.tier, v.detail"  # noqa: S608
        f" from {MARTS}.blocking_violations as v"
        f" inner join (select schedule_id from {MARTS}.schedules where status = 'active'"
        " group by schedule_id having max(send_at) > $as_of) as a on a.schedule_id = v.schedule_id"
        " order by v.page_name, v.schedule_id, v.rule, v.message_id nulls last, v.detail",
        {"as_of": as_of},
    )
    return [Violation(**row) for row in rows.to_pylist()]
