"""Why a page gets no week, in words that are true."""

import pytest

from scheduler.planning.gate import apart, refusal

PAGE = {"has_vault": True, "usable_message_count": 90, "data_quality_score": 91.0}
RULES = {"is_starter": False, "data_quality_min": 70.0, "confidence_min": 0.6}


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (0.41, "Confidence 0.41 is below 0.60."),
        (0.5998, "Confidence 0.5998 is below 0.60."),
        (None, "Confidence unknown is below 0.60."),
    ],
)
def test_a_confidence_is_told_with_the_decimals_that_tell_it_from_the_least(
    confidence: float | None, said: str
) -> None:
    assert refusal(PAGE | {"confidence_score": confidence}, RULES, 9, (), 50) == said


def test_what_reaches_the_least_is_planned() -> None:
    assert refusal(PAGE | {"confidence_score": 0.6}, RULES, 9, (), 50) is None
    assert apart(0.6 - 1e-12, 0.6) == "0.599999999999"
