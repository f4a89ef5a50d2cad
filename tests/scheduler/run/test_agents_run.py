"""A whole run with agents: the weeks stay proven and published, whatever the API answers."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.marts.run_result import PUBLISHED, RunResult
from scheduler.warehouse import connect
from tests.scheduler.agents.server import Asked, Response, Server, error, message, serving
from tests.scheduler.run.conftest import Run

KEY = "sk-ant-test-9876543210"
# every page needs everybody: nothing is good enough for these
NEEDY = {"finding_strong": 1.0, "finding_price_gain": 0.0, "agents_timeout": 5}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as running:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", running.url)
        yield running


def content(result: RunResult) -> dict[str, list[tuple[Any, ...]]]:
    """Page -> what goes out."""
    return {
        page.page_name: [(m["send_at"], m["price"], m["caption_id"]) for m in page.messages]
        for page in result.pages.values()
    }


def published(result: RunResult) -> bool:
    """Every page is out, within every blocking rule."""
    return all(
        page.status == PUBLISHED and all(v.tier > 1 for v in page.violations)
        for page in result.pages.values()
    )


def rows(sql: str) -> list[dict[str, Any]]:
    with connect() as warehouse:
        found: list[dict[str, Any]] = warehouse.query(sql).to_pylist()
    return found


def advisor(asked: Asked) -> Any:
    """Prefers a page's first option, doubts its last message, writes a note and a summary."""
    facts = asked.facts
    messages = facts.get("messages", [])
    if asked.role == "analyzer":
        fact = facts["figures"][0]["id"]
        return {"findings": [{"kind": "other", "fact_id": fact, "sentence": "A quiet week."}]}
    if asked.role == "curator":
        ranked = [m for m in messages if m["options"]][:1]
        return {
            "rankings": [
                {"message_id": m["id"], "option_ids": [m["options"][0]["id"]], "reason": "Warmer."}
                for m in ranked
            ]
        }
    if asked.role == "guardian":
        last = messages[-1]["id"]
        return {
            "concerns": [
                {"message_id": last, "concern": "tone", "action": "review", "reason": "Harsh."}
            ]
        }
    if asked.role == "orchestrator":
        first = messages[0]
        note = f"Sent at ${first['price']:g}. It will earn $123,456."
        return {"notes": [{"message_id": first["id"], "note": note}], "summary": "Steady."}
    return None


def test_advice_is_published_within_the_rules_and_a_second_run_asks_nothing(
    agency: Path, run: Run, server: Server
) -> None:
    plain = run(agents=False, overrides=NEEDY, dry_run=True)  # what is published would stay
    assert server.asked == []
    server.behave = advisor
    advised = run(agents=True, overrides=NEEDY)
    assert published(advised)
    assert server.roles().count("orchestrator") >= 1
    changed = [page for page in advised.pages.values() if page.said.changes]
    assert changed
    assert content(advised) != content(plain)
    for page in changed:
        before = plain.pages[page.page_name].of_week("expected_revenue")
        assert page.of_week("expected_revenue") >= 0.95 * before
        assert page.said.summary == "Steady."
        assert page.said.reviews[0].endswith("the caption may be off in tone. Harsh.")
        assert page.messages[0]["strategy_note"].endswith(
            f"Sent at ${page.messages[0]['price']:g}."
        )
        assert page.report_path is not None
        assert "Harsh." in page.report_path.read_text(encoding="utf-8")
    assert "123,456" not in str([m["strategy_note"] for p in changed for m in p.messages])
    calls = rows("select role, outcome, dollars, sentences_dropped from eros_marts.agent_calls")
    assert {row["outcome"] for row in calls} == {"ok"}
    assert sum(row["dollars"] for row in calls) > 0
    log = rows("select sum(agent_calls) as calls from eros_operations.batch_execution_log")
    assert log[0]["calls"] == len(calls)

    asked = len(server.asked)
    again = run(agents=True, overrides=NEEDY)
    assert len(server.asked) == asked
    assert content(again) == content(advised)
    assert {p: r.said for p, r in again.pages.items()} == {
        p: r.said for p, r in advised.pages.items()
    }
    for page in changed:
        old, new = page.csv_path, again.pages[page.page_name].csv_path
        assert old is not None
        assert new is not None
        assert old.read_bytes() == new.read_bytes()


