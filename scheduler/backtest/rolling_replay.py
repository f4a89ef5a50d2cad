"""Replay the history: at each origin every model learns what was known, and predicts what came."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from scheduler.backtest.baselines import pooled_trees, seed_like
from scheduler.backtest.history import History
from scheduler.response.fit.response import fit_rows
from scheduler.response.judge.evaluate import judge, out_of_time_coverage
from scheduler.response.judge.rolling import Origin, weekly_origins
from scheduler.response.judge.skill import Judged, pooled
from scheduler.response.read.predict import Response, expected_purchases
from scheduler.response.rows import FloatArray, Labels
from scheduler.response.settings import ResponseError, ResponseSettings

GLM, POOLED, SEED = "glm", "pooled_trees", "seed_like"
MODELS = (GLM, POOLED, SEED)
# Between the weeks that set an origin's intervals and the origin: not complete by then.
SKIPPED = 1


@dataclass(frozen=True)
class Scale:
    """How much of the history is replayed.

    Attributes:
        origins: cut-offs judged.
        weeks: weeks predicted from each.
        training_days: days that a training reads.
    """

    origins: int
    weeks: int
    training_days: int


@dataclass(frozen=True)
class Replayed:
    """Predictions of every model for the same messages.

    Attributes:
        labels: names behind the codes.
        ours: the model that plans.
        origins: the judged ones, oldest first.
        judged: model -> messages of all judged origins, in the same order for every model.
        origin: (n,) index of each message's origin.
        inside: (n,) 1 or 0: was the outcome inside the interval of our model; NaN unknown.
        week_inside: (n,) the same of the message's page-week.
        train_rows: messages that each origin learned from.
    """

    labels: Labels
    ours: str
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
        settings: of the training.
        scale: how much.
        told: hears of each origin.

    Raises:
        ResponseError: the history is too short for a single origin.
    """
    origins = _origins(history, settings, scale)
    if len(origins) < scale.origins:
        told(f"The history reaches back to {len(origins)} of {scale.origins} origins.")
    first = max(0, len(origins) - scale.origins)
    parts: dict[str, list[Judged]] = {model: [] for model in MODELS}
    counts: list[int] = []
    glm: Response | None = None
    with threadpool_limits(limits=1):
        for number, origin in enumerate(origins):
            told(f"Origin {number + 1} of {len(origins)}: {origin.days_ago:.0f} days back.")
            glm, found, learned = _one_origin(history, settings, origin, glm, number >= first)
            for model, judged in found.items():
                parts[model].append(judged)
            counts.append(learned)
    fallback = glm.fitted.dispersion if glm is not None else 1.0
    return _gathered(history.labels, settings, origins[first:], parts, counts, fallback)


def _gathered(
    labels: Labels,
    settings: ResponseSettings,
    origins: tuple[Origin, ...],
    parts: Mapping[str, Sequence[Judged]],
    counts: Sequence[int],
    fallback: float,
) -> Replayed:
    """The judged origins' predictions, with the intervals that earlier origins set for them."""
    ours, judged = parts[GLM], len(origins)
    inside, weeks = out_of_time_coverage(
        ours, len(labels.tiers), settings.interval_coverage, fallback, settings.skill_origins
    )
    sizes = [len(part) for part in ours[-judged:]]
    count = sum(sizes)
    return Replayed(
        labels=labels,
        ours=GLM,
        origins=origins,
        judged={model: pooled(found[-judged:]) for model, found in parts.items()},
        origin=np.repeat(np.arange(float(judged)), sizes),
        inside=inside[-count:],
        week_inside=weeks[-count:],
        train_rows=tuple(counts[-judged:]),
    )


def _origins(history: History, settings: ResponseSettings, scale: Scale) -> tuple[Origin, ...]:
    """Those to judge and, before them, those that set their intervals, as far as history reaches.

    Raises:
        ResponseError: there is none.
    """
    wanted = weekly_origins(
        history.rows.days_ago,
        scale.origins + settings.skill_origins + SKIPPED,
        settings.maturity_days,
        scale.weeks,
        float(scale.training_days),
    )
    origins = tuple(origin for origin in wanted if history.reaches(origin))
    if not origins:
        raise ResponseError(
            f"the history is too short to predict {scale.weeks} week(s) from an earlier day:"
            " load more history, or raise replay_days."
        )
    return origins


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
        means[POOLED] = pooled_trees(before, after, glm.stats, labels)
        means[SEED] = seed_like(before, after, glm.stats, labels)
    found = {model: judge(mean, before, after, glm.stats, origin) for model, mean in means.items()}
    return glm, found, len(before)
