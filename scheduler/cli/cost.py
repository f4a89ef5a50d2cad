"""What a run costs on BigQuery."""

from typing import Any

import click

from scheduler.cli.console import progress
from scheduler.cli.options import vars_option
from scheduler.cost import estimate_run
from scheduler.warehouse import DbtProject, connect, database_path, exclusive

_DAYS = 30
TIB = 2**40


@click.command()
@click.option(
    "--times", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
    help="Of an agency that many times as large, with as many statements.",
)  # fmt: skip
@click.option("--billed", is_flag=True, help="What the commands of the last 30 days were billed.")
@vars_option
def cost(times: float, billed: bool, overrides: dict[str, Any]) -> None:
    """Estimate the bytes that a weekly run reads, or tell what was billed.

    On BigQuery each statement is tried dry, which costs nothing. On DuckDB the figure is what
    BigQuery would read: the columns each statement needs, at their sizes there, whole tables.

    \b
    Examples:
      scheduler cost
      scheduler cost --times 100
      scheduler cost --billed
    """  # noqa: D301
    if billed:
        _print_billed()
        return
    database = database_path()
    with progress() as listener, exclusive(database):
        parts, place = estimate_run(database, overrides, listener)
    price = float(DbtProject.find().with_overrides(overrides)["bigquery_price_per_tib"])
    size = "" if times == 1 else f", {times:g} times as large"
    click.echo(f"A weekly run on {place}{size}:")
    click.echo(f"  {'part':<10} {'statements':>10} {'MB read':>12} {'MB billed':>12} {'$':>8}")
    for part in parts:
        _print_row(part.name, len(part.scans), part.read(times), part.billed(times), price)
    _print_row(
        "together", sum(len(part.scans) for part in parts),
        sum(part.read(times) for part in parts), sum(part.billed(times) for part in parts), price,
    )  # fmt: skip
    click.echo(
        "MB billed counts 10 MB at least for each table of a statement, as on demand, at"
        f" ${price:g} for 1024^4 bytes."
    )
    missing = sum(part.missing for part in parts)
    if missing:
        click.echo(f"Not counted: {missing} statements on tables that are not built yet.")


def _print_row(name: str, statements: int, read: float, billed: float, price: float) -> None:
    click.echo(
        f"  {name:<10} {statements:>10} {read / 1e6:>12,.1f} {billed / 1e6:>12,.0f}"
        f" {price * billed / TIB:>8,.3f}"
    )


def _print_billed() -> None:
    price = float(DbtProject.find().default_vars()["bigquery_price_per_tib"])
    with connect() as warehouse:
        commands = warehouse.billed(_DAYS)
    click.echo(f"{'command':<24} {'jobs':>6} {'MB read':>12} {'MB billed':>12} {'$':>8}")
    for found in commands:
        click.echo(
            f"{found.command:<24} {found.jobs:>6} {found.bytes_read / 1e6:>12,.1f}"
            f" {found.bytes_billed / 1e6:>12,.0f} {price * found.bytes_billed / TIB:>8,.3f}"
        )
    if not commands:
        click.echo(f"No command of the last {_DAYS} days left a job.")
