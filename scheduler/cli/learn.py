"""Commands that train the response model and judge it on past days."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scheduler.backtest import run_backtest
from scheduler.backtest.tables import terminal_lines, write_files
from scheduler.backtest.training_card import train_with_card
from scheduler.cli.console import progress
from scheduler.cli.options import as_of_option, vars_option
from scheduler.output_files import check_output_dir
from scheduler.training.fitted_model import models_dir
from scheduler.training.standing import fresh_marts
from scheduler.warehouse import database_path

output_option = click.option(
    "--output-dir",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    help="Where the files go.",
)


@click.command()
@output_option
@as_of_option
@vars_option
def train(output_dir: Path, as_of: datetime | None, overrides: dict[str, Any]) -> None:
    """Fit the response model, judge it on past days, and write model_card.md.

    \b
    Example:
      scheduler train
    """  # noqa: D301
    with progress() as listener:
        trained = train_with_card(as_of, overrides, output_dir, listener)
    click.echo(f"Training {trained.model.training_hash[:12]}, judged on its last weeks:")
    for row in trained.model.skill.table().to_pylist():
        if row["scope"] == "agency":
            value = row["value"]
            shown = "unknown" if value != value else f"{value:.3f}"  # noqa: PLR0124 - NaN
            click.echo(f"  {row['metric']:<24} {shown}")
    click.echo(f"Written to {trained.path}.")


@click.command()
@click.option(
    "--origins",
    type=click.IntRange(min=1),
    help="Earlier days to predict from. Default: a setting.",
)
@click.option(
    "--weeks",
    type=click.IntRange(min=1, max=4),
    help="Weeks predicted from each. Default: a setting.",
)
@output_option
@as_of_option
@vars_option
def backtest(
    origins: int | None,
    weeks: int | None,
    output_dir: Path,
    as_of: datetime | None,
    overrides: dict[str, Any],
) -> None:
    """Predict past weeks from what was known before them, and say how that went.

    Three models learn at each of several earlier days and predict the next week: ours, pooled
    boosted trees, and a GradientBoosting per page. Every figure is also in backtest.csv and
    backtest.json. Defaults are the settings backtest_origins and backtest_weeks; the marts keep
    replay_days of history for it.

    \b
    Examples:
      scheduler backtest
      scheduler backtest --origins 2 --weeks 2 --output-dir out
    """  # noqa: D301
    check_output_dir(output_dir)
    with (
        progress() as listener,
        fresh_marts(listener, as_of=as_of, overrides=overrides) as standing,
    ):
        report = run_backtest(
            standing.warehouse, standing.settings, models_dir(database_path()), listener, origins,
            weeks,
        )  # fmt: skip
    for line in terminal_lines(report):
        click.echo(line)
    for path in write_files(report, output_dir):
        click.echo(f"Written to {path}.")
