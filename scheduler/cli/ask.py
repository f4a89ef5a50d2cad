"""Commands that answer questions about pages, and check a week."""

import json
import textwrap
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scheduler.analysis.diagnosis import component_weights
from scheduler.analysis.diagnosis import diagnose as explain
from scheduler.analysis.performance import page_analysis
from scheduler.analysis.scores import latest_scores, page_score
from scheduler.api import captions_for
from scheduler.cli.console import progress
from scheduler.cli.exit_codes import COULD_NOT_RUN, RULES_BROKEN
from scheduler.cli.google_option import read_option, read_sources
from scheduler.cli.options import as_of_option, page_name
from scheduler.editing.approval import differing_from_approved
from scheduler.export.text_report import analysis_lines
from scheduler.marts.approvals import Approval
from scheduler.marts.schedules import Violation, illegal_active_weeks
from scheduler.sheet import judge, read_sheet, read_weeks, understand
from scheduler.training.standing import fresh_marts

SHOWN_PROBLEMS = 20


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
    """List the captions a page may send, best first.

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
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@read_option
@as_of_option
def validate(files: tuple[Path, ...], url: str | None, as_of: datetime | None) -> None:
    """Hold schedules, also edited ones, against the rulebook. Nothing is changed.

    FILES are CSV or .xlsx, as Excel, Sheets, Numbers or LibreOffice save them. Rows are found by
    Message_ID, caption id or text. Cells that can't be read, or that say different things, are
    named, and such a week is not judged.

    Without files and --sheet, the active weeks of the warehouse that are not over, by tier 1 alone.

    \b
    Examples:
      scheduler validate output/lunavale_schedule.csv
      scheduler validate

    A sheet of an approved week that says something else than what was approved is named.

    Exit code 1: tier 1 is broken, or with the setting require_approval a sheet is not what was
    approved; 2: a file could not be judged.
    """  # noqa: D301
    sources = read_sources(files, url)
    codes = {0}
    with progress() as listener, fresh_marts(listener, as_of=as_of, trained=True) as standing:
        weeks = read_weeks(standing.warehouse)
        for _, table in sources:
            sheet = read_sheet(table, weeks)
            understood = understand(standing.warehouse, sheet)
            if understood.problems:
                _print_problems(table.name, understood.problems)
                codes.add(COULD_NOT_RUN)
                continue
            found = judge(standing.warehouse, understood)
            _print_findings(table.name, len(understood.messages), found, understood.notes)
            unapproved = differing_from_approved(standing.warehouse, understood)
            _print_unapproved(unapproved)
            if unapproved and standing.settings.values["require_approval"]:
                codes.add(RULES_BROKEN)
            codes.update(RULES_BROKEN for finding in found if finding.violation.tier == 1)
        if not sources:
            broken = illegal_active_weeks(standing.warehouse, standing.settings.as_of)
            _print_active(broken)
            codes.update(RULES_BROKEN for _ in broken)
    if max(codes):
        raise click.exceptions.Exit(max(codes))


def _print_unapproved(found: Sequence[tuple[Approval, str]]) -> None:
    for approval, what in found:
        click.echo(
            f"  {approval.page_name}: not what {approval.approved_by} approved at"
            f" {approval.approved_at:%Y-%m-%d %H:%M} UTC: {what}"
        )


def _print_active(found: Sequence[Violation]) -> None:
    for violation in found:
        where = f" [{violation.message_id}]" if violation.message_id else ""
        click.echo(f"{violation.page_name}: {violation.rule}: {violation.detail}{where}")
    pages = len({violation.page_name for violation in found})
    click.echo(
        f"Pages whose active week breaks tier 1: {pages}. Plan them anew: `scheduler run`."
        if found
        else "Every active week keeps tier 1."
    )


def _print_problems(name: str, problems: Sequence[Any]) -> None:
    click.echo(f"{name}: not judged, {len(problems)} to mend", err=True)
    for problem in problems[:SHOWN_PROBLEMS]:
        click.echo(f"  {problem}", err=True)
    if len(problems) > SHOWN_PROBLEMS:
        click.echo(f"  and {len(problems) - SHOWN_PROBLEMS} more", err=True)


def _print_findings(name: str, count: int, found: Sequence[Any], notes: Sequence[str]) -> None:
    is_broken = any(finding.violation.tier == 1 for finding in found)
    verdict = "breaks tier 1" if is_broken else "keeps tier 1"
    click.echo(f"{name}: {count} messages, {verdict}, {len(found) + len(notes)} notes")
    for finding in found:
        violation = finding.violation
        places = ", ".join(filter(None, [finding.where, finding.message_id]))
        where = f" [{places}]" if places else ""
        click.echo(f"  tier {violation.tier}  {violation.rule}: {violation.detail}{where}")
    for note in notes:
        click.echo(f"  note    {note}")
