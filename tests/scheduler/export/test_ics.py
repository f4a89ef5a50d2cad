"""A week as a calendar: the instants that were planned, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduler.export.ics import week_calendar
from scheduler.marts.run_result import NOT_APPROVED
from tests.scheduler.conftest import RanWeek
from tests.scheduler.export.test_schedule_csv import message

WRITTEN = datetime(2026, 3, 18, 12)
QUARTER = timedelta(minutes=15)
ZONES = ("Europe/Berlin", "America/Los_Angeles", "America/St_Johns", "Australia/Lord_Howe", "UTC")


def planned(moment: datetime, zone: str, number: int = 0) -> dict[str, Any]:
    return message(send_at=moment, timezone=zone, message_id=f"m{number}")


def read(content: bytes) -> list[tuple[datetime, datetime]]:
    """Start and end of each event, UTC without a zone mark."""

    def instant(value: Any) -> datetime:
        moment: datetime = value.dt
        assert moment.tzinfo is not None, "an event floats"
        return moment.astimezone(UTC).replace(tzinfo=None)

    return [
        (instant(event["dtstart"]), instant(event["dtend"]))
        for event in Calendar.from_ical(content).walk("VEVENT")
    ]


@pytest.mark.parametrize(
    ("zone", "moments"),
    [
        # 29 March, 2:00 becomes 3:00: before, in the hour that is not there, and after
        ("Europe/Berlin", ["2026-03-28T19:00", "2026-03-29T00:50", "2026-03-29T01:00",
                           "2026-03-29T18:00"]),
        # 1 November, 2:00 becomes 1:00: half past one comes twice
        ("America/Los_Angeles", ["2026-11-01T07:50", "2026-11-01T08:30", "2026-11-01T08:50",
                                 "2026-11-01T09:30", "2026-11-01T10:30"]),
    ],
)  # fmt: skip
def test_an_event_is_at_its_instant_across_a_change_of_the_clock(
    zone: str, moments: list[str]
) -> None:
    starts = [datetime.fromisoformat(text) for text in moments]
    rows = [planned(start, zone, number) for number, start in enumerate(starts)]
    assert read(week_calendar("lunavale", rows, WRITTEN)) == [
        (start, start + QUARTER) for start in starts
    ]


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),
)
def test_any_instant_survives_the_file(zone: str, moment: datetime) -> None:
    start = moment.replace(second=0, microsecond=0)
    [found] = read(week_calendar("lunavale", [planned(start, zone)], WRITTEN))
    assert found == (start, start + QUARTER)


def test_an_event_is_shown_at_the_page_s_own_hour_with_the_rules_of_its_zone() -> None:
    start = datetime(2026, 3, 29, 18)
    content = week_calendar("lunavale", [planned(start, "Europe/Berlin")], WRITTEN)
    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    assert event["dtstart"].dt.replace(tzinfo=None) == datetime(2026, 3, 29, 20)
    assert event["dtstart"].params["TZID"] == "Europe/Berlin"
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Berlin"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_a_caption_with_signs_of_the_format_stays_one_text() -> None:
    caption = "one; two, three\\n\nBEGIN:VEVENT\r\nSUMMARY:not this\nEND:VEVENT"
    row = planned(datetime(2026, 3, 24, 2), "UTC") | {"caption_text": caption}
    content = week_calendar("lunavale", [row], WRITTEN)
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["description"]).replace("\r\n", "\n").startswith(caption.replace("\r\n", "\n"))
    assert str(event["summary"]) == "lunavale: $12.00, Solo"


def test_a_message_that_nobody_approved_is_tentative_and_says_so() -> None:
    row = planned(datetime(2026, 3, 24, 2), "UTC")
    content = week_calendar("lunavale", [row, row | {"approval": NOT_APPROVED}], WRITTEN)
    settled, still_open = Calendar.from_ical(content).walk("VEVENT")
    assert (settled["status"], still_open["status"]) == ("CONFIRMED", "TENTATIVE")
    assert "NOT APPROVED." in still_open["description"]
    assert "NOT APPROVED." not in settled["description"]


def test_every_published_page_has_its_week_as_a_calendar(ran: RanWeek) -> None:
    assert ran.result.pages
    for page in ran.result.pages.values():
        content = (ran.output / f"{page.page_name}_schedule.ics").read_bytes()
        assert [start for start, _ in read(content)] == [row["send_at"] for row in page.messages]
        events = Calendar.from_ical(content).walk("VEVENT")
        assert len({str(event["uid"]) for event in events}) == len(page.messages)
        for event, row in zip(events, page.messages, strict=True):
            local = event["dtstart"].dt.astimezone(ZoneInfo(row["timezone"]))
            assert local.replace(tzinfo=None) == row["local_at"]
