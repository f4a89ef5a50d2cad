"""Small mixed-integer programs through HiGHS: one thread, one seed, stopped by nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

import highspy
import numpy as np

from scheduler.solver.week_problem import Float, Int

_INF = float(highspy.kHighsInf)


@dataclass(frozen=True, eq=False)
class RuleRows:
    """Rows of one rule in a model: their numbers in the rule, in the model, and their slack."""

    used: Int
    rows: Int
    slack: Int


@dataclass
class Model:
    """A maximisation built row by row; columns first."""

    gain: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_integer: list[bool] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    cols: list[int] = field(default_factory=list)
    coefs: list[float] = field(default_factory=list)

    def add_columns(self, gain: Float, *, is_integer: bool, upper: float = 1.0) -> Int:
        """Columns between 0 and `upper`; their numbers."""
        first = len(self.gain)
        self.gain += gain.tolist()
        self.upper += [upper] * len(gain)
        self.is_integer += [is_integer] * len(gain)
        return np.arange(first, first + len(gain), dtype=np.int64)

    def add_rows(
        self,
        of_entry: Int,
        columns: Int,
        coefs: Float | None = None,
        *,
        high: Float,
        low: Float | None = None,
    ) -> Int:
        """Rows low <= sum <= high; their numbers.

        `of_entry` says which of the new rows each entry belongs to; no `coefs`: all 1.
        """
        first = len(self.row_low)
        self.rows += (first + of_entry).tolist()
        self.cols += columns.tolist()
        self.coefs += [1.0] * len(columns) if coefs is None else coefs.tolist()
        self.row_low += [-np.inf] * len(high) if low is None else low.tolist()
        self.row_high += high.tolist()
        return np.arange(first, first + len(high), dtype=np.int64)

    def add_row(self, columns: Int, low: float, high: float) -> int:
        """One row low <= sum of the columns <= high; its number."""
        of_entry = np.zeros(len(columns), dtype=np.int64)
        rows = self.add_rows(of_entry, columns, low=np.array([low]), high=np.array([high]))
        return int(rows[0])

    def add_rule(
        self,
        used: Int,
        of_entry: Int,
        columns: Int,
        bounds: tuple[Float | None, Float],
        slack: tuple[float, float] | None,
    ) -> RuleRows:
        """A rule's rows; `slack`: gain and most of breaking each on either side that it has."""
        low, high = bounds
        size, signs = len(used), [-1.0] if low is None else [1.0, -1.0]
        over = np.zeros(0, dtype=np.int64)
        if slack is not None:
            gain = np.full(len(signs) * size, slack[0])
            over = self.add_columns(gain, is_integer=False, upper=slack[1])
        sides = np.repeat(signs, size)[: len(over)]
        rows = self.add_rows(
            np.concatenate([of_entry, np.tile(np.arange(size), len(signs))[: len(over)]]),
            np.concatenate([columns, over]),
            np.concatenate([np.ones(len(columns)), sides]),
            low=low,
            high=high,
        )
        return RuleRows(used, rows, over)


@dataclass(frozen=True, eq=False)
class Solution:
    """Values of the columns (None: none found), their objective, and a proven upper bound."""

    values: Float | None
    objective: float
    bound: float


class Program:
    """A model handed to HiGHS: first its relaxation, if wanted, then itself."""

    def __init__(self, model: Model) -> None:
        self.model, self.highs = model, highspy.Highs()  # type: ignore[no-untyped-call]
        self.relaxed_objective = -np.inf
        self.highs.silent()
        for name, value in (("threads", 1), ("parallel", "off"), ("random_seed", 0)):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(_lp(model))

    def prices(self, keep_within: float) -> Float | None:
        """Row prices of the relaxation, positive where a row's upper side binds; None: infeasible.

        Columns that would cost the relaxation more than `keep_within` of its objective are closed.
        """
        self._set_kinds([False] * len(self.model.gain))
        self.highs.run()
        is_optimal = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        solution, objective = (
            self.highs.getSolution(),
            self.highs.getInfo().objective_function_value,
        )
        self._set_kinds(self.model.is_integer)
        if not is_optimal:
            return None
        self.relaxed_objective = float(objective)
        values, cost = np.array(solution.col_value), np.abs(np.array(solution.col_dual))
        prices = np.array(solution.row_dual)
        far = np.flatnonzero((values < 1e-9) & (cost > keep_within * abs(objective)))
        self.close_columns(far)
        self.highs.clearSolver()
        return prices

    def close_columns(self, columns: Int) -> None:
        """Hold these columns at 0."""
        zero = np.zeros(len(columns))
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), zero, zero)

    def _set_kinds(self, is_integer: list[bool]) -> None:
        kinds = np.array([int(flag) for flag in is_integer], dtype=np.uint8)
        self.highs.changeColsIntegrality(len(kinds), np.arange(len(kinds), dtype=np.int32), kinds)

    def solve(self, max_nodes: int, gap: float) -> Solution:
        """The best solution within `max_nodes` or that relative gap; infeasible: bound -inf."""
        for name, value in (
            ("mip_max_nodes", max_nodes),
            ("mip_rel_gap", gap),
            ("mip_abs_gap", 1e-9),
        ):
            self.highs.setOptionValue(name, value)
        self.highs.run()
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Solution(None, -np.inf, -np.inf)
        info = self.highs.getInfo()
        bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Solution(None, -np.inf, bound)
        values = np.array(self.highs.getSolution().col_value)
        return Solution(values, float(info.objective_function_value), bound)


def _lp(model: Model) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.gain), len(model.row_low)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(model.gain)
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.minimum(np.array(model.upper), _INF)
    lp.row_lower_ = np.maximum(np.array(model.row_low), -_INF)
    lp.row_upper_ = np.minimum(np.array(model.row_high), _INF)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(flag)] for flag in model.is_integer]
    rows, cols = np.array(model.rows, dtype=np.int64), np.array(model.cols, dtype=np.int64)
    order = np.lexsort((rows, cols))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.index_ = rows[order].astype(np.int32)
    lp.a_matrix_.value_ = np.array(model.coefs)[order]
    counts = np.bincount(cols, minlength=lp.num_col_)
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return lp
