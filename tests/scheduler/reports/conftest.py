"""What reports are made of: the marts of a published week, and the settings that they name."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from scheduler.marts.run_result import PageResult
from scheduler.reports.facts import Facts, read_facts
from tests.scheduler.conftest import RanWeek
from tests.scheduler.shared import reading

# Elements without an end.
VOID = {"meta", "br", "img", "link", "input", "hr", "base", "embed", "source"}
HOSTILE = '<script src="http://example.test/x.js">alert("hi")</script> & \' onload="x'


class Html(HTMLParser):
    """What a browser makes of a text: its elements with their attributes, and what is read."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}


@pytest.fixture(scope="session")
def facts(ran: RanWeek) -> Facts:
    with reading(ran.database) as warehouse:
        return read_facts(warehouse)


@pytest.fixture(scope="session")
def settings(ran: RanWeek) -> dict[str, Any]:
    """As `week_files` hands them to the views."""
    return {
        "week": ran.result.week,
        "as_of": ran.result.as_of,
        "lookback_days": 90,
        "recent_weeks": 4,
        "interval_coverage": 0.8,
        "score_window": 30,
        "score_target": 50,
        "content_min": 5,
    }


@pytest.fixture(scope="session")
def page(ran: RanWeek) -> PageResult:
    """The first published page."""
    return next(page for page in ran.result.pages.values() if page.messages)


def with_messages(page: PageResult, **values: Any) -> PageResult:
    """The page with these values in every message."""
    return replace(page, messages=tuple({**message, **values} for message in page.messages))
