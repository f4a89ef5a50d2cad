"""Numbers of prose against numbers of facts: units, rounding, words, other scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.agents.prose_numbers import COUNT, DOLLARS, SHARE, TIMES, Amount, Known, checked
from scheduler.agents.prose_numbers import unknown_numbers as unknown

KNOWN = Known(
    (
        Amount(1234.5, DOLLARS),
        Amount(396.2, DOLLARS),
        Amount(0.1249, SHARE),
        Amount(1.31, TIMES),
        Amount(24, COUNT),
        Amount(22.0, DOLLARS),
    )
) | Known.of_texts(["Tue 20:00", "the week of 2026-03-23"])


@pytest.mark.parametrize(
    "sentence",
    [
        "Revenue was $1,234.50.",
        "Revenue was about $1.2k.",
        "It earned $396.",
        "It earned about $400.",
        "12.5 % of those who look buy.",
        "12% of those who look buy.",
        "The hour sells 31 % better.",
        "The hour sells 1.3x the mean.",
        "An index of 1.31 is strong.",
        "It stands on 24 messages.",
        "Tuesday 20:00 is prime, and 8 pm is when people look.",
        "The week of 2026-03-23 is full.",
        "At $22 it sells.",
        "No number at all.",
    ],
)
def test_a_number_of_the_facts_may_be_said_rounded_and_in_its_unit(sentence: str) -> None:
    assert unknown(sentence, KNOWN) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Revenue was $1,300.",
        "It earned $400.",
        "It earned about $350.",
        "24 % of those who look buy.",
        "It costs $24.",
        "It earned €396.5.",
        "13.5 % buy.",
        "The hour sells 45 % better.",
        "Sales doubled.",
        "It doubles sales.",
        "Forty percent more people look.",
        "Half of the page looks.",
        "Wednesday 21:00 is prime.",
        "On 2026-03-24 it rains.",
        "It earned \uff11\uff12 dollars.",
        "It earned \u2460 dollar.",
        "It earned $1.2m.",
    ],
)
def test_a_number_of_its_own_is_found(sentence: str) -> None:
    assert unknown(sentence, KNOWN) != []


def test_only_the_sentence_with_a_number_of_its_own_is_dropped() -> None:
    prose = "Revenue was $1,234.50. It will be $9,999! The hour sells 31 % better."
    assert checked(prose, KNOWN) == ("Revenue was $1,234.50. The hour sells 31 % better.", 1)


@given(st.floats(0.01, 1e6), st.integers(0, 3))
def test_any_fact_may_be_said_at_any_rounding(value: float, digits: int) -> None:
    known = Known((Amount(value, DOLLARS),))
    assert unknown(f"It earned ${value:,.{digits}f}.", known) == []


@given(st.integers(13, 10**6), st.integers(13, 10**6))
def test_no_other_whole_number_passes(fact: int, said: int) -> None:
    assert (unknown(f"It earned ${said}.", Known((Amount(fact, DOLLARS),))) == []) == (fact == said)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    kept, dropped = checked(text, KNOWN)
    assert dropped >= 0
    assert checked(kept, KNOWN) == (kept, 0)
