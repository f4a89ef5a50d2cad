"""Replay the history: at each origin every model learns what was known, and predicts what came."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from scheduler.backtest.baselines import pooled_trees, seed_like
from scheduler.backtest.history import History
from scheduler.response.evaluate import judge, out_of_time_coverage
from scheduler.response.predict import Response, expected_purchases
from scheduler.response.replay import boosted, fit_rows
from scheduler.response.rolling import Origin, weekly_origins
from scheduler.response.rows import FloatArray, Labels
from scheduler.response.settings import ResponseError, ResponseSettings
from scheduler.response.skill import Judged, pooled

GLM, BOOSTED, POOLED, SEED = "glm", "glm_boosted", "pooled_trees", "seed_like"
MODELS = (GLM, BOOSTED, POOLED, SEED)
# Between the weeks that set an origin's intervals and the origin: not complete by then.
SKIPPED = 1


@dataclass(frozen=True)
class Scale:
    """How much of the history is replayed.

    Attributes:
        origins: cut-offs judged.
        weeks: weeks predicted from each.
        lookback_days: days that a training reads.
    """

    origins: int
    weeks: int
    lookback_days: int


@dataclass(frozen=True)
class Replayed:
    """Predictions of every model for the same messages.

    Attributes:
        labels: names behind the codes.
        origins: the judged ones, oldest first.
        judged: model -> messages of all judged origins, in the same order for every model.
        origin: (n,) index of each message's origin.
        inside: (n,) 1 or 0: was the outcome inside the interval of our model; NaN unknown.
        week_inside: (n,) the same of the message's page-week.
        train_rows: messages that each origin learned from.
    """

    labels: Labels
    origins: tuple[Origin, ...]
    judged: Mapping[str, Judged]
    origin: FloatArray
    inside: FloatArray
    week_inside: FloatArray
    train_rows: tuple[int, ...]


def replay_history(
    history: History,
    settings: ResponseSettings,
    scale: Scale,
    told: Callable[[str], None] = lambda _: None,
) -> Replayed:
    """Fit and predict at every origin.

    The intervals of an origin are set by `skill_origins` earlier ones, as a training then would
    have; so more origins are fitted than judged, where the history reaches.

    Args:
        history: what can be replayed.
        settings: of the training; both kinds of `model_type` are judged whatever it says.
        scale: how much.
        told: hears of each origin.

    Raises:
        ResponseError: the history is too short for a single origin.
    """
    extra = settings.skill_origins + SKIPPED
    gap, days_ago = settings.maturity_days, history.rows.days_ago
    origins = weekly_origins(
        days_ago, scale.origins + extra, gap, scale.weeks, float(scale.lookback_days)
    )
    if not origins:
        raise ResponseError(
            f"the history is too short to predict {scale.weeks} week(s) from an earlier day:"
            " load more history."
        )
    first = max(0, len(origins) - scale.origins)
    parts: dict[str, list[Judged]] = {model: [] for model in MODELS}
    counts: list[int] = []
    glm: Response | None = None
    with threadpool_limits(limits=1):
        for number, origin in enumerate(origins):
            told(f"Origin {number + 1} of {len(origins)}: {origin.days_ago:.0f} days back.")
            glm, found, count = _one_origin(history, settings, origin, glm, number >= first)
            for model, judged in found.items():
                parts[model].append(judged)
            counts.append(count)
    inside, weeks = out_of_time_coverage(
        parts[GLM],
        len(history.labels.tiers),
        settings.interval_coverage,
        glm.fitted.dispersion if glm is not None else 1.0,
        settings.skill_origins,
    )
    sizes = [len(part) for part in parts[GLM]]
    left_out = sum(sizes[:first])
    return Replayed(
        labels=history.labels,
        origins=origins[first:],
        judged={
            model: pooled(found[first:] if model == GLM else found)
            for model, found in parts.items()
        },
        origin=np.repeat(np.arange(float(len(sizes) - first)), sizes[first:]),
        inside=inside[left_out:],
        week_inside=weeks[left_out:],
        train_rows=tuple(counts[first:]),
    )


def _one_origin(
    history: History,
    settings: ResponseSettings,
    origin: Origin,
    earlier: Response | None,
    is_judged: bool,
) -> tuple[Response, dict[str, Judged], int]:
    """The GLM's fit, every wanted model's predictions, and how many messages were learned from."""
    labels = history.labels
    before, after = history.split(origin)
    glm = fit_rows(before, labels, settings, earlier)
    means = {GLM: expected_purchases(glm, after)}
    if is_judged:
        trees = boosted(glm, before, labels)
        means[BOOSTED] = expected_purchases(trees, after)
        means[POOLED] = pooled_trees(before, after, glm.stats, labels)
        means[SEED] = seed_like(before, after, glm.stats, labels)
    found = {model: judge(mean, before, after, glm.stats, origin) for model, mean in means.items()}
    return glm, found, len(before)
