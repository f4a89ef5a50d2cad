"""Progress on a terminal, plain lines elsewhere. Figures and results go to standard output."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Column
from rich.text import Text

from scheduler.progress import Printed, Progress

# dbt's lines: "12:00:01  17 of 240 OK created sql view model ...".
_COUNTED = re.compile(r"\b(\d+) of (\d+) (?!START)")


class DetailedProgress(Printed):
    """A tool's own output too."""

    def detail(self, text: str) -> None:
        """Print the line."""
        self.step(text)


class LiveProgress:
    """A bar under the steps so far: the present step, how much of it is done, and time left.

    A step that does not count (a fit, the sharing of captions) shows how long it has been going.
    """

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.task = bar.add_task("", total=None)
        self.counts_pages = False

    def step(self, text: str) -> None:
        """Leave the step on the screen and begin a bar for it."""
        self.bar.console.print(Text(text))
        self._begin(text, None)

    def detail(self, text: str) -> None:
        """Count what a tool counts itself."""
        found = _COUNTED.search(text)
        if found:
            done, total = (int(number) for number in found.groups())
            self.bar.update(self.task, completed=done, total=total)

    def pages(self, count: int) -> None:
        """Count pages from now on."""
        self.bar.update(self.task, completed=0, total=count)
        self.counts_pages = True

    def page(self, page: str, text: str) -> None:
        """Count the page; print one that did not solve."""
        if self.counts_pages:
            self.bar.advance(self.task)
        if text != "done":
            self.bar.console.print(Text(f"  {page}: {text}"))

    def _begin(self, text: str, total: int | None) -> None:
        self.bar.remove_task(self.task)
        self.task = self.bar.add_task(text.rstrip("."), total=total)
        self.counts_pages = False


class _Left(TimeRemainingColumn):
    """Time left, where something is counted."""

    def render(self, task: Task) -> Text:
        """Nothing for a step without a count."""
        return Text("") if task.total is None else super().render(task) + Text(" left")


class _Counted(MofNCompleteColumn):
    """How many of how many, where something is counted."""

    def render(self, task: Task) -> Text:
        """Nothing for a step without a count."""
        return Text("") if task.total is None else super().render(task)


def live_bar(console: Console) -> Bar:
    """The bar, gone when the work is done."""
    return Bar(
        SpinnerColumn(),
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis", max_width=34),
        ),
        BarColumn(bar_width=20),
        _Counted(),
        TimeElapsedColumn(),
        _Left(compact=True),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


@contextmanager
def progress(*, show_detail: bool = False) -> Iterator[Progress]:
    """A listener that suits where standard error goes."""
    if not sys.stderr.isatty():
        yield DetailedProgress() if show_detail else Printed()
        return
    with live_bar(Console(stderr=True)) as bar:
        yield LiveProgress(bar)
