"""What a run reads, before it starts, and what it billed, afterwards."""

from scheduler.cost.estimate import Part, estimate_run

__all__ = ["Part", "estimate_run"]
