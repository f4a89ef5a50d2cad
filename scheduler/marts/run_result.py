"""What a run tells its caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scheduler.marts.advice import WeekAdvice
from scheduler.marts.schedules import Violation

PUBLISHED = "active"
PROPOSED = "proposed"
BLOCKED = "blocked"
SUPERSEDED = "superseded"

NOT_APPROVED = "not approved"
"""What `approval` of the mart `schedules` says of a week that waits for it."""

# Rules of this ending hold a plan against what is known, and doubt it.
EVIDENCE = "_evidence"


@dataclass(frozen=True)
class Asked:
    """What asking agents came to: calls, tokens and dollars."""

    calls: int = 0
    tokens: int = 0
    dollars: float = 0.0


@dataclass(frozen=True)
class PageResult:
    """What became of one page.

    Attributes:
        status: `active` (published), `proposed` (dry run) or `blocked`.
        reason: why it is blocked, as a sentence; empty otherwise.
        failed: it is blocked by a crash or a time-out rather than by the rulebook.
        messages: rows of the mart `schedules`, in time order.
        creator: its row of the mart `creators`; empty when the page has none.
        violations: rows of `schedule_violations`, of any tier.
        caption_count: captions that passed every filter.
        said: what is said of its week beside the messages.
        asked: what asking agents about it came to.
    """

    page_name: str
    status: str
    reason: str = ""
    failed: bool = False
    schedule_id: str | None = None
    messages: tuple[Mapping[str, Any], ...] = ()
    creator: Mapping[str, Any] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    caption_count: int = 0
    said: WeekAdvice = field(default_factory=WeekAdvice)
    asked: Asked = field(default_factory=Asked)
    csv_path: Path | None = None
    report_path: Path | None = None

    def of_week(self, name: str) -> Any:
        """A figure of the whole week, which every message row carries; None without messages."""
        return self.messages[0][f"week_{name}"] if self.messages else None

    @property
    def doubts(self) -> list[Violation]:
        """Rows of the evidence rules about a week that is planned."""
        if self.status == BLOCKED:
            return []
        return [found for found in self.violations if found.rule.endswith(EVIDENCE)]

    @property
    def approval(self) -> str:
        """Whether somebody approved the week; empty where the settings ask for no approval."""
        return (self.messages[0].get("approval") or "") if self.messages else ""

    @property
    def to_review(self) -> tuple[str, ...]:
        """What agents ask a person to look at, of a week that is planned."""
        return () if self.status == BLOCKED else self.said.reviews

    @property
    def explored_count(self) -> int:
        """Messages that exploration changed."""
        return sum(bool(message["is_explored"]) for message in self.messages)

    @property
    def given_up(self) -> float | None:
        """Projected dollars that exploration gives up; None when it is off."""
        costs = [m["revenue_given_up"] for m in self.messages if m["propensity"] is not None]
        return sum(costs) if costs else None


@dataclass(frozen=True)
class AgencyInterval:
    """Projected dollars of all pages' weeks, and what holds the dollars they really earn.

    Attributes:
        expected: sum of the pages' projections.
        low: lower end, with the coverage of the pages' own intervals.
        high: upper end.
    """

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class RunResult:
    """What became of a run.

    Attributes:
        pages: page -> result, in order of page name.
        unknown: names that are no active page -> why; nothing of them is kept anywhere.
        remarks: what is to be known of the whole run.
        notices: alerts that concern no single page of the run, such as an active week made illegal.
        outlook: what the last weeks earned, as sentences.
        alerts: open rows of the mart `alerts`.
        told: what asking agents came to, and what a person should look at.
    """

    run_id: str
    week: date
    as_of: datetime
    pages: Mapping[str, PageResult]
    remarks: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    outlook: tuple[str, ...] = ()
    alerts: tuple[Mapping[str, Any], ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    agency: AgencyInterval | None = None
    told: tuple[str, ...] = ()
    summary_path: Path | None = None

    @property
    def unproven(self) -> list[PageResult]:
        """Planned pages without a week of their plans behind them: history alone foretells them."""
        planned = (page for page in self.pages.values() if page.messages)
        return [page for page in planned if not page.creator.get("forecast_week_count")]

    @property
    def conflict_cost(self) -> float:
        """Projected dollars that all pages give up because no caption is promised to two."""
        return sum(page.of_week("conflict_cost") or 0.0 for page in self.pages.values())

    @property
    def gap(self) -> float | None:
        """How far all weeks together may be from the best ones, the sharing of captions included.

        A fraction of the joint bound (`scheduler.solver.agency.joint_bound`); None without a
        planned week.
        """
        planned = [page for page in self.pages.values() if page.of_week("bound_joint")]
        bound = sum(page.of_week("bound_joint") for page in planned)
        value = sum(p.of_week("upper_bound") * (1.0 - p.of_week("gap")) for p in planned)
        return max(1.0 - value / bound, 0.0) if bound > 0 else None

    @property
    def given_up(self) -> float | None:
        """Projected dollars that all pages' exploration gives up; None when it is off."""
        costs = [page.given_up for page in self.pages.values() if page.given_up is not None]
        return sum(costs) if costs else None

    def with_status(self, status: str) -> list[PageResult]:
        """The pages of one status, by name."""
        return [page for page in self.pages.values() if page.status == status]

    @property
    def any_failed(self) -> bool:
        """Whether a page crashed or timed out."""
        return any(page.failed for page in self.pages.values())
