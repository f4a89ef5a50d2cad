"""What a build costs: the first one, the one after a day's load, and both on ten times the rows.

The demo agency is loaded without its last day and built; then the last day comes, with a tenth more
earnings for the week before, and it is built again. More rows are copies of messages and captions
under new ids and texts on the same pages. A build is every seed, model and snapshot without the
tests, in a process of its own; memory is that process's peak. CPU seconds are what to compare on a
machine that others use too.

    .venv/bin/python benchmarks/build_cost.py --factors 1 10
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

from scheduler.loading import load_directory
from scheduler.loading.embedded import DuckDBRawTables
from scheduler.moments import format_time
from scheduler.simulation import make_demo
from scheduler.warehouse import DbtProject

AS_OF = datetime(2026, 3, 18, 12)
PAGES, MESSAGES, CAPTIONS, SEED = 38, 52_000, 36_000, 7
BUILDS = ("full build", "daily increment")
COPIES = """
    insert into eros_raw.caption_bank by name
    select bank.* replace (
        bank.caption_id + 7919 * n as caption_id, bank.caption_text || ' ' || n as caption_text
    )
    from eros_raw.caption_bank as bank cross join range(1, $factor) as copies (n);
    insert into eros_raw.mass_messages by name
    select sent.* replace (
        sent.row_id || '-' || n as row_id, sent.message || ' ' || n as message,
        sent.sending_time + n * interval 5 minute as sending_time
    )
    from eros_raw.mass_messages as sent cross join range(1, $factor) as copies (n)
"""
HOLD_BACK = """
    create table last_day as
    select * from eros_raw.mass_messages where sending_time > $as_of - interval 1 day;
    delete from eros_raw.mass_messages where sending_time > $as_of - interval 1 day
"""
NEXT_DAY = """
    insert into eros_raw.mass_messages by name
    select late.* replace (_loaded_at + interval 1 day as _loaded_at) from last_day as late
    union all by name
    select grown.* replace (
        grown.earnings * 1.1 as earnings, grown._loaded_at + interval 1 day as _loaded_at
    )
    from eros_raw.mass_messages as grown
    where grown.sending_time > $as_of - interval 8 day and grown.row_id is not null
"""


def execute(database: Path, statements: str, **values: object) -> None:
    with duckdb.connect(str(database)) as connection:
        for sql in statements.split(";"):
            used = {name: value for name, value in values.items() if f"${name}" in sql}
            connection.execute(sql, used)


def build(database: Path) -> None:
    """Build once, and print what it took as JSON."""
    project, started = DbtProject.find(), time.perf_counter()
    left_out = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    project.run(["build", *left_out], {"as_of": format_time(AS_OF)}, database, lambda _: None)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, cpu = time.perf_counter() - started, used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "cpu": cpu, "megabytes": used.ru_maxrss / 1024}))


def measured(database: Path) -> dict[str, float]:
    """One build in a process of its own, so that its peak memory is its own too."""
    command = [sys.executable, __file__, "--build", str(database)]
    done = subprocess.run(command, check=True, text=True, capture_output=True)
    return dict(json.loads(done.stdout))


def costs(files: Path, folder: Path, factor: int) -> dict[str, dict[str, float]]:
    """Both builds on `factor` times the demo's rows."""
    database = folder / f"times_{factor}.duckdb"
    with duckdb.connect(str(database)) as connection:
        load_directory(DuckDBRawTables(connection), files)
    execute(database, COPIES, factor=factor)
    execute(database, HOLD_BACK, as_of=AS_OF)
    first = measured(database)
    execute(database, NEXT_DAY, as_of=AS_OF)
    return {BUILDS[0]: first, BUILDS[1]: measured(database)}


def main() -> None:
    """Print seconds, CPU seconds and peak memory of each build, and ratios to the smallest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--factors", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        build(options.build)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_demo(
            folder / "demo",
            pages=PAGES,
            messages=MESSAGES,
            captions=CAPTIONS,
            seed=SEED,
            as_of=AS_OF,
        )
        found = {
            factor: costs(folder / "demo", folder, factor) for factor in sorted(options.factors)
        }
    base = found[min(found)]
    print(f"{'':16}{'rows':>12}{'seconds':>9}{'CPU':>9}{'MB':>7}{'time x':>8}{'CPU x':>8}")
    for factor, steps in found.items():
        for step, cost in steps.items():
            wall, cpu = (cost[part] / base[step][part] for part in ("seconds", "cpu"))
            print(
                f"{step:16}{factor * (MESSAGES + CAPTIONS):12,}{cost['seconds']:9.1f}"
                f"{cost['cpu']:9.1f}{cost['megabytes']:7.0f}{wall:8.1f}{cpu:8.1f}"
            )


if __name__ == "__main__":
    main()
