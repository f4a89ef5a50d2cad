"""What a run costs after the marts, against the analysis it replaces.

The baseline is the kind of analysis that one script per page does: one query and one
GradientBoostingRegressor for each page, on hour, weekday, price, audience and weekend. The run is
all that `scheduler run` does once the marts are there: read, fit, solve, agree, audit, publish,
export. Both are timed in turns, in processes of their own, on the warehouse of $EROS_DUCKDB_PATH.

    EROS_DUCKDB_PATH=eros.duckdb .venv/bin/python benchmarks/run_cost.py --rounds 3
"""

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.model_selection import train_test_split

from scheduler.marts.build import ensure_marts
from scheduler.progress import Silent
from scheduler.run.pipeline import run_week
from scheduler.run.request import RunRequest
from scheduler.training.fitted_model import models_dir
from scheduler.warehouse import database_path

TREES, DEPTH = 200, 5
HISTORY = """
    select local_hour, iso_weekday, price, sent_count, iso_weekday >= 6 as is_weekend,
        earnings / sent_count as revenue_per_send
    from eros_intermediate.int_messages
    where page_name = $page and is_in_window and is_usable and earnings is not null
"""


def baseline() -> None:
    """One query and one fit per page."""
    with duckdb.connect(str(database_path()), read_only=True) as connection:
        pages = connection.execute(
            "select page_name from eros_marts.creators where is_active order by 1"
        ).fetchall()
        for (page,) in pages:
            rows = connection.execute(HISTORY, {"page": page}).fetchnumpy()
            columns = [np.ma.filled(np.ma.asarray(rows[name], float), 0.0) for name in rows]
            features, target = np.column_stack(columns[:-1]), columns[-1]
            train, test, train_target, test_target = train_test_split(
                features, target, test_size=0.2, random_state=0
            )
            model = GradientBoostingRegressor(
                n_estimators=TREES, max_depth=DEPTH, random_state=0
            ).fit(train, train_target)
            model.score(test, test_target)


def after_the_marts() -> None:
    """A whole run on fresh marts, with nothing kept of an earlier one."""
    settings = ensure_marts(database_path(), None, {}, Silent())
    shutil.rmtree(models_dir(database_path()), ignore_errors=True)
    with duckdb.connect(str(database_path())) as connection:
        connection.execute("delete from eros_operations.schedule_templates where true")
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run_week(RunRequest(output_dir=Path(folder), as_of=settings.as_of), Silent())
        print(f"{time.perf_counter() - started:.3f}")


def seconds_of(part: str) -> float:
    """Seconds of one part, in a process of its own; the run tells its own, without the marts."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--part", part], check=True, text=True, capture_output=True
    )
    return float(done.stdout) if done.stdout.strip() else time.perf_counter() - started


def main() -> None:
    """Time both in turns and print medians, their ratio, and the largest process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=["baseline", "run"])
    options = parser.parse_args()
    if options.part:
        (baseline if options.part == "baseline" else after_the_marts)()
        return
    ensure_marts(database_path(), None, {}, Silent())
    pairs = [(seconds_of("run"), seconds_of("baseline")) for _ in range(options.rounds)]
    ratio = statistics.median(run / base for run, base in pairs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"run after the marts   {statistics.median(run for run, _ in pairs):8.2f} s (median)")
    print(f"per-page baseline     {statistics.median(base for _, base in pairs):8.2f} s (median)")
    print(f"run / baseline        {ratio:8.2f}   (median of {options.rounds} pairs)")
    print(f"largest process       {peak:8.0f} MB")


if __name__ == "__main__":
    main()
