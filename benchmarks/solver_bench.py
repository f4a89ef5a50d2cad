"""Gap and time of the solver on synthetic pages, against a greedy planner in the same run.

    python -m benchmarks.solver_bench [--pages 38] [--agree 38]

Times are process seconds on one thread. Greedy: the median over its weeks that keep every rule of
its objective over the proven bound, how many those are, and its median time.
"""

import argparse
import time
from collections import Counter
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.random_agencies import agency
from benchmarks.random_pages import Shape, page
from scheduler.solver import agree, solve_page
from scheduler.solver.rule_check import violations
from scheduler.solver.rules import CAPS, MIX, PRIME
from scheduler.solver.valuation import Pick, choice_value
from scheduler.solver.week_problem import PageProblem

LARGE = Shape(captions=1500, n_max=77, spacing_hours=2, week_fatigue=0.004, day_fatigue=0.05)
SIZES = {
    "2-15 a week, 200 captions": Shape(captions=200),
    "2-15 a week, 600 captions": Shape(captions=600),
    "2-15 a week, 1,500 captions": Shape(captions=1500),
    "2-77 a week, prime share 0.8": LARGE,
    "2-77 a week, prime share 0.3": replace(LARGE, prime_share_min=0.3),
    "77 a week, no prime share": replace(LARGE, n_min=77, prime_share_min=0.0),
    "77 a week, prime share 0.8 (out of reach)": replace(LARGE, n_min=77),
}


def greedy(problem: PageProblem) -> list[Pick]:
    """The best next message, again and again, until the week is full or a message earns nothing."""
    n = problem.n_max
    picks: list[Pick] = []
    explicit_left = MIX.span(problem, n)[1]
    teasing_left = n - MIX.span(problem, n)[0]
    off_left = n - PRIME.needed(problem, n)
    weekend_left = CAPS.weekend(problem, n)
    score = problem.caption_value[:, None] * problem.caption_daypart_factor
    free = np.ones(len(problem.caption_keys), dtype=bool)
    used: Counter[tuple[int, int]] = Counter()
    weight = problem.slot_factor * problem.slot_choice_weight
    edge = np.minimum(
        problem.slot_time - problem.earliest_time, problem.latest_time - problem.slot_time
    )
    is_open = edge >= problem.spacing_minutes
    while len(picks) < n and is_open.any():
        taken = np.array([s for s, _ in picks], dtype=np.int64)
        days = np.bincount(problem.slot_day[taken], minlength=7)[problem.slot_day]
        d = np.minimum(days, problem.fatigue.shape[2] - 1)
        fatigue = problem.fatigue[np.arange(len(weight)), len(picks), d]
        allowed = is_open & (problem.slot_is_prime | (off_left > 0))
        allowed &= ~problem.slot_is_weekend | (weekend_left > 0)
        kinds = np.where(problem.caption_is_explicit, explicit_left > 0, teasing_left > 0)
        value = (weight * fatigue)[:, None] * score[:, problem.slot_daypart].T
        full = [pair for pair, count in used.items() if count >= problem.category_per_day_max]
        for day, category in full:
            value[np.ix_(problem.slot_day == day, problem.caption_category == category)] = -1.0
        value = np.where(allowed[:, None] & (free & kinds)[None, :], value, -1.0)
        slot, caption = (int(i) for i in np.unravel_index(value.argmax(), value.shape))
        pick = (slot, caption)
        if value[pick] <= 0:
            break
        before = choice_value(problem, picks)
        if choice_value(problem, [*picks, pick]) <= before:
            break
        picks.append(pick)
        free[caption] = False
        near = np.abs(problem.slot_time - problem.slot_time[slot]) < problem.spacing_minutes
        is_open &= ~near
        explicit_left -= int(problem.caption_is_explicit[caption])
        teasing_left -= int(not problem.caption_is_explicit[caption])
        off_left -= int(not problem.slot_is_prime[slot])
        weekend_left -= int(problem.slot_is_weekend[slot])
        used[int(problem.slot_day[slot]), int(problem.caption_category[caption])] += 1
    return picks


def measure(name: str, shape: Shape, pages: int) -> None:
    gaps, seconds, shares, greedy_seconds, relaxed = [], [], [], [], 0
    for seed in range(pages):
        problem = page(seed, shape)
        start = time.process_time()
        plan = solve_page(problem)
        middle = time.process_time()
        picks = greedy(problem)
        greedy_seconds.append(time.process_time() - middle)
        seconds.append(middle - start)
        gaps.append(plan.gap)
        relaxed += bool(plan.relaxed)
        if not violations(problem, picks):
            shares.append(choice_value(problem, picks) / plan.upper_bound)
    baseline = f"{100 * np.median(shares):5.1f} % of the bound" if shares else "-"
    print(
        f"{name:42} gap worst {100 * max(gaps):5.2f} % median {100 * np.median(gaps):5.2f} %"
        f"   time worst {max(seconds):5.2f} s median {np.median(seconds):5.2f} s"
        f"   relaxed {relaxed:2d}   greedy {baseline}, {len(shares)} of {pages} valid,"
        f" {np.median(greedy_seconds):.2f} s"
    )


def measure_agree(pages: int, bank: int) -> None:
    problems = agency(0, pages, bank, Shape(captions=600))
    plans = [solve_page(p) for p in problems]
    solo = sum(plan.objective for plan in plans)
    wanted = Counter(m.caption_key for plan in plans for m in plan.messages)
    start = time.process_time()
    agreement = agree(problems, plans)
    value = sum(plan.objective for plan in agreement.plans)
    bound = sum(plan.bound_joint for plan in agreement.plans)
    print(
        f"{pages} pages of 600 captions from one bank of {bank:,}: "
        f"{sum(count > 1 for count in wanted.values())} captions wanted by several pages; "
        f"agreed in {time.process_time() - start:.1f} s at {100 * agreement.cost / solo:.1f} %, "
        f"{len(agreement.failed)} pages without a week; all weeks together within"
        f" {100 * (1 - value / bound):.2f} % of the best"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=38, help="pages per size")
    parser.add_argument("--agree", type=int, default=38, help="pages that must agree on captions")
    options = parser.parse_args()
    with threadpool_limits(limits=1):
        for name, shape in SIZES.items():
            measure(name, shape, options.pages)
        for bank in (4_000, 20_000):
            measure_agree(options.agree, bank)


if __name__ == "__main__":
    main()
