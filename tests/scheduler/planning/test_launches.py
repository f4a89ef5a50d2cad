"""Launches are held like locked messages, or told with the reason why not."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.launches import Launches, launch_id, with_launches

AS_OF = datetime(2026, 12, 20, 12)
NOON = datetime(2026, 12, 24, 12)
INPUTS = cast(
    AgencyInputs,
    SimpleNamespace(
        settings=SimpleNamespace(as_of=AS_OF),
        page_settings={page: {"messages_per_week_max": 2} for page in ("amber", "lunavale")},
    ),
)
PAGES = ("amber", "lunavale")


def launch(**changes: Any) -> dict[str, Any]:
    return {
        "page_name": "amber", "week_start": date(2026, 12, 21), "local_date": date(2026, 12, 24),
        "local_hour": 12, "send_at": NOON, "caption_id": 7, "caption_key": "k", "price": 25.0,
        "note": "video", "caption_text": "new video", "refusal": None,
    } | changes  # fmt: skip


def message(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "message_id": name, "page_name": "amber", "send_at": datetime(2026, 12, 25, 12),
        "caption_key": name, "is_due": False, "is_locked": False, "was_sent": None,
    } | changes  # fmt: skip


def held(*active: dict[str, Any], launches: list[dict[str, Any]] | None = None) -> Launches:
    rows = [launch()] if launches is None else launches
    return with_launches(rows, active, INPUTS, PAGES)


def names(rows: tuple[Any, ...]) -> list[str]:
    return [row["message_id"] for row in rows]


def test_a_launch_stays_beside_what_is_locked_and_says_what_it_is_for() -> None:
    found = held(message("locked", is_locked=True), message("free"))
    assert found.told == ()
    assert names(found.kept) == ["locked", launch_id(launch())]
    assert names(found.active) == ["locked", "free"]
    row = found.kept[1]
    assert (row["send_at"], row["caption_id"], row["price"]) == (NOON, 7, 25.0)
    assert (row["is_locked"], row["strategy_note"]) == (True, "Launch: video.")


def test_a_published_launch_is_held_once_and_goes_when_it_is_taken_back() -> None:
    published = message(launch_id(launch()), send_at=NOON, caption_key="k", is_locked=True)
    for _ in range(2):
        found = held(published)
        assert names(found.kept) == [launch_id(launch())]
        assert found.told == ()
    gone = held(published, launches=[])
    assert (gone.kept, gone.active) == ((), ())
    other = held(published, launches=[launch(price=30.0)])
    assert [row["price"] for row in other.kept] == [30.0]


def test_a_launch_that_went_out_stays_whatever_the_calendar_says() -> None:
    sent = message(launch_id(launch()), send_at=NOON, caption_key="k", is_due=True)
    for launches in ([launch()], [], [launch(price=30.0)]):
        found = held(sent, launches=launches)
        assert names(found.kept) == names(found.active) == [sent["message_id"]]


@pytest.mark.parametrize(
    ("changes", "beside", "told"),
    [
        ({"refusal": "the caption bank has no such caption"}, [], "has no such caption"),
        ({"send_at": AS_OF}, [], "its hour is over"),
        ({}, [message("k", is_locked=True)], "a message that stays has its caption already"),
        ({}, [message("x", send_at=NOON, is_due=True)], "a message that stays stands at that hour"),
        (
            {}, [message("x", is_locked=True), message("y", is_locked=True)],
            "the 2 messages that the week may have are taken",
        ),
        (
            {}, [message("k", page_name="lunavale", is_locked=True)],
            "lunavale sends its caption that week",
        ),
        ({}, [message("k", page_name="not_planned")], "not_planned sends its caption that week"),
    ],
)  # fmt: skip
def test_a_launch_that_cannot_be_is_told_in_one_line(
    changes: dict[str, Any], beside: list[dict[str, Any]], told: str
) -> None:
    found = held(*beside, launches=[launch(**changes)])
    (line,) = found.told
    assert line.startswith("amber: the launch of 2026-12-24 12:00 with caption 7 is not planned: ")
    assert told in line
    assert "\n" not in line
    assert launch_id(launch(**changes)) not in names(found.kept)


def test_of_two_pages_that_launch_one_caption_the_first_has_it() -> None:
    found = held(launches=[launch(), launch(page_name="lunavale")])
    assert names(found.kept) == [launch_id(launch())]
    assert "amber sends its caption that week" in found.told[0]


def test_pages_that_are_not_planned_anew_launch_nothing() -> None:
    found = held(launches=[launch(page_name="not_planned")])
    assert (found.kept, found.told) == ((), ())
