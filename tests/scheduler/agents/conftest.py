"""A server that plays the API, a page with a solved week, and a session of the agents on it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from scheduler.agents.agent_settings import AgentSettings, ModelPrice
from scheduler.agents.desk import Desk, open_client
from scheduler.agents.findings import Limits
from scheduler.agents.orchestrator import Session, advise
from scheduler.agents.revise import WeekEditor
from scheduler.agents.stores import Replies
from tests.scheduler.agents import weeks
from tests.scheduler.agents.server import Server, serving

KEY = "sk-ant-test-0123456789"
PRICES = (
    ModelPrice("claude-sonnet", 3.0, 15.0, 3.75, 0.3, 0.5),
    ModelPrice("claude-opus", 15.0, 75.0, 18.75, 1.5, 0.5),
)
SETTINGS = AgentSettings(
    enabled=True,
    model="claude-sonnet-4-5",
    roles=("analyzer", "curator", "architect", "guardian", "orchestrator"),
    max_tokens=2000,
    temperature=0.7,
    budget_tokens=1_000_000,
    budget_dollars=10.0,
    concurrency=4,
    timeout=5.0,
    attempts=1,
    changes_max=3,
    loss_max=0.02,
    batch_size=4,
)
LIMITS = Limits(
    health_growing=1.07,
    health_declining=0.93,
    saturation_under=0.8,
    saturation_over=1.2,
    data_quality_min=70,
    weak_conversion=0.5,
    execution_min=0.9,
    big_message_share=0.25,
    price_gain=0.05,
    strong=1.25,
    few=8,
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A running server that the SDK is pointed at by the environment."""
    with serving() as running:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", running.url)
        yield running


Work = Callable[..., Session]


@pytest.fixture
def replies() -> Replies:
    """An empty store of replies."""
    return Replies()


@pytest.fixture
def work(server: Server, replies: Replies) -> Work:
    """Let the agents work on some editors; settings as given."""

    def start(*editors: WeekEditor, **settings: Any) -> Session:
        chosen = replace(SETTINGS, **settings)
        desk = Desk(chosen, open_client(chosen), replies, PRICES)
        return advise(editors or (weeks.editor(),), desk, LIMITS)

    return start
