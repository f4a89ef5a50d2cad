"""A locked message is kept to the byte when its week is planned again."""

import csv
from pathlib import Path

import duckdb

from tests.scheduler.editing.conftest import Command, Run

OF_THE_PLAN = {
    "Expected_Revenue", "Revenue_Low", "Revenue_High", "Confidence", "Schedule_ID", "Locked",
}  # fmt: skip
"""Columns that say what is believed of a message or which version it is in, not what is sent."""


def sheets(folder: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in sorted(folder.glob("*_schedule.csv")):
        with path.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        if path.name != "agency_schedule.csv":
            found[rows[0]["Page_Name"]] = rows
    return found


def sent(row: dict[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if name not in OF_THE_PLAN}


def ask(database: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(sql).fetchall()


def test_locked_cells_are_the_same_bytes_after_another_plan(
    agency: Path, out: Path, command: Command, run: Run
) -> None:
    before = sheets(out)
    page, rows = next(iter(before.items()))
    locked = [rows[0], rows[len(rows) // 2]]
    ids = [row["Message_ID"] for row in locked]
    command("lock", page, *ids, "--by", "ann", "--output-dir", out)
    # other rules: without the lock nothing of the week would have to stay
    result = run(overrides={"min_spacing_hours": 5, "exploration_share": 0})
    assert not result.pages[page].reason
    after = {row["Message_ID"]: row for row in sheets(out)[page]}
    assert [sent(after[key]) for key in ids] == [sent(row) for row in locked]
    assert [after[key]["Locked"] for key in ids] == ["TRUE", "TRUE"]
    assert len(after) > len(ids)
    assert not [found for found in result.pages[page].violations if found.tier == 1]
    assert (
        ask(
            agency,
            "select kind, made_by, source from eros_marts.schedule_edits order by message_id",
        )
        == [("locked", "ann", "lock")] * 2
    )


def test_a_week_with_locks_is_found_again_and_unlocking_frees_it(
    agency: Path, out: Path, command: Command, run: Run
) -> None:
    page, rows = next(iter(sheets(out).items()))
    first = rows[0]["Schedule_ID"]
    command("lock", page, rows[0]["Message_ID"], "--output-dir", out)
    result = run()
    locked = result.pages[page].schedule_id
    assert locked != first
    assert result.told[0].startswith("Published weeks: ")
    assert run().pages[page].schedule_id == locked
    command("lock", page, rows[0]["Message_ID"], "--unlock", "--output-dir", out)
    command("lock", page, rows[0]["Message_ID"], "--unlock", "--output-dir", out)
    assert run().pages[page].schedule_id == first
    assert {row["Locked"] for row in sheets(out)[page]} == {"FALSE"}
    assert ask(agency, "select kind from eros_marts.schedule_edits order by made_at") == [
        ("locked",), ("unlocked",),
    ]  # fmt: skip


def test_a_locked_message_is_believed_to_earn_what_it_earned_unlocked(
    out: Path, command: Command, run: Run
) -> None:
    settings = {"exploration_share": 0}
    run(overrides=settings)
    page, rows = next(iter(sheets(out).items()))
    # of the first message of a week nothing depends on the others
    command("lock", page, rows[0]["Message_ID"], "--output-dir", out)
    run(overrides=settings)
    first = sheets(out)[page][0]
    assert first["Locked"] == "TRUE"
    figures = ("Expected_Revenue", "Strategy_Note", "Price", "Time")
    assert {name: first[name] for name in figures} == {name: rows[0][name] for name in figures}


def test_an_unknown_message_is_named_and_nothing_is_locked(
    agency: Path, out: Path, command: Command
) -> None:
    page, rows = next(iter(sheets(out).items()))
    result = command("lock", page, rows[0]["Message_ID"], "nosuch", "--output-dir", out, code=2)
    assert "nosuch" in str(result.exception)
    assert ask(agency, "select count(*) from eros_marts.schedules where is_locked") == [(0,)]


def test_the_trail_begins_empty(agency: Path) -> None:
    assert ask(agency, "select count(*) from eros_marts.schedule_edits") == [(0,)]
    assert ask(agency, "select count(*) from eros_marts.schedule_approvals") == [(0,)]
