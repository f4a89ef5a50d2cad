"""Weeks in a row in a family of worlds that differ in form. Simulated, no promise.

Each world's agency plans a week, sends it, sees what came, and plans the next one from that; so do
its people by habit, and a planner who knows the world but not its captions, each in a copy of the
world and under the same rules. Revenue is the worlds' own expectation, without noise; intervals are
held against outcomes drawn many times.

    python -m benchmarks.weeks [--worlds 12] [--weeks 8] [--first-seed 1] [--out weeks.jsonl]
"""

import argparse
import json
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.living import Live, start_agency
from benchmarks.planners import believed_quality, habit_week, informed_problem
from scheduler.marts.agency_interval import agency_interval
from scheduler.planning.page_problem import PlannedPage, build_problem, page_response
from scheduler.planning.schedule_rows import template_rows
from scheduler.response import PageResponse, ResponseModel, fit_response
from scheduler.solver import PageProblem, SolverOptions, WeekPlan, agree, solve_each
from scheduler.training.fitted_model import response_settings

Responses = dict[str, PageResponse]
DRAWS = 20
NEW_CAPTIONS = 40
"""Written in a week: about seven for ten messages, as real banks hold them."""
QUICK = SolverOptions(rounds=1, first_steps=10, gap_stop=0.02)
SETTLED = 3
"""Week from which a projection has weeks of its own to learn from."""


@dataclass(frozen=True)
class Week:
    """What one planned week promised and what it was worth.

    Attributes:
        true: expected dollars; of the habit and of the informed planner in theirs.
        projected: dollars that the plan said.
        pages: projected over true of each page.
        messages, page_weeks, agency: share of drawn outcomes inside their intervals.
        seconds: of the fit.
        bounds: low and high of the agency, then the lows and the highs of its pages.
        planned: dollars of each page.
        realised: the first draw of each page.
    """

    world: int
    week: int
    true: float
    habit: float
    informed: float
    projected: float
    pages: list[float]
    messages: float
    page_weeks: float
    agency: float
    seconds: float
    bounds: list[float]
    planned: list[float]
    realised: list[float]


def solved(
    problems: dict[str, PageProblem],
) -> dict[str, WeekPlan]:
    """Each page's week, captions agreed."""
    plans = [p for p in solve_each(list(problems.values()), QUICK) if isinstance(p, WeekPlan)]
    agreed = agree([problems[plan.page_name] for plan in plans], plans, QUICK)
    return {plan.page_name: plan for plan in agreed.plans}


def planned_pages(live: Live, model: ResponseModel) -> tuple[dict[str, PlannedPage], Responses]:
    """The problems of a model's week, and the responses behind them."""
    inputs = live.inputs()
    corrections = live.corrections(inputs.training)
    planned, responses = {}, {}
    for page in live.pages:
        creator = live.creator(page) | corrections[page]
        responses[page] = page_response(model, page, inputs.settings, creator)
        planned[page] = build_problem(page, inputs, responses[page], creator, live.own(page))
    return planned, responses


def held(low: np.ndarray, high: np.ndarray, dollars: np.ndarray) -> float:
    """Share of drawn dollars, (draws, n), inside their bounds, (n,)."""
    return float(np.mean((dollars >= low - 0.005) & (dollars <= high + 0.005)))


def agency_week(live: Live, model: ResponseModel) -> dict[str, object]:
    """Plan, publish and send the agency's week."""
    planned, responses = planned_pages(live, model)
    deviation = next(iter(live.corrections(live.inputs().training).values()))
    plans = solved({page: rows.problem for page, rows in planned.items()})
    rows = [
        row
        for page, plan in plans.items()
        for row in template_rows(
            f"{live.now:016x}",
            planned[page],
            plan,
            responses[page],
            {},
        )
    ]
    plan = live.as_sends({page: plan.messages for page, plan in plans.items()})
    true, dollars = live.send(plan, DRAWS)
    figure = {
        name: np.array([row[name] for row in rows], dtype=float)
        for name in ("expected_revenue", "revenue_low", "revenue_high")
    }
    _, first, of = np.unique(plan.page, return_index=True, return_inverse=True)
    totals = np.stack([np.bincount(of, drawn) for drawn in dollars])
    week_low, week_high = (
        np.array([rows[at][name] for at in first], dtype=float)
        for name in ("week_revenue_low", "week_revenue_high")
    )
    names = [live.pages[page] for page in plan.page]
    live.sent_weeks.add(
        live.week, names, plan.minute, plan.price, figure["expected_revenue"], dollars[0]
    )
    agency = agency_interval(
        np.bincount(of, figure["expected_revenue"]).tolist(),
        week_low.tolist(),
        week_high.tolist(),
        correlation=float(live.settings.values["forecast_correlation"]),
        deviation=float(deviation["forecast_agency_deviation"]),
        coverage=float(live.settings.interval_coverage),
    )
    by_page = np.bincount(of, figure["expected_revenue"]) / np.bincount(of, true)
    return {
        "true": float(true.sum()),
        "projected": float(figure["expected_revenue"].sum()),
        "pages": by_page.tolist(),
        "messages": held(figure["revenue_low"], figure["revenue_high"], dollars),
        "page_weeks": held(week_low, week_high, totals),
        "agency": held(
            np.array([agency.low]), np.array([agency.high]), dollars.sum(axis=1)[:, None]
        ),
        "bounds": [agency.low, agency.high, *week_low.tolist(), *week_high.tolist()],
        "planned": np.bincount(of, figure["expected_revenue"]).tolist(),
        "realised": totals[0].tolist(),
    }


