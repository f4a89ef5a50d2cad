"""Longest path over (place, messages so far, messages today, messages off prime), spacing exact."""

from __future__ import annotations

import numpy as np

from scheduler.solver.rules.terms import Nodes, Step
from scheduler.solver.week_problem import Bool, Float, Int


class WeekDP:
    """Tables of the dynamic program, kept between runs so that each run only fills them.

    `value[d, r, w, q]`: best sum of rewards of a path that ends at row r with w messages of the
    week and d of the day before it, and q messages so far outside prime hours (the one at r
    included). `of_day` is its running maximum over the rows of a day. `of_week[r, m, q]`: the best
    path of m messages at rows up to r, kept at the rows from which a later day can start.

    A day is filled by d: the first messages of the day at all its rows at once, then the second
    ones, and so on, so that the work is done in few large array operations.

    Args:
        nodes: the places.
        m_max: most messages of a week.
        off_prime_max: most messages outside prime hours; None: they are not counted (q is 0).
    """

    def __init__(self, nodes: Nodes, m_max: int, off_prime_max: int | None) -> None:
        self.counts_prime = off_prime_max is not None
        q_size = 1 + (off_prime_max or 0)
        n, d_size = len(nodes.slot), max(int(nodes.day_size.max(initial=1)), 1)
        self.nodes, self.m_max, self.d_size, self.q_size = nodes, m_max, d_size, q_size
        self.value = np.full((d_size, n + 2, m_max, q_size), -np.inf)
        self.of_day = np.full((d_size, n + 2, m_max, q_size), -np.inf)
        self.of_week = np.full((n + 2, m_max + 1, q_size), -np.inf)
        self.of_week[0, 0, 0] = 0.0
        cost = ~nodes.is_prime if self.counts_prime else np.zeros(n, dtype=bool)
        self.from_day = self._sources(nodes.same_row, cost, m_max, first=1)
        self.from_week = self._sources(nodes.prev_row, cost, m_max + 1, first=0)
        # Every day's end too: the next day begins from there when it sends nothing.
        day_ends = [end for _, end, _ in nodes.day_runs]
        ends = np.unique(np.concatenate([nodes.prev_row, day_ends, [n]])).astype(np.int64)
        self.days = [(a, b, s, self._ends(ends, a, b)) for a, b, s in nodes.day_runs]

    def _sources(self, row: Int, cost: Bool, width: int, first: int) -> Int:
        """(n, m_max, q) where in a flat table each state's best predecessor stands.

        The predecessor has one message less (`first` = 1 where the table counts from the message
        itself) and q less by 1 off prime; what does not exist is read from the last row, -inf.
        """
        count = np.arange(self.m_max)[None, :, None] - first
        q = np.arange(self.q_size)[None, None, :] - cost[:, None, None]
        flat = (row[:, None, None] * width + count) * self.q_size + q
        nowhere = (len(row) + 1) * width * self.q_size
        return np.where((count >= 0) & (q >= 0), flat, nowhere)

    def _ends(self, ends: Int, start: int, end: int) -> tuple[Int, Bool]:
        """Rows of a day from which later days start, and which have no locked message before."""
        rows = ends[(ends > start) & (ends <= end)].astype(np.int64)
        return rows, self.nodes.locked_row[rows] <= start

    def run(self, reward: Float) -> None:
        """Fill the tables. `reward` has shape (d_size, n, m_max); -inf forbids."""
        of_week = self.of_week.ravel()
        for start, end, segments, (ends, is_open) in self.days:
            rows = slice(start + 1, end + 1)
            for d in range(self.d_size):
                value = self.value[d, rows]
                if d == 0:
                    np.take(of_week, self.from_week[start:end], out=value, mode="clip")
                else:
                    below = self.of_day[d - 1].ravel()
                    np.take(below, self.from_day[start:end], out=value, mode="clip")
                value += reward[d, start:end, :, None]
                for a, b in segments:
                    part = slice(a + 1, b + 1)
                    np.maximum.accumulate(self.value[d, part], axis=0, out=self.of_day[d, part])
            self.of_week[ends, 0] = np.where(is_open[:, None], self.of_week[start, 0], -np.inf)
            week = self.of_day[:, ends].max(axis=0)
            before = np.where(is_open[:, None, None], self.of_week[start, 1:], -np.inf)
            self.of_week[ends, 1:] = np.maximum(week, before)

    def best(self, n: int, off_prime_max: int) -> float:
        """Value of the best path of n messages; -inf when there is none."""
        return float(self.of_week[len(self.nodes.slot), n, : off_prime_max + 1].max())

    def path(self, n: int, off_prime_max: int) -> list[Step]:
        """The best path of n messages (it must exist); of equals, the earliest last message."""
        nodes, row, d = self.nodes, len(self.nodes.slot), -1
        q = int(self.of_week[row, n, : off_prime_max + 1].argmax())
        target = float(self.of_week[row, n, q])
        steps: list[Step] = []
        for w in range(n - 1, -1, -1):
            first = max(int(nodes.locked_row[row]), 1)
            if d < 0:
                hits = self.value[:, first : row + 1, w, q] == target
                row = first + int(hits.any(axis=0).argmax())
                d = int((self.value[:, row, w, q] == target).argmax())
            else:
                first = max(first, 1 + int(np.searchsorted(nodes.day, nodes.day[row - 1])))
                hits = self.value[d, first : row + 1, w, q] == target
                row = first + int(hits.argmax())
            place = row - 1
            steps.append((place, w, d))
            q -= int(self.counts_prime and not nodes.is_prime[place])
            if d > 0:
                row, d = int(nodes.same_row[place]), d - 1
                target = float(self.of_day[d, row, w - 1, q])
            else:
                row, d = int(nodes.prev_row[place]), -1
                target = float(self.of_week[row, w, q])
        return steps[::-1]
