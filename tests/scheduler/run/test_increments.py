"""Message facts added load by load are those of a build from nothing, and so is every mart."""

import math
from pathlib import Path

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.moments import format_time
from scheduler.warehouse import DbtProject
from tests.scheduler.conftest import AS_OF

Rows = dict[str, list[tuple[object, ...]]]
Load = tuple[tuple[str | None, int, int, float], ...]

MESSAGE = """
    insert into eros_raw.mass_messages by name
    select
        $row_id as row_id, page_name, 'a note of the {ago}th day' as message,
        timestamp '{as_of}' - interval {ago} day as sending_time, 12.0 as price, 1000 as sent_count,
        $viewed as viewed_count, 3 as purchased_count, $earnings as earnings, 'ppv' as message_type,
        timestamp '{as_of}' + interval ({load}) day as _loaded_at
    from (select min(page_name) as page_name from eros_raw.mass_messages)
"""
DAYS: tuple[Load, ...] = (
    # a new row, two of one id and two alike without an id; one that comes sixty days late
    (
        ("new", 0, 100, 36.0), ("twice", 1, 100, 36.0), ("twice", 1, 101, 36.0),
        (None, 2, 50, 36.0), (None, 2, 50, 36.0), ("late", 60, 100, 36.0),
    ),
    # the repeat is mended, the one without an id is there again, the late one is corrected
    (("twice", 1, 102, 36.0), (None, 2, 50, 36.0), ("late", 60, 100, 900.0)),
    # earnings grow, a message forty days old is corrected, a row turns out impossible
    (("new", 0, 120, 72.0), ("old", 40, 200, 600.0), ("late", 61, 5000, 900.0)),
)  # fmt: skip
"""Loads of three days: row_id, days before as_of, views, earnings."""
REPEATS = "select count(*) from eros_staging.stg_mass_messages where row_id = 'twice'"

FACTS = "select * from eros_staging.stg_message_facts order by fact_key"


def load_day(database: Path, load: int, rows: Load) -> None:
    """Append rows as any tool would, with the time of their load."""
    with duckdb.connect(str(database)) as connection:
        for row_id, ago, viewed, earnings in rows:
            connection.execute(
                MESSAGE.format(as_of=AS_OF, ago=ago, load=load + 365),
                {"row_id": row_id, "viewed": viewed, "earnings": earnings},
            )


def build(database: Path, *options: str) -> None:
    """Build models as of AS_OF."""
    arguments = ["run", *options]
    DbtProject.find().run(arguments, {"as_of": format_time(AS_OF)}, database, lambda _: None)


def rows_of(database: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def marts_of(database: Path) -> Rows:
    """Every row of every mart, in an order of its own; `settings` has the wall clock in it."""
    names = rows_of(
        database,
        "select table_name from information_schema.tables where table_schema = 'eros_marts'"
        " and table_name <> 'settings' order by 1",
    )
    return {
        str(name): rows_of(database, f"select * from eros_marts.{name} order by all")  # noqa: S608
        for (name,) in names
    }


def different(one: Rows, other: Rows) -> list[object]:
    """Rows that are not the same in both; sums of floats may differ in their last digits."""
    found: list[object] = [name for name in one | other if len(one[name]) != len(other[name])]
    for name in one:
        for row, twin in zip(one[name], other[name], strict=False):
            if row != twin and not all(map(same, row, twin)):
                found.append((name, row, twin))
    return found


def same(value: object, twin: object) -> bool:
    if isinstance(value, float) and isinstance(twin, float):
        return math.isclose(value, twin, rel_tol=1e-9, abs_tol=1e-12)
    return value == twin


@pytest.mark.full
def test_daily_increments_and_a_full_refresh_give_the_same_marts(agency: Path) -> None:
    before = marts_of(agency)
    for load, rows in enumerate(DAYS):
        load_day(agency, load, rows)
        last = load == len(DAYS) - 1
        build(agency, "--select", "stg_message_facts+" if last else "stg_message_facts")
    chained = marts_of(agency)
    assert rows_of(agency, REPEATS) == [(1,)], "the later load no longer repeats itself"
    facts = rows_of(agency, FACTS)
    build(agency, "--full-refresh", "--select", "stg_message_facts+")
    assert rows_of(agency, FACTS) == facts
    assert len(chained) > 20
    assert different(chained, before)
    assert different(chained, marts_of(agency)) == []


def test_a_raw_table_that_does_not_continue_is_read_from_the_start(agency: Path) -> None:
    """A load that came late, and then a table that no longer says when it was loaded."""
    load_day(agency, 0, (("kept", 0, 100, 36.0),))
    load_day(agency, -400, (("came late", 2, 100, 36.0), ("kept", 0, 1, 36.0)))
    build(agency, "--select", "stg_message_facts")
    assert planted(agency) == [("came late", 100), ("kept", 100)]
    change(agency, "alter table eros_raw.mass_messages drop column _loaded_at")
    build(agency, "--select", "stg_message_facts")
    assert planted(agency) == [("came late", 100), ("kept", 100), ("kept", 1)]


def planted(database: Path) -> list[tuple[object, ...]]:
    return rows_of(
        database,
        "select row_id, viewed_count from eros_staging.stg_mass_messages"
        " where row_id in ('kept', 'came late') order by row_id, viewed_count desc",
    )


def change(database: Path, sql: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)


def test_messages_that_are_more_than_five_days_late_are_an_error(agency: Path) -> None:
    lines: list[str] = []
    change(agency, "update eros_raw.mass_messages set _loaded_at = now() - interval 13 day")
    with pytest.raises(SchedulerError):
        DbtProject.find().run(["source", "freshness"], {}, agency, lines.append)
    assert any("ERROR STALE" in line and "mass_messages" in line for line in lines)
