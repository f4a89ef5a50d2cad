"""How a long command says what it is doing, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """Told what is being done."""

    def step(self, text: str) -> None:
        """A step begins, or a step says something of note."""

    def detail(self, text: str) -> None:
        """A line of a tool's own output, such as dbt's."""

    def page(self, page: str, text: str) -> None:
        """A page's solve ended: `done`, or why not."""


class Silent:
    """Listens to nothing: the Python API's default."""

    def step(self, text: str) -> None:
        """Nothing."""

    def detail(self, text: str) -> None:
        """Nothing."""

    def page(self, page: str, text: str) -> None:
        """Nothing."""
