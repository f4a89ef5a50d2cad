"""Fresh marts with a trained model: what every question about a page begins with."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.response import ResponseModel
from scheduler.run import build
from scheduler.run.build import ensure_marts
from scheduler.run.inputs import read_training
from scheduler.run.progress import Progress
from scheduler.run.training import models_dir, record_training, trained_model
from scheduler.settings import Settings
from scheduler.warehouse import Warehouse, connect, database_path, exclusive, overriding


@dataclass(frozen=True)
class Standing:
    """An open warehouse whose marts are fresh.

    Attributes:
        model: the response model of these marts; None when it was not asked for.
    """

    warehouse: Warehouse
    settings: Settings
    model: ResponseModel | None


@contextmanager
def fresh_marts(
    progress: Progress,
    *,
    as_of: datetime | None = None,
    overrides: Mapping[str, Any] | None = None,
    trained: bool = False,
) -> Iterator[Standing]:
    """Open the warehouse with fresh marts, and with the model fitted on them when `trained`.

    Raises:
        SchedulerError: no data, an unknown setting, a failed build, or too few rows to train.
    """
    overrides = overrides or {}
    database = database_path()
    with overriding(overrides), ExitStack() as held:
        connect().close()
        held.enter_context(exclusive(database))
        settings = ensure_marts(database, as_of, overrides, progress)
        model = None
        if trained:
            models = models_dir(database)
            with connect() as warehouse:
                training = read_training(warehouse)
                model = trained_model(training, settings, models, progress)
                is_new = record_training(warehouse, model, training, settings, models)
            if is_new:
                build.renew_curves(database, settings, overrides, progress)
        with connect() as warehouse:
            yield Standing(warehouse, settings, model)
