"""The best week of a tiny page by trying every one."""

from itertools import combinations, permutations

from scheduler.solver.rule_check import violations
from scheduler.solver.valuation import Pick, choice_value
from scheduler.solver.week_problem import PageProblem


def best_week(problem: PageProblem) -> tuple[float, list[Pick]] | None:
    """Objective and picks of the best week that keeps every rule; None when none does.

    A week has at least one message.
    """
    best: tuple[float, list[Pick]] | None = None
    slots, captions = range(len(problem.slot_time)), range(len(problem.caption_keys))
    for n in range(0 if problem.fixed else 1, problem.n_max - len(problem.fixed) + 1):
        for chosen in combinations(slots, n):
            times = problem.slot_time[list(chosen)]
            if n > 1 and (times[1:] - times[:-1]).min() < problem.spacing_minutes:
                continue
            for keys in permutations(captions, n):
                picks = list(zip(chosen, keys, strict=True))
                value = choice_value(problem, picks)
                if (best is None or value > best[0]) and not violations(problem, picks):
                    best = value, picks
    return best
