"""A replay of the past uses what was known then, and says what came of it."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from scheduler.backtest.history import History, read_history
from scheduler.backtest.replay_report import Report, make_report
from scheduler.backtest.rolling_replay import (
    GLM,
    MODELS,
    SEED,
    Replayed,
    Scale,
    replay_history,
)
from scheduler.backtest.tables import loss_lines, terminal_lines, write_files
from scheduler.response import ResponseError, ResponseSettings
from scheduler.response.judge.rolling import Origin, weekly_origins

SETTINGS = ResponseSettings(skill_origins=1)
SCALE = Scale(origins=2, weeks=1, training_days=60)


def history_of(messages: pa.Table, tiers: pa.Table) -> History:
    return read_history(messages, tiers, 30.0, SETTINGS)


@pytest.fixture(scope="module")
def history(messages: pa.Table, tiers: pa.Table) -> History:
    return history_of(messages, tiers)


@pytest.fixture(scope="module")
def replayed(history: History) -> Replayed:
    return replay_history(history, SETTINGS, SCALE)


@pytest.fixture(scope="module")
def report(replayed: Replayed) -> Report:
    return make_report(replayed, "2026-03-31T12:00:00", "key", 1, 0.8)


def test_what_came_after_an_origin_changes_none_of_its_predictions(
    history: History, replayed: Replayed
) -> None:
    """From the first day that was not complete yet, all outcomes and the pages' tiers change."""
    first = replayed.origins[0]
    rows = history.rows
    later = rows.days_ago < first.days_ago + first.gap
    changed = replace(
        rows,
        purchases=np.where(later, rows.purchases[::-1] * 7.0 + 3.0, rows.purchases),
        earnings=np.where(later, rows.earnings[::-1] * 7.0 + 99.0, rows.earnings),
        viewed=np.where(later, rows.sent, rows.viewed),
    )
    day = int(first.days_ago + first.gap)
    tier = history.tier_by_day.copy()
    tier[:, :day] = history.labels.tiers.index("SMALL")
    other = replay_history(replace(history, rows=changed, tier_by_day=tier), SETTINGS, SCALE)
    mine = replayed.origin == 0
    for model in MODELS:
        before, after = replayed.judged[model], other.judged[model]
        assert np.array_equal(before.mean[mine], after.mean[mine]), model
        assert np.array_equal(before.page_naive_mean[mine], after.page_naive_mean[mine])
        assert not np.array_equal(before.purchases[mine], after.purchases[mine])
    assert np.array_equal(replayed.judged[GLM].tier[mine], other.judged[GLM].tier[mine])


def test_a_day_is_replayed_with_its_own_window_weights_and_tier(history: History) -> None:
    origin = Origin(days_ago=28.0, horizon=7.0, gap=4.0, window=20.0)
    before, after = history.split(origin)
    assert before.days_ago.min() == 32
    assert before.days_ago.max() == 47
    assert set(after.days_ago) == set(range(21, 28))
    newest, oldest = before.weight[before.days_ago == 32], before.weight[before.days_ago == 47]
    assert newest[0] == pytest.approx(history.rows.weight.max())
    assert oldest[0] / newest[0] == pytest.approx(np.exp(-15 / 30))
    names = np.array(history.labels.tiers)
    assert set(names[before.tier]) == {"MID"}
    younger, _ = history.split(replace(origin, days_ago=26.0))
    assert set(names[younger.tier]) == {"LARGE"}


def test_origins_do_not_overlap_and_end_where_outcomes_are_complete() -> None:
    days = np.repeat(np.arange(3.0, 60.0), 20)
    origins = weekly_origins(days, count=3, gap=4.0, weeks=2, window=40.0)
    assert [origin.days_ago for origin in origins] == [35.0, 21.0]  # at 49 too little was known
    tests = [origin.test(days) for origin in origins]
    assert not (tests[0] & tests[1]).any()
    assert days[tests[1]].min() == 7.0
    assert set(origins[1].week(days[tests[1]])) == {0.0, 1.0}
    for origin in origins:
        assert days[origin.train(days)].min() == origin.days_ago + 4.0


def test_every_model_is_judged_on_the_same_messages(report: Report) -> None:
    counts = {report.value(model, "row_count") for model in MODELS}
    assert len(counts) == 1
    assert report.value(GLM, "deviance_explained") > report.value(SEED, "deviance_explained")
    assert report.value(GLM, "row_count") == sum(
        report.value(GLM, "row_count", "origin", name) for name in report.names("origin")
    )
    assert 0.6 < report.value(GLM, "message_coverage") < 0.95


def test_who_loses_to_a_naive_mean_is_listed(replayed: Replayed) -> None:
    """Page 3's predictions become ten times what they were; the others stay."""
    ours = replayed.judged[GLM]
    worse = replace(ours, mean=np.where(ours.page == 3, ours.mean * 10.0, ours.mean))
    spoiled = replace(replayed, judged={**replayed.judged, GLM: worse})
    report = make_report(spoiled, "2026-03-31T12:00:00", "key", 1, 0.8)
    assert "page3" in report.losers("page")
    assert "page1" not in report.losers("page")
    assert "  page3" in loss_lines(report)


def test_a_report_survives_its_file_and_fits_a_terminal(report: Report, tmp_path: object) -> None:
    assert Report.from_json(report.to_json()) == report
    assert max(len(line) for line in terminal_lines(report)) <= 80
    table, whole = write_files(report, tmp_path)  # type: ignore[arg-type]
    assert len(table.read_text().splitlines()) == 1 + len(report.measures)
    assert Report.from_json(whole.read_text()) == report


def test_no_day_is_replayed_whose_tiers_are_unknown(history: History) -> None:
    """The tiers of 20 days tell that of day 11 + 4, not that of day 18 + 4."""
    short = replace(history, tier_by_day=history.tier_by_day[:, :20])
    told: list[str] = []
    found = replay_history(short, SETTINGS, SCALE, told.append)
    assert [origin.days_ago for origin in found.origins] == [11.0]
    assert "1 of 2 origins" in told[0]
    assert np.isnan(found.inside).all()


def test_a_history_of_a_week_is_refused(history: History) -> None:
    few = history.rows.take(history.rows.days_ago < 8)
    with pytest.raises(ResponseError, match="too short"):
        replay_history(replace(history, rows=few), SETTINGS, SCALE)
