"""The app on a copy of the planned agency, and clients who are logged in."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from httpx import Response
from starlette.testclient import TestClient

from scheduler.warehouse import Workspace
from scheduler.web.application import make_app
from scheduler.web.attempts import Attempts
from scheduler.web.prepared_weeks import PreparedWeeks
from scheduler.web.request_guard import Desk
from scheduler.web.users import ROLES, Users
from scheduler.web.web_store import Store
from tests.scheduler.conftest import RanWeek

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Debian's browser; without it the tests in a browser are left out, as the report's head says."""
collect_ignore = [] if CHROMIUM else ["test_browser.py"]
KEY = "k" * 64
PASSWORDS = {role: f"four words of {role}" for role in ROLES}
TOKEN = re.compile(r'name="csrf" (?:value|content)="([0-9a-f]{32})"')

LogIn = Callable[[str], TestClient]


def pytest_report_header() -> list[str]:
    told = CHROMIUM or "not on this machine: tests/scheduler/web/test_browser.py is left out"
    return [f"chromium: {told}"]


@dataclass
class Clock:
    """Seconds that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def known_users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one user of each role: hashing takes a while, so they are made once."""
    folder = tmp_path_factory.mktemp("users")
    for role in ROLES:
        Users(folder).add(role, role, PASSWORDS[role])
    return folder


def copied(ran: RanWeek, folder: Path) -> RanWeek:
    """The planned agency in a folder of its own."""
    shutil.copyfile(ran.database, folder / "agency.duckdb")
    shutil.copytree(ran.database.parent / ".agency_dbt", folder / ".agency_dbt")
    shutil.copytree(ran.output, folder / "out")
    return RanWeek(folder / "agency.duckdb", folder / "out", ran.result)


@pytest.fixture(scope="session")
def shared_agency(ran: RanWeek, tmp_path_factory: pytest.TempPathFactory) -> RanWeek:
    """For tests that only look."""
    return copied(ran, tmp_path_factory.mktemp("looked_at"))


@pytest.fixture(scope="session")
def shared_store(shared_agency: RanWeek) -> Store:
    """Read once for all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EROS_DUCKDB_PATH", str(shared_agency.database))
        return Store(Workspace.find(), shared_agency.database.parent / ".eros_web")


@pytest.fixture
def own_agency(ran: RanWeek, tmp_path: Path) -> RanWeek:
    """For a test that changes it."""
    return copied(ran, tmp_path)


@pytest.fixture
def agency(request: pytest.FixtureRequest) -> RanWeek:
    """Behind the app; a module whose tests change it uses the fixture `own_agency`."""
    name = "own_agency" if "own_agency" in request.fixturenames else "shared_agency"
    found: RanWeek = request.getfixturevalue(name)
    return found


@pytest.fixture
def store(
    agency: RanWeek, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Store:
    if "own_agency" not in request.fixturenames:
        shared: Store = request.getfixturevalue("shared_store")
        return shared
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(agency.database))
    return Store(Workspace.find(), agency.database.parent / ".eros_web")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(
    agency: RanWeek, store: Store, known_users: Path, clock: Clock, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(agency.database))
    monkeypatch.delenv("EROS_WEB_DIR", raising=False)
    folder = tmp_path / "users"
    shutil.copytree(known_users, folder)
    return Desk(store, PreparedWeeks(store), Users(folder), Attempts(clock), agency.output)


@pytest.fixture
def stranger(desk: Desk) -> TestClient:
    """A browser that is not logged in."""
    app = make_app(desk, KEY, ["testserver"])
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def log_in(desk: Desk) -> LogIn:
    """Another browser, logged in as a user of that role."""

    def enter(role: str) -> TestClient:
        app = make_app(desk, KEY, ["testserver"])
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        answer = post(client, "/login", {"name": role, "password": PASSWORDS[role]})
        assert answer.status_code == 303, answer.text
        return client

    return enter


def token(client: TestClient) -> str:
    """The session's CSRF token, as a page that is open holds it."""
    found = TOKEN.search(client.get("/login", follow_redirects=True).text)
    assert found is not None
    return found[1]


def post(client: TestClient, path: str, fields: dict[str, str] | None = None) -> Response:
    """A form sent from an open page."""
    return client.post(path, data={"csrf": token(client), **(fields or {})})
