"""The first lines of every report: last week, the weeks before, this week, and why it differs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = Mapping[str, Any]

_PARTS = {
    "messages": "Number of messages",
    "hours": "Hours and days",
    "prices": "Prices",
    "captions_and_rest": "Captions, content and rested readers",
}


@dataclass(frozen=True)
class PastWeek:
    """A complete week: what it earned and what had been planned.

    Attributes:
        start: its Monday.
        actual: dollars of all messages.
        planned: dollars projected for the weeks that were planned; None without one.
        low: dollars, lower end of that projection's interval; None without one.
        high: dollars, upper end; None without one.
    """

    start: date
    actual: float
    planned: float | None = None
    low: float | None = None
    high: float | None = None

    def as_row(self) -> dict[str, Any]:
        """The week as `charts.weeks_chart` reads it."""
        return {
            "week_start": self.start, "actual_revenue": self.actual,
            "planned_revenue": self.planned, "revenue_low": self.low, "revenue_high": self.high,
        }  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """The figures that every report begins with, in dollars.

    Attributes:
        recent_mean: of the weeks that this one is compared with; 0 without any.
        recent_count: how many those are.
    """

    last_week: PastWeek | None
    recent_mean: float
    recent_count: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class BridgePart:
    """One part of the difference between this week and the last ones."""

    part: str
    dollars: float
    words: str


def past_weeks(performance: Iterable[Row], planned: Iterable[Row]) -> list[PastWeek]:
    """Complete weeks in their order, those of several pages added up.

    Args:
        performance: rows of `weekly_performance`, complete weeks.
        planned: rows of `schedule_performance`.
    """
    actual: dict[date, float] = {}
    for row in performance:
        actual[row["week_start"]] = actual.get(row["week_start"], 0.0) + row["earnings"]
    plans: dict[date, float] = {}
    for row in planned:
        plans[row["week_start"]] = plans.get(row["week_start"], 0.0) + row["planned_revenue"]
    return [PastWeek(start, actual[start], plans.get(start)) for start in sorted(actual)]


def summarise(weeks: Sequence[PastWeek], recent: int, week: Mapping[str, float]) -> Summary:
    """The figures of the first lines.

    Args:
        weeks: complete weeks, oldest first.
        recent: weeks at the end to compare with.
        week: `expected`, `low` and `high` of this one, dollars.
    """
    last = weeks[-recent:]
    mean = sum(one.actual for one in last) / len(last) if last else 0.0
    return Summary(weeks[-1] if weeks else None, mean, len(last), **week)


def bridge(rows: Iterable[Row]) -> list[BridgePart]:
    """Why this week differs, of one page or of several added up.

    Args:
        rows: rows of `revenue_bridge`.
    """
    dollars: dict[str, float] = {}
    values: dict[str, tuple[float, float]] = {}
    for row in rows:
        part = row["part"]
        dollars[part] = dollars.get(part, 0.0) + row["dollars"]
        if row["value_before"] is not None:
            before, now = values.get(part, (0.0, 0.0))
            values[part] = (before + row["value_before"], now + row["value_now"])
    return [
        BridgePart(name, dollars[part], _words(part, values.get(part)))
        for part, name in _PARTS.items()
        if part in dollars and (part == "captions_and_rest" or values.get(part))
    ]


def _words(part: str, values: tuple[float, float] | None) -> str:
    if values is None or values[0] <= 0:
        return ""
    before, now = values
    if part == "messages":
        return f"{now:.0f} priced messages instead of {before:.1f} a week"
    change = 100 * (now / before - 1)
    if abs(change) < 0.5:
        return "about as good as before"
    what = "hours that sell" if part == "hours" else "prices that bring"
    return f"{what} {abs(change):.0f} % {'more' if change > 0 else 'less'} a message"
