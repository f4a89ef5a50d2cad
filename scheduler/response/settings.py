"""What a user may tune about the response model; the values come from the mart `settings`."""

from dataclasses import dataclass

from scheduler.errors import SchedulerError

# Parts of the model around its terms that a measurement may leave out.
PARTS = (
    "views",
    "short and long memory",
    "page dispersion",
    "saturation",
    "price covariate",
    "sends covariate",
    "tier covariate",
)


class ResponseError(SchedulerError):
    """The response model cannot be fitted as asked."""


@dataclass(frozen=True)
class ResponseSettings:
    """Settings of one training.

    Attributes:
        skill_origins: weekly cut-offs at which a training measures its skill and sets intervals.
        maturity_days: days until a message's purchases count as complete.
        interval_coverage: share of realised earnings that an interval should contain.
        fatigue_hours: time constants of the stocks that earlier sends leave, ascending.
        present_volume_days: days that a page's present audience and volume are those of.
        without: names of terms and of `PARTS` that are left out, to measure what they are worth.
        min_rows: fewer usable priced rows in the whole agency than this cannot be fitted.
    """

    skill_origins: int = 3
    maturity_days: float = 4.0
    interval_coverage: float = 0.80
    fatigue_hours: tuple[float, float, float] = (12.0, 48.0, 168.0)
    present_volume_days: int = 28
    without: tuple[str, ...] = ()
    min_rows: int = 200

    def __post_init__(self) -> None:
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

    @property
    def terms_without(self) -> tuple[str, ...]:
        """Names of the terms that are left out."""
        return tuple(name for name in self.without if name not in PARTS)
