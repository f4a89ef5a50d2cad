"""What a week costs as the agency grows: pages, messages and captions times each factor.

For each factor a demo agency is made and loaded, and one week is planned from nothing: `scheduler
demo` and `scheduler run`, as a person would. The steps, their seconds and their seconds of
processors are those that the run itself logs; memory is the largest sum over the command's
processes while the step ran, what they share counted once where the system tells (Linux). The
exponent is that of growth from the factor before: 1 is linear. On a machine that others use too,
seconds of processors are what to compare.

    .venv/bin/python benchmarks/scale.py --factors 1 3 10
    .venv/bin/python benchmarks/scale.py --factors 1 3 --pages 12
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

AS_OF, SEED = "2026-03-18T12:00:00Z", 7
# The demo agency: its messages and captions keep to its pages when `--pages` is another number.
PAGES, MESSAGES, CAPTIONS = 38, 52_000, 36_000
ORDER = (
    "load", "build", "read", "test", "fit", "renew", "solve", "agree", "explore", "explain",
    "write", "audit", "publish", "export", "whole run",
)  # fmt: skip
# A kind of line of the log that is a step by another name.
NAMED = {"load": "load"}


@dataclass
class Cost:
    """What a step came to.

    Attributes:
        seconds: by the clock.
        cpu: of all processors; NaN where the log does not tell.
        megabytes: the most at once.
    """

    seconds: float = 0.0
    cpu: float = 0.0
    megabytes: float = 0.0


class Memory(threading.Thread):
    """Looks at what a process and its children hold, several times a second."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.seen: list[tuple[float, float]] = []
        self._root, self._ended = psutil.Process(process), threading.Event()

    def run(self) -> None:
        """Look until `stop`."""
        while not self._ended.wait(0.3):
            self.seen.append((time.time(), self._held()))

    def stop(self) -> None:
        """The process ended."""
        self._ended.set()
        self.join()

    def _held(self) -> float:
        total = 0.0
        try:
            for process in (self._root, *self._root.children(recursive=True)):
                found = process.memory_full_info()
                total += getattr(found, "pss", 0) or found.rss
        except psutil.Error:
            return total / 1e6
        return total / 1e6


def started(folder: Path, *arguments: str) -> dict[str, Cost]:
    """One command of the scheduler to its end, and its steps."""
    logs = folder / f"logs_{arguments[0]}"
    environment = os.environ | {
        "EROS_DUCKDB_PATH": str(folder / "agency.duckdb"),
        "EROS_LOG_DIR": str(logs),
    }
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    memory = Memory(process.pid)
    memory.start()
    code = process.wait()
    memory.stop()
    # 1: a page of the made-up agency is blocked or failed, which the summary tells
    if code not in (0, 1):
        raise SystemExit(f"`scheduler {arguments[0]}` ended with {code}.")
    return costs(logs, memory.seen)


def costs(logs: Path, seen: list[tuple[float, float]]) -> dict[str, Cost]:
    """Steps by the lines of the log; a rotated log is read whole."""
    found: dict[str, Cost] = defaultdict(Cost)
    for path in logs.glob("scheduler.jsonl*"):
        for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            name = line.get("step") or NAMED.get(line["kind"])
            if line["kind"] == "command" and line["command"] == "run":
                name = "whole run"
            if name is None:
                continue
            end = datetime.fromisoformat(line["at"]).timestamp()
            held = [mb for at, mb in seen if end - line["seconds"] <= at <= end]
            cost = found[name]
            cost.seconds += line["seconds"]
            cost.cpu += line.get("cpu_seconds", math.nan)
            cost.megabytes = max([cost.megabytes, *held])
    return found


def measured(folder: Path, pages: int, factor: int) -> dict[str, Cost]:
    """Everything from made-up files to a published week, `factor` times `pages` pages."""
    share = factor * pages / PAGES
    size = {"pages": factor * pages, "messages": MESSAGES * share, "captions": CAPTIONS * share}
    options = [text for name, n in size.items() for text in (f"--{name}", str(round(n)))]
    demo = started(
        folder, "demo", "--as-of", AS_OF, "--seed", str(SEED), *options,
        "--output-dir", str(folder / "demo"),
    )  # fmt: skip
    run = started(folder, "run", "--as-of", AS_OF, "--output-dir", str(folder / "out"))
    return demo | run


def exponent(small: float, large: float, factors: tuple[int, int]) -> str:
    if not (small > 0 and large > 0):
        return ""
    return f"{math.log(large / small) / math.log(factors[1] / factors[0]):.2f}"


def main() -> None:
    """Print each step's seconds, memory and exponents of growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--factors", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--pages", type=int, default=PAGES, help="Pages at factor 1.")
    parser.add_argument("--keep", type=Path, help="Folder that keeps databases, files and logs.")
    options = parser.parse_args()
    before: tuple[int, dict[str, Cost]] | None = None
    with tempfile.TemporaryDirectory() as name:
        for factor in sorted(options.factors):
            folder = (options.keep or Path(name)) / f"times_{factor}"
            folder.mkdir(parents=True, exist_ok=True)
            found = measured(folder, options.pages, factor)
            print(f"\n{factor * options.pages} pages, factor {factor}")
            print(f"{'':12}{'seconds':>9}{'CPU':>9}{'MB':>8}{'exponent':>10}{'of CPU':>8}")
            for step in (name for name in ORDER if name in found):
                cost, grown = found[step], ("", "")
                if before and step in before[1]:
                    known, factors = before[1][step], (before[0], factor)
                    grown = (
                        exponent(known.seconds, cost.seconds, factors),
                        exponent(known.cpu, cost.cpu, factors),
                    )
                cpu = "" if math.isnan(cost.cpu) else f"{cost.cpu:.1f}"
                print(
                    f"{step:12}{cost.seconds:9.1f}{cpu:>9}{cost.megabytes:8.0f}"
                    f"{grown[0]:>10}{grown[1]:>8}",
                    flush=True,
                )
            before = (factor, found)


if __name__ == "__main__":
    main()
