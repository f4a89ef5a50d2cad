"""What the scheduler did: one line of JSON for each event, in one file that rotates.

Every line has `at` (UTC), `level`, `kind`, the `command` and its `invocation`; inside a run also
its `run_id`. Kinds: `command`, `run`, `step` (a part of a run), `build` (one dbt command), `load`,
`query`, `training`, `page_failure`, `page_blocked`, `validation`, `alert`, `error`. Lines hold
names, times and counts. No caption, price, bound value or credential is put into one.
"""

import json
import logging
import logging.handlers
import math
import os
import re
import secrets
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

FILE_NAME = "scheduler.jsonl"
_VARIABLE = "EROS_INVOCATION"
_FILE_BYTES, _FILES_KEPT = 5_000_000, 5
_SQL_LENGTH = 300
# What a message quotes of somebody's data: long texts, and amounts of money.
_QUOTED = re.compile(r"'[^']{30,}'|\"[^\"]{30,}\"|\$\d[\d,.]*")

_logger = logging.getLogger("scheduler")
_logger.addHandler(logging.NullHandler())
_bound: ContextVar[Mapping[str, Any]] = ContextVar("bound", default=MappingProxyType({}))


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "kind": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        # JSON knows no NaN
        known = {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in line.items()
        }
        return json.dumps(known, ensure_ascii=False, default=str)


class LogFile(logging.handlers.RotatingFileHandler):
    """Makes its folder when the first line comes; where that fails, the work goes on without."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder / FILE_NAME, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8",
            delay=True,
        )  # fmt: skip
        self.shown = folder / FILE_NAME
        self.is_broken = False
        self.setFormatter(JsonLine())

    def _open(self) -> Any:
        self.shown.parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Give the log up: a full disk or a read-only folder must not stop a run."""
        self.is_broken = True
        self.setLevel(logging.CRITICAL + 1)


class Tracebacks(logging.StreamHandler[Any]):
    """Shows on standard error the traceback of each failure, and nothing else."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the traceback, if the record has one."""
        text = getattr(record, "fields", {}).get("traceback")
        if text:
            self.stream.write(text)


def invocation() -> str:
    """The name of this command, sortable by time; the dbt it starts inherits it.

    Unlike the content-made `run_id`, it is new each time: two runs of one content are paid twice.
    """
    if not os.environ.get(_VARIABLE):
        os.environ[_VARIABLE] = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    return os.environ[_VARIABLE]


def start(command: str, *, show_tracebacks: bool = False) -> None:
    """Keep a log from here on, in `$EROS_LOG_DIR` or `logs` of the working directory.

    Args:
        command: what was asked for.
        show_tracebacks: on standard error as well.
    """
    stop()
    _logger.addHandler(LogFile(Path(os.environ.get("EROS_LOG_DIR") or "logs")))
    if show_tracebacks:
        _logger.addHandler(Tracebacks())
    _logger.setLevel(logging.INFO)
    # Some library may have given the root a handler that prints every line on the terminal.
    _logger.propagate = False
    _bound.set({"command": command, "invocation": invocation()})


def stop() -> None:
    """Keep no log any more."""
    for handler in list(_logger.handlers):
        if isinstance(handler, LogFile | Tracebacks):
            _logger.removeHandler(handler)
            handler.close()
    _bound.set(MappingProxyType({}))


def place() -> Path | None:
    """Where the log is; None where none is kept or it cannot be written."""
    for handler in _logger.handlers:
        if isinstance(handler, LogFile) and not handler.is_broken:
            return handler.shown
    return None


def pointer() -> str:
    """A sentence that says where the traceback is."""
    found = place()
    if found is None:
        return "No log could be written: --debug shows the traceback."
    return f"The traceback is in {found}."


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Put fields on every event inside, such as the id of a run."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def event(kind: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Write one line."""
    _logger.log(level, kind, extra={"fields": {**_bound.get(), **fields}})


def failure(kind: str, trace: str, **fields: Any) -> None:
    """Write what went wrong unexpectedly, with its traceback."""
    event(kind, level=logging.ERROR, **fields, traceback=trace)


def traceback_of(error: BaseException) -> str:
    """The whole traceback, that of a worker process included."""
    return "".join(traceback.format_exception(error))


@contextmanager
def timed(kind: str, **fields: Any) -> Iterator[dict[str, Any]]:
    """Write what the block does and its seconds, whatever becomes of it.

    Yields:
        Takes further fields, such as a number of rows that is known only afterwards.
    """
    started = time.monotonic()
    more: dict[str, Any] = {}
    try:
        yield more
    except BaseException as error:
        more["failed"] = type(error).__name__
        raise
    finally:
        seconds = round(time.monotonic() - started, 3)
        level = logging.WARNING if "failed" in more else logging.INFO
        event(kind, level=level, **fields, **more, seconds=seconds)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Write the seconds of a part of a run, and those of processors; parts of one name add up."""
    started = sum(os.times()[:4])
    with timed("step", step=name) as told:
        try:
            yield
        finally:
            # with those of child processes that ended: dbt's and the workers'
            told["cpu_seconds"] = round(sum(os.times()[:4]) - started, 3)


def short_sql(sql: str) -> str:
    """A statement on one line; its values are bound and not part of it."""
    return " ".join(sql.split())[:_SQL_LENGTH]


def without_data(message: str) -> str:
    """A message without what it quotes of somebody's texts and amounts."""
    return _QUOTED.sub("...", message)
