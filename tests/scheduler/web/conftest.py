"""The app on a copy of the planned agency, and clients who are logged in."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from scheduler.warehouse import Workspace
from scheduler.web.application import make_app
from scheduler.web.attempts import Attempts
from scheduler.web.request_guard import Desk
from scheduler.web.store import Store
from scheduler.web.users import ROLES, Users
from tests.scheduler.conftest import RanWeek

KEY = "k" * 64
PASSWORDS = {role: f"four words of {role}" for role in ROLES}
TOKEN = re.compile(r'name="csrf" (?:value|content)="([0-9a-f]{32})"')

LogIn = Callable[[str], TestClient]


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


@pytest.fixture
def agency(ran: RanWeek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RanWeek:
    """A copy of the planned agency, which the environment points at."""
    database, output = tmp_path / "agency.duckdb", tmp_path / "out"
    shutil.copyfile(ran.database, database)
    shutil.copytree(ran.output, output)
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    monkeypatch.delenv("EROS_WEB_DIR", raising=False)
    return RanWeek(database, output, ran.result)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(agency: RanWeek, known_users: Path, clock: Clock) -> Desk:
    folder = agency.database.parent / ".eros_web"
    shutil.copytree(known_users, folder)
    return Desk(Store(Workspace.find(), folder), Users(folder), Attempts(clock), agency.output)


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


def post(client: TestClient, path: str, fields: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    """A form sent from an open page."""
    return client.post(path, data={"csrf": token(client), **(fields or {})})
