"""Settings held to their types and ranges, and to each other, before anything is built.

They are written into SQL as they stand: a value that passes here is a number, a flag, or a text
that the macros quote.
"""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.tuning.ranges import Range, is_right, near, read_ranges

_HOURS_OF_A_WEEK = 168
_SUMS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (100, ("completeness_weight", "validity_weight", "freshness_weight")),
    (
        1,
        (
            "eros_rps_weight",
            "eros_conversion_weight",
            "eros_execution_weight",
            "eros_diversity_weight",
        ),
    ),
    (
        1,
        (
            "confidence_sample_weight",
            "confidence_quality_weight",
            "confidence_skill_weight",
            "confidence_tier_weight",
        ),
    ),
)
"""Weights that share a whole."""


def check_settings(
    root: Path, defaults: Mapping[str, Any], overrides: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings in effect, once each is right for itself and beside the others.

    Args:
        root: folder of the project.
        defaults: the vars of `dbt_project.yml`.
        overrides: those of one command.

    Raises:
        SchedulerError: an override names no setting, or a value is of another type, out of its
            range, or contradicts another; says which, what it is and what it may be.
    """
    unknown = sorted(str(name) for name in set(overrides) - set(defaults))
    if unknown:
        hint = near(unknown[0], frozenset(defaults))
        raise SchedulerError(
            f"Unknown setting {', '.join(unknown)}.{hint} "
            "The settings are the vars listed in dbt_project.yml."
        )
    values = dict(defaults) | dict(overrides)
    ranges = read_ranges(root)
    problems = [*_wrong(values, ranges, _zones(root))] or [*contradictions(values, ranges)]
    if problems:
        told = " ".join(problems)
        is_given = any(name in told for name in overrides)
        where = "--vars" if is_given else "the vars in dbt_project.yml"
        raise SchedulerError(f"{told} Correct {where}.")
    return values


def _wrong(
    values: Mapping[str, Any], ranges: Mapping[str, Range], zones: frozenset[str]
) -> Iterator[str]:
    for name, value in values.items():
        bounds = ranges.get(name)
        if bounds is not None and not is_right(value, bounds, zones):
            hint = near(str(value), zones) if bounds.value_type == "zone" else ""
            yield f"The setting {name} is {shown(value)}; it must be {bounds.words}.{hint}"


def shown(value: Any) -> str:
    """A value in one short line, as YAML has it."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else repr(value)
    text = "null" if value is None else " ".join(str(text).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def contradictions(values: Mapping[str, Any], ranges: Mapping[str, Range]) -> Iterator[str]:
    """What right values say against each other, one sentence each."""
    for name, bounds in ranges.items():
        for other, must in ((bounds.above, "above"), (bounds.at_least, "at least")):
            if other and _falls_short(values[name], values[other], must):
                yield (
                    f"The setting {name} is {values[name]:g} and {other} is {values[other]:g};"
                    f" {name} must be {must} {other}."
                )
    for total, names in _SUMS:
        found = sum(values[name] for name in names)
        if abs(found - total) > 1e-6:
            yield f"The settings {', '.join(names)} sum to {found:g}; they must sum to {total:g}."
    yield from _window(values)
    yield from unfit_weeks(values)


def _falls_short(value: float, other: float, must: str) -> bool:
    return value <= other if must == "above" else value < other


def _window(values: Mapping[str, Any]) -> Iterator[str]:
    windows, main = values["eros_windows"], values["eros_main_window"]
    if main not in windows:
        yield f"The setting eros_main_window is {main}; it must be one of eros_windows, {windows}."


def unfit_weeks(values: Mapping[str, Any]) -> Iterator[str]:
    """Fewest messages of a week that can't stand as far apart as they must."""
    fewest, apart = values["messages_per_week_min"], values["min_spacing_hours"]
    if (fewest - 1) * apart >= _HOURS_OF_A_WEEK:
        yield (
            f"The setting messages_per_week_min is {fewest:g} and min_spacing_hours is {apart:g};"
            " so many messages do not fit into a week."
        )


@cache
def _zones(root: Path) -> frozenset[str]:
    """Time zones that both engines know."""
    with (root / "seeds" / "time_zones.csv").open(encoding="utf-8-sig", newline="") as handle:
        return frozenset(row["timezone"] for row in csv.DictReader(handle))
