"""Pages on a cluster of two workers: as on this machine, whatever happens to a worker."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from scheduler.errors import SchedulerError
from scheduler.run import workers
from scheduler.run.page_work import DIED, Effort, Outcome
from tests.scheduler.run.conftest import Run, files


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as started:
        yield started


@pytest.fixture
def executor(cluster: object) -> str:
    address: str = cluster.scheduler_address  # type: ignore[attr-defined]
    return address.replace("tcp://", "dask://")


def outcomes(
    executor: str, tasks: dict[str, tuple[str, str]], timeout: float = 60
) -> dict[str, Outcome[str]]:
    effort = Effort(max_workers=2, attempts=2, backoff_base=0, timeout=timeout, executor=executor)
    return workers.for_each_page(_work, tasks, effort, report=lambda *_: None)


def test_a_cluster_writes_the_same_bytes_as_this_machine(
    built: Path, agency: Path, run: Run, tmp_path: Path, executor: str
) -> None:
    run(output_dir=tmp_path / "here")
    shutil.copyfile(built / "agency.duckdb", agency)
    result = run(output_dir=tmp_path / "there", executor=executor)
    assert not result.any_failed
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_a_page_that_crashes_breaks_or_hangs_ends_alone_and_the_workers_live_on(
    executor: str,
) -> None:
    with distributed.Client(executor.replace("dask://", "tcp://")) as client:
        before = set(client.run(os.getpid).values())
        found = outcomes(
            executor,
            {"dies": ("die", ""), "breaks": ("raise", ""), "hangs": ("hang", ""),
             "refused": ("refuse", ""), "fine": ("say", "well")},
            timeout=4,
        )  # fmt: skip
        assert set(client.run(os.getpid).values()) == before
    assert list(found) == ["dies", "breaks", "hangs", "refused", "fine"]
    assert found["dies"].failure == DIED
    assert found["breaks"].failure == "ZeroDivisionError: a bug"
    assert "raise ZeroDivisionError" in (found["breaks"].traceback or "")
    assert "timeout_per_creator" in (found["hangs"].failure or "")
    assert found["refused"].refusal == "no caption"
    assert found["fine"].result == "well"


def test_a_worker_killed_in_the_middle_has_its_pages_done_by_another(
    executor: str, tmp_path: Path
) -> None:
    """The first page that starts ends the worker it is on, as a machine that is switched off."""
    mark = str(tmp_path / "killed")
    pages = {f"page{i}": ("kill_worker_once", mark) for i in range(4)}
    found = outcomes(executor, pages)
    assert Path(mark).exists()
    assert {page: end.result for page, end in found.items()} == dict.fromkeys(pages, mark)


def test_an_executor_that_is_none_or_does_not_answer_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scheduler.run.cluster._CONNECT_SECONDS", 1)
    with pytest.raises(SchedulerError, match="must be processes or dask://HOST:PORT"):
        workers.round_of("ray://somewhere")
    with pytest.raises(SchedulerError, match="No Dask scheduler answers"):
        outcomes("dask://127.0.0.1:1", {"page": ("say", "well")})


def _work(task: tuple[str, str]) -> str:
    what, word = task
    if what == "die":
        os._exit(3)
    if what == "raise":
        raise ZeroDivisionError("a bug")
    if what == "refuse":
        raise SchedulerError("no caption")
    if what == "hang":
        time.sleep(600)
    if what == "kill_worker_once":
        try:
            with Path(word).open("x"):
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(5)
        except FileExistsError:
            time.sleep(0.2)
    return word
