"""The model card: what the trained model is, how it did on past days, what that does not say."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from scheduler.backtest.leakage import LIMIT, Leakage
from scheduler.backtest.replay_report import Report
from scheduler.backtest.tables import (
    LEGEND,
    group_table,
    loss_lines,
    model_table,
    summary_lines,
)
from scheduler.response import ResponseModel

WHAT = (
    "Expected earnings of a message = audience x purchases per recipient (page, hour, weekday,"
    " content, caption, price, novelty, fatigue) x price. One negative-binomial regression for"
    " all pages; what a page shows little of leans on the pool."
)
NOT_SAID = (
    "Skill is a share of error taken away on days the model had not seen. It is no accuracy: what"
    " single messages earn is mostly luck, which no model takes away.",
    "It is measured on messages that people chose. A planner asks about weeks nobody sent; where it"
    " leaves the history's hours, prices and volumes, these figures do not follow it.",
    "Predicted is not caused: better content is sent at better hours and dearer prices. Prices are"
    " proposed only inside a page's own range for that reason.",
    "Intervals hold their share over many messages and page-weeks alike these, not in every one,"
    " and not through a break such as a change of the platform's fee.",
    "The category and the price tier of a caption are what the bank says today, and a replay knows"
    " today's: where captions are filed anew by what they sold, it looks better than it was.",
)


def model_card(
    model: ResponseModel,
    report: Report,
    leakage: Leakage,
    dates: tuple[date, date],
    settings: Sequence[tuple[str, object]],
) -> str:
    """The card as Markdown.

    Args:
        model: trained on everything up to now.
        report: the backtest of the same settings.
        leakage: found on shuffled outcomes of the same rows.
        dates: first and last local date of the training rows.
        settings: name and value of what shaped the training.
    """
    parts = [
        "# Model card: response model",
        "",
        WHAT,
        "",
        "## Trained on",
        "",
        *_table([["what", "value"], *_training(model, report, dates), *map(_setting, settings)]),
        *_skill(report),
        "",
        "## Where a naive mean does as well",
        "",
        *_bullets(loss_lines(report)),
        "",
        "## Tests for leakage",
        "",
        *_leakage(leakage),
        "",
        "## Limits",
        "",
        *(f"- {line}" for line in NOT_SAID),
    ]
    return "\n".join(parts) + "\n"


def _skill(report: Report) -> list[str]:
    """Models side by side, what the figures mean, coverage, and ours by tier, origin and page."""
    coverage = f"{100 * report.interval_coverage:.0f} %"
    messages, weeks = (
        _share(report.value(report.ours, f"{kind}_coverage")) for kind in ("message", "week")
    )
    parts = [
        "",
        "## Skill on past days",
        "",
        " ".join(summary_lines(report)),
        "",
        *_table(model_table(report)),
        "",
        "",
        *(f"- *{name}*: {text}" for name, text in LEGEND),
        "",
        f"Intervals of {coverage} held {messages} of messages and {weeks} of page-weeks; they were"
        " set by weeks that were over before the day of the prediction.",
    ]
    for scope in ("tier", "origin", "page"):
        parts += ["", f"### By {scope}", "", *_table(group_table(report, scope))]
    return parts


def _training(model: ResponseModel, report: Report, dates: tuple[date, date]) -> list[list[str]]:
    return [
        ["training", f"`{model.training_hash[:12]}`"],
        ["as of", report.as_of],
        ["window", f"{dates[0]} to {dates[1]}"],
        ["messages", f"{model.row_count:,}"],
        ["pages", f"{len(model.labels.pages):,}"],
        ["captions", f"{len(model.labels.captions):,}"],
    ]


def _setting(item: tuple[str, object]) -> list[str]:
    return [f"`{item[0]}`", str(item[1])]


def _share(value: float) -> str:
    return "an unknown share" if np.isnan(value) else f"{100 * value:.0f} %"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *body = rows
    rule = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *body)]


def _bullets(lines: Sequence[str]) -> list[str]:
    return [f"  - {line.strip()}" if line.startswith(" ") else f"- {line}" for line in lines]


def _leakage(found: Leakage) -> list[str]:
    verdict = "within noise of zero" if found.is_clean else "MORE THAN NOISE: a feature leaks"
    return [
        f"- Outcomes dealt to other messages, trained and judged as usual on {found.row_count:,}"
        f" messages: rank correlation {found.rank:+.3f} (standard error {found.rank_noise:.3f}),"
        f" deviance explained {found.deviance:+.3f} ({found.deviance_noise:.3f}). That is {verdict}"
        f" (limit {LIMIT:.0f} standard errors).",
        "- Features count messages that end one second before the send; views, purchases and the"
        " caption bank's lifetime columns are none. `make test` plants a leaking feature and sees"
        " this gate turn red.",
        "- Each past day is replayed with the weights, tiers and means of that day; messages whose"
        " purchases were still coming in are neither learned from nor judged.",
    ]
