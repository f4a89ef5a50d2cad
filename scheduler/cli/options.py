"""Options that several commands share."""

from datetime import date, datetime
from typing import Any

import click
import yaml

from scheduler.errors import SchedulerError
from scheduler.moments import parse_time


class Moment(click.ParamType[datetime]):
    """A UTC moment: ISO date or time."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse ISO text."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_time(value)
        except SchedulerError as error:
            self.fail(str(error), param, ctx)


class Day(click.ParamType[date]):
    """A calendar date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse YYYY-MM-DD."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date. Write it as 2026-11-23.", param, ctx)


class Overrides(click.ParamType[dict[str, Any]]):
    """A YAML mapping of settings, as dbt's own --vars."""

    name = "yaml"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        """Parse YAML."""
        if isinstance(value, dict):
            return value
        try:
            parsed = yaml.safe_load(value)
        except yaml.YAMLError:
            parsed = None
        if not isinstance(parsed, dict):
            self.fail(f"{value!r} is no mapping. Write it as '{{price_max: 50}}'.", param, ctx)
        return parsed


def page_name(_: click.Context, __: click.Parameter, value: Any) -> Any:
    """Page names are compared trimmed and lower case."""
    if isinstance(value, tuple):
        return tuple(name.strip().lower() for name in value)
    return None if value is None else value.strip().lower()


agents_option = click.option(
    "--agents/--no-agents",
    "agents",
    default=None,
    help="Let Claude take part; needs ANTHROPIC_API_KEY. Default: the setting agents_enabled.",
)
as_of_option = click.option(
    "--as-of",
    type=Moment(),
    help="Time that counts as now, UTC, such as 2026-11-22T18:00:00Z. Default: the marts' own"
    " while they are fresh (but not a look-up's), else now.",
)
vars_option = click.option(
    "--vars",
    "overrides",
    type=Overrides(),
    default="{}",
    help="Settings for this command alone, as YAML: '{messages_per_week_max: 10}'.",
)
