"""What published weeks would truly earn, against other ways to choose them. Simulated.

For every seed it makes a demo agency in a database of its own, plans one week for all pages, and
scores that week and others of the same size by the agency's truth, without noise:

- habit: the page's own times, prices and kinds of captions;
- spreadsheet: busiest hours, best past prices, best-rated captions;
- greedy: this project's own response, the best message added one by one;
- informed: knows every truth but the captions, of which it believes what the response believes;
- clairvoyant: knows the captions too.

The last four share captions between pages as the rulebook wants it. Projected / true tells whether
the figures that a user reads can be believed; coverage how often the 80 % intervals held what the
messages and the page-weeks brought in when their outcomes were drawn.

    .venv/bin/python benchmarks/simulated_value.py --seeds 7 11 23
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from scheduler.marts.build_settings import Settings, read_settings
from scheduler.planning.page_problem import build_problem, page_response
from scheduler.progress import Silent
from scheduler.run.prepare import Prepared, prepare
from scheduler.run.request import RunRequest
from scheduler.simulation import Agency, simulate_agency
from scheduler.simulation.agency import draw_purchases
from scheduler.simulation.captions import caption_key
from scheduler.simulation.clock import to_minute
from scheduler.simulation.heuristic import seed_like_week
from scheduler.simulation.reference import clairvoyant_week, habit_week
from scheduler.simulation.score import as_sends, expected_revenue
from scheduler.simulation.truth import FloatArray, Sends, Truth, audience
from scheduler.solver import PageProblem
from scheduler.warehouse import connect

AS_OF = datetime(2026, 3, 15, 12)  # a Sunday, before Monday begins anywhere
HABITS, DRAWS = 3, 40
PLANNED = """
    select page_name, send_at, price, caption_text, caption_key, expected_revenue,
        revenue_low, revenue_high, week_revenue_low, week_revenue_high
    from eros_marts.schedules
    where status = 'active'
    order by page_name, send_at
