"""What price, sends and sales say of a caption, and how much."""

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import pytest

from scheduler.response.fit.captions import (
    GRID,
    CaptionEffects,
    caption_effects,
    no_effects,
    untried_effect,
)
from scheduler.response.fit.covariates import COVARIATES, PRICE, caption_covariates, row_covariates
from scheduler.response.rows import Labels, Rows, read_rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.stats import page_stats
from tests.scheduler.response.conftest import World

BETWEEN, WITHIN = 0.3, 0.4


@pytest.fixture(scope="module")
def priced(world: World) -> tuple[Rows, np.ndarray, Labels]:
    """One page's rows, priced by what its seller thinks of each caption and by much else."""
    settings = ResponseSettings()
    rows, labels, _ = read_rows(world.training, settings)
    random = np.random.default_rng(11)
    count = 4_000
    caption = np.sort(random.geometric(0.35, count).cumsum() % count)
    liking = random.normal(0.0, BETWEEN, count)
    price = 12.0 * np.exp(liking[caption] + random.normal(0.0, WITHIN, count))
    values = {field.name: getattr(rows, field.name)[:count] for field in fields(Rows)}
    values |= {"page": np.zeros(count, dtype=np.int64), "caption": caption, "price": price}
    return Rows(**values), liking, named(labels, [""] * count)


def named(labels: Labels, tiers: Sequence[str]) -> Labels:
    """Labels with a made-up name for each caption, filed in these price tiers."""
    names = tuple(f"{code:05d}" for code in range(len(tiers)))
    return replace(labels, captions=names, caption_tiers=tuple(tiers))


def test_a_usual_price_counts_by_how_often_it_was_asked(
    priced: tuple[Rows, np.ndarray, Labels],
) -> None:
    rows, liking, labels = priced
    stats = page_stats(rows, labels, ResponseSettings())
    covariates = caption_covariates(rows, stats, labels)
    assert covariates.noise == pytest.approx(WITHIN**2 / BETWEEN**2, rel=0.25)
    count = np.bincount(rows.caption, minlength=len(liking))
    for times in (1, 2, 3):
        seen = count == times
        slope = np.polyfit(covariates.own[seen, PRICE], liking[seen], 1)[0]
        assert slope == pytest.approx(1.0, abs=0.25)


def test_a_new_caption_s_price_counts_as_one(priced: tuple[Rows, np.ndarray, Labels]) -> None:
    rows, liking, labels = priced
    stats = page_stats(rows, labels, ResponseSettings())
    covariates = caption_covariates(rows, stats, labels)
    once = np.flatnonzero(np.bincount(rows.caption, minlength=len(liking)) == 1)
    of_once = np.isin(rows.caption, once)
    new = replace(covariates, own=np.full_like(covariates.own, np.nan))
    known = row_covariates(rows, covariates, stats)[of_once, PRICE]
    assert row_covariates(rows, new, stats)[of_once, PRICE] == pytest.approx(known)


