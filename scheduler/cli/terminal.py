"""Lines for a terminal: wrapped to it, with colour where it is wanted and shown."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime

import click

_WIDEST = 80
_COLOURS = {"critical": "red", "high": "red", "medium": "yellow", "bad": "red", "good": "green"}


def tinted(text: str, what: str) -> str:
    """The text in the colour of a severity, or of `bad`, `good` or `head`.

    `click.echo` takes colours off where the output is no terminal; NO_COLOR keeps them off.
    """
    if os.environ.get("NO_COLOR"):
        return text
    return click.style(text, fg=_COLOURS.get(what), bold=what in ("head", "critical"))


def wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """The text in lines of 80 columns or fewer, control characters shown as blanks.

    Args:
        text: one paragraph.
        indent: in front of every line.
        first: in front of the first line instead.
    """
    width = max(40, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return textwrap.wrap(
        plain, width, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_on_hyphens=False,
    )  # fmt: skip


_TINTS = {
    "Blocked ": "bad", "What failed": "bad", "Alert: ": "bad", "Open alert ": "medium",
    "Doubt": "medium", "Review ": "medium", "Week of ": "head",
}  # fmt: skip


def shown(lines: Iterable[str]) -> Iterator[str]:
    """The lines as they are where they are piped; on a terminal wrapped, with colour by kind."""
    if not sys.stdout.isatty():
        yield from lines
        return
    for line in lines:
        tint = next((tint for start, tint in _TINTS.items() if line.startswith(start)), "")
        blanks = " " * (len(line) - len(line.lstrip()))
        # tables keep the blanks between their columns
        parts = [line] if len(line) <= _WIDEST else wrapped(line.strip(), f"{blanks}  ", blanks)
        yield from (tinted(part, tint) for part in parts)


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in the unit that a person would say."""
    seconds = max((now - moment).total_seconds(), 0.0)
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (seconds >= size and unit == "minute"):
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
