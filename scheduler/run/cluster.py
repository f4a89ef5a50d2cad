"""Pages on the workers of a Dask cluster: the same processes, tries and bytes, on more machines.

A worker gives each page to a process of its own, as this machine does, so that a page that crashes
or hangs ends neither the worker nor the pages beside it. A worker that is lost has its pages done
by another: Dask sees to that, and a week is the same wherever it is solved.
"""

import hashlib
import multiprocessing
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker, get_worker
from distributed import TimeoutError as ClusterTimeout
from pebble import ProcessPool

from scheduler.errors import SchedulerError
from scheduler.run.page_work import DIED, Effort, Outcome, Result, Task, outcome_of, pool_of

_CONNECT_SECONDS, _LOOK_SECONDS, _LOOKS = 20, 5, 12
# What a week's bytes depend on beside the code.
_LIBRARIES = ("numpy", "scipy", "highspy")


def on_cluster(
    work: Callable[[Task], Result], tasks: Mapping[str, Task], effort: Effort
) -> Iterator[tuple[str, Outcome[Result]]]:
    """One try at every page.

    Raises:
        SchedulerError: nothing answers at the address, or it has no worker.
    """
    with _connected(effort.executor) as client:
        name = uuid.uuid4().hex
        futures = {
            page: client.submit(
                _on_worker, work, task, effort.timeout, code_version(), key=f"{page}-{name}"
            )
            for page, task in tasks.items()
        }
        for page, future in futures.items():
            yield page, _ended(client, future)


def _connected(executor: str) -> Any:
    address = executor.replace("dask://", "tcp://", 1)
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=_CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise SchedulerError(
            f"No Dask scheduler answers at {executor}. Start it and its workers, see docs/scale.md."
        ) from error
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except ClusterTimeout as error:
        client.close()
        raise SchedulerError(
            f"The Dask scheduler at {executor} has no worker. Start one: dask worker HOST:PORT"
        ) from error
    return client


def _ended(client: Any, future: Any) -> Outcome[Any]:
    """What became of a page; a failure once no worker has been there for a minute."""
    alone = 0
    while alone < _LOOKS:
        try:
            ended: Outcome[Any] = future.result(timeout=_LOOK_SECONDS)
        except ClusterTimeout:
            alone = 0 if client.scheduler_info(n_workers=1)["workers"] else alone + 1
        except KilledWorker:
            return Outcome(failure=DIED, told={"error": "died"})
        else:
            return ended
    return Outcome(failure="No worker of the cluster is left.", told={"error": "no worker"})


def _on_worker(
    work: Callable[[Task], Result], task: Task, timeout: float, wanted: str
) -> Outcome[Result]:
    """On a worker: the page in a process of its own."""
    if code_version() != wanted:
        return Outcome(
            failure=f"The worker {get_worker().address} runs another version. Install this one"
            " there, with the same versions of its libraries.",
            told={"error": "version"},
        )
    return outcome_of(_pool().schedule(work, args=[task], timeout=timeout), timeout)


@cache
def _pool() -> ProcessPool:
    """The worker's own processes, one for each page that it is given at a time."""
    # Dask starts its workers as daemons, which may have no children; pebble ends ours with them.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    # The worker has threads: a fork of it could hang.
    return pool_of(get_worker().state.nthreads, multiprocessing.get_context("spawn"))


@cache
def code_version() -> str:
    """Hash of the package's modules and of the versions of what it reckons with."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(str([version(name) for name in _LIBRARIES]).encode())
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
