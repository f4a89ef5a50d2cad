"""Alerts on the terminal and on their way to people: seen once, sent once, readable."""

import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner, Result

from scheduler.cli import cli
from scheduler.cli.terminal import ago, shown, wrapped
from scheduler.errors import SchedulerError
from scheduler.marts.advice import WeekAdvice
from scheduler.marts.run_history import record
from scheduler.marts.run_result import PUBLISHED, PageResult, RunResult
from scheduler.moments import utc_now
from scheduler.warehouse import connect
from tests.scheduler.conftest import RanWeek
from tests.scheduler.notify.conftest import Hook, hook

__all__ = ["hook"]

_FIRST, _SECOND = "feed300011223344", "feed311223344556"
_ID = re.compile(r"id ([0-9a-f]{10})")


def plant(database: Path, minute: int, blocked: dict[str, str], week: str = "2026-03-30") -> None:
    """A run of this minute that looks at two pages, and blocks some under the ids of alerts."""
    at = f"2026-03-18 10:{minute:02}:00"
    with duckdb.connect(str(database)) as connection:
        names = "select page_name from eros_marts.creators order by page_name limit 2"
        for (page,) in connection.execute(names).fetchall():
            alert = blocked.get(page[0], "")
            connection.execute(
                "insert into eros_operations.batch_execution_log by name select $run as run_id,"
                " $page as page_name, cast($week as date) as week_start, $status as status,"
                " cast($at as timestamp) as as_of, cast($at as timestamp) as started_at,"
                " cast($at as timestamp) as finished_at",
                {"run": f"run{minute}", "page": page, "week": week, "at": at,
                 "status": "blocked" if alert else "active"},
            )  # fmt: skip
            if alert:
                connection.execute(
                    "insert into eros_operations.system_alerts by name select $alert as alert_id,"
                    " 'page_blocked' as alert_type, 'high' as severity, $page as page_name,"
                    " cast($week as date) as week_start, $run as run_id,"
                    " 'Why <!here> it is so.' as detail, cast($at as timestamp) as opened_at",
                    {"alert": alert, "page": page, "week": week, "at": at, "run": f"run{minute}"},
                )


