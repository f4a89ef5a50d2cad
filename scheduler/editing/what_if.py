"""What a week would be expected to earn under other rules; nothing is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from threadpoolctl import threadpool_limits

from scheduler.editing.difference import Difference, difference
from scheduler.editing.prepared_week import Agency, ValuedWeek, valued_plan
from scheduler.errors import SchedulerError
from scheduler.marts.inputs import AgencyInputs
from scheduler.marts.schedules import read_active
from scheduler.planning.kept_messages import kept_message
from scheduler.planning.page_problem import build_problem
from scheduler.planning.promised import Promised, is_kept
from scheduler.planning.rule_modes import solve_preferred
from scheduler.planning.week import resolve_week
from scheduler.training.standing import Standing

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Supposition:
    """What is supposed of a page's week; None leaves a thing as it is.

    Attributes:
        max_messages: most messages.
        min_messages: fewest.
        price: of every message that is not locked, dollars.
        without: ISO weekdays on which nothing is planned.
    """

    max_messages: int | None = None
    min_messages: int | None = None
    price: float | None = None
    without: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class WhatIf:
    """The best week as things are, and under a supposition.

    Attributes:
        difference: of expected revenue, dollars.
        relaxed: rules that the supposed week can't keep.
    """

    page_name: str
    week: date
    now: ValuedWeek
    then: ValuedWeek
    difference: Difference

    @property
    def relaxed(self) -> tuple[str, ...]:
        """Rules that could not be kept then."""
        return (*self.then.page.given_up, *self.then.plan.relaxed)


def what_if(
    standing: Standing, page: str, supposed: Supposition, week: date | None = None
) -> WhatIf:
    """Plan a page's week twice, as things are and as supposed, and compare what they would earn.

    Both times the best week is sought, with locked messages in place, captions of other pages'
    weeks left alone, and nothing drawn by chance. Nothing is saved.

    Args:
        standing: fresh marts with the model.
        page: the page.
        supposed: what is otherwise.
        week: Monday; None is the next one.

    Raises:
        SchedulerError: the page is not known, a locked message is in the way, or no week can be
            planned at all.
    """
    agency = Agency(standing)
    if page not in agency.creators:
        raise SchedulerError(f"Unknown page {page!r}. `scheduler score` lists all pages.")
    settings = standing.settings
    monday = resolve_week(
        week, settings.as_of, settings.default_timezone, settings.plan_horizon_weeks
    )
    inputs = agency.inputs(monday)
    active = read_active(standing.warehouse, monday, settings.as_of)
    kept = [kept_message(row) for row in active if is_kept(row)]
    promised = agency.promised(page, monday, kept)
    now = _best(agency, page, inputs, promised)
    then = _best(agency, page, _supposed(inputs, page, supposed, promised), promised)
    gained = difference(now, then, agency.response(page), settings)
    return WhatIf(page, monday, now, then, gained)


def _best(agency: Agency, page: str, inputs: AgencyInputs, promised: Promised) -> ValuedWeek:
    response = agency.response(page)
    planned = build_problem(page, inputs, response, agency.creators[page], promised)
    with threadpool_limits(limits=1):
        best = solve_preferred(planned.task)
    return valued_plan(planned.solved(best), best.plan, response)


def _supposed(
    inputs: AgencyInputs, page: str, supposed: Supposition, promised: Promised
) -> AgencyInputs:
    """The inputs with the page's rules and hours as supposed."""
    rules = dict(inputs.page_settings[page])
    rules |= _counts(supposed, rules)
    changed = replace(inputs, page_settings={**inputs.page_settings, page: rules})
    if supposed.price is not None:
        if not rules["price_min"] <= supposed.price <= rules["price_max"]:
            raise SchedulerError(
                f"${supposed.price:g} is outside the page's price range,"
                f" ${rules['price_min']:g} to ${rules['price_max']:g}."
            )
        changed = replace(changed, price_points=(float(supposed.price),))
    if supposed.without:
        slots = {**inputs.slots, page: _without(inputs, page, supposed.without, promised)}
        changed = replace(changed, slots=slots)
    return changed


def _counts(supposed: Supposition, rules: Mapping[str, float]) -> dict[str, float]:
    most = supposed.max_messages or int(rules["messages_per_week_max"])
    least = supposed.min_messages or min(int(rules["messages_per_week_min"]), most)
    if not 1 <= least <= most:
        raise SchedulerError(f"At least {least} and at most {most} messages: nothing is between.")
    return {"messages_per_week_max": most, "messages_per_week_min": least}


def _without(inputs: AgencyInputs, page: str, days: frozenset[int], promised: Promised) -> pa.Table:
    locked = sorted({row["message_id"] for row in promised.kept if row["iso_weekday"] in days})
    if locked:
        raise SchedulerError(
            f"Locked on a day that is to be left out: {', '.join(locked)}. Unlock them first with"
            " `scheduler lock --unlock`."
        )
    slots = inputs.slots[page]
    kept = slots.filter(
        pc.invert(pc.is_in(slots.column("iso_weekday"), pa.array(sorted(days), pa.int64())))
    )
    if kept.num_rows == 0:
        raise SchedulerError("No day of the week is left to plan.")
    return kept
