"""What the demo's published week would truly earn, against other ways to choose it. Simulated.

Reads the published schedules and the demo's marker from $EROS_DUCKDB_PATH, simulates the same
agency again for its truth, and scores four weeks of equal size without noise: the published one,
the page's own habit, a spreadsheet-like heuristic, and a clairvoyant who knows every quality.

    .venv/bin/scheduler demo && .venv/bin/scheduler run
    .venv/bin/python benchmarks/simulated_value.py
"""

from datetime import datetime, timedelta

import duckdb
import numpy as np

from scheduler.simulation import simulate_agency
from scheduler.simulation.clock import to_minute
from scheduler.simulation.heuristic import seed_like_week
from scheduler.simulation.reference import clairvoyant_week, habit_week
from scheduler.simulation.score import as_sends, expected_revenue
from scheduler.warehouse import database_path

PLANNED = """
    select page_name, week_start, send_at, price, caption_text, expected_revenue
    from eros_marts.schedules
    where status = 'active' and week_start = (
        select max(week_start) from eros_marts.schedules where status = 'active'
    )
    order by page_name, send_at
"""


def main() -> None:
    """Print the true revenue of each way to choose, and how far off the projection is."""
    with duckdb.connect(str(database_path()), read_only=True) as connection:
        size = connection.execute("select * from eros_raw.demo_agency").fetchnumpy()
        rows = connection.execute(PLANNED).fetch_df()
    as_of = size["as_of"][0].astype("datetime64[s]").astype(datetime)
    pages, messages, captions, seed = (
        int(size[name][0]) for name in ("pages", "messages", "captions", "seed")
    )
    agency = simulate_agency(
        pages=pages, messages=messages, captions=captions, seed=seed, as_of=as_of
    )
    truth = agency.truth
    chosen = as_sends(
        truth, rows["page_name"].tolist(), [t.to_pydatetime() for t in rows["send_at"]],
        rows["price"].tolist(), rows["caption_text"].tolist(),
    )  # fmt: skip
    earned = expected_revenue(truth, chosen)
    week = to_minute(rows["week_start"].iloc[0].to_pydatetime()) + 8 * 60
    week = max(week, to_minute(as_of + timedelta(minutes=1)))
    count = round(len(rows) / rows["page_name"].nunique())
    names = list(truth.pages.name)
    planned = [names.index(page) for page in rows["page_name"].unique()]
    habit = sum(
        expected_revenue(truth, habit_week(truth, p, week, count, 1)).sum() for p in planned
    )
    best = sum(
        expected_revenue(truth, clairvoyant_week(truth, p, week, count)).sum() for p in planned
    )
    heuristic = seed_like_week(agency, week, count)
    spreadsheet = expected_revenue(truth, heuristic)[np.isin(heuristic.page, planned)].sum()
    print(
        f"{len(planned)} pages, {count} messages each, demo seed {seed}; simulated dollars a week"
    )
    for name, value in [
        ("published week", earned.sum()),
        ("own habit", habit),
        ("spreadsheet-like", spreadsheet),
        ("clairvoyant", best),
    ]:
        print(f"  {name:<18} {value:12,.0f}   published / this = {earned.sum() / value:5.2f}")
    projected = rows["expected_revenue"].sum()
    print(f"  projected / true    {projected / earned.sum():.2f}")


if __name__ == "__main__":
    main()
