"""A week that people change: what a change earns and breaks, versions, approvals, sheets."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.editing.changes import (
    Add,
    Delete,
    Move,
    PriceTest,
    Reprice,
    Swap,
    apply_changes,
    judge_changes,
)
from scheduler.editing.prepared_week import PreparedWeek, prepare_week
from scheduler.editing.rollback import roll_back
from scheduler.editing.version_diff import history
from scheduler.editing.versions import RefusedChange
from scheduler.editing.what_if import Supposition, what_if
from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import read_settings
from scheduler.marts.edit_tables import Hand
from scheduler.progress import Silent
from scheduler.training.standing import Standing
from scheduler.training.train import train
from scheduler.warehouse import connect
from tests.scheduler.editing.conftest import Command, Run
from tests.scheduler.editing.test_lock import ask, sheets

NOW = datetime(2026, 3, 18, 13)


@pytest.fixture
def standing(agency: Path) -> Iterator[Standing]:
    """The agency's marts with the model of the run."""
    with connect() as warehouse:
        settings = read_settings(warehouse)
    assert settings is not None
    training, model = train(agency, settings, {}, Silent())
    with connect() as warehouse:
        yield Standing(warehouse, settings, model, training)


@pytest.fixture
def week(standing: Standing) -> PreparedWeek:
    """A page's week that is published."""
    rows = standing.warehouse.query(
        "select min(page_name) as page from eros_marts.schedules where status = 'active'"
    )
    return prepare_week(standing, rows.column("page")[0].as_py())


def test_a_week_as_it_stands_is_worth_what_the_run_said(week: PreparedWeek) -> None:
    told = {row["message_id"]: row["expected_revenue"] for row in week.rows}
    # exploration's own arithmetic rounds once more
    assert week.now.by_message == pytest.approx(told, abs=0.02)


def test_a_judged_change_says_what_it_earns_and_breaks_and_saves_nothing(
    standing: Standing, week: PreparedWeek
) -> None:
    first, second = week.rows[0], week.rows[1]
    near = judge_changes(week, [Move(second["message_id"], first["local_at"] + timedelta(hours=1))])
    assert ("message_spacing", second["message_id"]) in {
        (rule.rule, rule.message_id) for rule in near.broken
    }
    dear = judge_changes(week, [Reprice(second["message_id"], 500.0)])
    assert not dear.is_allowed
    assert {rule.rule for rule in dear.broken if rule.tier == 1} == {"price_range"}
    gone = judge_changes(week, [Delete(second["message_id"])])
    assert gone.difference.low < gone.difference.expected < gone.difference.high
    assert gone.difference.expected == pytest.approx(gone.after.expected - week.now.expected)
    assert second["message_id"] not in gone.expected
    same = judge_changes(week, [Reprice(second["message_id"], second["price"])])
    assert not same.changes
    assert same.difference.expected == pytest.approx(0.0, abs=0.005)
    count = standing.warehouse.query("select count(*) as n from eros_marts.schedule_edits")
    assert count.column("n")[0].as_py() == 0


def test_changes_that_cannot_be_meant_are_named(week: PreparedWeek) -> None:
    first = week.rows[0]
    cases = {
        "no message": Delete("nosuch"),
        "is over": Move(first["message_id"], datetime(2026, 3, 1, 10)),
        "outside the week": Move(first["message_id"], first["local_at"] + timedelta(days=14)),
        "is none that": Swap(first["message_id"], -1),
        "is no price": Reprice(first["message_id"], float("nan")),
    }
    for words, change in cases.items():
        with pytest.raises(SchedulerError, match=words):
            judge_changes(week, [change])


