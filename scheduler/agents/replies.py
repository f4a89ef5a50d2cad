"""What each role may say: the schemas of its replies. Ids come from the lists sent, or go."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

KINDS = (
    "declining", "growing", "hidden_decline", "one_big_message", "oversaturated",
    "undersaturated", "price_above_best", "price_below_best", "weak_conversion",
    "low_execution", "low_data_quality", "strong_hour", "strong_content", "other",
)  # fmt: skip
"""What a finding may be about. `docs/agents.md` says what each means."""

Kind = Literal[
    "declining", "growing", "hidden_decline", "one_big_message", "oversaturated",
    "undersaturated", "price_above_best", "price_below_best", "weak_conversion",
    "low_execution", "low_data_quality", "strong_hour", "strong_content", "other",
]  # fmt: skip
ENERGIES = (
    "neutral", "upbeat", "playful", "teasing", "confident", "flirty", "seductive", "explicit",
    "raw", "intense",
)  # fmt: skip
Energy = Literal[
    "neutral", "upbeat", "playful", "teasing", "confident", "flirty", "seductive", "explicit",
    "raw", "intense",
]  # fmt: skip


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(_Reply):
    """Something that a page's manager should know, with the fact that shows it."""

    kind: Kind
    fact_id: str
    sentence: str


class Findings(_Reply):
    """Of the performance analyzer: three to five, what matters most first."""

    findings: Annotated[tuple[Finding, ...], Field(max_length=5)]


class Ranking(_Reply):
    """The options of one message, best first."""

    message_id: str
    option_ids: tuple[str, ...]
    reason: str


class Rankings(_Reply):
    """Of the caption curator: only messages whose order should change."""

    rankings: tuple[Ranking, ...]


class ProposedChange(_Reply):
    """A swap of two captions, a move to a free hour, or a lock; `with_id` is empty for a lock."""

    kind: Literal["swap", "move", "lock"]
    message_id: str
    with_id: str
    reason: str


class Proposals(_Reply):
    """Of the schedule architect."""

    changes: tuple[ProposedChange, ...]


class Concern(_Reply):
    """What the guardian holds against a message."""

    message_id: str
    concern: Literal[
        "says_the_same", "tease_after_offer", "false_scarcity", "tone", "platform_terms", "other"
    ]
    action: Literal["veto", "review"]
    reason: str


class Concerns(_Reply):
    """Of the quality guardian; empty when all is well."""

    concerns: tuple[Concern, ...]


class Note(_Reply):
    """The strategy note of one message."""

    message_id: str
    note: str


class Notes(_Reply):
    """Of the orchestrator: notes and the summary of the report."""

    notes: tuple[Note, ...]
    summary: str


class Tag(_Reply):
    """What a caption is like."""

    caption_id: str
    energy: Energy
    intensity: Literal["explicit", "teasing"]
    intent: Literal["offer", "tease"]
    language: str


class Tags(_Reply):
    """Of the curator, for a list of captions."""

    tags: tuple[Tag, ...]


class Step(_Reply):
    """Of the analyst that answers questions: the next metric to look up, or the answer."""

    action: Literal["query", "answer"]
    metric: str
    page: str
    days: int
    answer: str
