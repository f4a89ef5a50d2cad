"""Every rule of the rulebook names the one fault planted for it, and a clean week has none."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.warehouse import DbtProject

from .small_agency import (
    AS_OF,
    UNAVAILABLE_CAPTION,
    add_messages,
    at,
    caption_text,
    fill_raw,
    message,
    plan_clean_weeks,
)

Connection = duckdb.DuckDBPyConnection
VARIABLES = {"as_of": AS_OF.isoformat(sep=" ")}
ALL_VIOLATIONS = "select distinct rule from eros_marts.schedule_violations"


def change(assignments: str, number: int, page: str = "alpha") -> Callable[[Connection], None]:
    """A fault in one planned message: columns set to SQL expressions."""
    return lambda connection: connection.execute(
        f"update eros_operations.schedule_templates set {assignments}"  # noqa: S608
        f" where message_id = '{page} {number}'"
    )


def change_mart(assignment: str) -> Callable[[Connection], None]:
    """A fault of the page alpha in a mart: `table set column = value`."""
    return lambda connection: connection.execute(
        f"update eros_marts.{assignment} where page_name = 'alpha'"
    )


def move(*slots: tuple[int, int, int]) -> Callable[[Connection], None]:
    """Messages of alpha moved: (number, day, hour)."""

    def plant(connection: Connection) -> None:
        for number, day, hour in slots:
            change(f"send_at = '{at(day, hour)}'", number)(connection)

    return plant


def send_caption(number: int, identity: int) -> Callable[[Connection], None]:
    """A message of alpha that sends another caption of the bank."""
    text = caption_text(identity)
    return change(f"caption_id = {identity}, caption_text = '{text}'", number)


def sixteen_messages(connection: Connection) -> None:
    """Eleven more on four days, each of its own caption, three hours apart."""
    slots = [(day, hour) for hour in (9, 12, 15) for day in (0, 1, 2, 4)]
    numbers = [*range(5, 15), 18]
    add_messages(
        connection,
        [message("alpha", n, at(*slot)) for n, slot in zip(numbers, slots[:11], strict=True)],
    )


def four_of_a_category_on_a_day(connection: Connection) -> None:
    add_messages(connection, [message("alpha", 5, at(0, 9)), message("alpha", 8, at(1, 12))])
    move((1, 0, 12), (2, 0, 15))(connection)


def sent_thirteen_days_before(connection: Connection) -> None:
    sent_at = at(0, 18) - timedelta(days=13)
    connection.execute(
        "insert into eros_intermediate.int_messages"
        " (message_key, page_name, caption_key, sent_at, local_date, is_valid)"
        " select 'planted', page_name, own_caption_key, $sent_at, local_date - 13, true"
        " from eros_marts.schedules where message_id = 'alpha 0'",
        {"sent_at": sent_at},
    )


FAULTS: dict[str, Callable[[Connection], object]] = {
    "vault_availability": send_caption(0, UNAVAILABLE_CAPTION),
    "caption_unique_in_week": send_caption(1, 100),
    "price_range": change("price = 100.01", 0),
    "messages_per_week": sixteen_messages,
    "data_quality": change_mart("data_quality set data_quality_score = 70"),
    "confidence_minimum": change("confidence = null", 0),
    "banned_content": change("caption_text = 'pay me by CashApp'", 0),
    "caption_promised_once": send_caption(0, 200),
    "message_spacing": change(f"send_at = '{at(1, 15, 1)}'", 0),
    "explicit_share": send_caption(3, 105),
    "prime_hour_share": move((0, 0, 3), (1, 1, 3)),
    "eros_score": change_mart("eros_scores set eros_score = 69.99"),
    "confidence_target": change("confidence = 0.8", 0),
    "category_per_day": four_of_a_category_on_a_day,
    "caption_freshness": sent_thirteen_days_before,
    "weekend_share": move((0, 5, 9), (1, 5, 18), (2, 6, 18)),
    "holiday_factor": move((0, 3, 9)),
    "declining_page": change_mart("creator_performance set health_status = 'DECLINING'"),
}
ALSO = {"confidence_minimum": {"confidence_target"}}
"""What a fault breaks beside its own rule: a confidence below the minimum is below the target."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the rules and all they read, and two clean weeks."""
    path = tmp_path_factory.mktemp("rules") / "eros.duckdb"
    fill_raw(path)
    selection = ["--select", "+models/rules", "--resource-type", "seed", "model"]
    DbtProject.find().run(["build", *selection], VARIABLES, path, lambda line: None)
    with duckdb.connect(str(path)) as connection:
        plan_clean_weeks(connection)
    return path


