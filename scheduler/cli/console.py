"""Progress on a terminal, plain lines elsewhere. Figures and results go to standard output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from scheduler.progress import Printed, Progress


class DetailedProgress(Printed):
    """A tool's own output too."""

    def detail(self, text: str) -> None:
        """Print the line."""
        self.step(text)


class LiveProgress:
    """A spinner with the present step and its last detail."""

    def __init__(self, status: Status, console: Console) -> None:
        self.status = status
        self.console = console
        self.current = ""
        self.solved = 0

    def step(self, text: str) -> None:
        """Leave the step on the screen and spin under it."""
        self.console.print(text, highlight=False)
        self.current = text
        self.status.update(text)

    def detail(self, text: str) -> None:
        """Show the line beside the spinner."""
        self.status.update(text.strip()[: max(20, self.console.width - 4)])

    def page(self, page: str, text: str) -> None:
        """Count solved pages; print the others."""
        self.solved += 1
        self.status.update(f"{self.current} {self.solved} done, last {page}")
        if text != "done":
            self.console.print(f"  {page}: {text}", highlight=False)


@contextmanager
def progress(*, show_detail: bool = False) -> Iterator[Progress]:
    """A listener that suits where standard error goes."""
    if not sys.stderr.isatty():
        yield DetailedProgress() if show_detail else Printed()
        return
    console = Console(stderr=True)
    with console.status("") as status:
        yield LiveProgress(status, console)
