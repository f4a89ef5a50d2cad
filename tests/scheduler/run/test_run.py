"""The main job: a proven week for every page, the same one every time."""

import csv
import shutil
from pathlib import Path

import duckdb
import pytest

from scheduler.marts.run_result import BLOCKED, PUBLISHED
from scheduler.planning.rule_modes import BestWeek, Preferred, solve_preferred
from scheduler.run import pipeline, workers
from scheduler.warehouse import DbtProject
from tests.scheduler.run.conftest import Run, files

# What a page's own standing breaks; no plan can mend it.
TOLD_OF_THE_PAGE = {"eros_score", "confidence_target", "declining_page"}


def ask(database: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(sql).fetchall()


def test_every_page_gets_a_published_week_without_a_tier_1_row(agency: Path, run: Run) -> None:
    result = run()
    assert {page.status for page in result.pages.values()} == {PUBLISHED}
    assert ask(agency, "select count(*) from eros_marts.schedule_violations where tier = 1") == [
        (0,)
    ]
    for page in result.pages.values():
        assert 2 <= len(page.messages) <= 15
        assert page.csv_path is not None
        with page.csv_path.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        assert [row["Message_ID"] for row in rows] == [m["message_id"] for m in page.messages]
        assert sum(float(row["Expected_Revenue"]) for row in rows) == pytest.approx(
            page.of_week("expected_revenue")
        )


def test_exploration_is_stored_and_told_and_costs_no_rule(agency: Path, run: Run) -> None:
    result = run()
    count = 0
    for page in result.pages.values():
        assert {v.rule for v in page.violations} <= TOLD_OF_THE_PAGE
        for message in page.messages:
            note = message["strategy_note"]
            assert note.startswith("Exploration: drawn by chance") == message["is_explored"]
            assert note.count("Exploration") == int(message["is_explored"])
            if message["is_explored"]:
                count += 1
                assert 0 < message["propensity"] <= 0.1
                assert f"${abs(message['revenue_given_up']):,.2f}" in note
            else:
                assert message["revenue_given_up"] == 0
                assert 0.9 <= message["propensity"] <= 1
        assert page.csv_path is not None
        assert page.csv_path.read_text(encoding="utf-8").count("Exploration: drawn") == (
            page.explored_count
        )
        assert page.report_path is not None
        report = page.report_path.read_text(encoding="utf-8")
        assert f"{page.explored_count} of {len(page.messages)} messages drawn by chance" in report
    assert 0 < count < sum(len(page.messages) for page in result.pages.values()) / 3
    assert result.given_up == pytest.approx(sum(p.given_up or 0 for p in result.pages.values()))


def test_gap_and_bound_are_those_of_the_plan_without_exploration(
    built: Path, agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_it = run(dry_run=True).pages
    shutil.copyfile(built / "agency.duckdb", agency)
    monkeypatch.setattr("scheduler.run.solve_pages.explore_weeks", lambda *_: {})
    for name, page in run(dry_run=True).pages.items():
        assert page.given_up is None
        for figure in ("gap", "upper_bound", "conflict_cost", "binding"):
            assert page.of_week(figure) == with_it[name].of_week(figure)
        assert page.of_week("expected_revenue") == pytest.approx(
            with_it[name].of_week("expected_revenue") + (with_it[name].given_up or 0), abs=0.2
        )


def test_gap_binding_rules_and_the_cost_of_sharing_captions_are_told(
    agency: Path, run: Run, tmp_path: Path
) -> None:
    result = run()
    assert result.gap is not None
    with (tmp_path / "out" / "summary.csv").open(newline="", encoding="utf-8") as handle:
        summary = {row["Page_Name"]: row for row in csv.DictReader(handle)}
    losers, most = 0, DbtProject.find().default_vars()["messages_per_week_max"]
    assert most in {len(page.messages) for page in result.pages.values()}
    for name, page in result.pages.items():
        bound = page.of_week("upper_bound")
        assert 0 <= page.of_week("gap") <= 0.01
        # Fatigue may stop a week before the rule does.
        is_full = len(page.messages) == most
        one_more = f"a message more than {most}, about $"
        assert (f"maximum: {one_more}" in page.of_week("binding")) == is_full
        assert page.report_path is not None
        report = " ".join(page.report_path.read_text(encoding="utf-8").split())
        assert f"bound {bound:,.2f}" in report
        assert (one_more in report) == is_full
        assert summary[name]["Binding_Rules"] == page.of_week("binding")
        assert float(summary[name]["Conflict_Cost"]) == page.of_week("conflict_cost")
        losers += page.of_week("conflict_cost") > 0
        assert bound * (1 - page.of_week("gap")) <= page.of_week("bound_joint") * (1 + 1e-9)
    assert losers > 0
    assert result.conflict_cost == sum(p.of_week("conflict_cost") for p in result.pages.values())
    # Four pages that share few captions: the bound on all together is looser than on a full agency.
    assert 0 < result.gap < 0.05


def test_one_worker_and_eight_write_the_same_bytes(
    built: Path, agency: Path, run: Run, tmp_path: Path
) -> None:
    run(max_workers=1, output_dir=tmp_path / "one")
    shutil.copyfile(built / "agency.duckdb", agency)
    run(max_workers=8, output_dir=tmp_path / "eight")
    assert files(tmp_path / "one") == files(tmp_path / "eight")


def test_a_second_run_exports_the_same_schedules_without_solving(
    agency: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(output_dir=tmp_path / "first")
    count = ask(agency, "select count(*) from eros_operations.schedule_templates")

    def never(*_: object, **__: object) -> dict[str, object]:
        return {}

    monkeypatch.setattr("scheduler.run.solve_pages.for_each_page", never)
    run(output_dir=tmp_path / "second", as_of=None)
    assert files(tmp_path / "first") == files(tmp_path / "second")
    assert ask(agency, "select count(*) from eros_operations.schedule_templates") == count


@pytest.mark.parametrize(
    "step",
    [
        *(pytest.param(step, marks=pytest.mark.full) for step in ("write_proposed", "audit")),
        "publish",
        pytest.param("read_schedule_rows", marks=pytest.mark.full),
    ],
)
def test_killed_at_any_step_and_run_again_gives_the_undisturbed_result(
    step: str, agency: Path, built: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(output_dir=tmp_path / "undisturbed")
    undisturbed = ask(agency, "select schedule_id, message_id, status from eros_marts.schedules")
    shutil.copyfile(built / "agency.duckdb", agency)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, step, killed)
        with pytest.raises(KeyboardInterrupt):
            run(output_dir=tmp_path / "killed")
    run(output_dir=tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "undisturbed")
    rows = ask(agency, "select schedule_id, message_id, status from eros_marts.schedules")
    assert sorted(rows) == sorted(undisturbed)


def test_a_page_that_crashes_is_blocked_and_stops_no_other(
    agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = sorted(row[0] for row in ask(agency, "select page_name from eros_marts.creators"))
    monkeypatch.setattr("scheduler.run.solve_pages.solve_preferred", _solve_all_but_one)
    monkeypatch.setitem(CRASHING, "page", names[0])
    result = run()
    crashed = result.pages[names[0]]
    assert (crashed.status, crashed.failed) == (BLOCKED, True)
    assert "ZeroDivisionError" in crashed.reason
    assert crashed.csv_path is None
    assert all(result.pages[name].status == PUBLISHED for name in names[1:])
    alerts = ask(agency, "select alert_type, page_name from eros_operations.system_alerts")
    assert ("page_failed", names[0]) in alerts


def test_a_dry_run_publishes_and_writes_nothing_and_the_run_after_publishes_it(
    agency: Path, run: Run, tmp_path: Path
) -> None:
    proposed = run(dry_run=True)
    assert not (tmp_path / "out").exists()
    statuses = ask(agency, "select distinct status from eros_marts.schedules")
    assert statuses == [("proposed",)]
    published = run()
    assert {p.schedule_id for p in proposed.pages.values()} == {
        p.schedule_id for p in published.pages.values()
    }
    assert ask(agency, "select distinct status from eros_marts.schedules") == [("active",)]


def test_the_audit_blocks_what_the_solver_should_never_have_planned(
    agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pipeline.template_rows

    def overpriced(*arguments: object) -> list[dict[str, object]]:
        rows = real(*arguments)  # type: ignore[arg-type]
        rows[0]["price"] = 150.0
        return rows

    monkeypatch.setattr(pipeline, "template_rows", overpriced)
    result = run()
    assert {page.status for page in result.pages.values()} == {BLOCKED}
    assert all("price_range" in page.reason for page in result.pages.values())
    assert ask(agency, "select distinct status from eros_marts.schedules") == [("blocked",)]


def test_a_page_planned_alone_leaves_other_pages_captions_alone(agency: Path, run: Run) -> None:
    first, second, *_ = sorted(run(dry_run=True).pages)
    run(pages=(first,))
    run(pages=(second,))
    shared = ask(
        agency,
        "select caption_key from eros_marts.schedules where status = 'active'"
        " group by caption_key having count(distinct page_name) > 1",
    )
    assert shared == []


def test_the_next_week_respects_the_one_before(agency: Path, run: Run) -> None:
    result = run()
    later = run(week=result.week.fromordinal(result.week.toordinal() + 7))
    assert {page.status for page in later.pages.values()} == {PUBLISHED}
    rules = {v.rule for page in later.pages.values() for v in page.violations}
    assert not rules & {"message_spacing", "caption_freshness"}
    assert ask(agency, "select distinct status from eros_marts.schedules") == [("active",)]


def test_a_worker_that_dies_is_tried_again_with_growing_waits() -> None:
    waits: list[float] = []
    effort = workers.Effort(max_workers=1, attempts=3, backoff_base=2, timeout=30)
    outcome = workers.for_each_page(
        _die, {"page": 1}, effort, report=lambda *_: None, sleep=waits.append
    )
    assert outcome["page"].failure == "Its worker process died."
    assert waits == [2, 4]


def test_a_page_that_takes_too_long_is_ended_and_says_so() -> None:
    effort = workers.Effort(max_workers=2, attempts=1, backoff_base=2, timeout=0.2)
    outcome = workers.for_each_page(
        _wait, {"slow": 60.0, "quick": 0.0}, effort, report=lambda *_: None
    )
    assert "timeout_per_creator" in (outcome["slow"].failure or "")
    assert outcome["quick"].result == 0.0


CRASHING: dict[str, str] = {}


def _solve_all_but_one(wish: Preferred) -> BestWeek:
    if wish.problem.page_name == CRASHING["page"]:
        raise ZeroDivisionError("a bug")
    return solve_preferred(wish)


def _die(_: int) -> None:
    import os  # noqa: PLC0415

    os._exit(3)


def _wait(seconds: float) -> float:
    import time  # noqa: PLC0415

    time.sleep(seconds)
    return seconds
