"""The columns of a schedule are listed once in SQL and once in Python, and both say the same."""

from pathlib import Path

from scheduler.marts.schedules import TEMPLATE_SCHEMA
from tests.scheduler.shared import reading


def test_what_python_writes_of_a_schedule_is_what_the_table_has(built: Path) -> None:
    with reading(built / "agency.duckdb") as warehouse:
        table = warehouse.query("select * from eros_operations.schedule_templates limit 0").schema
    assert {field.name: field.type for field in TEMPLATE_SCHEMA} == {
        field.name: field.type for field in table
    }


def test_the_mart_shows_every_column_that_is_written(built: Path) -> None:
    with reading(built / "agency.duckdb") as warehouse:
        shown = warehouse.query("select * from eros_marts.schedules limit 0").schema
    assert set(TEMPLATE_SCHEMA.names) <= set(shown.names)
