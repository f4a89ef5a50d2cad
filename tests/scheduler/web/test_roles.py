"""Every address asks for its role, and no address is outside of the table."""

import pytest
from starlette.testclient import TestClient

from scheduler.web.routes import ADDRESSES, Address
from scheduler.web.users import ROLES
from tests.scheduler.conftest import RanWeek
from tests.scheduler.web.conftest import LogIn, post

pytestmark = pytest.mark.usefixtures("own_agency")

EXPECTED = {
    "GET /health": None,
    "GET /login": None,
    "POST /login": None,
    "POST /logout": "viewer",
    "GET /": "viewer",
    "GET /performance": "viewer",
    "GET /scores": "viewer",
    "GET /alerts": "viewer",
    "POST /alerts/{alert}/acknowledge": "operator",
    "GET /pages/{page}": "viewer",
    "GET /pages/{page}/events": "viewer",
    "GET /pages/{page}/history": "viewer",
    "GET /pages/{page}/messages/{message}": "viewer",
    "GET /pages/{page}/messages/{message}/edit": "operator",
    "POST /pages/{page}/messages/{message}/judge": "operator",
    "POST /pages/{page}/messages/{message}/change": "operator",
    "POST /pages/{page}/messages/{message}/lock": "operator",
    "POST /pages/{page}/messages/{message}/unlock": "operator",
    "POST /pages/{page}/approve": "approver",
    "POST /pages/{page}/rollback": "approver",
}
"""Who may do what, written down a second time: a role that slips in the app is seen here."""


def path_of(address: Address, agency: RanWeek) -> str:
    page = next(iter(agency.result.pages.values()))
    message = page.messages[0]["message_id"]
    return address.path.format(page=page.page_name, message=message, alert="none")


def send(client: TestClient, address: Address, path: str) -> int:
    if address.method == "GET":
        return client.get(path).status_code
    return int(post(client, path).status_code)


def test_the_table_is_what_was_agreed() -> None:
    assert {f"{one.method} {one.path}": one.role for one in ADDRESSES} == EXPECTED


def test_a_stranger_is_sent_to_the_log_in_by_every_address_that_takes_a_role(
    stranger: TestClient, agency: RanWeek
) -> None:
    for address in ADDRESSES:
        if address.role is None:
            continue
        path = path_of(address, agency)
        answer = stranger.request(address.method, path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login"), path


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_its_own_and_is_refused_the_rest(
    role: str, log_in: LogIn, agency: RanWeek
) -> None:
    client = log_in(role)
    for address in ADDRESSES:
        if address.role is None or address.path == "/logout":
            continue
        allowed = ROLES.index(role) >= ROLES.index(address.role)
        status = send(client, address, path_of(address, agency))
        assert (status in (200, 303)) is allowed, address
        assert (status == 403) is not allowed, address