def garbage(seed: int) -> Any:
    """A server with a mind of its own: garbage, errors, delays, floods of wrong ids."""
    rng = random.Random(seed)  # noqa: S311 - a test's chance

    def behave(asked: Asked) -> Any:
        wild = {
            "findings": [{"kind": "other", "fact_id": "x", "sentence": "Call +1 555 KEY"}] * 9,
            "rankings": [{"message_id": "m1", "option_ids": ["m1c1", "zz"], "reason": "$1"}] * 50,
            "changes": [{"kind": "move", "message_id": "m1", "with_id": "h3", "reason": ""}] * 50,
            "concerns": [
                {"message_id": m["id"], "concern": "other", "action": "veto", "reason": "KEY"}
                for m in asked.facts.get("messages", [])
            ],
            "notes": [{"message_id": "m1", "note": "=HYPERLINK(1) costs $9"}],
            "summary": "KEY",
        }
        form = set(asked.body["output_config"]["format"]["schema"]["properties"])
        obeyed = {name: value for name, value in wild.items() if name in form}
        return rng.choice(
            [
                Response(body=message(obeyed)),
                Response(body=message(obeyed)),
                Response(body=b"\x00\xff garbage"),
                Response(body=message("null")),
                Response(body={"type": "message", "content": [{"type": "text"}]}),
                Response(body=message("{}"), cut=True),
                Response(body=message("{}"), delay=0.6),
                error(500, "api_error"),
                error(429, "rate_limit_error", retry_after="1"),
            ]
        )

    return behave


@pytest.mark.parametrize("seed", [1, 2])
def test_garbage_errors_and_delays_leave_every_page_published_and_the_key_unsaid(
    seed: int, agency: Path, run: Run, server: Server, tmp_path: Path
) -> None:
    server.behave = garbage(seed)
    result = run(agents=True, overrides=NEEDY | {"agents_timeout": 0.4})
    assert published(result)
    assert any(line.startswith("Agents") for line in result.told)
    assert KEY not in str(result)
    for path in [*(tmp_path / "out").rglob("*"), *agency.parent.rglob("*.log")]:
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
    assert KEY.encode() not in agency.read_bytes()


def test_an_api_that_is_down_leaves_the_very_weeks_of_a_run_without_agents(
    agency: Path, run: Run, server: Server
) -> None:
    off = run(agents=False, overrides=NEEDY, dry_run=True)  # what is published would stay
    server.behave = lambda _: error(529, "overloaded_error")
    down = run(agents=True, overrides=NEEDY)
    assert any("the API is overloaded: run again later" in line for line in down.told)
    assert content(off) == content(down)
    notes = [[m["strategy_note"] for m in r.messages] for r in (*off.pages.values(),)]
    assert notes == [[m["strategy_note"] for m in r.messages] for r in down.pages.values()]
    server.behave = advisor
    assert published(run(agents=True, overrides=NEEDY))
    assert published(run(agents=False, overrides=NEEDY))


def test_without_a_key_the_run_says_so_and_the_notes_have_reasons(
    agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    result = run(agents=True)
    assert result.told == (
        "Agents are off: ANTHROPIC_API_KEY is not set. The notes are the computed ones.",
    )
    reasons = rows(
        "select r.*, s.price as planned_price, s.local_hour as planned_hour"
        " from eros_marts.schedule_reasons as r inner join eros_marts.schedules as s"
        " on s.schedule_id = r.schedule_id and s.message_id = r.message_id"
    )
    assert len(reasons) == sum(len(page.messages) for page in result.pages.values())
    for row in reasons:
        assert (row["price"], row["local_hour"]) == (row["planned_price"], row["planned_hour"])
        assert row["lower_price"] is None or row["lower_price"] < row["price"]
        assert row["higher_price"] is None or row["higher_price"] > row["price"]
        assert row["hour_index"] > 0
    notes = [m["strategy_note"] for page in result.pages.values() for m in page.messages]
    assert all("the page's mean hour" in note and "next best caption" in note for note in notes)
