"""A page's week as a calendar that phones and calendar programs open."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from scheduler.export.schedule_csv import with_approval
from scheduler.marts.run_result import NOT_APPROVED

_LENGTH = timedelta(minutes=15)
# The zone's changes of the clock that the file spells out, before and after the week.
_ZONE_RULES = timedelta(days=366)


def week_calendar(page: str, messages: Sequence[Mapping[str, Any]], written_at: datetime) -> bytes:
    """One event per message, in the page's own zone with that zone's rules in the file.

    In the hour that comes twice when the clocks go back, its second time is written in UTC: the
    format has no other way to tell it from the first. Messages that nobody approved are tentative.

    Args:
        page: the page's name.
        messages: rows of `schedules` of one week.
        written_at: UTC; the same week is the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//EROS scheduler//schedules//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Messages of {page}")
    for message in with_approval(messages):
        zone = ZoneInfo(message["timezone"])
        event = Event()
        event.add("uid", f"{message['message_id']}@{message['schedule_id']}")
        event.add("dtstamp", written_at.replace(tzinfo=UTC))
        event.add("dtstart", _clock(message["send_at"], zone))
        event.add("dtend", _clock(message["send_at"] + _LENGTH, zone))
        event.add("summary", f"{page}: ${message['price']:.2f}, {message['content_category']}")
        event.add("description", f"{message['caption_text']}\n\n{message['strategy_note']}")
        is_open = message.get("approval") == NOT_APPROVED
        event.add("status", "TENTATIVE" if is_open else "CONFIRMED")
        calendar.add_component(event)
    first = min(message["send_at"] for message in messages).date()
    calendar.add_missing_timezones(first_date=first - _ZONE_RULES, last_date=first + _ZONE_RULES)
    return bytes(calendar.to_ical())


def _clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in UTC without a zone mark as it is written: by the zone's clock where that can."""
    utc = moment.replace(tzinfo=UTC)
    local = utc.astimezone(zone)
    return utc if local.fold else local
