"""What a run is asked to do, and the checks that need no warehouse."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.errors import SchedulerError


@dataclass(frozen=True)
class RunRequest:
    """A run as its user asked for it.

    Attributes:
        week: the Monday of the week to plan; None is the next Monday after `as_of`.
        pages: the pages to plan, trimmed lower case; empty is every active page.
        output_dir: where the exports go.
        as_of: the clock; None takes the marts' own inside their time to live, else now.
        max_workers: solving processes; None takes the setting.
        dry_run: stop after the audit; nothing is published or exported.
        overrides: settings for this run alone.
    """

    week: date | None = None
    pages: tuple[str, ...] = ()
    output_dir: Path = Path("output")
    as_of: datetime | None = None
    max_workers: int | None = None
    dry_run: bool = False
    overrides: Mapping[str, Any] = field(default_factory=dict)


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
    this_monday = today - timedelta(days=today.weekday())
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


def check_output_dir(path: Path) -> None:
    """Make the output directory and see that files can be written there, before any work is done.

    Raises:
        SchedulerError: it is a file, or can't be created or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
        writable = os.access(path, os.W_OK)
    except (FileExistsError, NotADirectoryError) as error:
        raise SchedulerError(
            f"{path} is a file, not a directory. Use another --output-dir."
        ) from error
    except OSError as error:
        raise SchedulerError(
            f"The output directory {path} cannot be written ({error.strerror}). "
            "Check its permissions, or use another --output-dir."
        ) from error
    if not writable:
        raise SchedulerError(
            f"The output directory {path} is read-only. "
            "Check its permissions, or use another --output-dir."
        )
