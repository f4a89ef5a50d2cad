"""What each part of the model is worth, over the family of worlds. Simulated, no promise.

Each world's agency lives some weeks with the whole model. Before each of them every variant, which
lacks one part, is fitted to the same history and plans the same week: what its plan would truly
earn, and how far off its projection is, stand against those of the whole model, world by world.

    python -m benchmarks.ablation [--worlds 12] [--weeks 2] [--parts novelty trend+recent ...]

Parts that tell much the same are left out together by joining them with a plus.
"""

import argparse
import copy
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.living import Live, start_agency
from benchmarks.weeks import NEW_CAPTIONS, agency_week
from scheduler.response import fit_response
from scheduler.response.settings import PARTS
from scheduler.response.terms import TERMS
from scheduler.training.fitted_model import response_settings

WHOLE = "(whole model)"
KEPT = ("level", "excess views")
"""No model is without them: there is nothing to plan by, or nothing that views tell."""
NO_CORRECTION = "forecast corrections"
Figures = dict[str, list[tuple[float, float, float]]]


def every_part() -> list[str]:
    """All parts that a model may lack."""
    return [*(t.name for t in TERMS if t.name not in KEPT), *PARTS, NO_CORRECTION]


def some_parts(joined: str) -> str:
    """Parts joined by a plus, all of them known ones."""
    unknown = [part for part in joined.split("+") if part not in every_part()]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no part is named {unknown[0]!r}: there are {', '.join(every_part())}."
        )
    return joined


def without(live: Live, part: str) -> Live:
    """A copy of an agency, whose projections no past week corrects if that is the part."""
    own = copy.copy(live)
    own.sent_weeks = copy.deepcopy(live.sent_weeks)
    if NO_CORRECTION in part.split("+"):
        own.sent_weeks.rows.clear()
    return own


def one_world(task: tuple[int, int, int, tuple[str, ...]]) -> Figures:
    """Of each variant and week: true dollars, log of projected over true, messages held."""
    seed, weeks, pages, parts = task
    found: Figures = {part: [] for part in (WHOLE, *parts)}
    with threadpool_limits(limits=1):
        try:
            live = start_agency(seed, 0.0, pages)
            for _ in range(weeks):
                live.write(NEW_CAPTIONS)
                training = live.inputs().training
                settings = response_settings(live.settings)
                whole = fit_response(training, settings)
                for part in parts:
                    left = tuple(name for name in part.split("+") if name != NO_CORRECTION)
                    model = whole
                    if left:
                        model = fit_response(training, replace(settings, without=left))
                    week = agency_week(without(live, part), model)
                    found[part].append(_figures(week))
                found[WHOLE].append(_figures(agency_week(live, whole)))
                live.advance(timedelta(days=7))
        except Exception:
            print(f"world {seed} failed:\n{traceback.format_exc()}", flush=True)
            return {}
    return found


def _figures(week: dict[str, object]) -> tuple[float, float, float]:
    true, projected, held = (float(week[n]) for n in ("true", "projected", "messages"))  # type: ignore[arg-type]
    return true, float(np.log(projected / true)), held


def table(worlds: list[Figures], parts: list[str]) -> list[str]:
    """A line for each part: what the model gains by it, with standard errors over worlds."""
    wide = max(22, *map(len, parts))
    lines = [f"{'part':<{wide}} {'revenue by it':>18} {'error of projection by it':>28}  verdict"]
    for part in parts:
        gain, error = [], []
        for world in worlds:
            pairs = list(zip(world[WHOLE], world[part], strict=True))
            gain.append(np.mean([np.log(whole[0] / less[0]) for whole, less in pairs]))
            error.append(np.mean([abs(less[1]) - abs(whole[1]) for whole, less in pairs]))
        (revenue, of_revenue), (closer, of_closer) = (_mean(values) for values in (gain, error))
        earns = revenue > 2 * of_revenue or closer > 2 * of_closer
        costs = revenue < -2 * of_revenue or closer < -2 * of_closer
        verdict = "earns its place" if earns else "costs" if costs else "not shown"
        lines.append(
            f"{part:<{wide}} {100 * revenue:+7.2f} % (se {100 * of_revenue:.2f})"
            f" {closer:+12.3f} (se {of_closer:.3f})      {verdict}"
        )
    return lines


def _mean(values: list[float]) -> tuple[float, float]:
    """Mean and its standard error."""
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))


def main() -> None:
    """Measure every part, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--weeks", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--parts", nargs="+", type=some_parts, default=every_part())
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.worlds)
    tasks = [(seed, options.weeks, options.pages, tuple(options.parts)) for seed in seeds]
    worlds = []
    with ProcessPoolExecutor(options.workers) as pool:
        for number, found in enumerate(pool.map(one_world, tasks), start=1):
            if found:
                worlds.append(found)
                print(f"{number} of {options.worlds} worlds", flush=True)
    if len(worlds) < 2:
        raise SystemExit("fewer than two worlds ended: nothing can be told from luck")
    print(f"{len(worlds)} worlds, {options.weeks} weeks each, simulated")
    print("\n".join(table(worlds, options.parts)))


if __name__ == "__main__":
    main()
