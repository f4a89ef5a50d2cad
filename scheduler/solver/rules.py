"""What each rule asks of a week of n messages. One home: the solver and the checker read this."""

from __future__ import annotations

import math

from scheduler.solver.problem import PageProblem

# Shares such as 0.6 + 0.1 are not exact in binary; a count that meets the share on paper counts.
_EPS = 1e-9


def explicit_range(problem: PageProblem, n: int) -> tuple[int, int]:
    """Fewest and most explicit messages of n (the first above the second: no count will do)."""
    low = math.ceil((problem.explicit_share - problem.explicit_tolerance) * n - _EPS)
    high = math.floor((problem.explicit_share + problem.explicit_tolerance) * n + _EPS)
    return max(low, 0), min(high, n)


def prime_needed(problem: PageProblem, n: int) -> int:
    """Fewest messages of n in prime hours."""
    return math.ceil(problem.prime_share_min * n - _EPS)


def weekend_cap(problem: PageProblem, n: int) -> int:
    """Most messages of n on Saturday and Sunday."""
    return math.ceil(problem.weekend_share_cap * n - _EPS)


def day_cap(problem: PageProblem, n: int, day: int) -> int:
    """Most messages of n on one local day."""
    return math.ceil(float(problem.day_share_cap[day]) * n - _EPS)


def least_spacing(problem: PageProblem) -> int:
    """Minutes between neighbours; never 0, since one moment holds one message."""
    return max(problem.spacing_minutes, 1)
