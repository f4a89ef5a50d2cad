"""Decides each week's paid mass messages for every page of a creator agency."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scheduler.api import (
        analyze_creator_performance,
        calculate_eros_score,
        diagnose_low_scores,
        format_schedule_csv,
        generate_schedule_for_creator,
        process_all_creators,
        retrain_ml_model,
        select_captions,
    )

__all__ = [
    "analyze_creator_performance",
    "calculate_eros_score",
    "diagnose_low_scores",
    "format_schedule_csv",
    "generate_schedule_for_creator",
    "process_all_creators",
    "retrain_ml_model",
    "select_captions",
]


def __getattr__(name: str) -> Any:
    """Load the API on first use: `scheduler --help` must not wait for the solver."""
    if name in __all__:
        return getattr(import_module("scheduler.api"), name)
    raise AttributeError(f"module 'scheduler' has no attribute {name!r}")
