"""Commands that plan a week."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from scheduler.cli.console import progress
from scheduler.cli.options import Day, as_of_option, page_name, vars_option

PAGE_FAILED = 1
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
    from scheduler.run.pipeline import run_week  # noqa: PLC0415 - help must not load the solver
    from scheduler.run.request import RunRequest  # noqa: PLC0415

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


def _print_result(result: Any) -> None:
    from scheduler.run.result import BLOCKED  # noqa: PLC0415

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
    for page in result.pages.values():
        if page.reason:
            word = "Blocked" if page.status == BLOCKED else "Failed"
            click.echo(f"{word} {page.page_name}: {page.reason}")
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
    """Write the CSVs of published weeks again, from the warehouse.

    \b
    Example:
      scheduler export --week 2026-11-30 --output-dir out
    """  # noqa: D301
    from scheduler.export import export_published  # noqa: PLC0415
    from scheduler.run.request import check_output_dir  # noqa: PLC0415
    from scheduler.warehouse import connect  # noqa: PLC0415

    check_output_dir(output_dir)
    with connect() as warehouse:
        for path in export_published(warehouse, week, pages, output_dir):
            click.echo(str(path))
