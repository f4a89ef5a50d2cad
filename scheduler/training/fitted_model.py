"""One response model for the agency, kept by the hash of what it was fitted on."""

from pathlib import Path

import pyarrow as pa
from threadpoolctl import threadpool_limits

from scheduler.marts.build_settings import Settings
from scheduler.progress import Progress
from scheduler.response import ResponseModel, ResponseSettings, fit_response
from scheduler.response.rows import read_rows
from scheduler.training.prior import lacks_history, with_prior, without_skill
from scheduler.warehouse import DbtProject


def models_dir(database: Path) -> Path:
    """Folder of fitted models: beside dbt's own files for the same warehouse."""
    return DbtProject.find().work_dir(database) / "target" / "models"


def response_settings(settings: Settings) -> ResponseSettings:
    """The part of the settings that the response model reads."""
    return ResponseSettings(
        present_volume_days=int(settings.values["present_volume_days"]),
        skill_origins=settings.skill_origins,
        maturity_days=settings.maturity_days,
        interval_coverage=settings.interval_coverage,
        fatigue_hours=settings.fatigue_hours,
        min_rows=int(settings.values["min_training_messages"]),
    )


def fitted_model(
    training: pa.Table, settings: Settings, cache_dir: Path, progress: Progress
) -> ResponseModel:
    """The model of these rows and settings, from the cache or fitted now.

    Rows that are too few are filled up with the shipped prior, see `prior`.

    Args:
        training: rows of `training_messages` in key order.
        settings: of the build the rows come from.
        cache_dir: folder of fitted models; one file each, named by its hash.
        progress: told what is done.

    Raises:
        ResponseError: a setting is out of range.
    """
    wanted = response_settings(settings)
    known = training.num_rows
    is_prior = lacks_history(training, wanted.min_rows)
    training = with_prior(training, settings.as_of, wanted.min_rows)
    _, _, key = read_rows(training, wanted)
    path = cache_dir / f"{key}.model"
    if settings.enable_caching and path.is_file():
        progress.step("Response model unchanged: reused.")
        return ResponseModel.from_bytes(path.read_bytes())
    leaning = " and a shipped prior, as they are few" if is_prior else ""
    progress.step(f"Fitting the response model on {known:,} messages{leaning}.")
    with threadpool_limits(limits=1):
        model = fit_response(training, wanted)
    model = without_skill(model) if is_prior else model
    cache_dir.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(model.to_bytes())
    partial.replace(path)
    return model
