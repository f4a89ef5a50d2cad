"""Share of explicit messages: within a tolerance of the target."""

from __future__ import annotations

import math
from typing import ClassVar

from scheduler.solver.rules.share_of_kind import ShareOfKind
from scheduler.solver.rules.terms import EPS
from scheduler.solver.week_problem import Bool, FixedMessage, Float, PageProblem


class Mix(ShareOfKind):
    """Explicit messages of n: from (share - tolerance) n, rounded up, to (share + tolerance) n."""

    name = "mix"
    tier = 2
    has_floor = True
    why: ClassVar = {"mix": "the candidates left allow no share nearer to the target"}

    def is_of_kind(self, problem: PageProblem) -> Bool:
        """Explicit captions."""
        return problem.caption_is_explicit

    def is_locked_of_kind(self, message: FixedMessage) -> bool:
        """Explicit locked messages."""
        return message.is_explicit

    def span(self, problem: PageProblem, n: int) -> tuple[int, int]:
        """Fewest and most explicit messages of n."""
        share, tolerance = problem.explicit_share, problem.explicit_tolerance
        low = math.ceil((share - tolerance) * n - EPS)
        high = math.floor((share + tolerance) * n + EPS)
        return max(low, 0), min(high, n)

    def excess(self, problem: PageProblem, share: float) -> float:
        """Distance beyond the tolerance."""
        return max(abs(share - problem.explicit_share) - problem.explicit_tolerance, 0.0)

    def detail(self, count: int, n: int, span: tuple[int, int]) -> str:
        """Words for a count outside."""
        return f"{count} of {n} explicit, not {span[0]} to {span[1]}"

    def change(self, price: Float) -> str:
        """What is scarce: the other kind."""
        return f"one {'teasing' if price[0] < 0 else 'explicit'} message more"


MIX = Mix()
