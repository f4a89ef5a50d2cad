"""Commands that answer questions about pages, and check a week."""

import json
import textwrap
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scheduler.analysis.diagnosis import component_weights
from scheduler.analysis.diagnosis import diagnose as explain
from scheduler.analysis.performance import page_analysis
from scheduler.analysis.scores import latest_scores, page_score
from scheduler.analysis.validation import read_schedule_csv, validate_rows
from scheduler.api import captions_for
from scheduler.cli.console import progress
from scheduler.cli.exit_codes import RULES_BROKEN
from scheduler.cli.options import as_of_option, page_name
from scheduler.export.text_report import analysis_lines
from scheduler.training.standing import fresh_marts


@click.command()
@click.argument("page", callback=page_name)
@as_of_option
def analyze(page: str, as_of: datetime | None) -> None:
    """Show a page's standing: tier, health, saturation, score, hours, prices, content.

    \b
    Example:
      scheduler analyze lunavale
    """  # noqa: D301
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        analysis = page_analysis(standing.warehouse, page)
    click.echo(f"{page}\n")
    click.echo("\n".join(analysis_lines(analysis)).rstrip())


@click.command()
@click.option("--page", callback=page_name, help="One page with its parts. Default: all pages.")
@click.option("--days", type=int, default=30, show_default=True, help="Window: 7, 30 or 90.")
@as_of_option
def score(page: str | None, days: int, as_of: datetime | None) -> None:
    """Show EROS scores, best first.

    \b
    Examples:
      scheduler score
      scheduler score --page lunavale --days 90
    """  # noqa: D301
    with progress() as listener, fresh_marts(listener, as_of=as_of) as standing:
        if page is None:
            rows = latest_scores(standing.warehouse, days)
        else:
            rows = [page_score(standing.warehouse, page, days)]
    width = max(len(row["page_name"]) for row in rows)
    click.echo(f"{'page':<{width}}  score  band               rps  conv  exec   div  trend")
    for row in rows:
        parts = [
            row[f"{name}_component"] for name in ("rps", "conversion", "execution", "diversity")
        ]
        shown = "  ".join("   -" if part is None else f"{part:4.2f}" for part in parts)
        click.echo(
            f"{row['page_name']:<{width}}  {row['eros_score']:5.1f}  {row['eros_band']:<17} {shown}"
            f"  {row['eros_trend'] or '-'}"
        )


@click.command()
@click.argument("page", callback=page_name)
@as_of_option
def diagnose(page: str, as_of: datetime | None) -> None:
    """Say why a page's score is low and what would raise it.

    \b
    Example:
      scheduler diagnose lunavale
    """  # noqa: D301
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        analysis = page_analysis(standing.warehouse, page)
        found = explain(analysis, component_weights(standing.settings.values))
    shown = "unknown" if found["overall_score"] is None else f"{found['overall_score']:.1f}"
    click.echo(f"{page}: EROS {shown} of 100 ({found['tier'] or 'no band'})")
    for name, part in found["components"].items():
        if part["value"] is None:
            click.echo(f"  {name:<11} unknown, its weight is shared")
        else:
            click.echo(f"  {name:<11} {part['value']:.2f}  loses {part['points_lost']:.1f} points")
    for line in [*found["data_quality_issues"], *found["recommendations"]]:
        click.echo(textwrap.fill(f"- {line}", 80, subsequent_indent="  "))


@click.command()
@click.argument("page", callback=page_name)
@click.option(
    "--time-of-day",
    type=click.Choice(["morning", "afternoon", "evening", "night"]),
    default="evening",
    show_default=True,
)
@click.option("--count", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--price-tier", help="Only captions of this price tier of the bank.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, captions whole.")
@as_of_option
def captions(
    page: str, time_of_day: str, count: int, price_tier: str | None, as_json: bool,
    as_of: datetime | None,
) -> None:  # fmt: skip
    """List the captions a page may send, highest expected revenue first.

    \b
    Example:
      scheduler captions lunavale --time-of-day evening --count 5 --price-tier mid
    """  # noqa: D301
    with progress() as listener:
        rows = captions_for(page, time_of_day, count, price_tier, listener, as_of=as_of)
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        text = " ".join(row["caption_text"].split())
        click.echo(
            f"{row['performance_score']:5.1f}  ${row['price']:>6.2f}"
            f"  {row['content_category']:<12.12}  {text[:48]}"
        )


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_of_option
def validate(files: tuple[Path, ...], as_of: datetime | None) -> None:
    """Hold schedule CSVs, also edited ones, against the rulebook. Exit code 1: tier 1 is broken.

    \b
    Example:
      scheduler validate output/lunavale_schedule.csv
    """  # noqa: D301
    sheets = {path: read_schedule_csv(path) for path in files}
    worst = 3
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        for path, rows in sheets.items():
            found = validate_rows(standing.warehouse, rows, str(path))
            _print_violations(path, len(rows), found)
            worst = min([worst, *(violation.tier for violation in found)])
    if worst == 1:
        raise click.exceptions.Exit(RULES_BROKEN)


def _print_violations(path: Path, count: int, found: list[Any]) -> None:
    verdict = "breaks tier 1" if any(v.tier == 1 for v in found) else "keeps tier 1"
    click.echo(f"{path}: {count} messages, {verdict}, {len(found)} notes")
    for violation in found:
        where = f" [{violation.message_id}]" if violation.message_id else ""
        click.echo(f"  tier {violation.tier}  {violation.rule}: {violation.detail}{where}")
