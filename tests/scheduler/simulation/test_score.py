from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scheduler.simulation import Agency
from scheduler.simulation.captions import respell
from scheduler.simulation.clock import to_minute, utc_offset
from scheduler.simulation.heuristic import seed_like_week
from scheduler.simulation.reference import clairvoyant_week, habit_week, week_slots
from scheduler.simulation.score import as_sends, expected_revenue, score_schedule
from scheduler.simulation.truth import Sends, decaying_stock

WEEK = to_minute(datetime(2026, 11, 23, 8, tzinfo=UTC))


def one(agency: Agency, page: int = 0, **changes: float) -> Sends:
    """One message on Wednesday noon of the planned week with a caption the page can deliver."""
    captions = agency.truth.captions
    text = int(np.argmax(agency.truth.pages.has_content[page, captions.content]))
    values = {"minute": WEEK + 3 * 1440, "text": text, "price": 15.0} | changes
    return Sends(
        np.array([page]),
        np.array([values["minute"]], dtype=np.int64),
        np.array([values["text"]], dtype=np.int64),
        np.array([values["price"]], dtype=np.float64),
    )


def test_the_best_hour_beats_the_worst(agency: Agency) -> None:
    truth = agency.truth
    slots, hour, weekday = week_slots(truth, 0, WEEK)
    tuesday = weekday == 2
    curve = np.where(tuesday, truth.pages.hour[0, hour], np.nan)
    earned = [
        expected_revenue(truth, one(agency, minute=slots[pick]))[0]
        for pick in (np.nanargmax(curve), np.nanargmin(curve))
    ]
    assert earned[0] > 1.5 * earned[1]


def test_a_higher_price_sells_less_and_revenue_peaks_at_the_best_price(agency: Agency) -> None:
    truth = agency.truth
    text = one(agency).text[0]
    best = truth.pages.best_price[0, truth.captions.content[text]]
    prices = best * np.array([0.3, 0.6, 1.0, 1.6, 3.0])
    revenue = np.array([expected_revenue(truth, one(agency, price=p))[0] for p in prices])
    assert (np.diff(revenue / prices) < 0).all()
    assert revenue.argmax() == 2
    assert expected_revenue(truth, one(agency, price=np.nan)).tolist() == [0.0]


def test_fatigue_carries_over_from_the_history_and_from_the_plan(agency: Agency) -> None:
    truth = agency.truth
    rested = replace(truth, history=truth.history.where(truth.history.page != 0))
    message = one(agency)
    fresh = expected_revenue(rested, message)[0]
    tired = expected_revenue(truth, message)[0]
    before = one(agency, minute=message.minute[0] - 60, text=message.text[0], price=np.nan)
    crowded = expected_revenue(truth, message.then(before))[0]
    long_before = one(agency, minute=message.minute[0] - 2880, price=np.nan)
    assert fresh > tired > expected_revenue(truth, message.then(long_before))[0] > crowded
    other_page = replace(before, page=np.array([1]))
    assert expected_revenue(truth, message.then(other_page))[0] == tired


def test_a_repeated_caption_loses_on_its_page_and_recovers(agency: Agency) -> None:
    truth = agency.truth
    history = truth.history
    late = np.flatnonzero(
        (history.page == 0) & (history.minute > to_minute(truth.as_of) - 2 * 1440)
    )
    used = int(history.text[late[-1]])
    other = np.where(history.text == used, used + 1, history.text)
    unused = replace(truth, history=replace(history, text=other))
    soon, later = WEEK + 60, WEEK + 60 + 60 * 10_080
    kept = [
        expected_revenue(truth, one(agency, minute=minute, text=used))[0]
        / expected_revenue(unused, one(agency, minute=minute, text=used))[0]
        for minute in (soon, later)
    ]
    assert kept[0] < 0.75
    assert kept[0] < kept[1] <= 1.0