"""


def bank_tiers(agency: Agency) -> list[str | None]:
    """The price tier of each text of the truth in the caption bank; None where it has none."""
    texts, tiers = (
        agency.tables["caption_bank"].column(name).to_pylist()
        for name in ("caption_text", "price_tier")
    )
    filed = {caption_key(text or ""): tier for text, tier in zip(texts, tiers, strict=True) if tier}
    return [(filed.get(key) or "").lower() or None for key in agency.truth.captions.key]


def planned_week(options: argparse.Namespace, seed: int, folder: Path) -> tuple[pa.Table, Settings]:
    """The published messages of a fresh demo agency, and the settings of its build."""
    os.environ["EROS_DUCKDB_PATH"] = str(folder / "agency.duckdb")
    scheduler = str(Path(sys.executable).with_name("scheduler"))
    as_of = f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}"
    size = ["--pages", options.pages, "--messages", options.messages]
    size += ["--captions", options.captions, "--seed", seed, "--output-dir", folder / "demo"]
    for command in (["demo", *size], ["run", "--output-dir", folder / "output"]):
        arguments = [scheduler, *(str(word) for word in command), "--as-of", as_of]
        subprocess.run(arguments, check=True, capture_output=True)
    with connect() as warehouse:
        settings = read_settings(warehouse)
        if settings is None:
            raise SystemExit("the demo's build left no settings")
        return warehouse.query(PLANNED), settings


def greedy_picks(problem: PageProblem, taken: set[str]) -> list[tuple[int, int]]:
    """The message worth most, again and again, while shares, spacing and categories allow it."""
    p, most = problem, problem.n_max
    value = (p.slot_factor * p.slot_choice_weight)[:, None] * p.caption_value[None, :]
    value = value * p.caption_daypart_factor[:, p.slot_daypart].T
    value[:, [key in taken for key in p.caption_keys]] = 0.0
    room = {
        True: int(most * (p.explicit_share + p.explicit_tolerance)),
        False: int(most * (1 - p.explicit_share + p.explicit_tolerance)),
    }
    off_prime = int(most * (1 - p.prime_share_min))
    picks: list[tuple[int, int]] = []
    while len(picks) < most:
        if off_prime == 0:
            value[~p.slot_is_prime] = 0.0
        for explicit, left in room.items():
            if left == 0:
                value[:, p.caption_is_explicit == explicit] = 0.0
        slot, caption = np.unravel_index(int(value.argmax()), value.shape)
        if value[slot, caption] <= 0.0:
            break
        picks.append((int(slot), int(caption)))
        room[bool(p.caption_is_explicit[caption])] -= 1
        off_prime -= int(not p.slot_is_prime[slot])
        value[np.abs(p.slot_time - p.slot_time[slot]) < p.spacing_minutes] = 0.0
        value[:, caption] = 0.0
        day, category = p.slot_day[slot], p.caption_category[caption]
        alike = [c for s, c in picks if p.slot_day[s] == day and p.caption_category[c] == category]
        if len(alike) == p.category_per_day_max:
            value[np.ix_(p.slot_day == day, p.caption_category == category)] = 0.0
    return picks


def greedy_weeks(prepared: Prepared, truth: Truth, pages: list[str]) -> Sends:
    """Greedy weeks of all pages, the largest audience choosing first."""
    taken: set[str] = set()
    names, times, prices, keys = [], [], [], []
    responses = {
        page: page_response(prepared.model, page, prepared.inputs.settings, prepared.creators[page])
        for page in pages
    }
    for page in sorted(pages, key=lambda name: (-responses[name].audience, name)):
        problem = build_problem(
            page,
            prepared.inputs,
            responses[page],
            prepared.creators[page],
            prepared.promised[page],
        ).problem
        for slot, caption in greedy_picks(problem, taken):
            names.append(page)
            times.append(datetime(1970, 1, 1) + timedelta(minutes=int(problem.slot_time[slot])))
            prices.append(float(problem.caption_price[caption]))
            keys.append(problem.caption_keys[caption])
            taken.add(problem.caption_keys[caption])
    return as_sends(truth, names, times, prices, keys)


def knowing_weeks(
    truth: Truth, pages: list[int], start: int, count: int, believed: FloatArray | None
) -> Sends:
    """Weeks of one who knows the truth, the pages that earn most choosing first."""
    size = truth.pages.audience * np.exp(truth.pages.log_base)
    week = truth.history.where(np.zeros(len(truth.history), dtype=bool))
    for page in sorted(pages, key=lambda p: (-size[p], p)):
        own = clairvoyant_week(truth, page, start, count, quality=believed, taken=week.text)
        week = week.then(own)
    return week


def believed_quality(prepared: Prepared, agency: Agency) -> FloatArray:
    """What the response believes of every text, those never sent included."""
    response = prepared.model.page_response(next(iter(prepared.creators)))
    places = response.shared.captions(agency.truth.captions.key, bank_tiers(agency))
    return response.caption(places, None)


def coverage(truth: Truth, plan: Sends, rows: pa.Table, seed: int) -> tuple[float, float]:
    """Share of messages and of page-weeks whose drawn dollars fell inside their interval."""
    rng = np.random.default_rng(seed)
    sent = np.round(audience(truth.pages, plan.page, plan.minute, to_minute(truth.as_of)))
    rate = expected_revenue(truth, plan) / plan.price / sent
    low, high, week_low, week_high = (
        np.asarray(rows.column(name), dtype=np.float64)
        for name in ("revenue_low", "revenue_high", "week_revenue_low", "week_revenue_high")
    )
    _, first, page = np.unique(plan.page, return_index=True, return_inverse=True)
    messages, weeks = [], []
    for _ in range(DRAWS):
        _, bought = draw_purchases(rng, truth.pages, plan, sent.astype(np.int64), rate)
        dollars = bought * plan.price
        messages.append(np.mean((dollars >= low - 0.005) & (dollars <= high + 0.005)))
        total = np.bincount(page, dollars)
        weeks.append(np.mean((total >= week_low[first]) & (total <= week_high[first])))
    return float(np.mean(messages)), float(np.mean(weeks))


def judge(agency: Agency, rows: pa.Table, settings: Settings, seed: int) -> dict[str, float]:
    """True dollars of the published week and its ratios to the other ways to choose."""
    truth = agency.truth
    plan = as_sends(
        truth,
        rows.column("page_name").to_pylist(),
        rows.column("send_at").to_pylist(),
        rows.column("price").to_pylist(),
        rows.column("caption_key").to_pylist(),
    )
    earned = float(expected_revenue(truth, plan).sum())
    names = list(truth.pages.name)
    published = sorted(set(rows.column("page_name").to_pylist()))
    pages = [names.index(page) for page in published]
    count = round(len(plan) / len(pages))
    prepared = prepare(RunRequest(as_of=AS_OF), settings, Silent())
    start = max(int(plan.minute.min()) // 1440 * 1440 + 8 * 60, to_minute(AS_OF) + 1)
    habits = [
        sum(expected_revenue(truth, habit_week(truth, p, start, count, draw)).sum() for p in pages)
        for draw in range(HABITS)
    ]
    spreadsheet = seed_like_week(agency, start, count)
    spreadsheet = spreadsheet.where(np.isin(spreadsheet.page, pages))
    informed = knowing_weeks(truth, pages, start, count, believed_quality(prepared, agency))
    others = {
        "spreadsheet": spreadsheet,
        "greedy": greedy_weeks(prepared, truth, published),
        "informed": informed,
        "clairvoyant": knowing_weeks(truth, pages, start, count, None),
    }
    messages, weeks = coverage(truth, plan, rows, seed)
    projected = float(np.sum(rows.column("expected_revenue").to_numpy()))
    return {
        "/ habit": earned / float(np.mean(habits)),
        **{f"/ {name}": earned / expected_revenue(truth, w).sum() for name, w in others.items()},
        "projected / true": projected / earned,
        "message coverage": messages,
        "page-week coverage": weeks,
    }


def main() -> None:
    """Judge the published week of every seed, then all of them together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[7])
    parser.add_argument("--pages", type=int, default=38)
    parser.add_argument("--messages", type=int, default=52_000)
    parser.add_argument("--captions", type=int, default=36_000)
    options = parser.parse_args()
    found = []
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            rows, settings = planned_week(options, seed, Path(folder))
            agency = simulate_agency(
                pages=options.pages, messages=options.messages, captions=options.captions,
                seed=seed, as_of=AS_OF,
            )  # fmt: skip
            found.append(judge(agency, rows, settings, seed))
        print(
            f"seed {seed}: " + ", ".join(f"{k} {v:.2f}" for k, v in found[-1].items()), flush=True
        )
    print(
        f"{len(found)} demo agencies of {options.pages} pages, simulated; mean (lowest - highest)"
    )
    for name in found[0]:
        values = [one[name] for one in found]
        print(f"  {name:<20} {np.mean(values):5.2f}  ({min(values):.2f} - {max(values):.2f})")


if __name__ == "__main__":
    main()
