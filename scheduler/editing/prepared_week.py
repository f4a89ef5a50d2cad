"""A page's week that stands, with all that valuing another version of it needs; read once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from scheduler.errors import SchedulerError
from scheduler.marts.inputs import AgencyInputs, read_creators, read_inputs, read_live_schedules
from scheduler.marts.schedules import read_with_captions
from scheduler.planning.kept_messages import kept_message
from scheduler.planning.page_problem import PlannedPage, build_problem, page_response
from scheduler.planning.projection import multiplied, projected
from scheduler.planning.promised import Kept, Promised, promises_to
from scheduler.planning.schedule_rows import planned_messages
from scheduler.response import PageResponse
from scheduler.response.read.uncertainty import Planned
from scheduler.response.rows import FloatArray
from scheduler.solver import WeekPlan, week_plan
from scheduler.training.standing import Standing
from scheduler.warehouse import Warehouse
from scheduler.warehouse.base import MARTS


@dataclass(frozen=True, eq=False)
class ValuedWeek:
    """A version of a week with what the response believes of it.

    Attributes:
        page: the problem.
        plan: its messages in time order.
        dollars: expected of each, (n,).
        planned: what sets the messages apart, for the uncertainty.
    """

    page: PlannedPage
    plan: WeekPlan
    dollars: FloatArray
    planned: Planned

    @property
    def message_ids(self) -> list[str]:
        """Of the messages, all of them fixed, in time order."""
        return [self.page.kept[message.fixed]["message_id"] for message in self.plan.messages]

    @property
    def by_message(self) -> dict[str, float]:
        """Message id -> dollars expected."""
        return dict(zip(self.message_ids, self.dollars.tolist(), strict=True))

    @property
    def expected(self) -> float:
        """Dollars expected of the week, to the cent as its messages show them."""
        return round(float(np.round(self.dollars, 2).sum()), 2)


@dataclass(frozen=True, eq=False)
class PreparedWeek:
    """What judging changes of one page's week needs, without a warehouse.

    Keep it for as long as `schedule_id` is the version that stands and the marts are the same:
    reading it is the slow part.

    Attributes:
        schedule_id: the version that stands.
        rows: its messages in time order, see `kept_message`.
        promised: what other weeks and pages bind; without messages of its own.
    """

    page_name: str
    week: date
    schedule_id: str
    rows: tuple[Kept, ...]
    inputs: AgencyInputs
    response: PageResponse
    creator: Mapping[str, Any]
    promised: Promised

    @cached_property
    def now(self) -> ValuedWeek:
        """The version that stands, by the response of this moment."""
        return self.valued(self.rows)

    @cached_property
    def captions(self) -> dict[int, dict[str, Any]]:
        """Caption id -> row of `caption_candidates`, of those that the page may be given."""
        return {row["caption_id"]: row for row in self.now.page.captions.to_pylist()}

    @property
    def prices(self) -> tuple[float, ...]:
        """Prices to offer, dollars, ascending: the usual ones that the page's rule allows."""
        rules = self.rules
        low, high = rules["price_min"], rules["price_max"]
        return tuple(price for price in self.inputs.price_points if low <= price <= high)

    @property
    def rules(self) -> Mapping[str, float]:
        """The page's thresholds by name."""
        return self.inputs.page_settings[self.page_name]

    def valued(self, rows: Sequence[Kept]) -> ValuedWeek:
        """What a week of these messages is believed to earn, as if all of them were locked.

        Args:
            rows: see `kept_message`; of any version of the week.

        Raises:
            SchedulerError: the week is over.
        """
        page = build_problem(
            self.page_name, self.inputs, self.response, self.creator,
            replace(self.promised, kept=tuple(rows)),
        )  # fmt: skip
        plan = week_plan(page.problem, (), 0.0)
        return valued_plan(page, plan, self.response)


def valued_plan(page: PlannedPage, plan: WeekPlan, response: PageResponse) -> ValuedWeek:
    """What a plan is believed to earn; its messages may be fixed or free."""
    messages = plan.messages
    fatigue = page.tired(messages)
    dollars = projected(multiplied(messages, fatigue.correction), response)
    planned = planned_messages(page, messages, response, fatigue.stock)
    return ValuedWeek(page, plan, dollars, planned)


def standing_version(warehouse: Warehouse, page: str, week: date | None = None) -> tuple[str, date]:
    """Id and Monday of the version that stands of a page's week.

    Args:
        warehouse: with marts.
        page: the page.
        week: its Monday; None is the page's latest published week.

    Raises:
        SchedulerError: nothing is published.
    """
    rows = warehouse.query(
        f"select distinct schedule_id, week_start from {MARTS}.schedules"  # noqa: S608
        " where status = 'active' and page_name = $page order by week_start desc, schedule_id",
        {"page": page},
    ).to_pylist()
    found = [row for row in rows if week in (None, row["week_start"])]
    if not found:
        raise SchedulerError(
            f"No published schedule of {page} for the week of {week or 'any date'}."
            " Run `scheduler run` first."
        )
    return found[0]["schedule_id"], found[0]["week_start"]


class Agency:
    """The marts behind prepared weeks, each read once for all pages."""

    def __init__(self, standing: Standing) -> None:
        if standing.model is None or standing.training is None:
            raise SchedulerError("There is no response model. Run `scheduler train`.")
        self.standing = standing
        self.model, self._training = standing.model, standing.training
        self.creators = read_creators(standing.warehouse)
        self.live = read_live_schedules(standing.warehouse)
        self._inputs: dict[date, AgencyInputs] = {}

    def inputs(self, week: date) -> AgencyInputs:
        """What the marts hold for a week."""
        if week not in self._inputs:
            self._inputs[week] = read_inputs(
                self.standing.warehouse, self.standing.settings, week, self._training
            )
        return self._inputs[week]

    def response(self, page: str) -> PageResponse:
        """The page's response."""
        return page_response(self.model, page, self.standing.settings, self.creators[page])

    def promised(self, page: str, week: date, kept: Iterable[Kept] = ()) -> Promised:
        """What active schedules bind for the page in that week."""
        return promises_to([page], self.live, week, frozenset([page]), tuple(kept))[page]


def prepare_week(standing: Standing, page: str, week: date | None = None) -> PreparedWeek:
    """Read what judging changes of a page's published week needs.

    Args:
        standing: fresh marts with the model.
        page: the page.
        week: Monday; None is the page's latest published week.

    Raises:
        SchedulerError: nothing is published, or there is no model.
    """
    return prepared(Agency(standing), page, week)


def prepared(agency: Agency, page: str, week: date | None = None) -> PreparedWeek:
    """The same from marts that were read already."""
    warehouse = agency.standing.warehouse
    schedule, monday = standing_version(warehouse, page, week)
    rows = [kept_message(row) for row in read_with_captions(warehouse, [schedule])]
    return PreparedWeek(
        page_name=page,
        week=monday,
        schedule_id=schedule,
        rows=tuple(rows),
        inputs=agency.inputs(monday),
        response=agency.response(page),
        creator=agency.creators[page],
        promised=agency.promised(page, monday),
    )
