"""What a job may take, and how often it is tried."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a job may take, from the profile, and how often it is tried, from the settings.

    Attributes:
        seconds: time-out of a job.
        maximum_bytes_billed: a query that would bill more is refused; None is no limit.
        priority: `interactive` or `batch`.
        attempts: tries in all, for what Google calls passing.
        backoff_base: seconds before try n + 1 are `backoff_base ** n`.
    """

    seconds: float = 600.0
    maximum_bytes_billed: int | None = None
    priority: str = "interactive"
    attempts: int = 3
    backoff_base: float = 2.0