def informed_week(live: Live, frame: ResponseModel) -> float:
    """True dollars of a week planned by one who knows the world but not its captions."""
    quality = believed_quality(live)
    points = live.inputs().price_points
    problems = {
        page: informed_problem(live, rows, quality, points)
        for page, rows in planned_pages(live, frame)[0].items()
    }
    plans = solved(problems)
    sends = live.as_sends({page: plan.messages for page, plan in plans.items()})
    return float(live.send(sends)[0].sum())


def habit_dollars(live: Live) -> float:
    """True dollars of a week as the people would have sent it."""
    total = 0.0
    for page in range(len(live.pages)):
        total += float(live.send(habit_week(live, page, live.world.plan_max))[0].sum())
    return total


def live_weeks(seed: int, weeks: int, pages: int, captions: int) -> Iterator[Week]:
    """The weeks of one world."""
    agency, informed, habit = (start_agency(seed, 0.0, pages, captions) for _ in range(3))
    for number in range(1, weeks + 1):
        for live in (agency, informed, habit):
            live.write(NEW_CAPTIONS)
        begin = time.process_time()
        model = fit_response(agency.inputs().training, response_settings(agency.settings))
        seconds = time.process_time() - begin
        found = agency_week(agency, model)
        yield Week(
            world=seed,
            week=number,
            habit=habit_dollars(habit),
            informed=informed_week(informed, model),
            seconds=seconds,
            **found,  # type: ignore[arg-type]
        )
        for live in (agency, informed, habit):
            live.advance(timedelta(days=7))


def world_weeks(task: tuple[int, int, int, int]) -> list[Week]:
    """`live_weeks` as a task of a process."""
    with threadpool_limits(limits=1):
        try:
            return list(live_weeks(*task))
        except Exception:
            print(f"world {task[0]} failed:\n{traceback.format_exc()}", flush=True)
            return []


def spread(values: list[float]) -> str:
    """Mean and ends."""
    return f"{np.mean(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def summary(weeks: list[Week]) -> dict[str, float]:
    """Figures of one world, or of any weeks together."""
    true = sum(week.true for week in weeks)
    late = [week for week in weeks if week.week >= SETTLED]
    return {
        "/ habit": true / sum(week.habit for week in weeks),
        "/ informed": true / sum(week.informed for week in weeks),
        "/ informed, last half": sum(w.true for w in weeks[len(weeks) // 2 :])
        / sum(w.informed for w in weeks[len(weeks) // 2 :]),
        "projected / true, week 1": weeks[0].projected / weeks[0].true,
        "projected / true, from week 3": float(np.mean([w.projected / w.true for w in late]))
        if late
        else float("nan"),
        "worst page": max(max(*w.pages, 1 / min(w.pages)) for w in weeks),
        "spread of pages": float(np.std([np.log(p) for w in weeks for p in w.pages])),
        "held: messages": float(np.mean([w.messages for w in weeks])),
        "held: page-weeks": float(np.mean([w.page_weeks for w in weeks])),
        "held: agency-weeks": float(np.mean([w.agency for w in weeks])),
    }


def report(worlds: list[list[Week]]) -> None:
    """Per week over all worlds, then each figure's mean and ends over worlds."""
    print(f"\n{len(worlds)} worlds, simulated")
    for number in range(len(worlds[0])):
        own = [weeks[number] for weeks in worlds]
        print(
            f"week {number + 1}: projected / true "
            f"{spread([w.projected / w.true for w in own])}, / informed "
            f"{spread([w.true / w.informed for w in own])}, held messages "
            f"{np.mean([w.messages for w in own]):.2f}, page-weeks "
            f"{np.mean([w.page_weeks for w in own]):.2f}, agency-weeks "
            f"{np.mean([w.agency for w in own]):.2f}"
        )
    found = [summary(weeks) for weeks in worlds]
    print("mean (lowest - highest) of worlds")
    for name in found[0]:
        print(f"  {name:<32} {spread([one[name] for one in found])}")
    seconds = [w.seconds for weeks in worlds for w in weeks]
    print(f"  {'seconds of a fit':<32} {spread(seconds)}")


def run(seeds: list[int], weeks: int, pages: int, captions: int, workers: int) -> list[list[Week]]:
    """All worlds, one line each as it ends."""
    tasks = [(seed, weeks, pages, captions) for seed in seeds]
    worlds = []
    with ProcessPoolExecutor(workers) as pool:
        for own in pool.map(world_weeks, tasks):
            if not own:
                continue
            worlds.append(own)
            figures = ", ".join(f"{k} {v:.2f}" for k, v in summary(own).items())
            print(f"world {own[0].world}: {figures}", flush=True)
            ratios = " ".join(f"{w.projected / w.true:.2f}" for w in own)
            print(f"    projected / true by week: {ratios}", flush=True)
    return worlds


def main() -> None:
    """Live through the weeks of every world, then judge them together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--captions", type=int, default=900)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="every week as a line of JSON")
    options = parser.parse_args()
    seeds = list(range(options.first_seed, options.first_seed + options.worlds))
    worlds = run(seeds, options.weeks, options.pages, options.captions, options.workers)
    report(worlds)
    if options.out:
        lines = [json.dumps(asdict(week)) for weeks in worlds for week in weeks]
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
