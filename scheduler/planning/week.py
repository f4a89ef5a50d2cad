"""Which week is planned."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.errors import SchedulerError


def week_in_progress(as_of: datetime, zone: str) -> date:
    """The Monday of the week that `as_of` is in.

    Args:
        as_of: the clock, UTC.
        zone: time zone that says which day it is.
    """
    today = as_of.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=today.weekday())


def resolve_week(week: date | None, as_of: datetime, zone: str, horizon_weeks: int) -> date:
    """The Monday of the week to plan.

    Args:
        week: the Monday asked for, or None for the next one.
        as_of: the clock, UTC.
        zone: time zone that says which day `as_of` is.
        horizon_weeks: how many weeks, this one included, have slots in the marts.

    Raises:
        SchedulerError: the date is no Monday, is over, or is beyond the marts' horizon.
    """
    today = as_of.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
    this_monday = week_in_progress(as_of, zone)
    if week is None:
        return this_monday + timedelta(days=7)
    monday = week - timedelta(days=week.weekday())
    if week != monday:
        raise SchedulerError(
            f"{week} is a {week:%A}; a week starts on Monday. Use --week {monday}."
        )
    if week < this_monday:
        raise SchedulerError(
            f"The week of {week} is over as of {today}. "
            f"Use --week {this_monday + timedelta(days=7)} or later."
        )
    last = this_monday + timedelta(days=7 * (horizon_weeks - 1))
    if week > last:
        raise SchedulerError(
            f"The week of {week} is beyond the planning horizon. "
            f"Use --week {last} or earlier, or raise the setting plan_horizon_weeks."
        )
    return week
