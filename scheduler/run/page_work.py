"""A page's work in a process of its own, and what becomes of it."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool
from threadpoolctl import threadpool_limits

from scheduler import log
from scheduler.errors import SchedulerError

Task = TypeVar("Task")
Result = TypeVar("Result")
Other = TypeVar("Other")

DIED = "Its worker process died."


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What became of one page: a result, a refusal in its own words, or a failure.

    Attributes:
        traceback: of a failure, where there is one: from the worker process to the line that broke.
        told: what the log says of a failure.
    """

    result: Result | None = None
    refusal: str | None = None
    failure: str | None = None
    traceback: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)

    def of(self, result: Other | None) -> "Outcome[Other]":
        """The same with another result."""
        return Outcome(result, self.refusal, self.failure, self.traceback, self.told)


@dataclass(frozen=True)
class Effort:
    """How hard to try, and where.

    Attributes:
        max_workers: processes at once, of this machine.
        attempts: tries per page in all, for what can be retried: a crash of its process.
        backoff_base: seconds before try n + 1 are `backoff_base ** n`.
        timeout: seconds a page may take; then its process is ended. Not retried.
        executor: `processes` of this machine, or the address of a cluster.
    """

    max_workers: int
    attempts: int
    backoff_base: float
    timeout: float
    executor: str = "processes"


Round = Callable[
    [Callable[[Task], Result], Mapping[str, Task], Effort], Iterator[tuple[str, Outcome[Result]]]
]
"""One try at every page: pages and what became of them, in the order of the tasks."""


def pool_of(workers: int, context: BaseContext) -> ProcessPool:
    """Processes that pages are given to; one that dies or hangs is replaced."""
    return ProcessPool(max_workers=workers, initializer=_one_thread, context=context)


def outcome_of(future: "ProcessFuture[Result]", timeout: float) -> Outcome[Result]:
    """What became of a page, once it is known. A `SchedulerError` is a refusal."""
    try:
        return Outcome(result=future.result())
    except SchedulerError as error:
        return Outcome(refusal=str(error))
    except FutureTimeout:
        failure = f"It took more than {timeout:g} s: raise the setting timeout_per_creator."
        return Outcome(failure=failure, told={"error": "timeout", "seconds": timeout})
    except ProcessExpired as error:
        return Outcome(failure=DIED, told={"error": "died", "exit_code": error.exitcode})
    except Exception as error:
        return broken(error)


def broken(error: BaseException) -> Outcome[Any]:
    """The outcome of a page that broke unexpectedly."""
    return Outcome(
        failure=f"{type(error).__name__}: {error}".splitlines()[0],
        traceback=log.traceback_of(error),
        told={"error": type(error).__name__},
    )


def _one_thread() -> None:
    """One BLAS thread per worker: sums keep one order, and workers do not crowd the cores."""
    os.environ["OMP_NUM_THREADS"] = "1"
    # A worker that is told to end does so at once, whatever the command does about the signal.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threadpool_limits(limits=1)