def test_a_price_test_sends_a_caption_twice_and_stays_when_the_week_is_planned_again(
    standing: Standing, week: PreparedWeek
) -> None:
    page, tested = week.page_name, week.rows[1]
    taken = {row["send_at"] for row in week.rows}
    hour = next(
        row["local_at"] + timedelta(hours=1)
        for row in week.rows[2:]
        if row["send_at"] + timedelta(hours=1) not in taken
        and row["local_at"].date() != tested["local_at"].date()
    )
    price, room = tested["price"] + 3, Delete(week.rows[0]["message_id"])
    with pytest.raises(SchedulerError, match="Both arms would ask"):
        judge_changes(week, [PriceTest(tested["message_id"], hour, tested["price"])])
    twice = [room, Add(hour, price, tested["caption_id"])]
    refused = {rule.rule for rule in judge_changes(week, twice).broken if rule.tier == 1}
    assert refused == {"caption_unique_in_week"}
    arms = [room, PriceTest(tested["message_id"], hour, price)]
    assert judge_changes(week, arms).is_allowed
    version = apply_changes(standing, week, arms, Hand("ann", NOW, "change"))
    assert [edit.kind for edit in version.edits] == ["deleted", "price_tested"]
    now = prepare_week(standing, page)
    both = [row for row in now.rows if row["caption_id"] == tested["caption_id"]]
    assert sorted(row["price"] for row in both) == sorted([tested["price"], price])
    assert all(row["is_price_test"] and row["is_locked"] for row in both)
    anew = what_if(standing, page, Supposition(max_messages=15), now.week).now.plan.messages
    kept = [message.price for message in anew if message.caption_key == tested["caption_key"]]
    assert sorted(kept) == sorted([tested["price"], price])


def test_a_change_is_a_new_version_that_can_be_taken_back(
    standing: Standing, week: PreparedWeek
) -> None:
    page, message = week.page_name, week.rows[2]
    used = {row["caption_id"] for row in week.rows}
    caption = next(key for key in week.captions if key not in used)
    other = Swap(message["message_id"], caption)
    judged = judge_changes(week, [other])
    version = apply_changes(standing, week, [other], Hand("ann", NOW, "change"))
    assert version.expected == judged.after.expected
    with pytest.raises(SchedulerError, match="changed meanwhile"):
        apply_changes(standing, week, [Delete(message["message_id"])], Hand("bob", NOW, "change"))
    now = prepare_week(standing, page)
    changed = next(row for row in now.rows if row["message_id"] == message["message_id"])
    assert (changed["caption_id"], changed["is_locked"]) == (caption, True)
    edits = standing.warehouse.query("select * from eros_marts.schedule_edits").to_pylist()
    assert [(e["kind"], e["made_by"], e["value_after"]) for e in edits] == [
        ("swapped", "ann", str(caption))
    ]
    assert edits[0]["revenue_change"] == pytest.approx(judged.difference.expected, abs=0.005)
    back = roll_back(standing, page, "1", Hand("bob", NOW, "rollback 1"))
    assert back.version.expected == pytest.approx(week.now.expected, abs=0.02)
    versions = history(standing.warehouse, page)
    assert [(v.stage, v.made_by) for v in versions] == [
        ("superseded", "scheduler"), ("superseded", "ann"), ("active", "bob"),
    ]  # fmt: skip
    again = prepare_week(standing, page)
    sent = ("message_id", "send_at", "price", "caption_id", "caption_text", "is_locked")
    assert [[row[n] for n in sent] for row in again.rows] == [
        [row[n] for n in sent] for row in week.rows
    ]


def test_what_the_rulebook_refuses_is_not_made(standing: Standing, week: PreparedWeek) -> None:
    first = week.rows[0]
    twice = Add(first["local_at"] + timedelta(hours=5), 15.0, first["caption_id"])
    with pytest.raises(RefusedChange, match="caption_unique_in_week"):
        apply_changes(standing, week, [twice], Hand("ann", NOW, "change"))
    assert prepare_week(standing, week.page_name).schedule_id == week.schedule_id


