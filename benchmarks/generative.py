"""The other road: one generative hierarchical model, by a library, on the family of worlds.

Views and purchases of all messages are one joint density in NumPyro: the same bases as the response
model's terms, a normal hierarchy for every group of coefficients, captions around what sellers show
of them, a dispersion for each page. Its posterior is approximated by stochastic variational
inference with a mean field. It is judged out of time, sets intervals and plans the same week as
the model that plans, from the same history. Simulated.

    .venv/bin/pip install --group generative
    python -m benchmarks.generative [--worlds 12] [--pages 4]

Laplace's method (`AutoLaplaceApproximation`) wants the Hessian of all latents at once: 22 GB for
2,220 messages of 521 captions, so it is no way to compare with.
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import random
from jax.scipy.special import gammaln
from numpyro.infer import SVI, Trace_ELBO, autoguide, init_to_median
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from benchmarks.living import start_agency
from benchmarks.weeks import NEW_CAPTIONS, agency_week, spread
from scheduler.response import fit_response
from scheduler.response.design import Coefficients, Layout
from scheduler.response.fit.captions import GRID, QUANTILES, no_effects
from scheduler.response.fit.normal import Posterior
from scheduler.response.fit.problem import Fitted, Problem, first_guess, make_problem
from scheduler.response.fit.response import fit_rows, half_variance
from scheduler.response.fit.views import both, is_seen, luck_of_views
from scheduler.response.judge.replay import Fit
from scheduler.response.read.predict import Response
from scheduler.response.rows import FloatArray, Labels, Rows
from scheduler.response.settings import ResponseSettings
from scheduler.response.stats import page_stats
from scheduler.training.fitted_model import response_settings

STEPS, STEP_SIZE, SEED = 2_000, 0.03, 20251
DRAWS = 400
LEAST_WIDTH = 0.2
"""Deviation of captions' log multipliers, two steps of the grid that they are read on."""
PARTS = ("views", "buyers")
Latents = Mapping[str, Any]

numpyro.enable_x64()


@partial(
    jax.tree_util.register_dataclass,
    data_fields=[
        "shared",
        "own",
        "page",
        "caption",
        "covariates",
        "sent",
        "viewed",
        "seen",
        "bought",
        "weight",
        "deviations",
        "estimated",
        "kinds",
    ],
    meta_fields=["guess", "level", "pages"],
)
@dataclass(frozen=True)
class Data:
    """What the density is given: arrays of n messages, P pages, C captions, s and d columns.

    Attributes:
        shared, own: (n, s) and (n, d).
        guess: log views per recipient and log purchases per view of the agency.
        deviations, kinds: start of each prior deviation, and that of each shared, own column.
        estimated: whether the data set it.
    """

    shared: FloatArray
    own: FloatArray
    page: FloatArray
    caption: FloatArray
    covariates: FloatArray
    sent: FloatArray
    viewed: FloatArray
    seen: FloatArray
    bought: FloatArray
    weight: FloatArray
    guess: tuple[float, float]
    level: int
    deviations: FloatArray
    estimated: FloatArray
    kinds: tuple[FloatArray, FloatArray]
    pages: int


def density(data: Data) -> None:
    """The joint density of coefficients, captions, dispersions, views and purchases."""
    views, buyers = (
        effects(part, data, guess) for part, guess in zip(PARTS, data.guess, strict=True)
    )
    expected = jnp.log(data.sent) + views
    counted(
        "views", data, jnp.where(data.seen > 0, data.viewed, 0.0), expected, data.weight * data.seen
    )
    elasticity = numpyro.sample("elasticity", dist.Normal(1.0, 0.5))
    excess = data.seen * (jnp.log(data.viewed + 0.5) - expected)
    counted("buyers", data, data.bought, expected + elasticity * excess + buyers, data.weight)


def effects(part: str, data: Data, guess: float) -> Any:
    """Sum of effects of each message, (n,)."""
    with numpyro.plate(f"{part}_kinds", len(data.deviations)):
        factor = numpyro.sample(f"{part}_scale", dist.LogNormal(0.0, 0.7))
    scales = data.deviations * jnp.where(data.estimated, factor, 1.0)
    zs = numpyro.sample(
        f"{part}_shared", dist.Normal(0, 1).expand([data.shared.shape[1]]).to_event(1)
    )
    zo = numpyro.sample(
        f"{part}_own", dist.Normal(0, 1).expand([data.pages, data.own.shape[1]]).to_event(2)
    )
    zq = numpyro.sample(
        f"{part}_caption", dist.Normal(0, 1).expand([len(data.covariates)]).to_event(1)
    )
    way = numpyro.sample(
        f"{part}_way", dist.Normal(0, 0.5).expand([data.covariates.shape[1]]).to_event(1)
    )
    width = numpyro.sample(f"{part}_captions", dist.LogNormal(-0.7, 0.5))
    captions = data.covariates @ way + width * zq
    of_shared = (zs * scales[data.kinds[0]]).at[data.level].add(guess)
    of_own = zo * scales[data.kinds[1]]
    numpyro.deterministic(f"{part}_coefficients", of_shared)
    numpyro.deterministic(f"{part}_page_coefficients", of_own)
    numpyro.deterministic(f"{part}_caption_effects", captions)
    return (
        data.shared @ of_shared
        + (data.own * of_own[data.page]).sum(axis=1)
        + captions[data.caption]
    )


