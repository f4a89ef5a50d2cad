"""Numbers and dates as a manager reads them: the filters of the templates."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

UNKNOWN = "unknown"


def dollars(value: float | None, digits: int = 0) -> str:
    """`$1,234`; cents below ten dollars, where a whole dollar says too little."""
    if value is None:
        return UNKNOWN
    shown = 2 if digits == 0 and 0 < abs(value) < 10 else digits
    return f"{'-' if value < 0 else ''}${abs(value):,.{shown}f}"


def signed_dollars(value: float) -> str:
    """`+$120` or `-$120`."""
    return f"{'-' if value < 0 else '+'}{dollars(abs(value))}"


def price(value: float) -> str:
    """A price as people write it: `$25`, `$9.50`."""
    return f"${value:,.0f}" if value == round(value) else f"${value:,.2f}"


def number(value: float | None, digits: int = 0) -> str:
    """A plain number with thousands separators."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def percent(value: float | None, digits: int = 0) -> str:
    """A fraction as a percentage."""
    return UNKNOWN if value is None else f"{100 * value:.{digits}f} %"


def long_date(day: date) -> str:
    """`Monday, 30 November 2026`."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def day_month(day: date) -> str:
    """`30 Nov`."""
    return f"{day.day} {day:%b}"


def weekday_date(day: date) -> str:
    """`Mon 30 Nov`."""
    return f"{day:%a} {day_month(day)}"


def weekday_time(moment: datetime) -> str:
    """`Mon 30 Nov, 20:00`."""
    return f"{weekday_date(moment)}, {moment:%H:%M}"


def utc(moment: datetime) -> str:
    """`2026-11-26 20:39`."""
    return f"{moment:%Y-%m-%d %H:%M}"


def words(name: str) -> str:
    """A name of the warehouse as words: `future_time` is `future time`."""
    return name.replace("_", " ")


FILTERS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        dollars, signed_dollars, price, number, percent, long_date, day_month, weekday_date,
        weekday_time, utc, words,
    )
}  # fmt: skip
