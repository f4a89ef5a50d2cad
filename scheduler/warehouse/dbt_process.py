"""dbt in a process group of its own: what it prints, and how it is ended with all its children."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

# dbt ends its queries on the first, as on Ctrl-C; what is left then is not asked again.
_ENDING = ((signal.SIGINT, 20.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
_LONGEST = 600
# dbt's closing list of what failed, each by its name.
_FAILED = re.compile(r"^(?:[A-Z]\w* )?(?:Error|Failure) in (\w+ [\w.]+)")
# Of its other lines, those that say what went wrong; names of tests and models may hold the words.
_ERRORS = (
    re.compile(r"^[A-Z][\w ]* Error\b"),
    re.compile(r"^Encountered an error\b"),
    re.compile(r"^\d+ of \d+ (?:ERROR|FAIL)\b"),
    re.compile(r"^(?:Error|ERROR|error)\b"),
    re.compile(r"\w(?:Error|Exception)\b:"),
)


def run_child(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
) -> tuple[int, list[str]]:
    """Run a command to its end.

    Whatever ends this process on the way, Ctrl-C or SIGTERM, ends the command's whole group.

    Args:
        command: program and arguments.
        folder: working directory.
        environment: all of it.
        on_line: called with each line of output, both streams alike.

    Returns:
        Exit code and lines.
    """
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own interpreter and fixed arguments
        command, cwd=folder, env=environment, text=True, encoding="utf-8", errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0,
    ) as process:  # fmt: skip
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                on_line(lines[-1])
        except BaseException:
            _end_group(process)
            raise
    return process.returncode, lines


def _end_group(process: "subprocess.Popen[str]") -> None:
    for number, patience in _ENDING:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            break
    # The leader is gone; children that it left behind must not hold the database.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def first_error(lines: Sequence[str]) -> str:
    """What failed, without dbt's clock.

    By name, as dbt's closing list has it, the first with its reason; without such a list, the most
    telling line with what follows it.
    """
    texts = [line.split("  ", 1)[-1].strip() for line in lines]
    failed = [(match[1], at) for at, text in enumerate(texts) if (match := _FAILED.match(text))]
    if failed:
        first, at = failed[0]
        others = ", ".join(name for name in dict(failed) if name != first)
        return f"{first}: {_after(texts, at)}{f' Also: {others}.' if others else ''}"[:_LONGEST]
    for pattern in _ERRORS:
        for at, text in enumerate(texts):
            if pattern.search(text):
                return f"{text} {_after(texts, at)}".strip()[:_LONGEST]
    last = next((text for text in reversed(texts) if text), "no output.")
    return last[:_LONGEST]


def _after(texts: Sequence[str], at: int) -> str:
    """The next line that says anything."""
    return next((text for text in texts[at + 1 :] if text), "")
