"""The sparse design matrix: blocks of columns, each a basis repeated over the groups it varies by.

A block with many groups is a random effect: its ridge penalty is one over its variance.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from scheduler.response import basis
from scheduler.response.rows import MEMORIES, FloatArray, IntArray, Labels, Rows
from scheduler.response.stats import PageStats

HEALTHS = 3


@dataclass(frozen=True)
class Term:
    """One block: the first `width` columns of basis `what`, once for every group of `by`.

    Attributes:
        deviation: prior standard deviation of the coefficients, a start when it is estimated.
        is_estimated: whether the data set the deviation.
        alike: neighbouring columns that share a deviation; 0 for all of them.
    """

    what: str
    by: str
    width: int
    deviation: float
    is_estimated: bool = True
    alike: int = 0

    @property
    def kinds(self) -> IntArray:
        """Which of the block's deviations each of its `width` columns has."""
        return np.arange(self.width, dtype=np.int64) // (self.alike or self.width)


TERMS = (
    Term("one", "page", 1, 1.0),
    Term("trend", "pool", 1, 0.3, is_estimated=False),
    Term("trend", "page", 1, 0.15),
    Term("recent", "pool", 1, 0.15, is_estimated=False),
    Term("recent", "page", 1, 0.15),
    Term("hour", "pool", 8, 0.3, alike=2),
    Term("hour", "page", 6, 0.1, alike=2),
    Term("one", "weekday", 1, 0.15),
    Term("one", "page_weekday", 1, 0.1),
    Term("one", "content", 1, 0.3),
    Term("one", "page_content", 1, 0.2),
    Term("price", "pool", 2, 2.0, is_estimated=False),
    Term("price", "page", 2, 0.2, alike=1),
    Term("price", "content", 1, 0.2),
    Term("fatigue", "pool", MEMORIES, 1.0, is_estimated=False),
    Term("fatigue", "peer", MEMORIES, 0.1, alike=1),
    Term("fatigue", "page", MEMORIES, 0.1, alike=1),
    Term("novelty", "pool", 3, 0.5, is_estimated=False),
    Term("first", "pool", 1, 0.1, is_estimated=False),
    Term("maturity", "pool", 2, 1.0, is_estimated=False),
    Term("excess", "pool", 1, 0.5, is_estimated=False),
)


def term_index(what: str, by: str) -> int:
    """Number of the term of a basis and a grouping.

    Raises:
        KeyError: there is none.
    """
    for index, term in enumerate(TERMS):
        if (term.what, term.by) == (what, by):
            return index
    raise KeyError(f"no term {what} by {by}")


def first_kind(index: int) -> int:
    """Number of the first prior deviation of a term, counted through all terms."""
    return sum(int(term.kinds[-1]) + 1 for term in TERMS[:index])


@dataclass(frozen=True)
class Layout:
    """Where each term's columns begin, and which page x content pairs have a column."""

    starts: IntArray  # (terms + 1,)
    pair: IntArray  # (pages + 1, contents + 1), -1 where the pair was never seen
    pages: int
    contents: int
    peers: int

    def kinds(self) -> IntArray:
        """Number of each column's prior deviation, counted through all terms; (width,)."""
        found = []
        for index, term in enumerate(TERMS):
            groups = (self.starts[index + 1] - self.starts[index]) // term.width
            found.append(first_kind(index) + np.tile(term.kinds, groups))
        return np.concatenate(found)

    def columns(self, index: int) -> slice:
        """Columns of one term."""
        return slice(int(self.starts[index]), int(self.starts[index + 1]))

    def block(self, index: int, coefficients: FloatArray) -> FloatArray:
        """Coefficients of one term as (groups, width), of all without the intercept."""
        return coefficients[self.columns(index)].reshape(-1, TERMS[index].width)

    @property
    def width(self) -> int:
        """Number of columns without the intercept."""
        return int(self.starts[-1])


