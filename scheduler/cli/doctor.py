"""Is the set-up in order? Each check says what it found and, when broken, what to do."""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click

from scheduler.cli.exit_codes import COULD_NOT_RUN
from scheduler.errors import SchedulerError
from scheduler.marts.build_settings import read_settings
from scheduler.moments import utc_now
from scheduler.warehouse import DbtProject, connect
from scheduler.warehouse.base import MARTS, RAW, Warehouse

OK, NOTE, FIX = "ok", "note", "FIX"
_RAW_TABLES = ("mass_messages", "caption_bank", "vault_matrix", "active_creators")


@dataclass(frozen=True)
class Check:
    """One finding: `mark` is ok, note (works, but look) or FIX (does not work)."""

    mark: str
    name: str
    text: str


@click.command()
def doctor() -> None:
    """Check the set-up and say what to fix. Exit code 2 when something must be.

    \b
    Example:
      scheduler doctor
    """  # noqa: D301
    broken = False
    for check in checks():
        click.echo(f"{check.mark:<5} {check.name}: {check.text}")
        broken = broken or check.mark == FIX
    if broken:
        raise click.exceptions.Exit(COULD_NOT_RUN)


def checks() -> Iterator[Check]:
    """Every check in order; later ones are left out when an earlier one makes them pointless."""
    yield _python()
    yield _guarded("packages", _packages)
    project = _guarded("dbt project", _project)
    yield project
    warehouse = _guarded("warehouse", _warehouse)
    yield warehouse
    if FIX in (project.mark, warehouse.mark):
        return
    with connect() as opened:
        for table in _RAW_TABLES:
            yield _raw_table(opened, table)
        yield _guarded("time zones", lambda: _zones(opened))
        yield _guarded("marts", lambda: _marts(opened))
        if opened.exists(f"{MARTS}.alerts"):
            yield _alerts(opened)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except SchedulerError as error:
        return Check(FIX, name, str(error))


def _python() -> Check:
    return Check(OK, "python", ".".join(str(part) for part in sys.version_info[:3]))


def _packages() -> Check:
    missing = []
    for name in ("dbt.cli.main", "dbt.adapters.duckdb", "duckdb", "scipy", "highspy", "pebble"):
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise SchedulerError(f"{', '.join(missing)} cannot be imported: run `make env`.")
    return Check(OK, "packages", "all there")


def _project() -> Check:
    project = DbtProject.find()
    profiles = project.profiles_dir()
    target = project.target()
    return Check(
        OK, "dbt project", f"{project.root}, target {target.name} of the profiles in {profiles}"
    )


def _warehouse() -> Check:
    with connect() as warehouse:
        return Check(OK, "warehouse", warehouse.description)


def _raw_table(warehouse: Warehouse, table: str) -> Check:
    if not warehouse.exists(f"{RAW}.{table}"):
        return Check(FIX, table, "not loaded: run `scheduler load DIR` or `scheduler demo`.")
    count = warehouse.query(f"select count(*) as n from {RAW}.{table}").to_pylist()[0]["n"]  # noqa: S608
    if not count:
        return Check(FIX, table, "holds no row: load a file with rows.")
    return Check(OK, table, f"{count:,} rows")


def _zones(warehouse: Warehouse) -> Check:
    """Pages whose time zone is none that we know, by the last build."""
    if not warehouse.exists(f"{MARTS}.creators"):
        return Check(NOTE, "time zones", "known when the marts are built.")
    rows = warehouse.query(
        f"select page_name, timezone, timezone_given from {MARTS}.creators"  # noqa: S608
        " where timezone_given is not null and is_timezone_default and is_active order by page_name"
    ).to_pylist()
    if not rows:
        return Check(OK, "time zones", "every zone given is known")
    said = ", ".join(f"{row['page_name']} ({row['timezone_given']})" for row in rows[:5])
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return Check(
        NOTE,
        "time zones",
        f"not known: {said}{more}; {rows[0]['timezone']} is used. Name them as IANA does"
        " (America/New_York).",
    )


def _marts(warehouse: Warehouse) -> Check:
    settings = read_settings(warehouse)
    if settings is None:
        return Check(NOTE, "marts", "not built yet: `scheduler run` builds them.")
    age = (utc_now() - settings.built_at).total_seconds() / 3600
    text = f"as of {settings.as_of:%Y-%m-%d %H:%M} UTC, built {age:.1f} hours ago"
    if age > settings.marts_ttl_hours:
        return Check(NOTE, "marts", f"{text}: the next run renews them.")
    return Check(OK, "marts", text)


def _alerts(warehouse: Warehouse) -> Check:
    """Open alerts by severity, the worst first."""
    rows = warehouse.query(
        f"select severity, count(*) as n from {MARTS}.alerts where is_open group by severity"  # noqa: S608
    ).to_pylist()
    counts = {row["severity"]: row["n"] for row in rows}
    if not counts:
        return Check(OK, "alerts", "none open")
    order = ("critical", "high", "medium", "low")
    said = ", ".join(f"{counts[name]} {name}" for name in order if name in counts)
    return Check(NOTE, "alerts", f"{said} open; the mart alerts says what is wrong.")
