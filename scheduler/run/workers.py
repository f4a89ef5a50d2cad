"""Step 4: each page in a process of its own kind: a crash or a hang is that page's alone."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from logging import ERROR
from typing import Any

from scheduler import log
from scheduler.errors import SchedulerError
from scheduler.run.page_work import (
    DIED,
    Effort,
    Outcome,
    Result,
    Round,
    Task,
    broken,
    outcome_of,
    pool_of,
)

PROCESSES, DASK = "processes", "dask://"


def failed(page: str, error: BaseException) -> Outcome[Any]:
    """The outcome of a page that broke unexpectedly, with its traceback in the log."""
    outcome = broken(error)
    _log(page, outcome)
    return outcome


def for_each_page(
    work: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    effort: Effort,
    report: Callable[[str, str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Outcome[Result]]:
    """Do `work` for every page, in worker processes of this machine or of a cluster.

    Args:
        work: a module-level function of one task.
        tasks: page -> what it needs.
        effort: workers, tries, time-out, and where.
        report: told (page, what happened) as pages end.
        sleep: waits between tries.

    Returns:
        Page -> outcome, in the order of `tasks`. A `SchedulerError` from `work` is a refusal; any
        other exception, a dead process or a time-out is a failure.

    Raises:
        SchedulerError: there is no such executor, or its cluster does not answer.
    """
    outcomes: dict[str, Outcome[Result]] = {}
    waiting = list(tasks)
    for attempt in range(1, effort.attempts + 1):
        if not waiting:
            break
        if attempt > 1:
            sleep(effort.backoff_base ** (attempt - 1))
        start: Round[Task, Result] = round_of(effort.executor)
        for page, ended in start(work, {page: tasks[page] for page in waiting}, effort):
            outcomes[page] = ended
            _log(page, ended)
            report(page, ended.failure or ended.refusal or "done")
        waiting = [page for page in waiting if outcomes[page].failure == DIED]
    return {page: outcomes[page] for page in tasks}


def round_of(executor: str) -> Round[Any, Any]:
    """How an executor works on pages.

    Raises:
        SchedulerError: there is none of that name, or its packages are not installed.
    """
    if executor == PROCESSES:
        return _on_processes
    if not executor.startswith(DASK) or not executor.removeprefix(DASK):
        raise SchedulerError(
            f"The executor is {executor!r}; it must be {PROCESSES} or {DASK}HOST:PORT."
        )
    try:
        # an extra: nothing loads it while pages are solved here
        start: Round[Any, Any] = import_module("scheduler.run.cluster").on_cluster
    except ImportError as error:
        raise SchedulerError(
            f"The executor {executor} needs Dask. Run: pip install 'eros-scheduler[cluster]'"
        ) from error
    return start


def _on_processes(
    work: Callable[[Task], Result], tasks: Mapping[str, Task], effort: Effort
) -> Iterator[tuple[str, Outcome[Result]]]:
    with pool_of(max(1, min(effort.max_workers, len(tasks))), _context()) as pool:
        futures = [
            (page, pool.schedule(work, args=[task], timeout=effort.timeout))
            for page, task in tasks.items()
        ]
        for page, future in futures:
            yield page, outcome_of(future, effort.timeout)


def _log(page: str, outcome: Outcome[Any]) -> None:
    if outcome.failure is None:
        return
    trace = {"traceback": outcome.traceback} if outcome.traceback else {}
    log.event("page_failure", level=ERROR, page=page, **outcome.told, **trace)


def _context() -> multiprocessing.context.BaseContext:
    """Fork where it is safe: a script that calls the API needs no `__main__` guard there."""
    method = "fork" if sys.platform.startswith("linux") else "spawn"
    return multiprocessing.get_context(method)
