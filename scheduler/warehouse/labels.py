"""What every job of one command is marked with, so that its cost can be told afterwards."""

import re
from collections.abc import Mapping

from scheduler.log import invocation

INVOCATION = "eros_invocation"
_LONGEST = 63


def job_labels(extra: Mapping[str, object]) -> dict[str, str]:
    """Labels in the alphabet that BigQuery allows."""
    values = {"app": "eros", INVOCATION: invocation(), **extra}
    return {
        name: re.sub(r"[^a-z0-9_-]", "_", str(value).lower())[:_LONGEST]
        for name, value in values.items()
    }
