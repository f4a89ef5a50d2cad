"""What is said about a page's week beside its rows: findings, a summary, what to look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pyarrow as pa

from scheduler.warehouse.base import OPERATIONS, Warehouse

ADVICE = f"{OPERATIONS}.schedule_advice"
REASONS = f"{OPERATIONS}.schedule_reasons"

_LINES = ("findings", "reviews", "changes")
_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("schedule_id", "page_name", "summary", *_LINES, "problem")]
)
_REASON_SCHEMA = pa.schema(
    [
        ("schedule_id", pa.string()),
        ("page_name", pa.string()),
        ("message_id", pa.string()),
        ("local_hour", pa.int64()),
        ("daypart", pa.string()),
        ("is_prime", pa.bool_()),
        ("hour_index", pa.float64()),
        ("price", pa.float64()),
        ("price_revenue", pa.float64()),
        ("lower_price", pa.float64()),
        ("lower_price_revenue", pa.float64()),
        ("higher_price", pa.float64()),
        ("higher_price_revenue", pa.float64()),
        ("caption_sends", pa.int64()),
        ("caption_score", pa.float64()),
        ("caption_days_since", pa.int64()),
        ("energy", pa.string()),
        ("energy_suits", pa.bool_()),
        ("price_tier", pa.string()),
        ("holiday", pa.string()),
        ("runner_up_caption_id", pa.int64()),
        ("runner_up_loss", pa.float64()),
    ]
)


@dataclass(frozen=True)
class WeekAdvice:
    """What is said of one page's week.

    Attributes:
        summary: prose of the agents; empty without them.
        findings: sentences with figure and sample.
        reviews: what a person should look at before the week goes out.
        changes: what the agents changed, and what it costs.
        problem: why the agents left the week as computed, in one line; empty otherwise.
    """

    summary: str = ""
    findings: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    problem: str = ""


def write_advice(
    warehouse: Warehouse,
    advice: Mapping[str, tuple[str, WeekAdvice]],
    reasons: Iterable[Mapping[str, Any]],
) -> None:
    """Keep what is said of each schedule and the evidence behind it. Repeated, it adds nothing.

    Args:
        warehouse: where it is kept.
        advice: schedule id -> its page and what is said.
        reasons: rows of `schedule_reasons`.
    """
    rows = [_row(schedule, page, said) for schedule, (page, said) in sorted(advice.items())]
    warehouse.append(ADVICE, pa.Table.from_pylist(rows, schema=_SCHEMA), ["schedule_id"])
    table = pa.Table.from_pylist([dict(row) for row in reasons], schema=_REASON_SCHEMA)
    warehouse.append(REASONS, table, ["schedule_id", "message_id"])


def read_advice(warehouse: Warehouse, schedules: Iterable[str]) -> dict[str, WeekAdvice]:
    """Schedule id -> what is said of it."""
    names = [field.name for field in fields(WeekAdvice)]
    rows = warehouse.query(
        f"select schedule_id, {', '.join(names)} from {ADVICE}"  # noqa: S608
        " where schedule_id in (select unnest($ids)) order by schedule_id",
        {"ids": sorted(schedules)},
    ).to_pylist()
    return {
        row["schedule_id"]: WeekAdvice(
            summary=row["summary"] or "",
            problem=row["problem"] or "",
            **{name: tuple((row[name] or "").splitlines()) for name in _LINES},
        )
        for row in rows
    }


def _row(schedule: str, page: str, said: WeekAdvice) -> dict[str, str | None]:
    lines = {name: "\n".join(getattr(said, name)) or None for name in _LINES}
    rest = {"summary": said.summary or None, "problem": said.problem or None}
    return {"schedule_id": schedule, "page_name": page} | rest | lines
