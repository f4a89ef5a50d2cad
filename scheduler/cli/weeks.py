"""Commands that plan a week."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from scheduler.cli.console import progress
from scheduler.cli.exit_codes import PAGE_FAILED
from scheduler.cli.google_option import open_sheet
from scheduler.cli.options import Day, agents_option, as_of_option, page_name, vars_option
from scheduler.cli.terminal import shown
from scheduler.cli.week_summary import summary_lines
from scheduler.export.week_files import export_published, week_tables
from scheduler.marts.week_state import built_settings
from scheduler.output_files import check_output_dir
from scheduler.run.pipeline import run_week
from scheduler.run.request import RunRequest
from scheduler.warehouse import connect


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
@click.option(
    "--from",
    "start",
    type=click.Choice(["now"]),
    help="Plan what is left of the week in progress; what was sent stays.",
)
@click.option(
    "--keep", type=click.FloatRange(min=0), metavar="DOLLARS",
    help="What each changed message of a published week must be worth.  [default: the setting"
    " change_worth_min, for all changes of a week together]",
)  # fmt: skip
@click.option("--max-workers", type=click.IntRange(min=1), help="Solving processes at once.")
@click.option(
    "--executor",
    help="Where pages are solved: processes (of this machine) or dask://HOST:PORT. Default: the"
    " setting executor.",
)
@click.option("--dry-run", is_flag=True, help="Stop after the audit: publish and write nothing.")
@click.option("--strict", is_flag=True, help="Exit 1 when the rulebook blocks a page.")
@agents_option
@vars_option
def run(*, start: str | None, strict: bool, **asked: Any) -> None:
    """Plan a week: build, fit, solve, audit, publish, export.

    \b
    Examples:
      scheduler run
      scheduler run --week 2026-11-30 --page lunavale --output-dir out
      scheduler run --vars '{messages_per_week_max: 77, min_spacing_hours: 2}'
      scheduler run --vars '{exploration_share: 0}'
      scheduler run --from now
      scheduler run --week 2026-11-30 --keep 4
      scheduler run --agents

    The clock is now, or --as-of. Fresh marts of another clock are refused unless --week is told.

    A week that is published stays as it is, but for changes that are worth more than the setting
    change_worth_min or that a rule demands; the difference is printed. With --from now messages
    that went out or are locked stay, and what is known to have failed is planned again.

    Exit code 1: a page failed (crash or time-out), or no page has a week. A page that the rulebook
    blocks is an outcome, listed at the end; --strict makes it 1 too.
    """  # noqa: D301
    if asked["week"] is not None and start is not None:
        raise click.UsageError("--from now plans the week in progress: leave --week out.")
    # The other options are the request's own fields. Whoever names neither the clock nor the week
    # means the next one from now.
    request = RunRequest(from_now=start is not None, needs_now=asked["week"] is None, **asked)
    with progress() as listener:
        result = run_week(request, listener)
    for line in shown(summary_lines(result)):
        click.echo(line)
    blocked = [page for page in result.pages.values() if page.reason]
    nothing = len(blocked) == len(result.pages)
    if result.any_failed or nothing or (strict and blocked):
        raise click.exceptions.Exit(PAGE_FAILED)


@click.command()
@click.option("--week", type=Day(), help="Monday of the week. Default: the latest published one.")
@click.option(
    "--page", "pages", multiple=True, callback=page_name, help="This page only; repeatable."
)
@click.option(
    "--output-dir", type=click.Path(path_type=Path), default=Path("output"), show_default=True,
    help="Where the CSVs go.",
)  # fmt: skip
@click.option(
    "--sheet", "url", metavar="URL",
    help="Write into this spreadsheet of Google Sheets as well, by its address.",
)  # fmt: skip
def export(week: date | None, pages: tuple[str, ...], output_dir: Path, url: str | None) -> None:
    """Write the files of published weeks again, from the warehouse.

    Each week is held against the rulebook first. Exit code 1: one breaks a blocking rule by now and
    was left out.

    With --sheet the worksheets "Summary", "All pages" and one for each page, as in the .xlsx, are
    written into the spreadsheet too. Those that are there are replaced, edits that were not
    imported included; all others stay. Share it first with the address of the service account
    whose key file GOOGLE_APPLICATION_CREDENTIALS names.

    \b
    Examples:
      scheduler export --week 2026-11-30 --output-dir out
      scheduler export --sheet https://docs.google.com/spreadsheets/d/1AbC
    """  # noqa: D301
    check_output_dir(output_dir)
    sheet = None if url is None else open_sheet(url)
    with connect() as warehouse:
        result = export_published(warehouse, week, pages, output_dir)
        settings = None if sheet is None else built_settings(warehouse)
    for page in result.pages.values():
        if page.csv_path is not None:
            click.echo(str(page.csv_path))
    if sheet is not None and settings is not None:
        written = sheet.replace(week_tables(result, settings, pages or result.pages))
        click.echo(f"{sheet.name}: {len(written)} worksheets written")
    refused = [page for page in result.pages.values() if page.schedule_id and page.reason]
    for page in refused:
        click.echo(f"Left out {page.page_name}: {page.reason}", err=True)
    if refused:
        raise click.exceptions.Exit(PAGE_FAILED)
