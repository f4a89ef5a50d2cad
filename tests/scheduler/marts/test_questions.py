"""The questions of models/marts/README.md are answered by marts alone, with true figures."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

README = Path("models/marts/README.md")
QUESTIONS = dict(
    re.findall(
        r"^### (\d+)\. .*?```sql\n(.*?)```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
)
# Counted from the raw rows that staging holds valid, by nothing that the marts compute with.
MONDAYS = """
    select 1000 * sum(earnings) / sum(sent_count) from eros_intermediate.int_messages
    where is_valid and sent_count >= 50 and price > 0 and earnings is not null and iso_weekday = 1
        and days_ago between 0 and 89
"""
REVENUE = """
    select round(sum(earnings), 6) from eros_intermediate.int_messages where is_valid
"""


@pytest.fixture(scope="module")
def connection(planned: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(planned), read_only=True) as opened:
        yield opened


def answer(connection: duckdb.DuckDBPyConnection, number: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = connection.sql(QUESTIONS[number]).to_arrow_table().to_pylist()
    return rows


def test_there_are_fifteen() -> None:
    assert list(QUESTIONS) == [str(number) for number in range(1, 16)]


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_has_an_answer_from_marts_alone(
    connection: duckdb.DuckDBPyConnection, number: str
) -> None:
    named = re.findall(r"(?:from|join) (\S+)", re.sub(r"extract\(.*?\)", "", QUESTIONS[number]))
    assert named
    assert all(name.startswith("eros_marts.") for name in named)
    rows = answer(connection, number)
    assert rows
    assert all(any(row[column] is not None for row in rows) for column in rows[0]) or number == "11"


def test_a_thousand_recipients_on_a_monday_bring_what_the_messages_say(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    ((expected,),) = connection.execute(MONDAYS).fetchall()
    monday = next(row for row in answer(connection, "3") if row["iso_weekday"] == 1)
    assert monday["dollars_per_1000"] == pytest.approx(expected, rel=1e-9)
    assert monday["decayed_dollars_per_1000"] != pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("number", ["1", "2"])
def test_revenue_adds_up_to_that_of_every_valid_message(
    connection: duckdb.DuckDBPyConnection, number: str
) -> None:
    ((expected,),) = connection.execute(REVENUE).fetchall()
    found = sum(row["revenue"] or 0.0 for row in answer(connection, number))
    assert found == pytest.approx(expected, rel=1e-9)


def test_plans_that_were_carried_out_in_part_say_so(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rates = [row["execution_rate"] for row in answer(connection, "12")]
    assert all(0.5 < rate < 0.8 for rate in rates)


def test_a_page_that_was_left_out_is_named_with_its_reason(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    (run,) = answer(connection, "13")
    assert (run["reason"], run["page_count"], run["published_count"]) == ("No caption left.", 1, 3)
    assert (run["seconds"], run["seconds_per_page"]) == (60.0, 1.5)