@pytest.fixture
def agency(ran: RanWeek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the planned week with two alerts more, of a run that blocked two pages."""
    database = tmp_path / "agency.duckdb"
    shutil.copyfile(ran.database, database)
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    for name in ("EROS_WEBHOOK_URL", "EROS_SMTP_URL"):
        monkeypatch.delenv(name, raising=False)
    with duckdb.connect(str(database)) as connection:
        names = "select left(page_name, 1) from eros_marts.creators order by page_name limit 2"
        first, second = (row[0] for row in connection.execute(names).fetchall())
    assert first != second
    plant(database, 1, {first: _FIRST, second: _SECOND})
    return database


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def done(*arguments: str) -> str:
    result = call(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def ids(output: str) -> list[str]:
    return _ID.findall(output)


def asked(database: Path, sql: str, name: str | None = None) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(sql, {"id": name} if name else {}).fetchall()


def test_alerts_are_listed_worst_first_within_80_columns(agency: Path) -> None:
    output = done("alerts")
    assert max(map(len, output.splitlines())) <= 80
    assert "Why <!here> it is so." in output
    assert "Do: " in output
    severities = re.findall(r"^(critical|high|medium|low) ", output, re.MULTILINE)
    order = ("critical", "high", "medium", "low")
    assert severities == sorted(severities, key=order.index)
    assert len(severities) >= 2
    assert len(ids(output)) == len(severities)


def test_an_acknowledged_alert_stays_open_and_is_listed_last(agency: Path) -> None:
    before = ids(done("alerts"))
    first = before[0]
    said = done("alerts", "ack", first, "--who", "Ann", "--note", "on holiday; knows")
    assert said.startswith("Acknowledged by Ann: ")
    after = done("alerts")
    assert ids(after) == [*before[1:], first]
    assert "1 of them acknowledged" in after
    assert "Seen by Ann on " in after
    assert "on holiday; knows" in after
    kept = asked(
        agency,
        "select acknowledged_by, acknowledgement_note, is_open from eros_marts.alerts"
        " where alert_id like $id || '%' and acknowledged_at is not null",
        first,
    )
    assert kept == [("Ann", "on holiday; knows", True)]


def test_an_alert_that_opens_anew_has_been_seen_by_nobody(agency: Path) -> None:
    done("alerts", "ack", _FIRST, "--who", "Ann")
    plant(agency, 2, {})
    page = asked(
        agency,
        "select page_name[1] from eros_operations.system_alerts where alert_id = $id",
        _FIRST,
    )
    plant(agency, 3, {str(page[0][0]): "beef"})
    rows = asked(
        agency,
        "select alert_id, is_open, acknowledged_by from eros_marts.alerts"
        " where alert_id in ($id, 'beef') order by alert_id desc",
        _FIRST,
    )
    assert rows == [(_FIRST, False, "Ann"), ("beef", True, None)]


def test_what_an_agent_asks_to_look_at_is_an_open_alert(agency: Path) -> None:
    pages = {
        "asked": PageResult("asked", PUBLISHED, said=WeekAdvice(reviews=("A tone.", "A price."))),
        "quiet": PageResult("quiet", PUBLISHED),
    }
    result = RunResult("reviewed", date(2026, 3, 30), datetime(2026, 3, 18, 11), pages)
    with connect() as warehouse:
        record(warehouse, result, datetime(2026, 3, 18, 11), ())
    output = done("alerts", "--page", "asked")
    assert "medium    asked: An agent asks for a look" in output
    assert "A tone. (and 1 more)" in output
    assert "No open alert of quiet." in done("alerts", "--page", "quiet")


@pytest.mark.parametrize("name", ["nothing", "fe", "feed3"])
def test_a_name_that_fits_no_alert_or_several_acknowledges_none(name: str, agency: Path) -> None:
    good = ids(done("alerts"))[-1]
    with pytest.raises(SchedulerError, match="alert"):
        CliRunner().invoke(cli, ["alerts", "ack", good, name], catch_exceptions=False)
    assert asked(agency, "select count(*) from eros_operations.alert_acknowledgements") == [(0,)]


def test_alerts_and_the_run_are_sent_once(
    agency: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EROS_WEBHOOK_URL", hook.url)
    seen = ids(done("alerts"))[0]
    done("alerts", "ack", seen)
    shown_only = done("notify", "--dry-run")
    assert hook.bodies == []
    assert "Schedules: week of" in shown_only
    count = len(ids(done("alerts"))) - 1
    assert f"Sent by webhook: {count} alerts and the last run's summary." in done("notify")
    text = "\n".join(body["text"] for body in hook.bodies)
    assert "<" not in text
    assert len(re.findall(r"^\[", text, re.MULTILINE)) == count
    letters = len(hook.bodies)
    assert done("notify") == "Nothing new for webhook.\n"
    assert len(hook.bodies) == letters
    kept = asked(agency, "select distinct channel from eros_operations.notifications")
    assert kept == [("webhook",)]


def test_what_a_channel_did_not_take_goes_with_the_next_call(
    agency: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EROS_WEBHOOK_URL", hook.url)
    hook.answers = [403]
    failed = call("notify")
    assert isinstance(failed.exception, SchedulerError)
    assert "The webhook answered 403." in str(failed.exception)
    assert "s3cret" not in failed.output + str(failed.exception)
    assert "Sent by webhook: " in done("notify")


def test_without_a_channel_notify_names_the_variables(agency: Path) -> None:
    assert "EROS_WEBHOOK_URL" in str(call("notify").exception)


def test_status_says_what_ran_what_is_stale_and_what_to_do(agency: Path) -> None:
    output = done("status")
    assert max(map(len, output.splitlines())) <= 80
    for part in ("Last runs", "week of ", "mass_messages", "last load", "marts", "model", "Next: "):
        assert part in output
    assert "look at the open alerts" in output


def test_status_of_an_empty_place_says_to_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "empty.duckdb"
    duckdb.connect(str(database)).close()
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    output = done("status")
    assert "never loaded" in output
    assert "scheduler load DIR" in output


def test_colour_is_off_where_somebody_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    lines = ["Blocked lunavale: " + "why " * 40, "plain"]
    monkeypatch.setenv("NO_COLOR", "1")
    bare = list(shown(lines))
    assert all(len(line) <= 80 for line in bare)
    assert bare == [click.unstyle(line) for line in bare]
    monkeypatch.delenv("NO_COLOR")
    tinted = list(shown(lines))
    assert [click.unstyle(line) for line in tinted] == bare
    assert tinted != bare


def test_a_hostile_text_moves_no_cursor() -> None:
    assert wrapped("a\x1b[2Jb\nc") == ["a [2Jb c"]


def test_ages_are_said_as_people_say_them() -> None:
    now = utc_now()
    said = [ago(now - timedelta(hours=hours), now) for hours in (0, 1, 3, 47, 49)]
    assert said == ["just now", "60 minutes ago", "3 hours ago", "47 hours ago", "2 days ago"]
