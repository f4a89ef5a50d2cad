"""A report as lines for a terminal and for Markdown, and as files."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scheduler.backtest.replay_report import Report
from scheduler.backtest.rolling_replay import GLM, MODELS, POOLED, SEED
from scheduler.output_files import write_whole

TITLES = {
    GLM: "glm",
    POOLED: "pooled boosted trees",
    SEED: "GradientBoosting per page",
}
MODEL_METRICS = (
    "deviance_explained", "deviance_over_page_mean", "r2_earnings", "rank_correlation",
    "calibration_slope", "bias", "week_error",
)  # fmt: skip
GROUP_METRICS = (
    "deviance_over_page_mean", "rank_correlation", "calibration_slope", "bias", "week_error",
    "message_coverage", "week_coverage", "week_coverage_count", "row_count",
)  # fmt: skip
HEADS = {
    "deviance_explained": "deviance",
    "deviance_over_page_mean": "own mean",
    "r2_earnings": "R2",
    "rank_correlation": "rank",
    "calibration_slope": "slope",
    "bias": "bias",
    "week_error": "week err",
    "message_coverage": "in msg",
    "week_coverage": "in week",
    "week_coverage_count": "of",
    "row_count": "rows",
}
PERCENTAGES = ("bias", "week_error")
MOST = 9.99  # a page that earns next to nothing has no ratio worth reading
COUNTS = ("row_count", "week_coverage_count")
WIDTHS = {name: max(5, len(head)) for name, head in HEADS.items()}
WIDTHS |= {"bias": 6, "week_coverage_count": 4, "row_count": 6}
LEGEND = (
    ("deviance", "share of the purchases' Poisson deviance that the agency's mean leaves"),
    ("own mean", "the same against each page's own mean; below 0 that mean does better"),
    ("R2", "of earnings per recipient against the agency's mean; it is no accuracy"),
    ("rank", "Spearman correlation of predicted and earned dollars per recipient"),
    ("slope", "of earned on predicted dollars per recipient; 1 is calibrated"),
    ("bias", "predicted / earned dollars of page-weeks, less 1"),
    ("week err", "mean absolute error of a page-week's total, of its mean"),
    ("in", "share of messages and of page-weeks inside their interval, set before"),
    ("of", "so many page-weeks; one in three shares of 25 is off by 0.08 or more"),
)


def cell(metric: str, value: float) -> str:
    """A figure as it is shown; a dash where it was not measured."""
    if np.isnan(value):
        return "-"
    if metric in COUNTS:
        return f"{value:,.0f}"
    if metric in PERCENTAGES:
        sign = "+" if metric == "bias" else ""
        return f"{100 * value:{sign}.0f} %" if abs(value) < MOST else f">{100 * MOST:.0f} %"
    return f"{value:.2f}"


def model_table(report: Report) -> list[list[str]]:
    """Head and one row per model, over all judged messages."""
    rows = [["model", *(HEADS[name] for name in MODEL_METRICS)]]
    for model in MODELS:
        values = [cell(name, report.value(model, name)) for name in MODEL_METRICS]
        title = f"{TITLES[model]}{' (ours)' if model == report.ours else ''}"
        rows.append([title, *values])
    return rows


def group_table(report: Report, scope: str) -> list[list[str]]:
    """Head and one row per tier, page or origin, for our model."""
    rows = [[scope, *(HEADS[name] for name in GROUP_METRICS)]]
    for name in report.names(scope):
        values = [
            cell(metric, report.value(report.ours, metric, scope, name)) for metric in GROUP_METRICS
        ]
        rows.append([f"{name} days back" if scope == "origin" else name, *values])
    return rows


def aligned(rows: Sequence[Sequence[str]], metrics: Sequence[str], first: int) -> list[str]:
    """Rows as text, figures to the right."""
    lines = []
    for row in rows:
        figures = "".join(
            f" {value:>{WIDTHS[name]}}" for name, value in zip(metrics, row[1:], strict=True)
        )
        lines.append(f"{row[0][:first]:<{first}}{figures}".rstrip())
    return lines


def summary_lines(report: Report) -> list[str]:
    """What was replayed, in two sentences."""
    count = int(report.value(report.ours, "row_count"))
    learned = int(np.mean(report.train_rows))
    weeks = "week" if report.weeks == 1 else f"{report.weeks} weeks"
    return [
        f"As of {report.as_of[:16].replace('T', ' ')} UTC: from {len(report.origins)} earlier days,"
        f" {report.origins[0]:.0f} to {report.origins[-1]:.0f} days back,",
        f"the next {weeks} of each predicted: {count:,} messages,"
        f" learned from {learned:,} on average.",
    ]


def loss_lines(report: Report) -> list[str]:
    """Tiers and pages that we predict no better than their own naive mean does."""
    lines = []
    for scope in ("tier", "page"):
        losers = report.losers(scope)
        total = len(report.names(scope))
        if losers:
            lines.append(f"{len(losers)} of {total} {scope}s lose to their own mean:")
            lines += [f"  {name}" for name in losers]
        else:
            lines.append(f"No {scope} of {total} loses to its own mean.")
    return lines


def terminal_lines(report: Report) -> list[str]:
    """The whole report at 80 columns."""
    lines = [*summary_lines(report), ""]
    lines += aligned(model_table(report), MODEL_METRICS, 25)
    for scope in ("tier", "origin", "page"):
        lines += ["", *aligned(group_table(report, scope), GROUP_METRICS, 16)]
    lines += ["", *loss_lines(report), ""]
    lines += [f"{name:<9} {text}" for name, text in LEGEND]
    return lines


def write_files(report: Report, directory: Path) -> tuple[Path, Path]:
    """Write every measure as backtest.csv and the report as backtest.json.

    Raises:
        SchedulerError: the folder can't be written.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["model", "scope", "scope_value", "metric", "value"])
    for *names, value in report.measures:
        table.writerow([*names, "" if value is None else repr(value)])
    return (
        write_whole(directory / "backtest.csv", text.getvalue()),
        write_whole(directory / "backtest.json", report.to_json() + "\n"),
    )
