"""Step 1: marts that are fresh, of these inputs and these settings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import OPERATIONAL, Settings, read_settings
from scheduler.marts.known_pages import known_pages
from scheduler.moments import format_time, parse_time, utc_now
from scheduler.progress import Progress
from scheduler.tuning.seed_tables import check_tables
from scheduler.warehouse import DbtProject, connect
from scheduler.warehouse.base import STAGING, Warehouse

# Unit tests judge the project's SQL, not these data: they belong to `make test`.
LEFT_OUT: tuple[str, ...] = ("unit_test",)
# What follows a training and not only the inputs: the order of the captions, and curves.
CANDIDATES: tuple[str, ...] = ("tag:candidates",)
CURVES: tuple[str, ...] = ("saturation", "price_response")


def ensure_marts(
    database: Path,
    as_of: datetime | None,
    overrides: Mapping[str, Any],
    progress: Progress,
    *,
    trains_next: bool = False,
    looks_up: bool = False,
    needs_now: bool = False,
) -> Settings:
    """Rebuild the marts unless they are young, of the same inputs, settings and project.

    Args:
        database: stands for the warehouse; no connection of this process to it may be open.
        as_of: the clock asked for, or None for the marts' own or now.
        overrides: settings of this run.
        progress: told what is done and why.
        trains_next: leave what follows a training to `renew`, and the tests of the rest to
            `test_marts`; the caller calls both.
        looks_up: nothing is planned: a clock asked for is left to no later command.
        needs_now: a clock that was chosen for an earlier command is refused, unless asked for.

    Returns:
        The settings of the marts that are now there.

    Raises:
        SchedulerError: no data were loaded, an override is unknown, dbt failed, or nobody told the
            clock and that of the marts is not now.
    """
    project = DbtProject.find()
    wanted = project.with_overrides(overrides)
    with connect(database) as warehouse:
        reason = _stale_because(warehouse, project, as_of, wanted)
        settings = read_settings(warehouse)
    if reason is None and settings is not None:
        if needs_now and as_of is None and _as_of_override(wanted) is None:
            _require_now(settings)
        progress.step(f"Marts of {format_time(settings.as_of)} UTC are fresh: reused.")
        if not settings.is_tested and not trains_next:
            test_marts(database, settings, overrides, progress)
        return settings.overlaid(overrides)
    progress.step(f"Building the marts ({reason}).")
    moment = as_of or _as_of_override(wanted) or utc_now().replace(microsecond=0)
    # What is built for the first time, or anew by other SQL, has others that read it.
    is_there = settings is not None and project.built(settings.project_fingerprint)
    later = (*CANDIDATES, *CURVES) if trains_next and is_there else ()
    mark = {"is_look_up": True} if looks_up and as_of is not None else {}
    build_marts(
        project, database, moment, {**overrides, **mark}, progress,
        later=later, tests_follow=trains_next and "test" not in LEFT_OUT,
    )  # fmt: skip
    with connect(database) as warehouse:
        settings = read_settings(warehouse)
    if settings is None:
        raise SchedulerError(
            "The build left no settings. Run `scheduler build` and read its output."
        )
    return settings.overlaid(overrides)


def build_marts(
    project: DbtProject,
    database: Path,
    as_of: datetime,
    overrides: Mapping[str, Any],
    progress: Progress,
    *,
    with_rules: bool = False,
    later: tuple[str, ...] = (),
    tests_follow: bool = False,
) -> None:
    """`dbt build` as of a moment.

    Args:
        later: models that are built after this.
        tests_follow: leave the tests to `test_marts`; until then the settings say so.
        with_rules: also run the tests of the rulebook. A run leaves them out: its audit does that
            work, and a schedule made illegal by new data must not stop the run that replaces it.

    Raises:
        SchedulerError: a table in `seeds/` can't be meant as it is, or dbt failed.
    """
    with connect(database) as warehouse:
        check_tables(project.root, project.with_overrides(overrides), known_pages(warehouse))
    tests = ["resource_type:test"] if tests_follow else []
    chosen = [*left_out(with_rules=with_rules), *tests, *later]
    variables = _variables(project, as_of, overrides) | {"tests_follow": tests_follow}
    project.run(["build", "--exclude", *chosen], variables, database, progress.detail)


def test_marts(
    database: Path, settings: Settings, overrides: Mapping[str, Any], progress: Progress
) -> None:
    """Hold the marts to their tests, where a build left that for later.

    The settings are built with them, as the last of all: they say that everything is tested.

    Args:
        database: stands for the warehouse; no connection of this process to it may be open.
        settings: of the build.
        overrides: settings of this run.
        progress: told what is done.

    Raises:
        SchedulerError: a test failed.
    """
    project = DbtProject.find()
    mark = {"is_look_up": True} if settings.is_look_up else {}
    variables = _variables(project, settings.as_of, {**overrides, **mark})
    chosen = ["--select", "resource_type:test", "settings", "--exclude", *left_out(), *CANDIDATES]
    project.run(["build", *chosen, *CURVES], variables, database, progress.detail)


def _variables(
    project: DbtProject, as_of: datetime, overrides: Mapping[str, Any]
) -> dict[str, Any]:
    return dict(overrides) | {
        "as_of": format_time(as_of),
        "project_fingerprint": project.fingerprint(),
    }


def left_out(*, with_rules: bool = False) -> list[str]:
    """What dbt is told to exclude from a build."""
    kinds = [f"resource_type:{kind}" for kind in LEFT_OUT]
    return kinds if with_rules else [*kinds, "tag:rule"]


def renew(
    database: Path, settings: Settings, overrides: Mapping[str, Any], progress: Progress
) -> None:
    """Build what follows a training: the candidates and the marts of the Python models.

    Where curves are views, dbt finds nothing to do for them. Curves that fail are told and no more:
    those of the last build stay, and weeks are planned with the model itself.

    Args:
        database: stands for the warehouse; no connection of this process to it may be open.
        settings: of the build that the training belongs to.
        overrides: settings of this run.
        progress: told what is done.

    Raises:
        SchedulerError: the candidates can't be built.
    """
    project = DbtProject.find()
    progress.step("Renewing caption candidates and curves.")
    variables = _variables(project, settings.as_of, overrides)
    curves = [f"{model},config.materialized:table" for model in CURVES]

    def build(models: Sequence[str]) -> None:
        chosen = ["--select", *models, "--exclude", *left_out()]
        project.run(["build", *chosen], variables, database, progress.detail)

    try:
        build([*CANDIDATES, *curves])
    except SchedulerError as error:
        build(CANDIDATES)
        progress.step(f"The marts of curves are still those of the last build: {error}")


def _as_of_override(wanted: Mapping[str, Any]) -> datetime | None:
    value = wanted.get("as_of")
    return None if value is None else parse_time(str(value))


def _require_now(settings: Settings) -> None:
    """See that marts that are reused have the clock of now, give or take their time to live."""
    if abs(utc_now() - settings.as_of) > timedelta(hours=settings.marts_ttl_hours):
        raise SchedulerError(
            f"The marts are as of {format_time(settings.as_of)} UTC, which is not now. Run"
            " `scheduler build` to plan from now on, or say --as-of"
            f" {settings.as_of:%Y-%m-%dT%H:%M:%SZ} to plan as of then."
        )


def why_stale(warehouse: Warehouse, project: DbtProject) -> str | None:
    """Why the next run builds the marts anew, or None."""
    return _stale_because(warehouse, project, None, project.with_overrides({}))


def _stale_because(
    warehouse: Warehouse, project: DbtProject, as_of: datetime | None, wanted: Mapping[str, Any]
) -> str | None:
    """Why the marts must be built anew, or None."""
    settings = read_settings(warehouse)
    if settings is None:
        return "there are none"
    as_of = as_of or _as_of_override(wanted)
    age = utc_now() - settings.built_at
    checks = {
        "caching is off": not wanted.get("enable_caching", True),
        "the project changed": not project.built(settings.project_fingerprint),
        "another as-of time": as_of is not None and as_of != settings.as_of,
        "their clock was a look-up's": as_of is None and settings.is_look_up,
        "other settings": _differs(settings, wanted),
        "new data": settings.raw_fingerprint != raw_fingerprint(warehouse),
        "older than their time to live": age > timedelta(hours=float(wanted["marts_ttl_hours"])),
    }
    return next((reason for reason, holds in checks.items() if holds), None)


def _differs(settings: Settings, wanted: Mapping[str, Any]) -> bool:
    return any(
        name in settings.values and settings.values[name] != value
        for name, value in wanted.items()
        if name not in OPERATIONAL and name != "as_of"
    )


def raw_fingerprint(warehouse: Warehouse) -> str:
    """What tells the raw tables as they are now from others.

    Empty before the first build, and when another tool took a column away that the last build read.
    """
    relation = f"{STAGING}.stg_raw_fingerprint"
    if not warehouse.exists(relation):
        return ""
    statement = f"select raw_fingerprint from {relation}"  # noqa: S608
    try:
        warehouse.scan(statement)
    except SchedulerError:
        return ""
    rows = warehouse.query(statement).to_pylist()
    return str(rows[0]["raw_fingerprint"]) if rows else ""
