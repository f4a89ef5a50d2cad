"""The app in a real browser: look, drag, refuse, lock, approve, roll back; wide and on a phone."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from scheduler.web.application import make_app
from scheduler.web.request_guard import Desk
from tests.scheduler.conftest import RanWeek
from tests.scheduler.web.conftest import CHROMIUM, KEY, PASSWORDS

pytestmark = pytest.mark.usefixtures("own_agency")

WIDTHS = [1280, 390]
SERIOUS = ("serious", "critical")
# How long something takes says how busy the machine is.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with these tests: its event loop counts as running in the whole process."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The app on a free port of this machine."""
    config = uvicorn.Config(
        make_app(desk, KEY, ["127.0.0.1"]), host="127.0.0.1", port=0, log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


class Visitor:
    """Somebody at a browser, and what their browser complained of."""

    def __init__(self, browser: Browser, address: str, width: int, scheme: str = "light") -> None:
        context = browser.new_context(
            # All hours of a day in sight: what is dragged need not be scrolled to.
            viewport={"width": width, "height": 2400},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.address = address
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on(
            "requestfailed",
            # what a left page still asked for is given up by the browser itself
            lambda request: (
                None
                if request.failure == "net::ERR_ABORTED"
                else self.troubles.append(f"{request.url}: {request.failure}")
            ),
        )
        self.page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "data:", "blob:"))
                else self.troubles.append(f"asked for {request.url}")
            ),
        )

    def log_in(self, role: str) -> None:
        self.page.goto(f"{self.address}/login")
        self.page.get_by_label("Name").fill(role)
        self.page.get_by_label("Password").fill(PASSWORDS[role])
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("The agency's week")

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def week(self, name: str, message: str) -> None:
        """The page's week as a calendar with hours, on a narrow screen the day of a message."""
        self.open(f"/pages/{name}")
        if self.page.viewport_size and self.page.viewport_size["width"] < 640:
            self.page.get_by_role("button", name="Day", exact=True).click()
        expect(self.page.locator("#calendar .fc-timegrid-slots").first).to_be_visible()
        while not self.page.locator(f"#calendar [data-message='{message}']").count():
            self.page.locator("#calendar .fc-next-button").click()

    def drag(self, message: str, hour: int) -> None:
        """Drop a message of the shown day on another hour of it."""
        slot = self.page.locator(f"td.fc-timegrid-slot-lane[data-time='{hour:02d}:00:00']")
        calendar = self.page.locator("#calendar")
        calendar.evaluate("shown => shown.scrollIntoView({block: 'start'})")
        event = self.page.locator(f"#calendar [data-message='{message}']")
        box, target = event.bounding_box(), slot.bounding_box()
        assert box is not None
        assert target is not None
        mouse, x = self.page.mouse, box["x"] + box["width"] / 2
        mouse.move(x, box["y"] + 6)
        mouse.down()
        mouse.move(x, (box["y"] + target["y"]) / 2, steps=8)
        mouse.move(x, target["y"] + 8, steps=8)
        mouse.up()

    def height_of(self, event: Locator) -> float:
        """How far below the top of the calendar."""
        box, calendar = event.bounding_box(), self.page.locator("#calendar").bounding_box()
        assert box is not None
        assert calendar is not None
        return box["y"] - calendar["y"]

    def findings(self) -> list[str]:
        """What axe-core finds serious on the open page."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in SERIOUS
        ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_readable_fits_and_asks_for_nothing_outside(
    browser: Browser, address: str, agency: RanWeek, width: int, scheme: str
) -> None:
    visitor = Visitor(browser, address, width, scheme)
    visitor.open("/login")
    assert visitor.findings() == []
    visitor.log_in("approver")
    name = next(iter(agency.result.pages))
    paths = ("/", f"/pages/{name}", f"/pages/{name}/history", "/performance", "/scores", "/alerts")
    for path in paths:
        visitor.open(path)
        visitor.page.wait_for_load_state("networkidle")
        fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert visitor.page.evaluate(fits), path
        assert visitor.findings() == [], path
    assert visitor.troubles == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_dragged_message_is_judged_kept_locked_approved_and_rolled_back(
    browser: Browser, address: str, agency: RanWeek, width: int
) -> None:
    first = next(iter(agency.result.pages.values()))
    message = first.messages[0]
    begin: datetime = message["local_at"]
    free = free_hour(first.messages, begin)
    visitor = Visitor(browser, address, width)
    visitor.log_in("approver")
    visitor.week(first.page_name, message["message_id"])
    shown = visitor.page

    visitor.drag(message["message_id"], free)
    expect(shown.locator("#message")).to_contain_text("The week is expected to earn")
    shown.get_by_role("button", name="Put back").click()
    expect(shown.locator("#message")).to_have_text("Put back.")
    visitor.drag(message["message_id"], free)
    shown.get_by_role("button", name="Keep the change").click()
    expect(shown.locator("#said")).to_contain_text("Changed and locked.")

    shown.get_by_role("button", name="Approve this week").click()
    expect(shown.locator("#said")).to_contain_text("Approved")
    expect(shown.locator("main")).to_contain_text("approved by approver")

    visitor.open(f"/pages/{first.page_name}/history")
    shown.get_by_role("button", name="Bring back").first.click()
    expect(shown.locator("#said")).to_contain_text("is back")
    events = shown.request.get(f"{address}/pages/{first.page_name}/events").json()
    assert sorted(one["start"] for one in events) == sorted(
        one["local_at"].isoformat() for one in first.messages
    )
    assert visitor.troubles == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_message_that_may_not_be_there_snaps_back_with_the_reason(
    browser: Browser, address: str, agency: RanWeek, desk: Desk, width: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = next(iter(agency.result.pages.values()))
    message = first.messages[0]
    # The week as it is when all of it is over: no message may be moved any more.
    week = desk.prepared.of(first.page_name, None)
    late = replace(week.inputs.settings, as_of=message["send_at"] + timedelta(days=9))
    ended = replace(week, inputs=replace(week.inputs, settings=late))
    monkeypatch.setattr(desk.prepared, "of", lambda *_: ended)
    visitor = Visitor(browser, address, width)
    visitor.log_in("operator")
    visitor.week(first.page_name, message["message_id"])
    shown = visitor.page
    event = shown.locator(f"#calendar [data-message='{message['message_id']}']")
    before = visitor.height_of(event)
    visitor.drag(message["message_id"], free_hour(first.messages, message["local_at"]))
    expect(shown.locator("#message [data-refused]")).to_contain_text("is over")
    expect(shown.get_by_role("button", name="Keep the change")).to_have_count(0)
    assert abs(before - visitor.height_of(event)) < 5
    assert visitor.troubles == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_message_is_locked_and_changed_by_the_keyboard_alone(
    browser: Browser, address: str, agency: RanWeek, width: int
) -> None:
    first = next(iter(agency.result.pages.values()))
    message = first.messages[0]
    visitor = Visitor(browser, address, width)
    visitor.log_in("operator")
    visitor.week(first.page_name, message["message_id"])
    shown = visitor.page
    event = shown.locator(f"#calendar [data-message='{message['message_id']}']")
    event.focus()
    shown.keyboard.press("Enter")
    expect(shown.locator("#message")).to_contain_text(message["caption_text"].split()[0])
    when = shown.get_by_label("When, on the page's clock")
    expect(when).to_have_value(f"{message['local_at']:%Y-%m-%dT%H:%M}")
    shown.get_by_label("Price", exact=True).select_option(index=0)
    expect(shown.locator("#verdict")).to_contain_text("The week is expected to earn")
    lock = shown.get_by_role("button", name="Lock")
    lock.focus()
    shown.keyboard.press("Enter")
    expect(shown.locator("#said")).to_contain_text("Locked")
    assert visitor.troubles == []


def free_hour(messages: object, begin: datetime) -> int:
    """An hour of the same day, far from every message of the page."""
    times = [one["local_at"] for one in messages]  # type: ignore[attr-defined]

    def distance(hour: int) -> timedelta:
        moment = begin.replace(hour=hour, minute=0)
        return min(abs(moment - other) for other in times if other != begin)

    hours = [hour for hour in range(24) if hour != begin.hour]
    return max(hours, key=lambda hour: (distance(hour), -hour))
