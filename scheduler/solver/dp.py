"""Longest path over (place, messages so far, messages today, messages off prime), spacing exact."""

from __future__ import annotations

import numpy as np

from scheduler.solver.nodes import Nodes
from scheduler.solver.problem import Float

Step = tuple[int, int, int]  # place, messages of the week before it, of the day before it


class WeekDP:
    """Tables of the dynamic program, kept between runs so that each run only fills them.

    `value[r, m, d, q]`: best sum of rewards of a path whose m-th message stands at row r, with d
    messages of the same day before it and q messages so far outside prime hours.
    `of_day`: its running maximum over the rows of one day. `of_week`: over all rows and d.
    """

    def __init__(self, nodes: Nodes, m_max: int, q_size: int) -> None:
        n, d_size = len(nodes.slot), max(int(nodes.day_size.max(initial=1)), 1)
        self.nodes, self.m_max, self.d_size, self.q_size = nodes, m_max, d_size, q_size
        shape = (n + 2, m_max + 1, d_size, q_size)
        self.value = np.full(shape, -np.inf)
        self.of_day = np.full(shape, -np.inf)
        self.of_week = np.full((n + 2, m_max + 1, q_size), -np.inf)
        self.of_week[0, 0, 0] = 0.0

    def run(self, reward: Float) -> None:
        """Fill the tables. `reward` has shape (n, m_max, d_size); -inf forbids."""
        counts_q = self.q_size > 1
        for start, end, is_prime in self.nodes.blocks:
            rows = slice(start + 1, end + 1)
            value = self.value[rows]
            same = self.of_day[self.nodes.same_row[start:end]]
            prev = self.of_week[self.nodes.prev_row[start:end]]
            gain = reward[start:end, :, :, None]
            if is_prime or not counts_q:
                np.add(same[:, :-1, :-1], gain[:, :, 1:], out=value[:, 1:, 1:])
                np.add(prev[:, :-1], gain[:, :, 0], out=value[:, 1:, 0])
            else:
                np.add(same[:, :-1, :-1, :-1], gain[:, :, 1:], out=value[:, 1:, 1:, 1:])
                np.add(prev[:, :-1, :-1], gain[:, :, 0], out=value[:, 1:, 0, 1:])
            self._accumulate(start, end)

    def _accumulate(self, start: int, end: int) -> None:
        nodes, rows = self.nodes, slice(start + 1, end + 1)
        day, week = self.of_day[rows], self.of_week[rows]
        np.maximum.accumulate(self.value[rows], axis=0, out=day)
        np.maximum.accumulate(self.value[rows].max(axis=2), axis=0, out=week)
        if nodes.fixed[start] >= 0:
            return  # nothing before a locked message can be continued past it
        if start and nodes.day[start] == nodes.day[start - 1]:
            np.maximum(day, self.of_day[start], out=day)
        np.maximum(week, self.of_week[start], out=week)

    def best(self, n: int, off_prime_max: int) -> float:
        """Value of the best path of n messages; -inf when there is none."""
        return float(self.of_week[len(self.nodes.slot), n, : off_prime_max + 1].max())

    def path(self, n: int, off_prime_max: int) -> list[Step]:
        """The best path of n messages (it must exist); of equals, the earliest last message."""
        row = len(self.nodes.slot)
        q = int(self.of_week[row, n, : off_prime_max + 1].argmax())
        steps: list[Step] = []
        target, d = float(self.of_week[row, n, q]), -1
        for m in range(n, 0, -1):
            first = int(self.nodes.first_row[row])
            if d < 0:
                hits = self.value[first : row + 1, m, :, q].max(axis=1) == target
                row = first + int(hits.argmax())
                d = int((self.value[row, m, :, q] == target).argmax())
            else:
                first = max(
                    first, 1 + int(np.searchsorted(self.nodes.day, self.nodes.day[row - 1]))
                )
                hits = self.value[first : row + 1, m, d, q] == target
                row = first + int(hits.argmax())
            place = row - 1
            steps.append((place, m - 1, d))
            q -= int(self.q_size > 1 and not self.nodes.is_prime[place])
            if d > 0:
                row, d = int(self.nodes.same_row[place]), d - 1
                target = float(self.of_day[row, m - 1, d, q])
            else:
                row, d = int(self.nodes.prev_row[place]), -1
                target = float(self.of_week[row, m - 1, q])
        return steps[::-1]
