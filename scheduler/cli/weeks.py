"""Commands that plan a week."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from scheduler import log
from scheduler.cli.console import progress
from scheduler.cli.exit_codes import PAGE_FAILED
from scheduler.cli.options import Day, as_of_option, page_name, vars_option
from scheduler.export.week_files import export_published
from scheduler.marts.run_result import BLOCKED, RunResult
from scheduler.output_files import check_output_dir
from scheduler.run.pipeline import run_week
from scheduler.run.request import RunRequest
from scheduler.warehouse import connect

_REASON_WIDTH = 46


@click.command()
@click.option("--week", type=Day(), help="Monday of the week. Default: the next one.")
@click.option(
    "--page", "pages", multiple=True, callback=page_name, help="This page only; repeatable."
)
@click.option(
    "--output-dir", type=click.Path(path_type=Path), default=Path("output"), show_default=True,
    help="Where CSVs and reports go.",
)  # fmt: skip
@as_of_option
@click.option("--max-workers", type=click.IntRange(min=1), help="Solving processes at once.")
@click.option("--dry-run", is_flag=True, help="Stop after the audit: publish and write nothing.")
@click.option("--strict", is_flag=True, help="Exit 1 when the rulebook blocks a page.")
@vars_option
def run(
    week: date | None,
    pages: tuple[str, ...],
    output_dir: Path,
    as_of: datetime | None,
    max_workers: int | None,
    dry_run: bool,
    strict: bool,
    overrides: dict[str, Any],
) -> None:
    """Plan a week: build, fit, solve, audit, publish, export.

    \b
    Examples:
      scheduler run
      scheduler run --week 2026-11-30 --page lunavale --output-dir out
      scheduler run --vars '{messages_per_week_max: 77, min_spacing_hours: 2}'
      scheduler run --vars '{exploration_share: 0}'

    Exit code 1: a page failed (crash or time-out). A page that the rulebook blocks is an outcome,
    listed at the end; --strict makes it 1 too.
    """  # noqa: D301
    request = RunRequest(
        week=week, pages=pages, output_dir=output_dir, as_of=as_of, max_workers=max_workers,
        dry_run=dry_run, overrides=overrides,
    )  # fmt: skip
    with progress() as listener:
        result = run_week(request, listener)
    _print_result(result)
    blocked = [page for page in result.pages.values() if page.reason]
    if result.any_failed or (strict and blocked):
        raise click.exceptions.Exit(PAGE_FAILED)


def _print_agency(result: RunResult, done: int) -> None:
    if result.agency is not None:
        agency = result.agency
        click.echo(
            f"Agency: between ${agency.low:,.0f} and ${agency.high:,.0f}, pages' luck shared."
        )
    if result.unproven:
        click.echo(
            f"{len(result.unproven)} of {done} pages have no week of their plans behind them:"
            " history alone foretells them, less surely than it seems."
        )


def _print_result(result: RunResult) -> None:
    width = max((len(name) for name in result.pages), default=4)
    click.echo(f"Week of {result.week}, as of {result.as_of:%Y-%m-%d %H:%M} UTC")
    total = 0.0
    for page in result.pages.values():
        if page.status == BLOCKED:
            continue
        total += page.of_week("expected_revenue")
        click.echo(
            f"  {page.page_name:<{width}}  {len(page.messages):>3} messages"
            f"  ${page.of_week('expected_revenue'):>10,.2f}"
            f"  (${page.of_week('revenue_low'):,.0f} - ${page.of_week('revenue_high'):,.0f})"
            f"  gap {100 * page.of_week('gap'):.2f} %"
        )
    done = [page for page in result.pages.values() if page.status != BLOCKED]
    word = done[0].status if done else "published"
    click.echo(
        f"{len(done)} of {len(result.pages)} pages {'published' if word == 'active' else word},"
        f" projected revenue ${total:,.2f}."
    )
    _print_agency(result, len(done))
    if result.given_up is not None:
        changed = sum(page.explored_count for page in done)
        cost = f"at ${result.given_up:,.2f} of it"
        if result.given_up < 0:  # weeks are chosen with weights that dollars do not have
            cost = f"believed to earn ${-result.given_up:,.2f} more"
        click.echo(f"Exploration: {changed} messages drawn by chance to learn from, {cost}.")
    if result.gap is not None:
        click.echo(
            f"All weeks together: within {100 * result.gap:.2f} % of the best, sharing captions"
            f" included; that no two pages send one costs ${result.conflict_cost:,.2f}."
        )
    for page in result.with_status(BLOCKED):
        click.echo(f"Blocked {page.page_name}: {page.reason}")
    if any(page.failed for page in result.pages.values()):
        click.echo(f"What failed: {log.pointer()}")
    for notice in result.notices:
        click.echo(f"Alert: {notice}")
    if result.summary_path is not None:
        click.echo(f"Written to {result.summary_path.parent}/ (summary.csv lists every page).")


@click.command()
@click.option("--week", type=Day(), help="Monday of the week. Default: the latest published one.")
@click.option(
    "--page", "pages", multiple=True, callback=page_name, help="This page only; repeatable."
)
@click.option(
    "--output-dir", type=click.Path(path_type=Path), default=Path("output"), show_default=True,
    help="Where the CSVs go.",
)  # fmt: skip
def export(week: date | None, pages: tuple[str, ...], output_dir: Path) -> None:
    """Write the files of published weeks again, from the warehouse.

    Each week is held against the rulebook first. Exit code 1: one breaks a blocking rule by now and
    was left out.

    \b
    Example:
      scheduler export --week 2026-11-30 --output-dir out
    """  # noqa: D301
    check_output_dir(output_dir)
    with connect() as warehouse:
        result = export_published(warehouse, week, pages, output_dir)
    for page in result.pages.values():
        if page.csv_path is not None:
            click.echo(str(page.csv_path))
    refused = [page for page in result.pages.values() if page.schedule_id and page.reason]
    for page in refused:
        click.echo(f"Left out {page.page_name}: {page.reason}", err=True)
    if refused:
        raise click.exceptions.Exit(PAGE_FAILED)
