"""What a run is asked to do, and the checks that need no warehouse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RunRequest:
    """A run as its user asked for it.

    Attributes:
        week: the Monday of the week to plan; None is the next Monday after `as_of`.
        pages: the pages to plan, trimmed lower case; empty is every active page.
        output_dir: where the exports go.
        as_of: the clock; None takes the marts' own inside their time to live, else now.
        max_workers: solving processes; None takes the setting.
        dry_run: stop after the audit; nothing is published or exported.
        skip_unknown: plan the others when a page is unknown or not active, instead of refusing.
        agents: whether Claude reads the weeks; None takes the setting.
        overrides: settings for this run alone.
    """

    week: date | None = None
    pages: tuple[str, ...] = ()
    output_dir: Path = Path("output")
    as_of: datetime | None = None
    max_workers: int | None = None
    dry_run: bool = False
    skip_unknown: bool = False
    agents: bool | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