def make_layout(rows: Rows, labels: Labels) -> Layout:
    """Lay the terms out for the rows of a fit."""
    pages, contents = len(labels.pages), len(labels.contents)
    seen = np.unique(rows.page * contents + rows.content)
    pair = np.full((pages + 1, contents + 1), -1, dtype=np.int64)
    pair[seen // contents, seen % contents] = np.arange(len(seen))
    groups = {
        "pool": 1,
        "page": pages,
        "weekday": 7,
        "page_weekday": pages * 7,
        "content": contents,
        "page_content": len(seen),
        "peer": len(labels.tiers) * HEALTHS,
    }
    widths = [term.width * groups[term.by] for term in TERMS]
    starts = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    return Layout(starts, pair, pages, contents, groups["peer"])


def group_codes(term: Term, rows: Rows, stats: PageStats, layout: Layout) -> IntArray:
    """Group of each row for a term; -1 where the fit knows no such group."""
    page = np.where(rows.page < layout.pages, rows.page, -1)
    codes: dict[str, IntArray] = {
        "pool": np.zeros(len(rows), dtype=np.int64),
        "page": page,
        "weekday": rows.weekday - 1,
        "page_weekday": np.where(page >= 0, page * 7 + rows.weekday - 1, -1),
        "content": np.where(rows.content < layout.contents, rows.content, -1),
        "page_content": layout.pair[rows.page, rows.content],
        "peer": stats.peer[rows.page],
    }
    return codes[term.by]


def fatigue_basis(rows: Rows, stats: PageStats, bend: float) -> FloatArray:
    """What earlier sends left, as it is minded, in the page's own units: (N, memories)."""
    usual, scale = stats.usual_stock[rows.page], stats.stock_scale[rows.page]
    felt: FloatArray = basis.felt_stock(rows.stock, usual, scale, bend) / scale
    return felt


def bases(rows: Rows, stats: PageStats, bend: float) -> dict[str, FloatArray]:
    """Every basis evaluated at the rows.

    Args:
        rows: N messages.
        stats: of the pages.
        bend: of fatigue, see `basis.felt_stock`.
    """
    age = np.maximum(rows.days_ago - stats.latest, 0.0)
    return {
        "one": np.ones((len(rows), 1)),
        # Both are zero now: a straight way through the window, and what the last month changed.
        "trend": -age[:, None] / 30.0,
        "recent": np.expm1(-age / 30.0)[:, None],
        "hour": basis.hour_basis(rows.hour),
        "price": basis.price_basis(rows.price, stats.log_price[rows.page]),
        "fatigue": fatigue_basis(rows, stats, bend),
        "novelty": basis.novelty_basis(rows.since),
        "first": basis.first_basis(rows.caption_sends),
        "maturity": basis.maturity_basis(rows.age),
        "excess": rows.excess[:, None],
    }


def log_effects(
    coefficients: FloatArray,
    basis_of: dict[str, FloatArray],
    rows: Rows,
    stats: PageStats,
    layout: Layout,
) -> FloatArray:
    """Sum of the effects of all terms on some bases, (N,); a group the fit never saw adds nothing.

    Args:
        coefficients: (width,) without the intercept.
        basis_of: bases by name.
        rows: N messages.
        stats: of the pages.
        layout: of the columns.
    """
    total = np.zeros(len(rows))
    for index, term in enumerate(TERMS):
        if term.what in basis_of:
            codes = group_codes(term, rows, stats, layout)
            block = layout.block(index, coefficients)
            own = np.einsum("nk,nk->n", basis_of[term.what][:, : term.width], block[codes])
            total += np.where(codes >= 0, own, 0.0)
    return total


def design_matrix(
    rows: Rows, stats: PageStats, layout: Layout, values: dict[str, FloatArray]
) -> sparse.csc_matrix:
    """The sparse design (rows, layout.width) of all bases, by name."""
    row_parts, column_parts, value_parts = [], [], []
    for index, term in enumerate(TERMS):
        codes = group_codes(term, rows, stats, layout)
        known = np.flatnonzero(codes >= 0)
        for j in range(term.width):
            row_parts.append(known)
            column_parts.append(layout.starts[index] + codes[known] * term.width + j)
            value_parts.append(values[term.what][known, j])
    entries = np.concatenate(value_parts)
    place = (np.concatenate(row_parts), np.concatenate(column_parts))
    return sparse.csc_matrix((entries, place), shape=(len(rows), layout.width))
