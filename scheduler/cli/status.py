"""`scheduler status`: the last runs, what is stale, and what to do next."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import click

from scheduler.cli.terminal import ago, tinted, wrapped
from scheduler.marts.status_facts import Status, read_status
from scheduler.moments import utc_now
from scheduler.warehouse import connect

_INDENT = " " * 18
_NAMED = 5


@click.command()
@click.option(
    "--runs", "run_count", type=click.IntRange(min=1, max=50), default=5, show_default=True,
    help="How many of the last runs.",
)  # fmt: skip
def status(run_count: int) -> None:
    """Show the last runs, what is stale (data, marts, model, pages), and the next step.

    \b
    Example:
      scheduler status --runs 3
    """  # noqa: D301
    with connect() as warehouse:
        found = read_status(warehouse, run_count)
    for line in status_lines(found, utc_now()):
        click.echo(line)


def status_lines(status: Status, now: datetime) -> Iterator[str]:
    """The lines, each of 80 columns or fewer.

    Args:
        status: how everything stands.
        now: the wall clock, UTC: loads, builds and trainings are as old as it says.
    """
    yield tinted("Last runs", "head")
    for run in status.runs:
        yield from _run_lines(run)
    if not status.runs:
        yield "  none yet"
    yield ""
    yield tinted("Data", "head")
    for loaded in status.loads:
        if loaded.row_count is None:
            yield f"  {loaded.table:<16}{tinted('never loaded', 'bad')}"
            continue
        when = f", last load {ago(loaded.last_at, now)}" if loaded.last_at else ""
        yield f"  {loaded.table:<16}{loaded.row_count:,} rows{when}"
    yield from _marts_lines(status, now)
    yield from _old_lines(status)
    yield from _alert_lines(status)
    yield ""
    yield from wrapped(next_step(status), "      ", "Next: ")


def _run_lines(run: Any) -> Iterator[str]:
    counts = [
        f"{run[f'{name}_count']} {name}"
        for name in ("published", "proposed", "blocked")
        if run[f"{name}_count"]
    ]
    what = ", ".join(counts) or "no page"
    if run["failed_count"]:
        what += f" ({run['failed_count']} failed)"
    seconds = (run["finished_at"] - run["started_at"]).total_seconds()
    cost = f", Claude ${run['agent_dollars']:,.2f}" if run["agent_dollars"] else ""
    text = (
        f"week of {run['week_start']}: {what}, expected ${run['expected_revenue'] or 0:,.0f},"
        f" took {_duration(seconds)}{cost}"
    )
    lines = wrapped(text, _INDENT, f"  {run['finished_at']:%m-%d %H:%M}     ")
    tint = "bad" if run["failed_count"] else "medium" if run["blocked_count"] else ""
    yield from (tinted(line, tint) if tint else line for line in lines)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _marts_lines(status: Status, now: datetime) -> Iterator[str]:
    if status.settings is not None:
        built = status.settings
        text = f"as of {built.as_of:%Y-%m-%d %H:%M} UTC, built {ago(built.built_at, now)}"
        stale = f"; stale: {status.stale_because}" if status.stale_because else "; fresh"
        yield from wrapped(text + stale, _INDENT, f"  {'marts':<16}")
    if status.model is not None:
        model = status.model
        text = (
            f"trained {ago(model['trained_at'], now)} on {model['row_count']:,} messages"
            f" up to {model['window_end']}"
        )
        yield from wrapped(text, _INDENT, f"  {'model':<16}")


def _old_lines(status: Status) -> Iterator[str]:
    old = status.old_pages
    if not old:
        return
    names = sorted({row["page_name"] or "the agency" for row in old})
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    yield from wrapped(", ".join(names[:_NAMED]) + more, _INDENT, f"  {'old data':<16}")


def _alert_lines(status: Status) -> Iterator[str]:
    if not status.alerts:
        return
    seen = len(status.alerts) - len(status.unseen)
    worst = status.alerts[0]["severity"]
    text = f"{len(status.alerts)} open, {seen} acknowledged"
    yield f"  {'alerts':<16}{tinted(text, worst or '')}"


def next_step(status: Status) -> str:
    """The one thing to do first."""
    return next(_steps(status), "nothing. The week is planned and every alert is seen.")


def _steps(status: Status) -> Iterator[str]:
    missing = [loaded.table for loaded in status.loads if not loaded.row_count]
    if missing:
        yield f"load {', '.join(missing)} with `scheduler load DIR`."
    if status.settings is None or not status.runs:
        yield "plan the first week with `scheduler run`."
        return
    if status.runs[0]["failed_count"]:
        yield "see in logs/scheduler.jsonl what failed, then `scheduler run` again."
    if status.stale_because == "new data":
        yield "new data came in: `scheduler run` plans with them."
    today = status.settings.as_of.date()
    monday = today + timedelta(days=7 - today.weekday())
    if status.latest_week is None or status.latest_week < monday:
        yield f"plan the week of {monday} with `scheduler run`."
    if status.unseen:
        yield "look at the open alerts with `scheduler alerts`."
