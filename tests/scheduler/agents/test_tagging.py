"""Tags by Message Batches: read once, resumed, bounded by the budget, wrong ids dropped."""

from dataclasses import replace
from typing import Any

import pytest

from scheduler.agents.agent_settings import price_of
from scheduler.agents.calls import Outcome
from scheduler.agents.tagging import Tagged, tag_captions
from tests.scheduler.agents.conftest import PRICES, SETTINGS
from tests.scheduler.agents.server import Asked, Response, Server, error, message

TEXTS = {f"{number:032x}"[::-1]: f"caption number {number}" for number in range(10)}


def tagger(asked: Asked) -> Any:
    """Tags every caption of a request."""
    if asked.path != "(batch)":
        return None
    return {
        "tags": [
            {"caption_id": row["id"], "energy": "playful", "intensity": "teasing",
             "intent": "tease", "language": "en"}
            for row in asked.facts["captions"]
        ]
    }  # fmt: skip


def tag(batches: tuple[str, ...] = (), wait: float = 5.0, **changed: Any) -> Tagged:
    settings = replace(SETTINGS, **changed)
    return tag_captions(settings, price_of(settings.model, PRICES), TEXTS, batches, wait)


def test_every_caption_is_tagged_in_lists_at_half_the_price(server: Server) -> None:
    server.behave = tagger
    tagged = tag()
    assert set(tagged.tags) == set(TEXTS)
    assert [len(requests) for requests in server.batches.values()] == [3]
    assert [call.outcome for call in tagged.calls] == [Outcome.SUBMITTED, Outcome.COLLECTED]
    full = (3 * 900 * 3.0 + 3 * 100 * 15.0) / 1e6
    assert tagged.calls[1].dollars == pytest.approx(full / 2)
    assert tagged.told == ()


def test_a_batch_that_takes_long_is_collected_by_the_next_command(server: Server) -> None:
    server.behave, server.looks_until_ended = tagger, 10**6
    first = tag(wait=0.2)
    assert first.tags == {}
    assert "still at work" in first.told[0]
    server.looks_until_ended = 1
    second = tag(("msgbatch_1",))
    assert set(second.tags) == set(TEXTS)
    assert len(server.batches) == 1


def test_ids_that_were_not_sent_are_dropped_and_counted(server: Server) -> None:
    def wrong(asked: Asked) -> Any:
        reply = tagger(asked)
        if reply:
            reply["tags"][0]["caption_id"] = "made up"
        return reply

    server.behave = wrong
    tagged = tag()
    assert len(tagged.tags) == len(TEXTS) - 3
    assert tagged.calls[1].ids_dropped == 3


def test_requests_that_fail_leave_their_captions_for_the_next_time(server: Server) -> None:
    server.behave = lambda asked: error(500, "api_error") if asked.path == "(batch)" else None
    tagged = tag()
    assert tagged.tags == {}
    assert tagged.calls[1].outcome is Outcome.COLLECTED


def test_an_unknown_energy_is_no_tag(server: Server) -> None:
    def odd(asked: Asked) -> Any:
        reply = tagger(asked)
        if reply:
            reply["tags"][0]["energy"] = "volcanic"
        return reply

    server.behave = odd
    assert tag().tags == {}


def test_the_budget_pays_for_as_many_lists_as_it_can(server: Server) -> None:
    server.behave = tagger
    tagged = tag(budget_tokens=4_000)
    assert 0 < len(tagged.tags) < len(TEXTS)
    assert "captions are left: the budget was reached" in tagged.told[0]


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (error(404, "not_found_error"), Outcome.UNKNOWN_MODEL),
        (error(401, "authentication_error"), Outcome.NO_ACCESS),
        (error(529, "overloaded_error"), Outcome.OVERLOADED),
        (Response(body=message("x"), cut=True), Outcome.NO_CONNECTION),
        (Response(body=b"garbage"), Outcome.MALFORMED),
    ],
)
def test_a_batch_that_is_not_taken_is_told(
    server: Server, failure: Response, outcome: Outcome
) -> None:
    server.behave = lambda asked: failure if asked.path.endswith("batches") else None
    tagged = tag()
    assert tagged.tags == {}
    assert tagged.calls[0].outcome is outcome
    assert tagged.told[0].startswith("No tags: ")
