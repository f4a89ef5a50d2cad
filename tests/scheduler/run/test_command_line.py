"""The commands as a user types them: output, exit codes, and one line for every error."""

import csv
import io
import json
import re
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler import log
from scheduler.cli import main
from scheduler.warehouse import exclusive
from tests.scheduler.conftest import RanWeek
from tests.scheduler.run.conftest import files


@dataclass(frozen=True)
class Ended:
    """What a shell would see of a command."""

    returncode: int
    stdout: str
    stderr: str


def scheduler(*arguments: str | Path) -> Ended:
    """The whole command line in this process: a new one would load the solver each time."""
    out, err = io.StringIO(), io.StringIO()
    stop = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["scheduler", *map(str, arguments)])
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            signal.signal(signal.SIGTERM, stop)
            log.stop()
    return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def refused(*arguments: str | Path) -> str:
    """The one line of a command that could not run."""
    ended = scheduler(*arguments)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    lines = [line for line in ended.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_a_warehouse_that_does_not_exist_says_how_to_fill_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(tmp_path / "none.duckdb"))
    assert "scheduler load DIR" in refused("run", "--output-dir", tmp_path / "out")
    assert "scheduler load DIR" in refused("score")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--week", "2026-03-02"], "is over"),
        (
            ["--week", "2026-03-25"],
            "is a Wednesday; a week starts on Monday",
        ),
        (["--week", "2027-03-01"], "beyond the planning horizon"),
        (["--week", "soon"], "is not a date"),
        (["--page", "nobody", "--as-of", "2026-03-18T12:00:00Z"], "Unknown page 'nobody'"),
        (["--vars", "{price_maximum: 3}"], "Unknown setting price_maximum"),
        (["--vars", "price_max"], "is no mapping"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(
    arguments: list[str], expected: str, agency: Path, tmp_path: Path
) -> None:
    assert expected in refused("run", *arguments, "--output-dir", tmp_path / "out")


def test_an_output_directory_that_cannot_be_written_is_one_line(
    agency: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    assert "is a file, not a directory" in refused("run", "--output-dir", tmp_path / "taken")
    assert "cannot be written" in refused("run", "--output-dir", "/proc/none")


def test_two_runs_at_once_on_one_file_are_refused(agency: Path, tmp_path: Path) -> None:
    with exclusive(agency):
        assert "Wait for it to end" in refused("run", "--output-dir", tmp_path / "out")


def test_a_directory_without_files_and_a_malformed_file_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(tmp_path / "new.duckdb"))
    (tmp_path / "empty").mkdir()
    assert "mass_messages" in refused("load", tmp_path / "empty")
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "active_creators.csv").write_text("name\nlunavale\n")
    assert "page_name" in refused("load", bad)


def test_a_week_is_planned_asked_about_edited_and_validated(
    week: Path, ran: RanWeek, tmp_path: Path
) -> None:
    page, *_ = ran.result.pages
    for arguments in (["score"], ["score", "--page", page], ["analyze", page], ["diagnose", page]):
        ended = scheduler(*arguments)
        assert ended.returncode == 0, ended.stderr
        assert page in ended.stdout
        assert max(map(len, ended.stdout.splitlines())) <= 80
    found = scheduler("captions", page, "--time-of-day", "evening", "--count", "3", "--json")
    captions = json.loads(found.stdout)
    assert len(captions) == 3
    assert all(0 <= caption["performance_score"] <= 100 for caption in captions)

    path = tmp_path / "out" / f"{page}_schedule.csv"
    assert scheduler("validate", path).returncode == 0
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    rows[0]["Price"] = "250"
    rows[1]["Caption"] = rows[2]["Caption"]
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    edited = scheduler("validate", path)
    assert edited.returncode == 1
    assert "price_range" in edited.stdout
    assert "caption_unique_in_week" in edited.stdout

    exported = scheduler("export", "--page", page, "--output-dir", tmp_path / "again")
    assert exported.returncode == 0
    assert (tmp_path / "again" / f"{page}_schedule.csv").exists()


def test_a_page_run_alone_leaves_the_files_of_the_others_and_the_whole_summary(
    week: Path, ran: RanWeek, tmp_path: Path
) -> None:
    page, *others = ran.result.pages
    before = files(tmp_path / "out")
    told = ("--page", page, "--output-dir", tmp_path / "out")
    assert "which is not now" in refused("run", *told)
    ended = scheduler("run", "--as-of", "2026-03-18T12:00:00Z", *told)
    assert ended.returncode == 0, ended.stderr
    assert f"  {page}" in ended.stdout
    assert not [other for other in others if f"  {other}" in ended.stdout]
    after = files(tmp_path / "out")
    assert set(after) == set(before)
    of_others = [name for name in after if Path(name).name.startswith(tuple(others))]
    assert len(of_others) == 2 * 4 * len(others)
    assert all(after[name] == before[name] for name in of_others)
    with (tmp_path / "out" / "summary.csv").open(newline="", encoding="utf-8") as handle:
        rows = {row["Page_Name"]: row for row in csv.DictReader(handle)}
    assert list(rows) == list(ran.result.pages)
    assert {row["Status"] for row in rows.values()} == {"active"}
    with (tmp_path / "out" / "agency_schedule.csv").open(newline="", encoding="utf-8") as handle:
        assert {row["Page_Name"] for row in csv.DictReader(handle)} == set(ran.result.pages)


def test_the_doctor_finds_a_good_set_up_and_a_missing_warehouse(
    agency: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = scheduler("doctor")
    assert good.returncode == 0, good.stdout
    assert re.search(r"(ok|note) +alerts: (none|\d+ \w+).* open", good.stdout)
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(tmp_path / "none.duckdb"))
    bad = scheduler("doctor")
    assert bad.returncode == 2
    assert "FIX   warehouse" in bad.stdout


def test_the_demo_refuses_a_warehouse_with_other_data(agency: Path, tmp_path: Path) -> None:
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(agency)) as connection:
        connection.execute("drop table eros_raw.demo_agency")
    line = refused("demo", "--pages", "2", "--messages", "500", "--captions", "200",
                   "--output-dir", tmp_path / "demo")  # fmt: skip
    assert "are no demo" in line


def test_click_errors_are_one_line_too() -> None:
    ended = scheduler("run", "--max-workers", "0")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
