"""A training with its model card."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from scheduler.backtest.cached_backtest import run_backtest
from scheduler.backtest.leakage import Leakage, shuffled, shuffled_skill
from scheduler.backtest.model_card import model_card
from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import Settings
from scheduler.output_files import check_output_dir, write_whole
from scheduler.progress import Progress
from scheduler.response import ResponseModel
from scheduler.training.fitted_model import models_dir, response_settings
from scheduler.training.standing import fresh_marts
from scheduler.warehouse import database_path

CARD = "model_card.md"
GATE_ROWS = 6_000


@dataclass(frozen=True)
class Trained:
    """A model and the card that was written for it."""

    model: ResponseModel
    path: Path


def train_with_card(
    as_of: datetime | None, overrides: Mapping[str, Any], output_dir: Path, progress: Progress
) -> Trained:
    """Train on fresh marts, replay the past, and write the card.

    The replay and the leakage gate are kept by their hashes: the same training again is cheap.

    Raises:
        SchedulerError: no data, too few rows, or the folder can't be written.
    """
    check_output_dir(output_dir)
    folder = models_dir(database_path())
    with fresh_marts(progress, as_of=as_of, overrides=overrides, trained=True) as standing:
        training = standing.training
        if standing.model is None or training is None:
            raise SchedulerError("The model was not trained. Run `scheduler build`, then again.")
        report = run_backtest(standing.warehouse, standing.settings, folder, progress)
        leakage = _leakage(training, standing.settings, standing.model.training_hash, folder)
        dates = training.column("local_date").to_pylist()
        used: dict[str, object] = asdict(response_settings(standing.settings))
        used |= {name: standing.settings.values[name] for name in ("training_days", "decay_days")}
        text = model_card(
            standing.model, report, leakage, (min(dates), max(dates)), sorted(used.items())
        )
    return Trained(standing.model, write_whole(output_dir / CARD, text))


def _leakage(training: pa.Table, settings: Settings, key: str, folder: Path) -> Leakage:
    """The gate on these rows, from the cache or measured now."""
    path = folder / f"{key}.leakage.json"
    if settings.enable_caching and path.is_file():
        return Leakage(**json.loads(path.read_text(encoding="utf-8")))
    found = shuffled_skill(shuffled(training, 0), response_settings(settings), GATE_ROWS)
    write_whole(path, json.dumps(asdict(found)))
    return found
