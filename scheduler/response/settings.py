"""What a user may tune about the response model; the values come from the mart `settings`."""

from dataclasses import dataclass

from scheduler.errors import SchedulerError

# Part of every training hash: raise it whenever the same rows would give another model.
MODEL_VERSION = "23"

MODEL_TYPES = ("glm", "glm_boosted")


class ResponseError(SchedulerError):
    """The response model cannot be fitted as asked."""


@dataclass(frozen=True)
class ResponseSettings:
    """Settings of one training.

    Attributes:
        model_type: `glm`, or `glm_boosted` for boosted trees on what the GLM leaves over.
        skill_origins: weekly cut-offs at which a training measures its skill and sets intervals.
        maturity_days: days until a message's purchases count as complete.
        interval_coverage: share of realised earnings that an interval should contain.
        fatigue_hours: time constants of the stocks that earlier sends leave, ascending.
        min_rows: fewer usable priced rows in the whole agency than this cannot be fitted.
    """

    model_type: str = "glm"
    skill_origins: int = 3
    maturity_days: float = 4.0
    interval_coverage: float = 0.80
    fatigue_hours: tuple[float, float, float] = (12.0, 48.0, 168.0)
    min_rows: int = 200

    def __post_init__(self) -> None:
        if self.model_type not in MODEL_TYPES:
            raise ResponseError(
                f"model_type is {self.model_type!r}: set it to one of {', '.join(MODEL_TYPES)}."
            )
        if not 0.0 < self.interval_coverage < 1.0:
            raise ResponseError(
                f"interval_coverage is {self.interval_coverage}: set it between 0 and 1, both"
                " excluded."
            )
        if self.skill_origins < 1 or self.maturity_days < 0.0:
            raise ResponseError("skill_origins must be 1 or more, maturity_days 0 or more.")
        short, middle, long = self.fatigue_hours
        if not 0.0 < short < middle < long:
            raise ResponseError(
                "fatigue_short_hours, fatigue_middle_hours and fatigue_long_hours must be positive "
                f"and ascending, not {short:g}, {middle:g}, {long:g}: mend them in dbt_project.yml."
            )