def counted(part: str, data: Data, count: Any, log_mean: Any, weight: Any) -> None:
    """Negative-binomial counts, each page with a dispersion around the agency's."""
    agency = numpyro.sample(f"{part}_log_dispersion", dist.Normal(-1.0, 1.0))
    pages = numpyro.sample(
        f"{part}_page_dispersion", dist.Normal(0, 1).expand([data.pages]).to_event(1)
    )
    size = jnp.exp(-agency - 0.5 * pages)[data.page]
    mean = jnp.exp(jnp.clip(log_mean, -30.0, 20.0))
    each = gammaln(count + size) - gammaln(size) - gammaln(count + 1.0)
    each += size * jnp.log(size / (size + mean)) + count * jnp.log(mean / (size + mean))
    numpyro.factor(f"{part}_likelihood", (weight * each).sum())


def prior_deviations(layout: Layout) -> FloatArray:
    """Where each prior deviation starts; a flat prior is a wide one."""
    return np.maximum(layout.start_precision, 1.0 / 9.0) ** -0.5


def make_data(rows: Rows, problem: Problem) -> Data:
    """The arrays of a density; the covariates of a caption are those of today."""
    layout, design, seen = problem.layout, problem.design, is_seen(rows)
    views = np.where(seen, np.clip(rows.viewed, rows.purchases, rows.sent), 0.0)
    rate = (views[seen].sum() + 0.5) / rows.sent[seen].sum()
    bought = (rows.purchases.sum() + 0.5) / rows.sent.sum() / rate
    level = layout.place("level", "pool")
    assert level is not None
    return Data(
        shared=design.shared,
        own=design.own,
        page=rows.page,
        caption=rows.caption,
        covariates=np.nan_to_num(problem.covariates.own),
        sent=rows.sent,
        viewed=views,
        seen=seen.astype(float),
        bought=rows.purchases,
        weight=problem.rows.weight,
        guess=(float(np.log(rate)), float(np.log(bought))),
        level=level.start,
        deviations=prior_deviations(layout),
        estimated=layout.is_estimated,
        kinds=(layout.kinds(is_own=False), layout.kinds(is_own=True)),
        pages=layout.pages,
    )


def draws(data: Data) -> dict[str, FloatArray]:
    """Draws of every latent and of what follows from it, from the approximate posterior."""
    guide = autoguide.AutoNormal(density, init_loc_fn=init_to_median(num_samples=1))
    sizes = numpyro.optim.Adam(
        lambda step: STEP_SIZE * 0.05 ** jnp.minimum(step / STEPS, 1.0)  # to a twentieth at the end
    )
    found = SVI(density, guide, sizes, Trace_ELBO()).run(
        random.PRNGKey(SEED), STEPS, data, progress_bar=False
    )
    latents = guide.sample_posterior(random.PRNGKey(SEED + 1), found.params, sample_shape=(DRAWS,))
    told = numpyro.infer.Predictive(density, posterior_samples=latents)(
        random.PRNGKey(SEED + 2), data
    )
    return {name: np.asarray(values) for name, values in {**latents, **told}.items()}


