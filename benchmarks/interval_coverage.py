"""How often 80 % intervals hold what came, out of time, on several demo agencies together.

One agency's page-weeks are too few to tell 0.77 from 0.83, and those of one of its tiers 0.70 from
0.90. So for every seed it makes a demo agency in a database of its own and replays its history
(`scheduler backtest`); the shares of all of them are put together by tier, with the standard error
that as many independent page-weeks would have.

    .venv/bin/python benchmarks/interval_coverage.py --seeds 7 11 23
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from scheduler.backtest.rolling_replay import GLM

AS_OF = "2026-03-15T12:00:00Z"
EVERYONE = ("agency", "all")
Scope = tuple[str, str]


def measured(seed: int, origins: int, folder: Path) -> dict[Scope, dict[str, float]]:
    """Figures of our model on one demo agency: the agency's and its tiers'."""
    os.environ["EROS_DUCKDB_PATH"] = str(folder / "agency.duckdb")
    scheduler = str(Path(sys.executable).with_name("scheduler"))
    demo = ["demo", "--seed", str(seed), "--output-dir", str(folder / "demo")]
    replay = ["backtest", "--origins", str(origins), "--output-dir", str(folder)]
    for command in (demo, replay):
        subprocess.run([scheduler, *command, "--as-of", AS_OF], check=True, capture_output=True)
    found: dict[Scope, dict[str, float]] = {}
    with (folder / "backtest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["model"] == GLM and row["scope"] in ("agency", "tier") and row["value"]:
                scope = row["scope"], row["scope_value"]
                found.setdefault(scope, {})[row["metric"]] = float(row["value"])
    return found


def share(of: list[dict[str, float]], kind: str, count: str) -> tuple[float, float]:
    """Coverage of several groups together, and how many they are."""
    known = [one for one in of if one.get(count) and f"{kind}_coverage" in one]
    total = sum(one[count] for one in known)
    return sum(one[count] * one[f"{kind}_coverage"] for one in known) / total, total


def main() -> None:
    """Replay the agency of every seed, then put them together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[7])
    parser.add_argument("--origins", type=int, default=10, help="earlier days to predict from")
    options = parser.parse_args()
    agencies = []
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            agencies.append(measured(seed, options.origins, Path(folder)))
        own = agencies[-1][EVERYONE]
        print(
            f"seed {seed}: messages {own['message_coverage']:.3f}, page-weeks"
            f" {own['week_coverage']:.3f} of {own['week_coverage_count']:.0f}, bias of week totals"
            f" {100 * own['bias']:+.0f} %",
            flush=True,
        )
    print(f"{len(agencies)} demo agencies, simulated; 80 % intervals held")
    for scope in [EVERYONE, *sorted({name for one in agencies for name in one} - {EVERYONE})]:
        groups = [one[scope] for one in agencies if scope in one]
        messages, _ = share(groups, "message", "row_count")
        weeks, count = share(groups, "week", "week_coverage_count")
        error = (weeks * (1 - weeks) / count) ** 0.5
        print(
            f"  {' '.join(scope):<12} {messages:.3f} of messages, {weeks:.3f} of {count:.0f}"
            f" page-weeks (standard error {error:.3f})"
        )


if __name__ == "__main__":
    main()
