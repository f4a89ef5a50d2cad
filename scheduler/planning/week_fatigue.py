"""What earlier messages leave at each hour of the planned week, as the response counts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scheduler.marts.inputs import floats, minutes
from scheduler.response import FatigueCurve
from scheduler.response.rows import STOCK_COLUMNS
from scheduler.response.stats import HOURS_OF_A_WEEK
from scheduler.solver import PlannedMessage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WeekFatigue:
    """Stocks of earlier sends at S slots, by memory.

    Attributes:
        curve: the page's response to stock.
        before: (S, memories) left by everything before the week.
        other_day: (S, memories) what one message of the week's earlier days is expected to leave.
        same_day: (S, memories) what one message earlier on the slot's day is.
    """

    curve: FatigueCurve
    before: Floats
    other_day: Floats
    same_day: Floats

    def table(self, week_max: int, day_max: int) -> Floats:
        """Factor on revenue by messages of the week and of the local day before: (S, W, D).

        The solver knows how many came before, not when; each counts at the place it is likely to
        have. `of_plan` puts in the true places once they are known.
        """
        week, day = np.arange(week_max + 1.0), np.arange(day_max + 1.0)
        others = np.maximum(week[:, None] - day[None, :], 0.0)[:, :, None]
        stock = self.before[:, None, None, :] + self.other_day[:, None, None, :] * others
        stock = stock + self.same_day[:, None, None, :] * day[None, None, :, None]
        factor: Floats = np.exp(self.curve.log_effect(stock))
        return factor

    def of_plan(self, messages: Sequence[PlannedMessage], slot: Ints, day: Ints) -> "PlanFatigue":
        """The stocks that a plan's messages really find, against those that the table assumed.

        Args:
            messages: of one week, in time order.
            slot: (n,) the slot of each, of a kept one the nearest.
            day: (n,) local day of each.
        """
        times = np.array([message.time for message in messages], dtype=np.float64)
        found = np.tile(self.curve.usual, (len(messages), 1))
        assumed = found.copy()
        for index, message in enumerate(messages):
            place, same = slot[index], int((day[:index] == day[index]).sum())
            left = faded(message.time - times[:index], self.curve.hours).sum(axis=0)
            found[index] = self.before[place] + left
            assumed[index] = self.before[place] + same * self.same_day[place]
            assumed[index] += (index - same) * self.other_day[place]
        effect = self.curve.log_effect
        return PlanFatigue(np.exp(effect(found) - effect(assumed)), found)


@dataclass(frozen=True, eq=False)
class PlanFatigue:
    """Fatigue at the true places of n planned messages.

    Attributes:
        correction: (n,) factor of the true fatigue over the table's.
        stock: (n, memories) what earlier sends left.
    """

    correction: Floats
    stock: Floats


def faded(minutes_ago: Floats, hours: Floats) -> Floats:
    """What is left of one message: exp(-elapsed / hours), shape (..., memories)."""
    left: Floats = np.exp(-np.asarray(minutes_ago, dtype=np.float64)[..., None] / 60.0 / hours)
    return left


def week_fatigue(
    curve: FatigueCurve,
    slots: pa.Table,
    own: pa.Table,
    creator: Mapping[str, Any],
    as_of: datetime,
    likely: Floats,
    spacing_minutes: int,
) -> WeekFatigue:
    """Stocks at the slots of a page's week.

    Args:
        curve: the page's response to stock.
        slots: plannable rows of `schedule_slots` in time order, with the stocks history left.
        own: messages that the page's active schedules hold in other weeks.
        creator: the page's row of `creators`.
        as_of: end of the history.
        likely: (S,) how likely a message of the week falls on each slot, up to a factor.
        spacing_minutes: least elapsed time between two messages.
    """
    time = minutes(slots.column("send_at"))
    day = np.unique(np.array(slots.column("local_date").to_pylist()), return_inverse=True)[1]
    gap = (time[:, None] - time[None, :]).astype(np.float64)
    left = faded(np.maximum(gap, 0.0), curve.hours)
    other_day = likely[None, :] * (day[None, :] < day[:, None])
    same_day = likely[None, :] * (day[None, :] == day[:, None]) * (gap >= max(spacing_minutes, 1))
    return WeekFatigue(
        curve=curve,
        before=_before_week(curve.hours, slots, time, own, creator, as_of),
        other_day=_expected(left, other_day),
        same_day=_expected(left, same_day),
    )


def _expected(left: Floats, weight: Floats) -> Floats:
    """Mean of what each slot's weighted earlier slots leave; 0 where there is none."""
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    mean: Floats = np.einsum("st,stm->sm", share, left)
    return mean


def _before_week(
    hours: Floats,
    slots: pa.Table,
    time: Ints,
    own: pa.Table,
    creator: Mapping[str, Any],
    as_of: datetime,
) -> Floats:
    """What is left of all sends before the planned week.

    History up to `as_of` comes from the mart. From there to the week's start the active schedule
    says what will be sent; without one the page goes on at its present volume.
    """
    known = np.stack([floats(slots, name) for name in STOCK_COLUMNS], axis=1)
    now, start = int(minutes(pa.array([as_of], pa.timestamp("us")))[0]), time[0]
    planned = minutes(own.column("send_at")) if own.num_rows else np.empty(0, dtype=np.int64)
    ahead = planned[(planned > now) & (planned < start)]
    if ahead.size:
        return np.asarray(known + faded(time[:, None] - ahead[None, :], hours).sum(axis=1))
    per_hour = float(creator["present_weekly_volume"] or 0.0) / HOURS_OF_A_WEEK
    # The integral of exp(-elapsed / hours) over the hours from now to the week's start.
    spread = faded(time - start, hours) - faded(time - min(now, start), hours)
    return np.asarray(known + per_hour * hours * spread)