def as_fitted(part: str, found: Latents, problem: Problem, data: Data) -> Fitted:
    """A part of the posterior in the terms of the response model.

    What pages' own coefficients share with the shared ones is left out of the covariance: a mean
    field has none of it.
    """
    layout, start = problem.layout, first_guess(problem)
    shared, own = found[f"{part}_coefficients"], found[f"{part}_page_coefficients"]
    if part == "buyers":
        place = layout.place("excess views", "pool")
        assert place is not None
        shared = shared.copy()
        shared[:, place.start] = found["elasticity"] - 1.0
    empty = np.zeros((1, own.shape[2]))
    scales = prior_deviations(layout)
    new_page = np.diag(scales[layout.kinds(is_own=True)] ** 2)
    covariances = [np.cov(own[:, page], rowvar=False) for page in range(data.pages)]
    covariance = np.stack([*covariances, new_page])
    gain = np.zeros((data.pages + 1, own.shape[2], shared.shape[1]))
    posterior = Posterior(np.cov(shared, rowvar=False), covariance, gain)
    agency = np.exp(found[f"{part}_log_dispersion"].mean())
    by_page = agency * np.exp(0.5 * found[f"{part}_page_dispersion"].mean(axis=0))
    captions = found[f"{part}_caption_effects"]
    width = max(float(found[f"{part}_captions"].mean()), LEAST_WIDTH)
    # A tilted normal distribution is one that is moved by the tilt times its variance.
    normal = norm.pdf(GRID, scale=width)
    effects = replace(
        no_effects(problem.covariates, len(problem.rows)),
        chosen=normal / normal.sum(),
        tilt=found[f"{part}_way"].mean(axis=0) / width**2,
    )
    tier, shares = problem.covariates.tier, effects.unsent
    usual = float(np.log(shares[-1] @ np.exp(GRID)))
    sent = np.bincount(problem.rows.caption, minlength=captions.shape[1]) > 0
    log_effect = np.where(
        sent, np.log(np.exp(captions).mean(axis=0)) - usual, effects.unsent_effect()[tier]
    )
    at = (np.arange(QUANTILES) + 0.5) / QUANTILES
    effects = replace(
        effects,
        log_effect=log_effect,
        deviation=np.where(sent, captions.std(axis=0), np.sqrt(effects.unsent_variance())[tier]),
        quantiles=np.quantile(captions, at, axis=0).T - usual,
        others_effect=log_effect[problem.rows.caption],
    )
    # The captions' effects are over a caption nobody sent; what that one sells joins the level.
    level = shared.mean(axis=0)
    level[data.level] += usual
    coefficients = Coefficients(level, np.vstack([own.mean(axis=0), empty]))
    return replace(
        start,
        coefficients=coefficients,
        dispersion=float(agency),
        page_dispersion=by_page,
        captions=effects,
        posteriors=(posterior,),
    )


def fit_generative(
    rows: Rows, labels: Labels, settings: ResponseSettings, earlier: Response | None = None
) -> Response:
    """A fit by the generative model; it begins anew whatever came before."""
    del earlier
    stats = page_stats(rows, labels, settings)
    layout = Layout(len(labels.pages), len(labels.contents))
    problem = make_problem(rows, stats, layout, np.log(rows.sent), labels)
    data = make_data(rows, problem)
    found = draws(data)
    views, buyers = (as_fitted(part, found, problem, data) for part in PARTS)
    fitted = both(views, buyers)
    luck = luck_of_views(views, buyers, layout)
    spread = half_variance(problem, fitted, layout.pages) + luck
    return Response(fitted, layout, stats, settings.fatigue_hours, spread)


WAYS: dict[str, Fit] = {"ours": fit_rows, "generative": fit_generative}


def one_world(task: tuple[int, int, str]) -> dict[str, float]:
    """A first week of one world, planned by one way of fitting; a process of its own."""
    seed, pages, way = task
    with threadpool_limits(limits=1):
        live = start_agency(seed, 0.0, pages)
        live.write(NEW_CAPTIONS)
        training = live.inputs().training
        begin, before = time.process_time(), _megabytes()
        model = fit_response(training, response_settings(live.settings), WAYS[way])
        seconds, memory = time.process_time() - begin, _megabytes() - before
        week = agency_week(live, model)
    return {
        "deviance explained": model.skill.value("deviance_explained"),
        "over pages' means": model.skill.value("deviance_over_page_mean"),
        "calibration slope": model.skill.value("calibration_slope"),
        "projected / true": float(week["projected"]) / float(week["true"]),  # type: ignore[arg-type]
        "true dollars": float(week["true"]),  # type: ignore[arg-type]
        "held: messages": float(week["messages"]),  # type: ignore[arg-type]
        "held: page-weeks": float(week["page_weeks"]),  # type: ignore[arg-type]
        "seconds": seconds,
        "megabytes": memory,
        "messages": float(training.num_rows),
    }


def _megabytes() -> float:
    """The most that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main() -> None:
    """Each way's figures over the worlds, and its true revenue over ours."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.worlds)
    tasks = [(seed, options.pages, way) for seed in seeds for way in WAYS]
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.workers, mp_context=context, max_tasks_per_child=1) as pool:
        for (seed, _, way), figures in zip(tasks, pool.map(one_world, tasks), strict=True):
            found[way].append(figures)
            told = ", ".join(f"{name} {value:.2f}" for name, value in figures.items())
            print(f"world {seed}, {way}: {told}", flush=True)
    print(f"\n{options.worlds} worlds of {options.pages} pages, one week each, simulated")
    for way, worlds in found.items():
        print(way)
        for name in worlds[0]:
            print(f"  {name:<22} {spread([one[name] for one in worlds])}")
        ratios = [
            np.log(own["true dollars"] / base["true dollars"])
            for own, base in zip(worlds, found["ours"], strict=True)
        ]
        error = np.std(ratios, ddof=1) / np.sqrt(len(ratios)) if len(ratios) > 1 else np.nan
        print(f"  {'true dollars / ours':<22} {np.exp(np.mean(ratios)):.3f} (se {error:.3f})")


if __name__ == "__main__":
    main()
