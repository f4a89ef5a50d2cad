"""How a long command says what it is doing, without knowing who listens."""

import sys
from typing import Protocol


class Progress(Protocol):
    """Told what is being done."""

    def step(self, text: str) -> None:
        """A step begins, or a step says something of note."""

    def detail(self, text: str) -> None:
        """A line of a tool's own output, such as dbt's."""

    def pages(self, count: int) -> None:
        """So many pages are now worked on; `page` tells of each when it ends."""

    def page(self, page: str, text: str) -> None:
        """A page's solve ended: `done`, or why not."""


class Printed:
    """A line on standard error for each step; of a tool's own output nothing."""

    def step(self, text: str) -> None:
        """Print the step."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def detail(self, text: str) -> None:
        """Nothing."""

    def pages(self, count: int) -> None:
        """Nothing."""

    def page(self, page: str, text: str) -> None:
        """Print what became of a page that did not solve."""
        if text != "done":
            self.step(f"  {page}: {text}")


class Silent:
    """Listens to nothing: the Python API's default."""

    def step(self, text: str) -> None:
        """Nothing."""

    def detail(self, text: str) -> None:
        """Nothing."""

    def pages(self, count: int) -> None:
        """Nothing."""

    def page(self, page: str, text: str) -> None:
        """Nothing."""