def test_what_a_page_cannot_deliver_earns_nothing(agency: Agency) -> None:
    truth = agency.truth
    missing = int(np.argmin(truth.pages.has_content[0, truth.captions.content]))
    assert not truth.pages.has_content[0, truth.captions.content[missing]]
    assert expected_revenue(truth, one(agency, text=missing)).tolist() == [0.0]


def test_a_schedule_is_scored_by_name_time_and_text_in_any_spelling_and_order(
    agency: Agency,
) -> None:
    truth = agency.truth
    start = datetime(2026, 11, 23, 18, tzinfo=UTC)
    names = [truth.pages.name[2], f" {truth.pages.name[2].upper()}", truth.pages.name[3]]
    times = [start, start + timedelta(hours=5), start.replace(tzinfo=None)]
    captions = [truth.captions.key[0], respell(truth.captions.text[1], 2), truth.captions.text[2]]
    prices = [12.0, None, 20.0]
    revenue = score_schedule(truth, names, times, prices, captions)
    order = [2, 0, 1]
    shuffled = score_schedule(
        truth, *([column[i] for i in order] for column in (names, times, prices, captions))
    )
    np.testing.assert_allclose(shuffled, revenue[order], rtol=1e-12)
    assert revenue[1] == 0.0
    with pytest.raises(ValueError, match="no page 'nobody'"):
        as_sends(truth, ["nobody"], [start], [5.0], [captions[0]])
    with pytest.raises(ValueError, match="no caption"):
        as_sends(truth, [names[0]], [start], [5.0], ["a text nobody wrote"])
    with pytest.raises(ValueError, match="before"):
        score_schedule(truth, names[:1], [truth.as_of - timedelta(hours=1)], [5.0], captions[:1])


def test_the_history_earned_what_the_truth_expected(agency: Agency) -> None:
    truth = agency.truth
    raw = agency.tables["mass_messages"].to_pandas().drop_duplicates("row_id")
    old = raw["sending_time"].between("2026-07-01", "2026-11-10") & (raw["earnings"] > 0)
    expected = truth.expected_earnings[truth.history.minute < to_minute(datetime(2026, 11, 10))]
    assert raw.loc[old, "earnings"].sum() == pytest.approx(expected.sum(), rel=0.08)


def test_knowing_the_truth_beats_the_heuristic_and_the_heuristic_beats_habit(
    agency: Agency,
) -> None:
    truth, count = agency.truth, 15
    heuristic = seed_like_week(agency, WEEK, count)
    assert len(set(heuristic.text.tolist())) == len(heuristic) == 38 * count
    heuristic = heuristic.where(heuristic.page < 12)
    totals = {"heuristic": expected_revenue(truth, heuristic).sum(), "habit": 0.0, "truth": 0.0}
    for page in range(12):
        habit = habit_week(truth, page, WEEK, count, seed=1)
        best = clairvoyant_week(truth, page, WEEK, count)
        assert np.diff(best.minute).min() >= 180
        totals["habit"] += expected_revenue(truth, habit).sum()
        totals["truth"] += expected_revenue(truth, best).sum()
    assert totals["truth"] > 2 * totals["heuristic"]
    assert totals["heuristic"] > totals["habit"]


def test_a_decaying_stock_is_the_sum_over_what_went_before() -> None:
    rng = np.random.default_rng(0)
    group, minute = rng.integers(0, 4, 60), rng.permutation(5000)[:60]
    stock = decaying_stock(group, minute, 24.0)
    age = (minute[:, None] - minute[None, :]) / 60 / 24
    before = (group[:, None] == group[None, :]) & (age > 0)
    np.testing.assert_allclose(stock, np.where(before, np.exp(-age), 0).sum(axis=1))


def test_local_clocks_follow_daylight_saving() -> None:
    night = to_minute(datetime(2026, 11, 1, 8, 59, tzinfo=UTC))
    assert utc_offset("America/Los_Angeles", np.array([night, night + 1])).tolist() == [-420, -480]
