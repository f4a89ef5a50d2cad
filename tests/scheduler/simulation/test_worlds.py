"""Worlds of the family: the same seed is the same world, and forms do what they say."""

import numpy as np
import pytest

from scheduler.simulation.truth import FloatArray, Sends
from scheduler.simulation.worlds import World, draw_world
from scheduler.simulation.worlds.forms import draw_ceiling, draw_demand, draw_fatigue, draw_levels

SEEDS = range(40)


@pytest.fixture(scope="module")
def world() -> World:
    return draw_world(3, pages=2, captions=120)


def paid(world: World) -> np.ndarray:
    """Positions of the priced messages of the history."""
    return np.flatnonzero(~np.isnan(world.history.price))


def test_one_seed_is_one_world_and_two_are_two(world: World) -> None:
    again, other = draw_world(3, pages=2, captions=120), draw_world(4, pages=2, captions=120)
    assert again.forms == world.forms
    assert np.array_equal(again.history.minute, world.history.minute)
    for one in (again, other):
        same = [np.array_equal(a, b) for a, b in zip(
            one.rates(one.history, paid(one)), world.rates(world.history, paid(world)), strict=True
        )]  # fmt: skip
        assert all(same) == (one is again)


def test_forty_seeds_show_every_form() -> None:
    fatigue = {draw_fatigue(np.random.default_rng(seed)).form.split(",")[0] for seed in SEEDS}
    assert {"none", "exponential", "Hill"} < fatigue
    assert any(form.startswith("only the last") for form in fatigue)
    assert len({draw_demand(np.random.default_rng(seed))[0] for seed in SEEDS}) == 4
    levels = {draw_levels(np.random.default_rng(s), 2, 200, 100)[0] for s in SEEDS}
    assert len(levels) == 3


@pytest.mark.parametrize("seed", SEEDS)
def test_dearer_never_sells_more_nor_good_things_less_and_sends_never_gain(seed: int) -> None:
    random = np.random.default_rng(seed)
    fatigue, (_, demand), (name, ceiling) = (
        draw(random) for draw in (draw_fatigue, draw_demand, draw_ceiling)
    )
    gaps: FloatArray = np.linspace(-2.0, 2.0, 41)
    assert (np.diff(demand(gaps)) <= 1e-12).all()
    wishes = np.exp(np.linspace(-8.0, 4.0, 41))
    bought = ceiling(wishes)
    assert (np.diff(bought) >= 0.0).all()
    assert bought.max() <= (float(name.split()[2].rstrip(",")) if "at most" in name else 1.0)
    felt = np.linspace(0.0, 5.0, 41)
    assert (np.diff(fatigue.effect(felt)) <= 1e-12).all()
    assert (np.diff(fatigue.left(np.linspace(0.0, 50.0, 41))) <= 1e-12).all()


def test_a_page_sells_what_such_a_page_sells(world: World) -> None:
    rows = paid(world)
    _, bought = world.rates(world.history, rows)
    page = world.history.page[rows]
    mean = np.bincount(page, bought) / np.bincount(page)
    assert ((mean > 0.0015) & (mean < 0.03)).all()


def test_a_message_wears_its_caption_and_tires_the_page(world: World) -> None:
    one = world.history.where(paid(world)[:1])
    later = Sends(one.page, one.minute + 120, one.text, one.price)
    alone = world.stock(one.then(later), np.array([0, 1]))
    assert alone[0] == 0.0
    assert alone[1] >= 0.0
    worn = world.worn(one.then(later), np.array([0, 1]))
    assert worn[0] == 0.0
    assert worn[1] <= 0.0


def test_two_ways_to_plan_a_world_meet_the_same_luck(world: World) -> None:
    page, turn, minute = np.zeros(3, np.int64), np.arange(3), np.full(3, world.now)
    few = world.drawn(page, turn, minute, np.full(3, 50.0), np.full(3, 2.0))
    more = world.drawn(page, turn, minute, np.full(3, 50.0), np.full(3, 8.0))
    assert np.array_equal(few[0], more[0])
    assert (more[1] >= few[1]).all()
