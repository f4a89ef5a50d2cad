"""What every week size n must keep to, as counts: the rules as stated, or as relaxed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scheduler.solver import rules
from scheduler.solver.captions import Captions
from scheduler.solver.dp import WeekDP
from scheduler.solver.nodes import Nodes
from scheduler.solver.problem import DAYS, Bool, Float, Int, PageProblem


@dataclass(frozen=True, eq=False)
class Limits:
    """Counts by week size; arrays are indexed by n, locked messages included.

    Attributes:
        sizes: week sizes to plan for, ascending.
        explicit_low, explicit_high: (n_max + 1,) explicit messages.
        off_prime: (n_max + 1,) most messages outside prime hours.
        weekend: (n_max + 1,) most weekend messages.
        day: (n_max + 1, 7) most messages of each day.
    """

    sizes: tuple[int, ...]
    explicit_low: Int
    explicit_high: Int
    off_prime: Int
    weekend: Int
    day: Int


def stated_limits(problem: PageProblem, nodes: Nodes, captions: Captions) -> Limits:
    """The rules as stated; sizes that the candidates' counts alone rule out are left out."""
    sizes = range(problem.n_max + 1)
    mix = np.array([rules.explicit_range(problem, n) for n in sizes])
    off_prime = np.array([n - rules.prime_needed(problem, n) for n in sizes])
    weekend = np.array([rules.weekend_cap(problem, n) for n in sizes])
    day = np.array([[rules.day_cap(problem, n, d) for d in range(DAYS)] for n in sizes])
    day = np.minimum(day, most_by_captions(problem, captions)[None, :])
    limits = Limits((), mix[:, 0], mix[:, 1], off_prime, weekend, day)
    low = max(problem.n_min, len(problem.fixed), 1)
    high = most_messages(problem, nodes, captions)
    usable = tuple(n for n in range(low, high + 1) if _mix_reachable(problem, captions, limits, n))
    return Limits(usable, mix[:, 0], mix[:, 1], off_prime, weekend, day)


def most_messages(problem: PageProblem, nodes: Nodes, captions: Captions) -> int:
    """No week can have more: by n_max, spacing and distinct captions."""
    return min(problem.n_max, nodes.size, len(problem.fixed) + len(captions.index))


def most_by_captions(problem: PageProblem, captions: Captions) -> Int:
    """(7,) most messages a day can have: room of the categories plus what is locked there."""
    counts = np.bincount(captions.category, minlength=captions.room.shape[1])
    free = np.minimum(captions.room, counts[None, :]).sum(axis=1)
    locked = np.bincount([f.day for f in problem.fixed], minlength=DAYS)
    return np.asarray(free + locked, dtype=np.int64)


def explicit_span(problem: PageProblem, captions: Captions, n: int) -> tuple[int, int]:
    """Fewest and most explicit messages that n messages can have with these candidates.

    By counts alone (captions of a kind, room of their categories on each day): a week may still
    not reach them.
    """
    locked = sum(f.is_explicit for f in problem.fixed)
    free = n - len(problem.fixed)
    explicit = _most_of_kind(captions, captions.is_explicit)
    teasing = _most_of_kind(captions, ~captions.is_explicit)
    return locked + max(free - teasing, 0), locked + min(free, explicit)


def _most_of_kind(captions: Captions, kind: Bool) -> int:
    counts = np.bincount(captions.category[kind], minlength=captions.room.shape[1])
    return int(np.minimum(captions.room.sum(axis=0), counts).sum())


def _mix_reachable(problem: PageProblem, captions: Captions, limits: Limits, n: int) -> bool:
    fewest, most = explicit_span(problem, captions, n)
    low, high = int(limits.explicit_low[n]), int(limits.explicit_high[n])
    return max(low, fewest) <= min(high, most)


def mask(limits: Limits, nodes: Nodes, sizes: tuple[int, ...], shape: tuple[int, ...]) -> Float:
    """(d, n, m) 0 where a message may stand in a week of any of these sizes, -inf where not.

    The weekend ends the week, so "at most c of n on the weekend" is "the weekend's messages have at
    least n - c before them": for one size the mask is exact, for several it is their union.
    """
    out = np.zeros(shape)
    index = np.array(sizes)
    fewest_before = int((index - limits.weekend[index]).min())
    out[:, nodes.is_weekend, : max(fewest_before, 0)] = -np.inf
    for day in range(DAYS):
        out[int(limits.day[index, day].max()) :, nodes.day == day] = -np.inf
    return out


def masks_differ(limits: Limits, sizes: tuple[int, ...]) -> bool:
    """Whether one mask for all these sizes is looser than each size's own."""
    index = np.array(sizes)
    before = np.unique(np.maximum(index - limits.weekend[index], 0))
    days = np.unique(limits.day[index], axis=0)
    return len(before) > 1 or len(days) > 1


def keep_reachable(problem: PageProblem, nodes: Nodes, limits: Limits) -> Limits:
    """Drop the sizes that no path reaches with enough prime messages (caps only as a group)."""
    if not limits.sizes:
        return limits
    most = most_prime(nodes, limits, limits.sizes)
    sizes = tuple(n for n in limits.sizes if most[n] >= n - limits.off_prime[n])
    return replace(limits, sizes=sizes)


def most_prime(nodes: Nodes, limits: Limits, sizes: tuple[int, ...]) -> dict[int, float]:
    """Most prime messages by week size under spacing and caps; -inf when out of reach.

    Exact for one size; for several, the caps are those of the loosest of them.
    """
    m_max = max(sizes)
    table = WeekDP(nodes, m_max, None)
    shape = (table.d_size, len(nodes.slot), m_max)
    gain = np.broadcast_to(nodes.is_prime.astype(np.float64)[None, :, None], shape)
    table.run(gain + mask(limits, nodes, sizes, shape))
    return {n: table.best(n, 0) for n in sizes}
