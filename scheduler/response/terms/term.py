"""What a term is: a basis, the groups its coefficients vary by, and their priors."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.response.rows import FloatArray, IntArray, Rows
from scheduler.response.stats import PageStats

# What varies by one of these has coefficients of the page's own.
OWN = ("page", "page_weekday", "page_content")
SHARED = ("pool", "weekday", "content")
DAYS = 7


@dataclass(frozen=True)
class Group:
    """The first `width` columns of a term's basis, once for every group of `by`.

    Attributes:
        by: of `SHARED` or `OWN`.
        width: columns.
        deviation: prior standard deviation of the coefficients, a start when it is estimated.
        is_estimated: whether the data set the deviation.
        alike: neighbouring columns that share a deviation; 0 for all of them.
    """

    by: str
    width: int
    deviation: float
    is_estimated: bool = True
    alike: int = 0

    @property
    def kinds(self) -> IntArray:
        """Which of the group's deviations each of its `width` columns has."""
        return np.arange(self.width, dtype=np.int64) // (self.alike or self.width)


@dataclass(frozen=True)
class Term:
    """One part of the linear predictor.

    Attributes:
        name: one word or two.
        meaning: one line for people.
        basis: (rows, page statistics) -> (n, width), known before a send.
        groups: what its coefficients vary by.
    """

    name: str
    meaning: str
    basis: Callable[[Rows, PageStats], FloatArray]
    groups: tuple[Group, ...]


def ones(rows: Rows, stats: PageStats) -> FloatArray:
    """A column of ones: the basis of a term that is a level."""
    del stats
    return np.ones((len(rows), 1))
