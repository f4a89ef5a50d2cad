"""Share of explicit messages: within a tolerance of the target."""

from __future__ import annotations

from typing import ClassVar

from scheduler.solver.rules.share_of_kind import ShareOfKind
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

    def shares(self, problem: PageProblem) -> tuple[float, float]:
        """The target less and plus its tolerance."""
        share, tolerance = problem.explicit_share, problem.explicit_tolerance
        return share - tolerance, share + tolerance

    def detail(self, count: int, n: int, span: tuple[int, int]) -> str:
        """Words for a count outside."""
        return f"{count} of {n} explicit, not {span[0]} to {span[1]}"

    def change(self, price: Float) -> str:
        """What is scarce: the other kind."""
        return f"one {'teasing' if price[0] < 0 else 'explicit'} message more"


MIX = Mix()