def test_a_supposed_week_keeps_its_suppositions_and_saves_nothing(
    standing: Standing, week: PreparedWeek
) -> None:
    fewer = what_if(standing, week.page_name, Supposition(max_messages=4))
    assert len(fewer.then.plan.messages) <= 4 < len(fewer.now.plan.messages)
    assert fewer.difference.expected < 0
    other = what_if(
        standing, week.page_name, Supposition(price=week.prices[0], without=frozenset([5]))
    )
    assert {message.price for message in other.then.plan.messages} == {week.prices[0]}
    days = {place["iso_weekday"] for place in other.then.page.places_of(other.then.plan.messages)}
    assert 5 not in days
    assert other.difference.low <= other.difference.expected <= other.difference.high
    assert prepare_week(standing, week.page_name).schedule_id == week.schedule_id


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_an_edited_sheet_is_taken_whole_or_not_at_all(
    agency: Path, out: Path, command: Command, tmp_path: Path
) -> None:
    page, rows = next(iter(sheets(out).items()))
    path = write(tmp_path / "edited.csv", [*rows[:2], {**rows[2], "Price": "19.00"}, *rows[4:]])
    done = command("import", path, "--by", "ann", "--output-dir", out)
    assert "2 edits made" in done.output
    kinds = "select kind, source from eros_marts.schedule_edits order by kind"
    made = [("deleted", "import edited.csv"), ("repriced", "import edited.csv")]
    assert ask(agency, kinds) == made
    after = sheets(out)[page]
    assert len(after) == len(rows) - 1
    priced = next(row for row in after if row["Message_ID"] == rows[2]["Message_ID"])
    assert (priced["Price"], priced["Locked"]) == ("19.00", "TRUE")
    # the same file again changes nothing; an older one that contradicts it is refused
    assert "nothing to change" in command("import", path, "--output-dir", out).output
    other = write(tmp_path / "other.csv", [{**row, "Price": "21.00"} for row in rows])
    refused = command("import", other, "--output-dir", out, code=1)
    assert "row 4: the price is $21.00 in the sheet" in refused.output
    assert "row 5: message" in refused.output
    broken = write(tmp_path / "broken.csv", [{**after[0], "Price": "500"}, *after[1:]])
    refused = command("import", broken, "--output-dir", out, code=1)
    assert "price_range" in refused.output
    assert "row 2" in refused.output
    assert ask(agency, kinds) == made


def test_the_workbook_comes_back_as_the_csv_does(agency: Path, out: Path, command: Command) -> None:
    assert "nothing to change" in command("import", out / "agency_schedule.xlsx").output
    assert ask(agency, "select count(*) from eros_marts.schedule_edits") == [(0,)]


def test_an_approved_week_that_is_changed_is_approved_no_more(
    agency: Path, out: Path, command: Command, run: Run, tmp_path: Path
) -> None:
    page, rows = next(iter(sheets(out).items()))
    valid = (
        "select approved_by, is_valid, reason from eros_marts.schedule_approvals"
        " order by approved_at"
    )
    command("approve", page, "--who", "ann", "--output-dir", out)
    command("approve", page, "--who", "bob", "--output-dir", out)
    assert ask(agency, valid) == [("ann", True, None)]
    path = write(tmp_path / "later.csv", [{**rows[0], "Price": "17.00"}, *rows[1:]])
    assert "not what ann approved" in command("validate", path).output
    assert "not what" not in command("validate", out / f"{page}_schedule.csv").output
    command("import", path, "--by", "cleo", "--output-dir", out)
    assert ask(agency, valid) == [("ann", False, "Changed by cleo: import later.csv")]
    command("approve", page, "--who", "ann", "--output-dir", out)
    run(overrides={"min_spacing_hours": 5, "exploration_share": 0, "require_approval": True})
    assert [row[1] for row in ask(agency, valid)] == [False, False]
    assert all(row["Strategy_Note"].startswith("NOT APPROVED. ") for row in sheets(out)[page])
    stage = "select stage from eros_marts.schedule_versions"
    assert ("proposed",) in ask(agency, stage)
    command("approve", page, "--who", "dana", "--output-dir", out)
    assert not any("NOT APPROVED" in row["Strategy_Note"] for row in sheets(out)[page])
    assert "This week is approved by dana." in (out / f"{page}_analysis.txt").read_text("utf-8")
    assert ("approved",) in ask(agency, stage)


def test_commands_tell_of_versions(out: Path, command: Command) -> None:
    page, rows = next(iter(sheets(out).items()))
    message = rows[0]["Message_ID"]
    told = command("change", page, message, "--price", "18.5", "--check").output
    assert "expected revenue" in told
    assert "1 changes" not in told
    command("change", page, message, "--price", "18.5", "--by", "ann", "--output-dir", out)
    listed = command("history", page).output.splitlines()
    assert ["superseded" in listed[1], "active" in listed[2], "ann: change" in listed[2]] == [
        True, True, True,
    ]  # fmt: skip
    assert f"{message} repriced: price" in command("diff", page).output
    assert "nothing was saved" in command("what-if", page, "--max-messages", "5").output
    command("rollback", page, "1", "--output-dir", out)
    assert f"{message} repriced: price" in command("diff", page, "2", "3").output
    assert "is no version" not in command("history", page).output
    refused = command("rollback", page, "9", "--output-dir", out, code=2)
    assert "no version" in str(refused.exception)
    command("change", page, message, "--price", "500", "--output-dir", out, code=1)
