"""Step 4: each page in a process of its own kind: a crash or a hang is that page's alone."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from logging import ERROR
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool
from threadpoolctl import threadpool_limits

from scheduler import log
from scheduler.errors import SchedulerError

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What became of one page: a result, a refusal in its own words, or a failure.

    Attributes:
        traceback: of a failure, where there is one: from the worker process to the line that broke.
    """

    result: Result | None = None
    refusal: str | None = None
    failure: str | None = None
    traceback: str | None = None


def failed(page: str, error: BaseException) -> Outcome[Any]:
    """The outcome of a page that broke unexpectedly, with its traceback in the log."""
    told = log.traceback_of(error)
    log.failure("page_failure", told, page=page, error=type(error).__name__)
    return Outcome(failure=f"{type(error).__name__}: {error}".splitlines()[0], traceback=told)


@dataclass(frozen=True)
class Effort:
    """How hard to try.

    Attributes:
        max_workers: processes at once.
        attempts: tries per page in all, for what can be retried: a crash of its process.
        backoff_base: seconds before try n + 1 are `backoff_base ** n`.
        timeout: seconds a page may take; then its process is ended. Not retried.
    """

    max_workers: int
    attempts: int
    backoff_base: float
    timeout: float


def for_each_page(
    work: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    effort: Effort,
    report: Callable[[str, str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Outcome[Result]]:
    """Do `work` for every page, in worker processes.

    Args:
        work: a module-level function of one task.
        tasks: page -> what it needs.
        effort: workers, tries and time-out.
        report: told (page, what happened) as pages end.
        sleep: waits between tries.

    Returns:
        Page -> outcome, in the order of `tasks`. A `SchedulerError` from `work` is a refusal; any
        other exception, a dead process or a time-out is a failure.
    """
    outcomes: dict[str, Outcome[Result]] = {}
    waiting = list(tasks)
    for attempt in range(1, effort.attempts + 1):
        if not waiting:
            break
        if attempt > 1:
            sleep(effort.backoff_base ** (attempt - 1))
        outcomes |= _one_round(work, {page: tasks[page] for page in waiting}, effort, report)
        waiting = [page for page in waiting if outcomes[page].failure in _RETRIED]
    return {page: outcomes[page] for page in tasks}


_DIED = "Its worker process died."
_RETRIED = frozenset({_DIED})


def _one_round(
    work: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    effort: Effort,
    report: Callable[[str, str], None],
) -> dict[str, Outcome[Result]]:
    workers = max(1, min(effort.max_workers, len(tasks)))
    outcomes: dict[str, Outcome[Result]] = {}
    with ProcessPool(max_workers=workers, initializer=_one_thread, context=_context()) as pool:
        futures: Sequence[tuple[str, ProcessFuture[Result]]] = [
            (page, pool.schedule(work, args=[task], timeout=effort.timeout))
            for page, task in tasks.items()
        ]
        for page, future in futures:
            outcomes[page] = _outcome(page, future, effort.timeout)
            ended = outcomes[page]
            report(page, ended.failure or ended.refusal or "done")
    return outcomes


def _outcome(page: str, future: "ProcessFuture[Result]", timeout: float) -> Outcome[Result]:
    try:
        return Outcome(result=future.result())
    except SchedulerError as error:
        return Outcome(refusal=str(error))
    except FutureTimeout:
        log.event("page_failure", level=ERROR, page=page, error="timeout", seconds=timeout)
        return Outcome(
            failure=f"It took more than {timeout:g} s: raise the setting timeout_per_creator."
        )
    except ProcessExpired as error:
        log.event("page_failure", level=ERROR, page=page, error="died", exit_code=error.exitcode)
        return Outcome(failure=_DIED)
    except Exception as error:
        return failed(page, error)


def _context() -> multiprocessing.context.BaseContext:
    """Fork where it is safe: a script that calls the API needs no `__main__` guard there."""
    method = "fork" if sys.platform.startswith("linux") else "spawn"
    return multiprocessing.get_context(method)


def _one_thread() -> None:
    """One BLAS thread per worker: sums keep one order, and workers do not crowd the cores."""
    os.environ["OMP_NUM_THREADS"] = "1"
    # A worker that is told to end does so at once, whatever the command does about the signal.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threadpool_limits(limits=1)
