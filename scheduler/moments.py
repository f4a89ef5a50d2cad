"""Moments: UTC without a zone mark, as the warehouse stores them."""

from datetime import UTC, datetime

from scheduler.errors import SchedulerError


def utc_now() -> datetime:
    """The wall clock, UTC without a zone mark. Only a default for `as_of` and for run times."""
    return datetime.now(UTC).replace(tzinfo=None)


def parse_time(text: str) -> datetime:
    """A moment from ISO text; without a zone it is UTC. Returned in UTC without a zone mark.

    Raises:
        SchedulerError: the text is no ISO date or time.
    """
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    except ValueError as error:
        raise SchedulerError(
            f"{text!r} is not a time. Write it as 2026-11-22T18:00:00Z (UTC)."
        ) from error
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def format_time(moment: datetime) -> str:
    """A moment as the var `as_of` and the mart `settings` spell it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
