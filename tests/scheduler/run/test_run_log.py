"""What a run leaves in the log, and what it never does."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scheduler import log
from scheduler.warehouse import connect
from tests.scheduler.conftest import AS_OF

# As the command line starts it, with a solver that breaks on one page.
BROKEN = """
from scheduler.cli import main
from scheduler.run import solve_pages
from scheduler.planning.rule_modes import solve_preferred

def solve_all_but_one(wish):
    if wish.problem.page_name == PAGE:
        raise ZeroDivisionError("the solver is broken here")
    return solve_preferred(wish)

solve_pages.solve_preferred = solve_all_but_one
main()
"""
KEY = "made-up-key-of-an-account"


def started(
    code: str, folder: Path, *arguments: str
) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    """A run of the command line, and its log."""
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments, "run", "--as-of", f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}",
         "--output-dir", str(folder / "out"), "--max-workers", "2"],
        text=True, capture_output=True, check=False, timeout=300,
        env=os.environ | {"EROS_LOG_DIR": str(folder / "logs"), "BIGQUERY_KEY": KEY},
    )  # fmt: skip
    path = folder / "logs" / log.FILE_NAME
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return ended, [json.loads(line) for line in text.splitlines()]


def test_a_page_whose_solve_raises_leaves_its_traceback_in_the_log_and_one_line_on_screen(
    agency: Path, tmp_path: Path
) -> None:
    with connect() as warehouse:
        active = "select page_name from eros_marts.creators where is_active order by page_name"
        pages = warehouse.query(active).column("page_name").to_pylist()
    ended, lines = started(f"PAGE = {pages[0]!r}\n{BROKEN}", tmp_path)
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    told = [line for line in ended.stdout.splitlines() if "ZeroDivisionError" in line]
    assert told == [f"Blocked {pages[0]}: ZeroDivisionError: the solver is broken here"]
    assert f"The traceback is in {tmp_path / 'logs' / log.FILE_NAME}." in ended.stdout
    [failure] = [line for line in lines if line["kind"] == "page_failure"]
    assert failure["page"] == pages[0]
    assert failure["run_id"]
    # from the worker process, down to the line that broke
    assert "solve_all_but_one" in failure["traceback"]
    assert failure["traceback"].count("ZeroDivisionError: the solver is broken here") >= 1
    [run] = [line for line in lines if line["kind"] == "run"]
    assert run["pages"] == len(pages)
    assert run["blocked"] >= 1
    assert "page_blocked" in {line["kind"] for line in lines}
    assert {line["alert_type"] for line in lines if line["kind"] == "alert"} >= {"page_failed"}

    again, _ = started(f"PAGE = {pages[0]!r}\n{BROKEN}", tmp_path, "--debug")
    assert "ZeroDivisionError: the solver is broken here" in again.stderr
    assert "solve_all_but_one" in again.stderr


def test_the_log_of_a_run_tells_its_steps_and_holds_no_caption_no_price_and_no_key(
    agency: Path, tmp_path: Path
) -> None:
    ended, lines = started("from scheduler.cli import main; main()", tmp_path)
    assert ended.returncode == 0, ended.stderr
    kinds = {line["kind"] for line in lines}
    assert kinds >= {"run", "query", "training", "command"}
    assert {line["command"] for line in lines} == {"run"}
    assert len({line["invocation"] for line in lines}) == 1
    steps = {line["step"] for line in lines if line["kind"] == "step"}
    assert steps >= {"build", "read", "solve", "agree", "write", "audit", "publish", "export"}
    queries = [line for line in lines if line["kind"] == "query"]
    assert all("seconds" in line and "sql" in line for line in queries)
    assert sum(line.get("rows", 0) for line in queries) > 1_000
    [command] = [line for line in lines if line["kind"] == "command"]
    assert command["exit_code"] == 0
    text = (tmp_path / "logs" / log.FILE_NAME).read_text(encoding="utf-8")
    assert KEY not in text
    with connect() as warehouse:
        bank = warehouse.query("select caption_text from eros_marts.caption_history")
    bank_texts = bank.column("caption_text").to_pylist()
    texts = [json.dumps(words, ensure_ascii=False)[1:-1] for words in bank_texts]
    assert not [words for words in texts if len(words) > 12 and words in text]
    keys = {name for line in lines for name in line}
    assert not {name for name in keys if "price" in name or "caption" in name or "revenue" in name}
    sheets = sorted((tmp_path / "out").glob("*_schedule.csv"))
    assert sheets
    prices = {
        float(row["Price"])
        for sheet in sheets
        for row in csv.DictReader(sheet.open(encoding="utf-8-sig", newline=""))
    }
    for line in lines:
        figures = {name: value for name, value in line.items() if isinstance(value, float)}
        assert not prices & {v for name, v in figures.items() if not name.endswith("seconds")}


def test_a_log_that_cannot_be_written_does_not_stop_a_command(
    agency: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    ended = subprocess.run(
        [sys.executable, "-c", "from scheduler.cli import main; main()", "doctor"],
        text=True, capture_output=True, check=False, timeout=300,
        env=os.environ | {"EROS_LOG_DIR": str(tmp_path / "logs")},
    )  # fmt: skip
    assert "warehouse" in ended.stdout
    assert "Traceback" not in ended.stderr
    assert (tmp_path / "logs").is_file()


def test_an_unexpected_error_of_a_command_is_one_line_that_says_where_its_traceback_is(
    agency: Path, tmp_path: Path
) -> None:
    code = (
        "from scheduler.cli import main, doctor\n"
        "def broken(): raise ZeroDivisionError('nobody thought of this')\n"
        "doctor.checks = broken\nmain()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "doctor"], text=True, capture_output=True, check=False,
        env=os.environ | {"EROS_LOG_DIR": str(tmp_path / "logs")}, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        "Error: ZeroDivisionError: nobody thought of this. This should not happen. "
        f"The traceback is in {tmp_path / 'logs' / log.FILE_NAME}."
    ]
    lines = (tmp_path / "logs" / log.FILE_NAME).read_text(encoding="utf-8").splitlines()
    kinds = {json.loads(line)["kind"]: json.loads(line) for line in lines}
    assert "nobody thought of this" in kinds["error"]["traceback"]
