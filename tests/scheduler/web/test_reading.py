"""Readers see what is newest without keeping anybody who writes waiting."""

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient

from scheduler.warehouse.snapshot import is_written, take_snapshot, version
from scheduler.web import web_store
from scheduler.web.request_guard import Desk
from tests.scheduler.conftest import RanWeek
from tests.scheduler.web.conftest import LogIn

pytestmark = pytest.mark.usefixtures("own_agency")

WRITER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create table if not exists eros_operations.written_by_test (n int)")
print("writing", flush=True)
for line in sys.stdin:
    connection.execute("insert into eros_operations.written_by_test values (1)")
    print("wrote", flush=True)
connection.close()
"""


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store looks at the file with every request."""
    monkeypatch.setattr(web_store, "_LOOK_EVERY_SECONDS", 0.0)


def test_captions_and_names_are_data_and_no_markup(log_in: LogIn, agency: RanWeek) -> None:
    page = next(iter(agency.result.pages.values()))
    message = page.messages[0]["message_id"]
    with duckdb.connect(str(agency.database)) as connection:
        connection.execute(
            "update eros_operations.schedule_templates set caption_text = ? where message_id = ?",
            ["<img src=x onerror=alert(1)>", message],
        )
    text = log_in("viewer").get(f"/pages/{page.page_name}/messages/{message}").text
    assert "&lt;img src=x" in text
    assert "<img src=x" not in text


@pytest.mark.usefixtures("eager")
def test_twenty_readers_neither_wait_for_a_writer_nor_keep_it_out(
    log_in: LogIn, agency: RanWeek, desk: Desk
) -> None:
    page = next(iter(agency.result.pages))
    client = log_in("viewer")
    cookie = {"cookie": f"eros_session={client.cookies['eros_session']}"}
    paths = ("/", f"/pages/{page}", f"/pages/{page}/events", "/scores", "/alerts")
    before = {path: client.get(path).status_code for path in paths}
    assert set(before.values()) == {200}

    def read(number: int) -> list[int]:
        reader = TestClient(client.app, raise_server_exceptions=False, headers=cookie)
        return [reader.get(path).status_code for path in paths[number % 3 :]]

    writes = 0
    with writing(agency.database) as writer, ThreadPoolExecutor(20) as readers:
        assert is_written(agency.database)
        asked = [readers.submit(read, number) for number in range(20)]
        while any(not one.done() for one in asked):
            write(writer)
            writes += 1
        assert {status for one in asked for status in one.result()} == {200}
        assert "A run is writing" in client.get("/scores").text
    assert "A run is writing" not in client.get("/scores").text
    with duckdb.connect(str(agency.database)) as connection:
        kept = connection.execute("select count(*) from eros_operations.written_by_test").fetchone()
    assert kept == (writes,)


@pytest.mark.usefixtures("eager")
def test_readers_in_between_lock_no_writer_out(agency: RanWeek, desk: Desk) -> None:
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            desk.store.shown()

    desk.store.shown()
    reader = threading.Thread(target=look)
    reader.start()
    try:
        for _ in range(5):
            with writing(agency.database) as writer:
                write(writer)
    finally:
        ended.set()
        reader.join()


@pytest.mark.usefixtures("eager")
def test_a_change_that_meets_a_run_is_refused_in_words_and_works_when_repeated(
    log_in: LogIn, agency: RanWeek, desk: Desk
) -> None:
    client = log_in("operator")
    page = next(iter(agency.result.pages.values()))
    message = page.messages[0]["message_id"]
    path = f"/pages/{page.page_name}/messages/{message}/lock"
    token = client.get("/").text.split('name="csrf" content="')[1][:32]
    with writing(agency.database):
        answer = client.post(path, data={"csrf": token}, follow_redirects=True)
        assert "Nothing was changed" in answer.text
    answer = client.post(path, data={"csrf": token}, follow_redirects=True)
    assert "Locked: later runs keep it as it is." in answer.text
    found = {one["id"]: one for one in client.get(f"/pages/{page.page_name}/events").json()}
    assert found[message]["extendedProps"]["locked"]
    history = client.get(f"/pages/{page.page_name}/history").text
    assert "<td>operator</td>" in history
    assert "web: lock" in history


def test_an_app_that_starts_during_a_run_shows_the_copy_that_was_left(
    desk: Desk, agency: RanWeek
) -> None:
    assert desk.store.shown().weeks
    again = web_store.Store(desk.store.workspace, desk.store.copies.parent)
    with writing(agency.database):
        assert list(again.shown().weeks) == list(desk.store.shown().weeks)


def test_a_copy_is_made_of_a_quiet_file_alone_and_old_copies_go(
    agency: RanWeek, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    with writing(agency.database):
        assert take_snapshot(agency.database, folder) is None
    first = take_snapshot(agency.database, folder)
    assert first is not None
    assert first[0] == version(agency.database)
    assert first[1].read_bytes() == agency.database.read_bytes()
    with duckdb.connect(str(agency.database)) as connection:
        connection.execute("create table eros_operations.one_more (n int)")
    second = take_snapshot(agency.database, folder)
    assert second is not None
    assert second[0] != first[0]
    assert [path.name for path in folder.iterdir()] == [second[0].name]
    shutil.rmtree(folder)


def writing(database: Path) -> "subprocess.Popen[str]":
    """Another process that has the file open for writing, as a run has."""
    made = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(database)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert made.stdout is not None
    assert made.stdout.readline() == "writing\n"
    return made


def write(writer: "subprocess.Popen[str]") -> None:
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("row\n")
    writer.stdin.flush()
    assert writer.stdout.readline() == "wrote\n"
