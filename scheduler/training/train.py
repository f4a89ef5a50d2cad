"""Steps 2 and 3 of every question about a page: the trained model, and what is built from it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from scheduler import log
from scheduler.marts import build
from scheduler.marts.build_settings import Settings
from scheduler.marts.inputs import read_training
from scheduler.progress import Progress
from scheduler.response import ResponseError, ResponseModel
from scheduler.training.fitted_model import fitted_beside, fitted_model, models_dir
from scheduler.training.registry import is_renewal_due, record_renewal, record_training
from scheduler.warehouse import connect


def train(
    database: Path,
    settings: Settings,
    overrides: Mapping[str, Any],
    progress: Progress,
    labels: Mapping[str, object] | None = None,
) -> tuple[pa.Table, ResponseModel]:
    """Fit or find the model of the marts, make it the latest, and build what follows from it.

    A run that was killed in between does the rest when it is started again.

    Args:
        database: stands for the warehouse; no connection of this process to it may be open.
        settings: of the marts.
        overrides: settings of this run.
        progress: told what is done.
        labels: what the jobs are marked with.

    Returns:
        The training table and the model.

    Raises:
        SchedulerError: too few rows to train, or the candidates can't be built.
    """
    models = models_dir(database)
    try:
        with log.step("read"), connect(labels=labels) as warehouse:
            training = read_training(warehouse)
        with log.timed("training", rows=training.num_rows) as told:
            model = _fit(database, settings, overrides, progress, training)
            told["training_hash"] = model.training_hash
            told["skill"] = model.skill.skill
        with connect(labels=labels) as warehouse:
            record_training(warehouse, model, training, settings, models)
            is_due = is_renewal_due(warehouse, model.training_hash, settings)
    except ResponseError:
        # The build left the candidates to this training: without one, the last one ranks them.
        build.renew(database, settings, overrides, progress)
        raise
    if is_due:
        with log.step("renew"):
            build.renew(database, settings, overrides, progress)
        with connect(labels=labels) as warehouse:
            record_renewal(warehouse, model.training_hash)
    return training, model


def _fit(
    database: Path,
    settings: Settings,
    overrides: Mapping[str, Any],
    progress: Progress,
    training: pa.Table,
) -> ResponseModel:
    """The model; marts that no test was held to yet are tested meanwhile."""
    models = models_dir(database)
    if settings.is_tested:
        return fitted_model(training, settings, models, progress)

    def test() -> None:
        with log.step("test"):
            build.test_marts(database, settings, overrides, progress)

    return fitted_beside(test, training, settings, models, progress)
