"""The settings a build used, read from the mart `settings`: their only home."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.moments import parse_time
from scheduler.warehouse.base import MARTS, Warehouse

# Settings that change how a run is carried out but not what it decides: no part of a schedule's id.
OPERATIONAL = frozenset(
    {
        "built_at",
        "raw_fingerprint",
        "project_fingerprint",
        "is_look_up",
        "max_workers",
        "retry_attempts",
        "retry_backoff_base",
        "timeout_per_creator",
        "marts_ttl_hours",
        "operator_timezone",
        "require_approval",
        "report_recent_weeks",
        "report_content_min",
        "enable_caching",
        "enable_parallel_processing",
        # Whom a run asks is in the id of the weeks they advised on, see `scheduler.agents`.
        "near_duplicate_similarity",
        "finding_big_message_share",
        "finding_weak_conversion",
        "finding_execution_min",
        "finding_price_gain",
        "finding_strong",
        "finding_min_messages",
        "agents_enabled",
        "agents_model",
        "agents_roles",
        "agents_max_tokens",
        "agents_temperature",
        "agents_budget_tokens",
        "agents_budget_dollars",
        "agents_concurrency",
        "agents_timeout",
        "agents_changes_max",
        "agents_loss_max",
        "agents_batch_size",
    }
)


@dataclass(frozen=True)
class Settings:
    """What Python needs of the settings; thresholds that pages may override are in the marts.

    Attributes:
        is_look_up: the clock was chosen for a look-up, and is no other command's.
        as_of: the run's only clock, UTC without a zone mark, as the warehouse stores it.
        built_at: wall clock of the build, for the marts' time to live alone.
        values: every setting of the mart, decoded.
    """

    as_of: datetime
    built_at: datetime
    raw_fingerprint: str
    project_fingerprint: str
    is_look_up: bool
    default_timezone: str
    training_days: int
    min_usable_messages: int
    fatigue_short_hours: float
    fatigue_middle_hours: float
    fatigue_long_hours: float
    plan_horizon_weeks: int
    eros_main_window: int
    energy_mismatch_factor: float
    exploration_share: float
    skill_origins: int
    maturity_days: float
    backtest_origins: int
    backtest_weeks: int
    decay_days: float
    interval_coverage: float
    max_workers: int
    retry_attempts: int
    retry_backoff_base: float
    timeout_per_creator: float
    marts_ttl_hours: float
    enable_ml_predictions: bool
    enable_energy_matching: bool
    enable_parallel_processing: bool
    enable_caching: bool
    values: Mapping[str, Any]

    @property
    def fatigue_hours(self) -> tuple[float, float, float]:
        """Time constants of the three memories of fatigue, as the marts' stocks have them."""
        return self.fatigue_short_hours, self.fatigue_middle_hours, self.fatigue_long_hours

    def overlaid(self, overrides: Mapping[str, Any]) -> "Settings":
        """The same settings with this run's operational overrides, which need no new build.

        Raises:
            SchedulerError: a value is of the wrong kind.
        """
        kinds = {field.name: field.type for field in fields(Settings)}
        changed = {
            name: _typed(name, kinds[name], value)
            for name, value in overrides.items()
            if name in OPERATIONAL and name in kinds
        }
        return replace(self, **changed)

    def standing_now(self, project: Mapping[str, Any]) -> dict[str, Any]:
        """Every setting: those of the build, but the operational ones as the project has them now.

        Args:
            project: the vars in effect, with this run's overrides.
        """
        now = {name: value for name, value in project.items() if name in OPERATIONAL}
        return {**self.values, **now}

    def decisive(self) -> dict[str, Any]:
        """The settings that can change a decision, for a schedule's identity."""
        return {name: value for name, value in self.values.items() if name not in OPERATIONAL}


def read_settings(warehouse: Warehouse) -> Settings | None:
    """The settings of the last complete build, or None when there is none.

    Raises:
        SchedulerError: the mart lacks a setting, which an older build wrote.
    """
    if not warehouse.exists(f"{MARTS}.settings"):
        return None
    rows = warehouse.query(f"select setting, value from {MARTS}.settings order by setting")  # noqa: S608
    values = {row["setting"]: _decode(row["value"]) for row in rows.to_pylist()}
    if not values:
        return None
    known = {}
    for field in fields(Settings):
        if field.name == "values":
            continue
        if field.name not in values:
            raise SchedulerError(
                f"The mart settings has no {field.name}. Run `scheduler build` to renew the marts."
            )
        known[field.name] = _typed(field.name, field.type, values[field.name])
    return Settings(**known, values=values)


def _decode(text: str | None) -> Any:
    """A value as dbt wrote it: JSON where it is JSON, else the text itself."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _typed(name: str, kind: Any, value: Any) -> Any:
    if kind is datetime:
        return parse_time(str(value))
    if kind is bool:
        if not isinstance(value, bool):
            raise SchedulerError(f"The setting {name} is {value!r}; it must be true or false.")
        return value
    if kind is str:
        return "" if value is None else str(value)
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise SchedulerError(f"The setting {name} is {value!r}; it must be a number.") from error