def shelf(seed: int, count: int = 3_000) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Sales of captions, two in five of them duds; what sold is sent again, at a higher price.

    Returns:
        Columns of rows, the true log quality of each caption, the (rows,) mean at quality 0.
    """
    random = np.random.default_rng(seed)
    is_dud = random.random(count) < 0.4
    quality = np.where(is_dud, random.normal(-2.2, 0.5, count), random.normal(0.0, 0.35, count))
    caption, before, bought, mean = [], [], [], []
    live = np.arange(count)
    for sends in range(12):
        expected = random.uniform(3.0, 12.0, len(live))
        luck = random.gamma(2.0, 0.5, len(live))
        sold = random.poisson(expected * np.exp(quality[live]) * luck).astype(float)
        caption.append(live)
        before.append(np.full(len(live), float(sends)))
        bought.append(sold)
        mean.append(expected)
        live = live[random.random(len(live)) < np.where(sold > expected, 0.8, 0.3)]
    code = np.concatenate(caption)
    liking = np.clip(quality, -1.0, None)[code]
    return (
        {
            "page": np.zeros(len(code), dtype=np.int64),
            "caption": code,
            "caption_sends": np.concatenate(before),
            "age": -np.concatenate(before),
            "purchases": np.concatenate(bought),
            "price": 12.0 * np.exp(0.2 * liking + random.normal(0.0, 0.3, len(code))),
        },
        quality,
        np.concatenate(mean),
    )


def chosen(
    seed: int, count: int = 6_000, messages: int = 6_000
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Sales of captions that sellers choose by their own liking, which knows good from bad a bit.

    Returns:
        As `shelf`, a code for every caption, sent or not.
    """
    random = np.random.default_rng(seed)
    quality = np.where(
        random.random(count) < 0.4,
        random.normal(-2.2, 0.5, count),
        random.normal(0.0, 0.35, count),
    )
    pull = np.exp(0.45 * quality + random.normal(0.0, 0.7, count))
    code = random.choice(count, messages, p=pull / pull.sum())
    mean = random.uniform(3.0, 12.0, messages)
    luck = random.gamma(2.0, 0.5, messages)
    return (
        {
            "page": np.zeros(messages, dtype=np.int64),
            "caption": code,
            "caption_sends": np.array([np.sum(code[:at] == one) for at, one in enumerate(code)]),
            "age": -np.arange(messages, dtype=np.float64),
            "purchases": random.poisson(mean * np.exp(quality[code]) * luck).astype(float),
            "price": 12.0 * np.exp(random.normal(0.0, 0.3, messages)),
        },
        quality,
        mean,
    )


def told(
    world: World,
    columns: dict[str, np.ndarray],
    quality: np.ndarray,
    mean: np.ndarray,
    tiers: Sequence[str] | None = None,
    nameless: int = -1,
) -> tuple[CaptionEffects, float]:
    """Effects of captions, and the level of one without any, as a fit would find them."""
    tiers = [""] * len(quality) if tiers is None else tiers
    some, labels, _ = read_rows(world.training, ResponseSettings())
    take = np.resize(np.arange(len(some)), len(mean))
    values = {field.name: getattr(some, field.name)[take] for field in fields(Rows)}
    rows = Rows(**values | columns)
    stats = page_stats(rows, labels, ResponseSettings())
    covariates = caption_covariates(rows, stats, named(labels, tiers))
    of_page = np.full(len(rows), 1.0)
    effects, own = no_effects(covariates, len(rows)), row_covariates(rows, covariates, stats)
    level = 0.0
    for _ in range(12):
        # As a fit's intercept does: the rows sell what is expected of them all together.
        due = mean * np.exp(level + effects.others_effect)
        credible = 1.0 / (1.0 + due)
        level += np.log((credible @ rows.purchases) / (credible @ due))
        means = (np.log(mean) + level)[:, None] + GRID
        effects = caption_effects(rows, means, of_page, own, effects, nameless)
    return effects, level


@pytest.mark.parametrize("seed", [1, 2])
def test_the_best_captions_are_as_good_as_they_are_said_to_be(world: World, seed: int) -> None:
    """What is chosen is what looks best: luck must not pass for quality, nor what luck led to."""
    columns, quality, mean = shelf(seed)
    effects, level = told(world, columns, quality, mean)
    believed, true = np.exp(level + effects.log_effect), np.exp(quality)
    for share in (0.02, 0.1, 0.3):
        best = believed >= np.quantile(believed, 1.0 - share)
        assert believed[best].mean() / true[best].mean() == pytest.approx(1.0, abs=0.08)
    assert effects.quantiles.std(axis=1) == pytest.approx(effects.deviation, abs=0.15)


@pytest.mark.parametrize("seed", [3, 4])
def test_being_sent_again_for_a_lucky_sale_does_not_tell_against_a_caption(
    world: World, seed: int
) -> None:
    """Prices tell nothing here, so that what sends tell is told by sends alone."""
    columns, quality, mean = shelf(seed, 6_000)
    price = 12.0 * np.exp(np.random.default_rng(seed).normal(0.0, 0.3, len(mean)))
    effects, _ = told(world, columns | {"price": price}, quality, mean)
    assert abs(effects.tilt[1]) < 0.12


