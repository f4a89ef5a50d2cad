"""dbt as a child: its lines, its end with all its children, and what it says went wrong."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduler.warehouse.dbt_process import first_error, run_child

# A dbt of our own: it starts a child, says so, and would go on for long.
FAKE = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
time.sleep(600)
"""
COMMAND = """
import sys
from pathlib import Path
from scheduler.cli import group
from scheduler.warehouse.dbt_process import run_child
import click, os

@click.command()
def slow():
    run_child([sys.executable, "-c", FAKE], Path("."), dict(os.environ), print_line)

def print_line(line):
    print(line, os.getpid(), flush=True)

class One(click.Group):
    def get_command(self, ctx, name):
        return slow

group.cli.get_command = lambda ctx, name: slow
group.main()
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_command_and_all_that_dbt_started(number: int, tmp_path: Path) -> None:
    code = f"FAKE = {FAKE!r}\n{COMMAND}"
    with subprocess.Popen(
        [sys.executable, "-c", code, "slow"], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=os.environ | {"EROS_LOG_DIR": str(tmp_path)},
    ) as command:  # fmt: skip
        assert command.stdout is not None
        child = int(command.stdout.readline().split()[1])
        assert is_alive(child)
        command.send_signal(number)
        _, errors = command.communicate(timeout=60)
    assert command.returncode == 2
    assert errors.strip() == "Stopped."
    for _ in range(100):
        if not is_alive(child):
            break
        time.sleep(0.1)
    assert not is_alive(child)


def test_lines_of_both_streams_are_handed_on_and_the_exit_code_is_told(tmp_path: Path) -> None:
    code = "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(3)"
    seen: list[str] = []
    ended = run_child([sys.executable, "-c", code], tmp_path, dict(os.environ), seen.append)
    assert ended == (3, ["one", "two"])
    assert seen == ["one", "two"]


def test_a_failed_test_is_named_and_not_a_passing_one_whose_name_says_error() -> None:
    lines = [
        "12:00:01  3 of 9 PASS no_error_rows_data_quality ............ [PASS in 0.10s]",
        "12:00:02  4 of 9 FAIL 2 accepted_range_holidays_factor ....... [FAIL 2 in 0.10s]",
        "12:00:03  Finished running 9 data tests in 0 hours 0 minutes and 3.00 seconds (3.00s).",
        "12:00:03",
        "12:00:03  Completed with 1 error, 0 partial successes, and 0 warnings:",
        "12:00:03",
        "12:00:03  Failure in test accepted_range_holidays_factor (seeds/seeds.yml)",
        "12:00:03    Got 2 results, configured to fail if != 0",
        "12:00:03",
        "12:00:03  Done. PASS=8 WARN=0 ERROR=1 SKIP=0 NO-OP=0 TOTAL=9",
    ]
    assert first_error(lines) == (
        "test accepted_range_holidays_factor: Got 2 results, configured to fail if != 0"
    )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ["12:00:01  1 of 3 OK created sql table model m.error_rates ... [OK in 0.1s]",
             "12:00:02  Runtime Error in model creators (models/marts/creators.sql)",
             "12:00:02    Binder Error: no column x"],
            "model creators: Binder Error: no column x",
        ),
        (
            ["12:00:01  Encountered an error:", "Compilation Error", "  a macro is missing"],
            "Compilation Error a macro is missing",
        ),
        (
            ["10:00:02  4 of 9 FAIL 8 no_open_violations_rule_vault [FAIL 8]",
             "10:00:03  Failure in test no_open_violations_rule_vault (models/rules/x.yml)",
             "10:00:03    Got 8 results, configured to fail if != 0",
             "10:00:03  Failure in test unique_creators_page_name (models/marts/creators.yml)",
             "10:00:03    Got 1 result, configured to fail if != 0"],
            "test no_open_violations_rule_vault: Got 8 results, configured to fail if != 0"
            " Also: test unique_creators_page_name.",
        ),
        (["Traceback (most recent call last):", "KeyError: 'x'"], "KeyError: 'x'"),
        (["12:00:01  1 of 2 PASS no_error", "Killed"], "Killed"),
        ([], "no output."),
    ],
)  # fmt: skip
def test_the_line_that_tells_most_is_found(lines: list[str], told: str) -> None:
    assert first_error(lines) == told
