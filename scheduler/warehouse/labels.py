"""What every job of one command is marked with, so that its cost can be told afterwards."""

import os
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

INVOCATION = "eros_invocation"
_VARIABLE = "EROS_INVOCATION"
_LONGEST = 63


def invocation() -> str:
    """The name of this command, sortable by time; the dbt it starts inherits it.

    Unlike the content-made `run_id`, it is new each time: two runs of one content are paid twice.
    """
    if not os.environ.get(_VARIABLE):
        os.environ[_VARIABLE] = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    return os.environ[_VARIABLE]


def job_labels(extra: Mapping[str, object]) -> dict[str, str]:
    """Labels in the alphabet that BigQuery allows."""
    values = {"app": "eros", INVOCATION: invocation(), **extra}
    return {
        name: re.sub(r"[^a-z0-9_-]", "_", str(value).lower())[:_LONGEST]
        for name, value in values.items()
    }
