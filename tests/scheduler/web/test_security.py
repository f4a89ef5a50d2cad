"""Sessions, tokens, log-in tries, headers: what keeps others out."""

import stat
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from scheduler.errors import SchedulerError
from scheduler.web.attempts import Attempts
from scheduler.web.request_guard import Desk
from scheduler.web.serving import check_host, hosts_of
from scheduler.web.users import Users
from scheduler.web.web_folder import session_key
from tests.scheduler.web.conftest import PASSWORDS, Clock, LogIn, post, token


def test_a_password_is_kept_as_a_salted_hash_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("Anna", "operator", "correct horse battery")
    users.add("ben", "viewer", "correct horse battery")
    text = users.path.read_text()
    assert "horse" not in text
    assert users.all()["anna"].digest != users.all()["ben"].digest
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert users.checked(" ANNA ", "correct horse battery") == users.all()["anna"]
    assert users.checked("anna", "correct horse batterY") is None
    assert users.checked("nobody", "correct horse battery") is None


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "too short"), ("no spaces", "long enough words"), ("", "long enough words"),
     ("anna", "x" * 201)],
)  # fmt: skip
def test_bad_names_and_passwords_are_refused(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(SchedulerError):
        Users(tmp_path).add(name, "viewer", password)
    assert Users(tmp_path).all() == {}


def test_a_key_is_made_once_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EROS_WEB_KEY", raising=False)
    key = session_key(tmp_path)
    assert session_key(tmp_path) == key
    assert len(key) == 64
    assert stat.S_IMODE((tmp_path / "session.key").stat().st_mode) == 0o600
    monkeypatch.setenv("EROS_WEB_KEY", "short")
    with pytest.raises(SchedulerError, match="EROS_WEB_KEY"):
        session_key(tmp_path)


def test_every_post_without_the_sessions_token_is_refused(log_in: LogIn, desk: Desk) -> None:
    client = log_in("approver")
    page = next(iter(desk.store.shown().week(None).pages.values()))
    path = f"/pages/{page.page_name}/messages/{page.messages[0]['message_id']}/lock"
    assert client.post(path).status_code == 403
    assert client.post(path, data={"csrf": "0" * 32}).status_code == 403
    assert client.post(path, headers={"X-CSRF-Token": "ü".encode()}).status_code == 403
    assert client.post("/logout").status_code == 403
    assert client.post("/logout", headers={"X-CSRF-Token": token(client)}).status_code == 303


def test_log_in_tries_run_out_for_an_address_and_come_back_with_time(
    stranger: TestClient, clock: Clock
) -> None:
    statuses = [
        post(stranger, "/login", {"name": f"guess{n}", "password": "x"}).status_code
        for n in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    right = {"name": "viewer", "password": PASSWORDS["viewer"]}
    refused = post(stranger, "/login", right)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) <= 15 * 60
    clock.now += 15 * 60 + 1
    assert post(stranger, "/login", right).status_code == 303


def test_a_name_is_guessed_at_from_many_addresses_only_so_often() -> None:
    tries = Attempts(Clock())
    heard = [tries.admit(f"10.0.0.{n}", "Anna") == 0 for n in range(30)]
    assert heard == [True] * 20 + [False] * 10
    assert tries.admit("10.0.0.1", "ben") == 0


def test_logging_in_does_not_forgive_an_address_its_guesses_at_others() -> None:
    tries = Attempts(Clock())
    for _ in range(3):
        for _ in range(3):
            tries.admit("10.0.0.1", "victim")
        tries.admit("10.0.0.1", "own")
        tries.succeeded("10.0.0.1", "own")
    assert tries.admit("10.0.0.1", "victim") == 0
    assert tries.admit("10.0.0.1", "victim") > 0


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(stranger: TestClient) -> None:
    cookie = stranger.get("/login").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_session_ends_with_its_password_its_user_and_a_forged_cookie(
    log_in: LogIn, desk: Desk
) -> None:
    client, other = log_in("viewer"), log_in("operator")
    assert client.get("/").status_code == 200
    desk.users.set_password("viewer", "another good password")
    assert client.get("/").status_code == 303
    desk.users.remove("operator")
    assert other.get("/").status_code == 303
    last = log_in("approver")
    value = last.cookies["eros_session"]
    last.cookies.clear()
    last.cookies.set("eros_session", ("A" if value[0] != "A" else "B") + value[1:])
    assert last.get("/").status_code == 303


def test_a_new_role_holds_at_once(log_in: LogIn, desk: Desk) -> None:
    client = log_in("operator")
    page = next(iter(desk.store.shown().week(None).pages.values()))
    path = f"/pages/{page.page_name}/messages/{page.messages[0]['message_id']}/lock"
    desk.users.set_role("operator", "viewer")
    assert post(client, path).status_code == 403


def test_answers_carry_the_headers_also_those_to_errors(stranger: TestClient) -> None:
    for path in ("/login", "/nowhere", "/static/app.js", "/static/report.css"):
        headers = stranger.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_has_a_script_of_its_own(log_in: LogIn, desk: Desk) -> None:
    client = log_in("approver")
    page = next(iter(desk.store.shown().week(None).pages))
    for path in (
        "/",
        f"/pages/{page}",
        f"/pages/{page}/history",
        "/scores",
        "/alerts",
        "/performance",
    ):
        text = client.get(path).text
        assert "<script>" not in text
        assert " onclick=" not in text
        assert 'src="http' not in text
        assert 'href="http' not in text


def test_what_breaks_inside_is_told_to_nobody(
    log_in: LogIn, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in("viewer")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr(desk.store, "shown", broken)
    answer = client.get("/scores")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_after_the_log_in_only_an_address_of_ours_follows(stranger: TestClient) -> None:
    good = {"name": "viewer", "password": PASSWORDS["viewer"]}
    for wanted in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"):
        answer = post(stranger, "/login", good | {"next": wanted})
        assert answer.headers["location"] == "/", wanted
        post(stranger, "/logout")
    assert post(stranger, "/login", good | {"next": "/scores"}).headers["location"] == "/scores"


def test_a_form_beyond_all_measure_is_refused(log_in: LogIn) -> None:
    client = log_in("viewer")
    assert post(client, "/logout", {"x": "y" * 70_000}).status_code == 413


def test_another_sites_name_for_this_machine_is_refused(stranger: TestClient) -> None:
    assert stranger.get("/login", headers={"host": "evil.example"}).status_code == 400
    assert hosts_of("127.0.0.1", "weeks.example.com")[0] == "weeks.example.com"
    assert hosts_of("0.0.0.0", None) == ["*"]  # noqa: S104


def test_nobody_listens_for_others_without_users(tmp_path: Path) -> None:
    users = Users(tmp_path)
    check_host("127.0.0.1", users)
    check_host("::1", users)
    for host in ("0.0.0.0", "192.168.1.5"):  # noqa: S104
        with pytest.raises(SchedulerError, match="no users"):
            check_host(host, users)
    users.add("anna", "viewer", "correct horse battery")
    check_host("0.0.0.0", users)  # noqa: S104
    with pytest.raises(SchedulerError, match="no address"):
        check_host("weeks.example.com", users)
