"""A session with Claude: the one door to the SDK, which only a run with agents opens."""

from collections.abc import Callable, Mapping, Sequence

from scheduler.agents.agent_settings import AgentSettings, ModelPrice, price_of
from scheduler.agents.desk import Desk, ReplyStore, open_client
from scheduler.agents.findings import Limits
from scheduler.agents.orchestrator import Session, advise
from scheduler.agents.questions import Answered, Looked, asked_answer
from scheduler.agents.tagging import Tagged, tag_captions
from scheduler.agents.week_view import Editor


def hold(
    editors: Sequence[Editor],
    settings: AgentSettings,
    replies: ReplyStore,
    prices: tuple[ModelPrice, ...],
    limits: Limits,
) -> Session:
    """Let the agents work on some pages. Nothing is raised: what fails leaves its page be."""
    return advise(editors, Desk(settings, open_client(settings), replies, prices), limits)


def tag(
    settings: AgentSettings,
    prices: tuple[ModelPrice, ...],
    texts: Mapping[str, str],
    open_batches: Sequence[str],
    wait: float,
) -> Tagged:
    """Tags of captions by Message Batches; see `tag_captions`."""
    price = price_of(settings.model, prices)
    return tag_captions(settings, price, texts, open_batches, wait)


def answer(
    question: str,
    pages: Sequence[str],
    find: Callable[..., Looked],
    settings: AgentSettings,
    replies: ReplyStore,
    prices: tuple[ModelPrice, ...],
) -> Answered:
    """An answer by Claude; the plain one where that fails."""
    desk = Desk(settings, open_client(settings), replies, prices)
    return asked_answer(question, pages, find, desk)
