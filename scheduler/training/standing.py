"""Fresh marts with a trained model: what every question about a page begins with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from scheduler.marts.build import ensure_marts
from scheduler.marts.build_settings import Settings
from scheduler.progress import Progress
from scheduler.response import ResponseModel
from scheduler.training.train import train
from scheduler.warehouse import Warehouse, Workspace, connect


@dataclass(frozen=True)
class Standing:
    """An open warehouse whose marts are fresh.

    Attributes:
        model: the response model of these marts; None when it was not asked for.
        training: the rows it was fitted on; None as well.
    """

    warehouse: Warehouse
    settings: Settings
    model: ResponseModel | None
    training: pa.Table | None


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
    workspace = Workspace.find(overrides)
    with workspace.held():
        database, chosen = workspace.database, workspace.overrides
        settings = ensure_marts(
            database, as_of, chosen, progress, trains_next=trained, looks_up=True
        )
        training = model = None
        if trained:
            training, model = train(database, settings, chosen, progress)
        with connect() as warehouse:
            yield Standing(warehouse, settings, model, training)
