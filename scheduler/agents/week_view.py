"""A solved week as the agents see it: plain values, and ids that mean something only here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from scheduler.agents.prose_numbers import COUNT, DOLLARS, TIMES
from scheduler.agents.sent_facts import Fact, as_data, rounded
from scheduler.planning.reasons import Reason


@dataclass(frozen=True)
class Option:
    """A caption that a message's place allows instead.

    Attributes:
        id: `m3c1`: the first option of message m3.
        caption: its index in the page's problem.
        loss: projected dollars of the week given up by it; below 0 where it gains.
    """

    id: str
    caption: int
    text: str
    category: str
    energy: str
    loss: float


@dataclass(frozen=True)
class FreeHour:
    """A slot that a message could move to.

    Attributes:
        id: `h17`.
        slot: its index in the page's problem.
    """

    id: str
    slot: int
    label: str
    daypart: str
    index: float


@dataclass(frozen=True)
class Message:
    """One planned message.

    Attributes:
        id: `m1` and so on in time order; kept when the message moves.
        label: when, such as `Tue 20:00`.
        is_fixed: locked or drawn by chance: nothing may change it but a veto.
        duplicate_group: captions of one group say the same; empty when not known.
    """

    id: str
    label: str
    daypart: str
    price: float
    expected: float
    text: str
    category: str
    energy: str
    duplicate_group: str
    reason: Reason
    is_fixed: bool = False
    options: tuple[Option, ...] = ()

    def sent(self) -> dict[str, Any]:
        """As the prompt shows it. The caption is data."""
        return {
            "id": self.id,
            "when": self.label,
            "daypart": self.daypart,
            "price": self.price,
            "expected_dollars": rounded(self.expected),
            "category": as_data(self.category),
            "energy": self.energy,
            "caption": as_data(self.text),
        }


def reason_facts(reason: Reason) -> list[Fact]:
    """The figures that a note on a message may say."""
    known = [
        Fact("hour_index", "this hour over the page's mean hour", reason.hour_index, TIMES),
        Fact("price", "price", reason.price, DOLLARS),
        Fact("price_revenue", "expected of the message", reason.price_revenue, DOLLARS),
        Fact("caption_score", "caption over an untried one", reason.caption_score, TIMES),
        Fact("caption_sends", "times the caption was sent", reason.caption_sends, COUNT),
        Fact("days_since", "days since it was sent here", reason.caption_days_since, COUNT),
        Fact("runner_up_loss", "lost by the next best caption", reason.runner_up_loss, DOLLARS),
    ]
    for side in ("lower", "higher"):
        price, revenue = getattr(reason, f"{side}_price"), getattr(reason, f"{side}_price_revenue")
        if price is None or revenue is None:
            continue
        gain = reason.price_revenue - revenue
        known += [
            Fact(f"{side}_price", f"next {side} price", price, DOLLARS),
            Fact(f"{side}_revenue", f"expected at the next {side} price", revenue, DOLLARS),
            Fact(f"{side}_gain", f"more than at the next {side} price", gain, DOLLARS),
        ]
    return [fact for fact in known if fact.value is not None]


@dataclass(frozen=True)
class PageWeek:
    """A page's solved week with the figures of its standing."""

    page_name: str
    week: str
    standing: tuple[Fact, ...]
    messages: tuple[Message, ...]
    free_hours: tuple[FreeHour, ...] = ()
    health: str = "STABLE"
    relaxed: tuple[str, ...] = ()

    def message(self, name: str) -> Message | None:
        """A message by its id."""
        return next((message for message in self.messages if message.id == name), None)


@dataclass(frozen=True)
class Change:
    """What an agent wants changed.

    Attributes:
        kind: swap, move, replace, lock, or veto: a replacement that may cost what it costs.
        message: its id.
        other: the other message of a swap; empty otherwise.
        target: slot of a move or caption of a replacement, as the problem numbers them.
        reason: checked prose.
        by: the role.
    """

    kind: str
    message: str
    by: str
    reason: str = ""
    other: str = ""
    target: int = -1


@dataclass(frozen=True)
class Verdict:
    """What became of a change.

    Attributes:
        refused: why it was not taken; empty when it was.
        loss: projected dollars of the week that it gives up; below 0 where it gains.
        share: that as a share of the solved week's value.
    """

    change: Change
    loss: float = 0.0
    share: float = 0.0
    refused: str = ""


class Editor(Protocol):
    """The one way to change a week: every change is held against the rules and priced."""

    def week(self) -> PageWeek:
        """The week as it is now."""

    def apply(self, change: Change) -> Verdict:
        """Take a change, or refuse it with a reason."""

    def replacement(self, message: str) -> int | None:
        """The best allowed caption for a message other than its own; None: there is none."""


@dataclass(frozen=True)
class Advice:
    """What the agents leave of one page's week.

    Attributes:
        week: after all changes.
        notes: message id -> checked note; a message without one keeps the computed note.
        findings: checked sentences with figure and sample.
        summary: checked prose for the report; may be empty.
        verdicts: every change wanted, taken or refused.
        reviews: what a person should look at, one line each.
        is_complete: every role that was needed answered.
        problem: why one did not, in one line.
    """

    week: PageWeek
    notes: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    summary: str = ""
    verdicts: tuple[Verdict, ...] = ()
    reviews: tuple[str, ...] = ()
    is_complete: bool = True
    problem: str = ""