@pytest.mark.parametrize("seed", [1, 2])
def test_a_caption_that_nobody_chose_is_believed_to_be_worse(world: World, seed: int) -> None:
    columns, quality, mean = chosen(seed)
    effects, level = told(world, columns, quality, mean)
    assert effects.is_new.any()
    assert effects.log_effect[effects.is_new] == pytest.approx(0.0)
    true, known = np.exp(quality), ~effects.is_new
    believed = np.exp(level + effects.log_effect)
    assert true[known].mean() / true[effects.is_new].mean() > 1.3
    for group in (known, effects.is_new):
        assert believed[group].mean() / true[group].mean() == pytest.approx(1.0, abs=0.2)


def test_a_message_without_a_caption_is_like_one_chosen_once(world: World) -> None:
    columns, quality, mean = chosen(1)
    first = int(columns["caption"][0])
    effects, _ = told(world, columns, quality, mean, nameless=first)
    assert not effects.is_new[first]
    assert effects.log_effect[first] == pytest.approx(
        untried_effect(np.zeros((1, COVARIATES + 1)), effects)[0]
    )
    assert effects.log_effect[first] > 0.0
    assert effects.others_effect[columns["caption"] == first] == pytest.approx(
        effects.log_effect[first]
    )


TIERS = ("bump", "low", "mid", "luxury")


def filed(quality: np.ndarray, seed: int) -> list[str]:
    """Captions filed by what sellers think of each, which is half right."""
    random = np.random.default_rng(seed)
    belief = quality / quality.std() + random.normal(0.0, 1.0, len(quality))
    return [TIERS[code] for code in np.searchsorted(np.quantile(belief, [0.3, 0.6, 0.9]), belief)]


@pytest.mark.parametrize("prices_tell", [True, False])
def test_a_caption_that_nobody_chose_is_believed_to_sell_what_its_price_tier_does(
    world: World, prices_tell: bool
) -> None:
    columns, quality, mean = chosen(5)
    tiers = filed(quality, 5)
    place = np.array([TIERS.index(tier) for tier in tiers])
    if prices_tell:
        dearer = np.exp(0.2 * place[columns["caption"]])
        columns = columns | {"price": columns["price"] * dearer}
    effects, level = told(world, columns, quality, mean, tiers)
    new, true = effects.is_new, np.exp(quality)
    believed = np.exp(level + effects.log_effect)
    for code in range(len(TIERS)):
        own = new & (place == code)
        assert believed[own].mean() / true[own].mean() == pytest.approx(1.0, abs=0.3)
    assert effects.unsent_effect()[:-1] == pytest.approx(
        [effects.log_effect[new & (place == TIERS.index(tier))][0] for tier in sorted(TIERS)]
    )
    dear, cheap = (believed[new & (place == code)].mean() for code in (3, 0))
    assert dear / cheap > 2.0


def test_price_tiers_that_tell_nothing_set_no_caption_apart(world: World) -> None:
    columns, quality, mean = chosen(6)
    tiers = np.random.default_rng(6).choice(TIERS, len(quality)).tolist()
    effects, _ = told(world, columns, quality, mean, tiers)
    assert np.exp(np.ptp(effects.unsent_effect())) < 1.25


def test_a_usual_price_leans_on_that_of_the_price_tier(
    priced: tuple[Rows, np.ndarray, Labels],
) -> None:
    rows, liking, labels = priced
    stats = page_stats(rows, labels, ResponseSettings())
    tiers = np.where(liking > 0.0, "dear", "cheap")
    covariates = caption_covariates(rows, stats, named(labels, tiers.tolist()))
    cheap, dear, unknown = covariates.untried()[:, PRICE]
    # Half a normal distribution has its mean at sqrt(2 / pi) deviations.
    assert dear - cheap == pytest.approx(2 * BETWEEN * np.sqrt(2 / np.pi), rel=0.15)
    assert unknown == 0.0
    once = np.bincount(rows.caption, minlength=len(liking)) == 1
    error = covariates.own[once, PRICE] - liking[once]
    alone = caption_covariates(rows, stats, labels).own[once, PRICE] - liking[once]
    assert error.std() < 0.8 * alone.std()