@pytest.fixture
def connection(database: Path) -> Iterator[Connection]:
    """The warehouse in a transaction that is undone."""
    with duckdb.connect(str(database)) as opened:
        opened.execute("begin")
        yield opened
        opened.execute("rollback")


def broken_rules(connection: Connection) -> set[str]:
    return {rule for (rule,) in connection.execute(ALL_VIOLATIONS).fetchall()}


def test_a_clean_week_breaks_no_rule(connection: Connection) -> None:
    planned = connection.execute("select count(*) from eros_marts.schedules").fetchone()
    assert planned == (10,)
    assert broken_rules(connection) == set()


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_named_by_its_rule_and_no_other(connection: Connection, rule: str) -> None:
    FAULTS[rule](connection)
    assert broken_rules(connection) == {rule} | ALSO.get(rule, set())


def test_every_rule_has_a_fault_and_stands_in_the_rulebook() -> None:
    root = DbtProject.find().root
    files = {path.stem.removeprefix("rule_") for path in root.glob("models/rules/rule_*.sql")}
    rulebook = (root / "macros" / "rulebook.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"'(\w+)': [123],", rulebook)) == files == set(FAULTS)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("caption_id", "-1", "not in the caption bank"),
        ("page_name", "'gamma'", "no row in the vault matrix"),
        ("caption_text", f"'{caption_text(UNAVAILABLE_CAPTION)}'", "does not hold GG"),
    ],
)
def test_what_the_vault_rule_cannot_resolve_is_refused(
    connection: Connection, column: str, value: str, reason: str
) -> None:
    change(f"{column} = {value}", 0)(connection)
    details = connection.execute(
        "select detail from eros_marts.schedule_violations where rule = 'vault_availability'"
    ).fetchall()
    assert len(details) == 1
    assert reason in details[0][0]


def test_a_tier_fails_warns_or_is_counted_in_the_log(database: Path) -> None:
    """Only active weeks that are not over are tested, and then each tier in its own way."""
    faults = {"price_range": "FAIL", "explicit_share": "WARN", "holiday_factor": "Tier 3"}
    with duckdb.connect(str(database)) as opened:
        opened.execute("create table saved as select * from eros_operations.schedule_templates")
        for rule in faults:
            FAULTS[rule](opened)
        opened.execute("update eros_operations.schedule_templates set status = 'blocked'")
    test = ["test", "--select", *[f"rule_{rule},test_type:generic" for rule in faults]]
    lines: list[str] = []
    try:
        DbtProject.find().run(test, VARIABLES, database, lines.append)
        assert not any(word in line for line in lines for word in ("FAIL ", "WARN ", "Tier 3"))
        with duckdb.connect(str(database)) as opened:
            opened.execute("update eros_operations.schedule_templates set status = 'active'")
        with pytest.raises(SchedulerError):
            DbtProject.find().run(test, VARIABLES, database, lines.append)
    finally:
        with duckdb.connect(str(database)) as opened:
            opened.execute("delete from eros_operations.schedule_templates")
            opened.execute("insert into eros_operations.schedule_templates select * from saved")
            opened.execute("drop table saved")
    for rule, sign in faults.items():
        assert any(sign in line and rule in line for line in lines), (rule, sign)
