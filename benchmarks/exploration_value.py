"""What exploration is worth over 26 weeks, on a small simulated agency. Simulated, no promise.

Two copies of the agency of each world are planned week by week by the same code, one with
exploration and one without. What was sent is drawn from the truth and joins the history, and the
model is trained again. Meanwhile people go on writing captions. Compared is the true expected
revenue of all weeks (without noise), page by page of the same world; every week is held against
the rules once more.

    python -m benchmarks.exploration_value [--seeds 3] [--weeks 26] [--share 0.1]
        [--new-captions 28]
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.living import start_agency
from benchmarks.weeks import QUICK
from scheduler.planning.exploration import explore_weeks
from scheduler.planning.page_problem import build_problem
from scheduler.response import fit_response
from scheduler.solver import WeekPlan, agree, solve_each
from scheduler.solver.rule_check import violations
from scheduler.training.fitted_model import response_settings

PAGES = 3
TRAIN_EVERY = 2
# Seven for ten messages, as real banks hold 45,000 captions after 63,000 messages.
NEW_CAPTIONS = 28


def weeks_of(
    seed: int, share: float, weeks: int, new_captions: int
) -> Iterator[tuple[float, int, int]]:
    """Of each week: true expected dollars, messages that explored, broken rules."""
    live = start_agency(seed, share, PAGES)
    model = None
    for number in range(weeks):
        live.write(new_captions)
        inputs = live.inputs()
        if model is None or number % TRAIN_EVERY == 0:
            # Weeks are chosen by the fit alone; what it takes to judge it is left out.
            wanted = replace(response_settings(inputs.settings), skill_origins=1)
            model = fit_response(inputs.training, wanted)
        responses = {page: model.page_response(page) for page in live.pages}
        planned = {
            page: build_problem(page, inputs, responses[page], live.creator(page), live.own(page))
            for page in live.pages
        }
        problems = [rows.problem for rows in planned.values()]
        plans = [plan for plan in solve_each(problems, QUICK) if isinstance(plan, WeekPlan)]
        agreed = agree(problems, plans, QUICK)
        weeks_agreed = {
            plan.page_name: (
                planned[plan.page_name],
                planned[plan.page_name].problem,
                plan,
                responses[plan.page_name],
            )
            for plan in agreed.plans
        }
        ids = {page: f"{seed:04x}{number:04x}{at:04x}" for at, page in enumerate(live.pages)}
        explored = explore_weeks(weeks_agreed, ids, inputs, model)
        sent = {
            plan.page_name: explored[plan.page_name].messages
            if plan.page_name in explored
            else plan.messages
            for plan in agreed.plans
        }
        changed = sum(
            choice is not None and choice.is_explored
            for week in explored.values()
            for choice in week.choices
        )
        broken = live.broken(planned, sent)
        for plan in agreed.plans:
            problem = planned[plan.page_name].problem
            picks = [(m.slot, m.caption) for m in sent[plan.page_name]]
            rules = {v.rule for v in violations(problem, picks)}
            broken += len(rules - {text.split(":")[0] for text in plan.relaxed})
        dollars, _ = live.send(live.as_sends(sent))
        yield float(dollars.sum()), changed, broken
        live.advance(timedelta(days=7))


def total(task: tuple[int, float, int, int]) -> tuple[float, float, int, int, float]:
    """Dollars of all weeks, of the second half, explored messages, broken rules, seconds."""
    start = time.process_time()
    with threadpool_limits(limits=1):
        dollars, changed, broken = (list(x) for x in zip(*weeks_of(*task), strict=True))
    half = sum(dollars[len(dollars) // 2 :])
    return sum(dollars), half, sum(changed), sum(broken), time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="agencies")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--share", type=float, default=0.1, help="exploration_share")
    parser.add_argument("--new-captions", type=int, default=NEW_CAPTIONS, help="in a week")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    tasks = [
        (seed, share, options.weeks, options.new_captions)
        for seed, share in product(seeds, (0.0, options.share))
    ]
    gains, late = [], []
    with ProcessPoolExecutor(options.workers) as pool:
        results = pool.map(total, tasks)
        for seed in seeds:
            off, on = next(results), next(results)
            gains.append(on[0] / off[0] - 1)
            late.append(on[1] / off[1] - 1)
            print(
                f"seed {seed}: without ${off[0]:,.0f}, with ${on[0]:,.0f}"
                f" ({100 * gains[-1]:+.2f} %; second half {100 * late[-1]:+.2f} %),"
                f" {on[2]} messages explored, {off[3] + on[3]} broken rules,"
                f" {off[4] + on[4]:.0f} s",
                flush=True,
            )
    spread = np.std(gains, ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else float("nan")
    print(
        f"{options.weeks} weeks, share {options.share:g}, simulated: total revenue"
        f" {100 * np.mean(gains):+.2f} % (standard error {100 * spread:.2f} %),"
        f" second half {100 * np.mean(late):+.2f} %"
    )


if __name__ == "__main__":
    main()
