"""What is sent: a few lines of text, the same for every channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

_ALERTS_PER_LETTER = 20
_LONGEST_LINE = 500
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True)
class Letter:
    """One message to people.

    Attributes:
        subject: one line, made of counts and dates alone.
        lines: plain text; names and details are data of the agency.
        alerts: rows of the mart `alerts` that it tells.
        run: the run whose summary it carries; None without one.
    """

    subject: str
    lines: tuple[str, ...]
    alerts: tuple[Row, ...] = ()
    run: Row | None = None

    @property
    def text(self) -> str:
        """As plain text."""
        return "\n".join(self.lines)


def letters(alerts: Sequence[Row], run: Row | None) -> list[Letter]:
    """The run's summary and the alerts, in as many letters as stay readable; none for nothing."""
    parts = [
        tuple(alerts[start : start + _ALERTS_PER_LETTER])
        for start in range(0, len(alerts), _ALERTS_PER_LETTER)
    ]
    if not parts and run is not None:
        parts = [()]
    return [
        _letter(part, run if place == 0 else None, place + 1, len(parts))
        for place, part in enumerate(parts)
    ]


def _letter(alerts: tuple[Row, ...], run: Row | None, place: int, count: int) -> Letter:
    what = []
    if run is not None:
        what.append(f"week of {run['week_start']}")
    if alerts:
        what.append(f"{len(alerts)} open alert{'s' * (len(alerts) > 1)}")
    subject = ", ".join(what)
    subject = f"Schedules: {subject}{f' ({place} of {count})' if count > 1 else ''}"
    lines = [subject]
    if run is not None:
        lines += ["", *run_lines(run)]
    for row in alerts:
        lines += ["", *alert_text(row)]
    return Letter(subject, tuple(lines), alerts, run)


def run_lines(run: Row) -> list[str]:
    """A run in a few sentences."""
    ended = [
        f"{run[f'{name}_count']} {name}"
        for name in ("published", "proposed", "blocked")
        if run[f"{name}_count"]
    ]
    lines = [
        f"Week of {run['week_start']}: {', '.join(ended) or 'no page planned'} of"
        f" {run['page_count']} pages, {run['message_count'] or 0} messages, expected revenue"
        f" ${run['expected_revenue'] or 0:,.0f}."
    ]
    if run["failed_count"]:
        lines.append(f"{run['failed_count']} pages failed: logs/scheduler.jsonl says why.")
    return lines


def alert_text(row: Row) -> list[str]:
    """An alert: severity, page, what is wrong, what is at stake, what to do."""
    stake = row["dollars_at_stake"]
    at_stake = f", about ${stake:,.0f} a week at stake" if stake else ""
    lines = [
        f"[{row['severity'] or 'alert'}] {row['page_name'] or 'the agency'}:"
        f" {row['title'] or row['alert_type']}, since {row['opened_at']:%Y-%m-%d}{at_stake}.",
        row["detail"],
    ]
    if row["action"]:
        lines.append(f"What to do: {row['action']}")
    return [_one_line(line) for line in lines]


def _one_line(text: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain if len(plain) <= _LONGEST_LINE else f"{plain[: _LONGEST_LINE - 3]}..."


def slack_text(letter: Letter) -> str:
    """The text for a webhook that speaks Slack's language.

    `&`, `<` and `>` are escaped, so that no page name or detail becomes a link or calls a channel:
    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return letter.text.translate(_SLACK)
