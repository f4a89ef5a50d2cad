"""Messages of one category on one local day."""

from __future__ import annotations

from typing import ClassVar

from scheduler.solver.rules.count_per_day import CountPerDay
from scheduler.solver.week_problem import FixedMessage, Float, Int, PageProblem


class Category(CountPerDay):
    """At most `category_per_day_max` messages of a category on a day."""

    name = "category"
    tier = 3
    why: ClassVar = {"category": "the candidates left lie in too few categories"}

    def label(self, problem: PageProblem) -> Int:
        """The category."""
        return problem.caption_category

    def locked_label(self, message: FixedMessage) -> int:
        """The category."""
        return message.category

    def cap(self, problem: PageProblem) -> int:
        """The same for all categories."""
        return problem.category_per_day_max

    def detail(self, count: int, label: int, day: int) -> str:
        """Words for a count above the cap."""
        return f"{count} of category {label} on day {day}"

    def change(self, price: Float) -> str:
        """One more."""
        del price
        return "one message more of a category on a day"


CATEGORY = Category()
