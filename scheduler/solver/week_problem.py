"""What the solver is given: frozen, validated, without a solver in sight."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import SchedulerError

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

DAYS = 7
DAYPARTS = 4


class InvalidProblem(SchedulerError):
    """A page problem that contradicts itself: shapes, order, signs."""


class Infeasible(SchedulerError):
    """No week at all can be planned, however much is relaxed. The message says why."""


@dataclass(frozen=True, eq=False)
class FixedMessage:
    """A locked message: kept exactly, counted in everything.

    Attributes:
        time: UTC minutes since the epoch; may lie off the hour grid.
        day: local day of the week, 0..6.
        daypart: 0 morning, 1 afternoon, 2 evening, 3 night.
        is_prime: sent in one of the page's prime hours.
        is_weekend: sent on a local Saturday or Sunday.
        caption_key: no other message of the week may use it.
        price: dollars, kept as locked.
        category: same numbering as the captions' categories.
        is_explicit: counts towards the explicit share.
        value: expected dollars at fatigue 1, its hour, weekday, caption and price included.
        choice_weight: day multiplier x holiday factor x energy factor (choice only).
        fatigue: shape (W, D) as `PageProblem.fatigue` for one slot.
    """

    time: int
    day: int
    daypart: int
    is_prime: bool
    is_weekend: bool
    caption_key: str
    price: float
    category: int
    is_explicit: bool
    value: float
    choice_weight: float
    fatigue: Float


@dataclass(frozen=True, eq=False, repr=False)
class PageProblem:
    """One page's week: S slots in time order, K captions in key order.

    Attributes:
        page_name: the page.
        slot_time: (S,) UTC minutes since the epoch, strictly ascending.
        slot_day: (S,) local day of the week, 0..6, ascending.
        slot_daypart: (S,) 0 morning, 1 afternoon, 2 evening, 3 night.
        slot_factor: (S,) multiplicative response of hour and weekday.
        slot_choice_weight: (S,) day multiplier x holiday factor; shapes the choice only.
        slot_is_prime: (S,) in one of the page's prime hours.
        slot_is_weekend: (S,) Saturday or Sunday: the last days of the week.
        caption_keys: K distinct keys, ascending.
        caption_value: (K,) expected dollars at slot factor 1 and fatigue 1, at its own best price.
        caption_price: (K,) that price, dollars.
        caption_category: (K,) category number, 0 or more.
        caption_is_explicit: (K,) explicit or teasing.
        caption_daypart_factor: (K, 4) 1 or the energy mismatch factor; shapes the choice only.
        fatigue: (S, W, D) multiplicative, by messages of this week before (W >= n_max) and of
            the same local day before; beyond the last index the last one counts.
        n_min: fewest messages, locked ones included.
        n_max: most messages, locked ones included.
        spacing_minutes: least elapsed minutes between neighbours.
        explicit_share: target share of explicit messages.
        explicit_tolerance: allowed distance from it.
        prime_share_min: least share of messages in prime hours.
        category_per_day_max: most messages of one category on one local day.
        weekend_share_cap: at most ceil(N x cap) messages on Saturday and Sunday.
        day_share_cap: (7,) at most ceil(N x cap) messages on that day; 1 without a holiday.
        earliest_time: last message before the week, minutes (-inf: none).
        latest_time: first message after the week, minutes (inf: none).
        fixed: locked messages.
    """

    page_name: str
    slot_time: Int
    slot_day: Int
    slot_daypart: Int
    slot_factor: Float
    slot_choice_weight: Float
    slot_is_prime: Bool
    slot_is_weekend: Bool
    caption_keys: tuple[str, ...]
    caption_value: Float
    caption_price: Float
    caption_category: Int
    caption_is_explicit: Bool
    caption_daypart_factor: Float
    fatigue: Float
    n_min: int
    n_max: int
    spacing_minutes: int
    explicit_share: float
    explicit_tolerance: float
    prime_share_min: float
    category_per_day_max: int
    weekend_share_cap: float
    day_share_cap: Float
    earliest_time: float = -np.inf
    latest_time: float = np.inf
    fixed: tuple[FixedMessage, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "caption_keys", tuple(self.caption_keys))
        ordered = tuple(sorted(self.fixed, key=lambda f: (f.time, f.caption_key)))
        object.__setattr__(self, "fixed", ordered)
        _check_shapes(self)
        _check_values(self)
        _check_order(self)

    def __repr__(self) -> str:
        size = f"{len(self.slot_time)} slots, {len(self.caption_keys)} captions"
        return f"PageProblem({self.page_name!r}, {size}, {len(self.fixed)} locked)"

    def without_captions(self, keys: set[str] | frozenset[str]) -> PageProblem:
        """The same problem with these captions gone from the candidates (locked ones stay)."""
        keep = np.array([key not in keys for key in self.caption_keys], dtype=bool)
        return self if keep.all() else self.with_captions(np.flatnonzero(keep))

    def with_captions(self, index: Int) -> PageProblem:
        """The same problem with only these candidates (ascending indices)."""
        arrays: dict[str, Any] = {
            f.name: getattr(self, f.name)[index]
            for f in fields(self)
            if f.name.startswith("caption_") and f.name != "caption_keys"
        }
        return replace(self, caption_keys=tuple(self.caption_keys[i] for i in index), **arrays)


def _require(is_good: bool, page: str, what: str) -> None:
    if not is_good:
        raise InvalidProblem(f"page {page}: {what}; mend the inputs of the solver")


def _check_shapes(p: PageProblem) -> None:
    s, k = len(p.slot_time), len(p.caption_keys)
    for f in fields(p):
        value = getattr(p, f.name)
        if f.name.startswith("slot_"):
            _require(value.shape == (s,), p.page_name, f"{f.name} has shape {value.shape}")
        elif f.name == "caption_daypart_factor":
            _require(value.shape == (k, DAYPARTS), p.page_name, f"{f.name}: {value.shape}")
        elif f.name.startswith("caption_") and f.name != "caption_keys":
            _require(value.shape == (k,), p.page_name, f"{f.name} has shape {value.shape}")
    _require(p.day_share_cap.shape == (DAYS,), p.page_name, "day_share_cap needs 7 values")
    wide = p.fatigue.ndim == 3 and p.fatigue.shape[0] == s and p.fatigue.shape[2] >= 1
    _require(wide and p.fatigue.shape[1] >= p.n_max, p.page_name, "fatigue needs (S, n_max, D)")
    for f_ in p.fixed:
        _require(
            f_.fatigue.ndim == 2 and f_.fatigue.size > 0, p.page_name, "locked fatigue: (W, D)"
        )


def _check_values(p: PageProblem) -> None:
    factors = (
        *(p.slot_factor, p.slot_choice_weight, p.caption_value, p.caption_price),
        *(p.caption_daypart_factor, p.fatigue),
        *(f.fatigue for f in p.fixed),
        np.array([(f.value, f.choice_weight, f.price) for f in p.fixed]),
    )
    good = all(bool(np.isfinite(a).all()) and bool((a >= 0).all()) for a in factors)
    _require(good, p.page_name, "factors, values and prices must be finite and 0 or more")
    _require(0 <= p.n_min <= p.n_max and p.n_max >= 1, p.page_name, "need 0 <= n_min <= n_max")
    _require(p.spacing_minutes >= 0, p.page_name, "spacing is negative")
    _require(p.category_per_day_max >= 1, p.page_name, "category_per_day_max is below 1")
    shares = np.array([p.explicit_share, p.explicit_tolerance, p.prime_share_min])
    caps = np.append(p.day_share_cap, p.weekend_share_cap)
    in_range = bool(((shares >= 0) & (shares <= 1)).all() and ((caps >= 0) & (caps <= 1)).all())
    _require(in_range, p.page_name, "shares must lie in 0..1")
    categories = np.append(p.caption_category, [f.category for f in p.fixed]).astype(np.int64)
    _require(bool((categories >= 0).all()), p.page_name, "categories must be 0 or more")


def _check_order(p: PageProblem) -> None:
    _require(bool((np.diff(p.slot_time) > 0).all()), p.page_name, "slots not ascending in time")
    keys = p.caption_keys
    ascending = all(a < b for a, b in pairwise(keys))
    _require(ascending, p.page_name, "caption keys must be distinct and ascending")
    dayparts = np.append(p.slot_daypart, [f.daypart for f in p.fixed])
    _require(bool(((dayparts >= 0) & (dayparts < DAYPARTS)).all()), p.page_name, "daypart not 0..3")
    times = np.append(p.slot_time, [f.time for f in p.fixed])
    order = np.argsort(times, kind="stable")
    days = np.append(p.slot_day, [f.day for f in p.fixed])[order]
    in_week = bool(((days >= 0) & (days < DAYS)).all() and (np.diff(days) >= 0).all())
    _require(in_week, p.page_name, "days must be 0..6, ascending with time")
    weekend = np.append(p.slot_is_weekend, [f.is_weekend for f in p.fixed])[order].astype(int)
    _require(bool((np.diff(weekend) >= 0).all()), p.page_name, "weekend must end the week")
