"""What is wrong with the files of a load, told all at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.errors import SchedulerError

_LINES_SHOWN = 20
_VALUE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct: the file, the column when it is about one, and a line saying both."""

    file: str
    column: str | None
    text: str


def problem(text: str, file: str = "", column: str | None = None) -> Problem:
    """A problem whose text comes first, as it is the part that is always there."""
    return Problem(file, column, text)


class LoadError(SchedulerError):
    """Files that can't be loaded: one line for one problem, for several a line above the list."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            super().__init__(f"{self.problems[0].text}. Nothing was loaded.")
            return
        shown = [f"- {each.text}." for each in self.problems[:_LINES_SHOWN]]
        hidden = len(self.problems) - len(shown)
        if hidden:
            shown.append(f"- and {hidden} more.")
        first = (
            f"Nothing was loaded: correct these {len(self.problems)} problems "
            "and run `scheduler load` again."
        )
        super().__init__("\n".join([first, *shown]))


class UnreadableFileError(Exception):
    """A file whose rows can't be told apart. The message says why, without the file's name."""


def shown(value: object) -> str:
    """A value as an error line shows it: quoted, on one line, cut when long."""
    text = value if isinstance(value, str) else str(value)
    if len(text) > _VALUE_LENGTH:
        text = text[: _VALUE_LENGTH - 1] + "…"
    return repr(text)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: `a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
