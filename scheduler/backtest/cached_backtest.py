"""Backtest of the loaded data: read the marts, replay, keep the figures by their hash."""

from hashlib import sha256
from pathlib import Path

from scheduler.backtest.history import read_history
from scheduler.backtest.replay_report import Report, make_report
from scheduler.backtest.rolling_replay import Scale, replay_history
from scheduler.marts.build_settings import Settings
from scheduler.marts.inputs import read_replay
from scheduler.output_files import write_whole
from scheduler.progress import Progress
from scheduler.training.fitted_model import response_settings
from scheduler.warehouse.base import Warehouse


def run_backtest(
    warehouse: Warehouse,
    settings: Settings,
    cache_dir: Path,
    progress: Progress,
    origins: int | None = None,
    weeks: int | None = None,
) -> Report:
    """Replay the history of fresh marts, or read the figures of the same replay done before.

    Args:
        warehouse: with fresh marts, of which `settings` are the build's.
        settings: of the training, and how much is replayed by default.
        cache_dir: folder of fitted models.
        progress: told of each origin.
        origins: cut-offs judged; None takes `backtest_origins`.
        weeks: weeks predicted from each; None takes `backtest_weeks`.

    Raises:
        ResponseError: the history is too short.
    """
    wanted = response_settings(settings)
    scale = Scale(
        origins or settings.backtest_origins,
        weeks or settings.backtest_weeks,
        settings.training_days,
    )
    history = read_history(*read_replay(warehouse), settings.decay_days, wanted)
    key = sha256(f"{history.key}|{scale!r}|{settings.as_of}".encode()).hexdigest()
    path = cache_dir / f"{key}.backtest.json"
    if settings.enable_caching and path.is_file():
        progress.step("Backtest unchanged: reused.")
        return Report.from_json(path.read_text(encoding="utf-8"))
    progress.step(f"Replaying {len(history.rows):,} messages from {scale.origins} earlier days.")
    replayed = replay_history(history, wanted, scale, progress.step)
    as_of = settings.as_of.isoformat()
    report = make_report(replayed, as_of, key, scale.weeks, wanted.interval_coverage)
    cache_dir.mkdir(parents=True, exist_ok=True)
    write_whole(path, report.to_json())
    return report
