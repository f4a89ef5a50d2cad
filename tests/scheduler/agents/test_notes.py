"""Computed notes: every reason in words a manager understands, and no number but the evidence's."""

import pytest

from scheduler.agents.prose_numbers import COUNT, Amount, Known, unknown_numbers
from scheduler.agents.sent_facts import known_of
from scheduler.agents.week_view import reason_facts
from scheduler.planning.notes import strategy_note
from tests.scheduler.agents.weeks import reason


def test_a_note_gives_hour_price_caption_and_the_runner_up() -> None:
    assert strategy_note(reason()) == (
        "Prime hour: 20:00 sells 31 % better than the page's mean hour."
        " $22 should earn about $40 more than $30 and about $12 more than $18 here."
        " Caption sent 4 times so far, sells 20 % better than an untried one, rested 45 days here;"
        " its seductive tone suits the evening."
        " The next best caption would earn $6 less."
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"is_prime": False, "hour_index": 0.8}, "Not a prime hour: 20:00 sells 20 % worse than"),
        ({"hour_index": 2.4}, "sells 2.4 times the page's mean hour"),
        ({"hour_index": 1.001}, "sells like the page's mean hour"),
        ({"higher_price": None}, "it is the highest price this page has a record of"),
        ({"lower_price": None}, "it is the lowest price this page has a record of"),
        ({"lower_price": None, "higher_price": None}, "$22 is the only price this page has"),
        ({"lower_price_revenue": 250.0}, "about $10 less than $18"),
        ({"lower_price_revenue": 240.2}, "about as much as $18"),
        ({"caption_sends": 0}, "Caption never sent, expected to sell like untried mid ones"),
        ({"caption_sends": 0, "price_tier": ""}, "expected to sell like other untried ones"),
        ({"caption_sends": 1, "caption_days_since": 1}, "sent once so far, sells 20 % better"),
        ({"caption_days_since": 1}, "rested 1 day here"),
        ({"caption_days_since": None}, "new to this page"),
        ({"energy_suits": False}, "its seductive tone does not quite suit the evening"),
        ({"runner_up_loss": None}, "No other caption fits this place within the rules."),
        ({"runner_up_loss": -8.0}, "would earn $8 more but suits the week less well"),
        ({"runner_up_loss": 0.1}, "The next best caption would earn about as much."),
        ({"holiday": "Halloween"}, "Halloween."),
    ],
)
def test_every_branch_of_the_evidence_has_its_words(changed: dict[str, object], told: str) -> None:
    assert told in strategy_note(reason(**changed))


def test_a_neutral_tone_goes_without_saying() -> None:
    assert "tone" not in strategy_note(reason(energy="neutral"))


def test_a_message_drawn_by_chance_says_so_first() -> None:
    assert strategy_note(reason(), "Exploration: drawn.").startswith("Exploration: drawn. Prime")


def test_a_computed_note_would_pass_the_check_of_numbers_itself() -> None:
    known = known_of(reason_facts(reason())) | Known.of_texts(["20:00"])
    known = known | Known((Amount(20, COUNT),))
    assert unknown_numbers(strategy_note(reason()), known) == []
