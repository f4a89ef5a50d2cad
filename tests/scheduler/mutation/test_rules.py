"""Every rule of the rulebook names the one fault planted for it, and a clean week has none."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from scheduler.warehouse import DbtProject
from tests.scheduler.mutation.ground import WEEK, Caption, Connection, Ground, append

Fault = Callable[[Connection, Ground], object]
TEMPLATES = "eros_operations.schedule_templates"


def change(connection: Connection, page: str, number: int, **values: object) -> None:
    """Set columns of one planned message."""
    assignments = ", ".join(f"{column} = ${column}" for column in values)
    connection.execute(
        f"update {TEMPLATES} set {assignments} where message_id = $message_id",  # noqa: S608
        values | {"message_id": f"{page} {number}"},
    )


def message(number: int, **values: object) -> Fault:
    """A fault in one message of the first page."""
    return lambda connection, ground: change(connection, ground.pages[0], number, **values)


def page(table: str, column: str, value: object) -> Fault:
    """A fault of the first page in a mart."""
    return lambda connection, ground: connection.execute(
        f"update eros_marts.{table} set {column} = $value where page_name = $page",  # noqa: S608
        {"value": value, "page": ground.pages[0]},
    )


def move(*slots: tuple[int, int, int]) -> Fault:
    """Messages of the first page moved: (number, day, hour)."""

    def plant(connection: Connection, ground: Ground) -> None:
        first = ground.pages[0]
        for number, day, hour in slots:
            change(connection, first, number, send_at=ground.at(first, day, hour))

    return plant


def send(number: int, caption: Callable[[Ground], Caption]) -> Fault:
    """A message of the first page that sends another caption of the bank."""
    return lambda connection, ground: change(
        connection, ground.pages[0], number,
        caption_id=caption(ground).caption_id, caption_text=caption(ground).caption_text,
    )  # fmt: skip


def say_the_same(connection: Connection, ground: Ground) -> None:
    """Two captions of the first page's week are read as near-duplicates."""
    connection.execute(
        "insert into eros_operations.caption_tags (caption_key, source, near_duplicate_group)"
        " select own_caption_key, 'text', 'planted' from eros_marts.schedules"
        " where page_name = $page order by send_at limit 2",
        {"page": ground.pages[0]},
    )


def sixteen_messages(connection: Connection, ground: Ground) -> None:
    """Eleven more on four days, each of its own caption, three hours apart."""
    slots = [(day, hour) for hour in (9, 12, 15) for day in (0, 1, 2, 4)]
    numbers = [*range(5, 15), 18]
    first = ground.pages[0]
    rows = [ground.message(first, n, *slot) for n, slot in zip(numbers, slots[:11], strict=True)]
    append(connection, TEMPLATES, rows)


def three_hours_less_a_minute(connection: Connection, ground: Ground) -> None:
    first = ground.pages[0]
    change(connection, first, 0, send_at=ground.at(first, 1, 15, 1))


def four_of_a_category_on_a_day(connection: Connection, ground: Ground) -> None:
    first = ground.pages[0]
    append(connection, TEMPLATES, [ground.message(first, 5, 0, 9), ground.message(first, 8, 1, 12)])
    move((1, 0, 12), (2, 0, 15))(connection, ground)


def sent_thirteen_days_before(connection: Connection, ground: Ground) -> None:
    first = ground.pages[0]
    connection.execute(
        "insert into eros_intermediate.int_messages"
        " (message_key, page_name, caption_key, sent_at, local_date, is_valid)"
        " select 'planted', page_name, own_caption_key, $sent_at, local_date - 13, true"
        " from eros_marts.schedules where message_id = $message_id",
        {"sent_at": ground.at(first, 0, 18) - timedelta(days=13), "message_id": f"{first} 0"},
    )


def two_messages_on_a_holiday_for_one(connection: Connection, ground: Ground) -> None:
    connection.execute(
        "insert into eros_staging.holidays values ($date, 'A Quiet Day', 0.5)",
        {"date": WEEK + timedelta(days=3)},
    )
    move((0, 3, 9))(connection, ground)


def a_blackout_on_the_first_day(connection: Connection, ground: Ground) -> None:
    connection.execute(
        "insert into eros_staging.page_calendar"
        " select page_name, 'blackout', local_date, local_hour, local_date, local_hour, null,"
        " null, 'away'"
        " from eros_marts.schedules where message_id = $message_id",
        {"message_id": f"{ground.pages[0]} 0"},
    )


def ban_a_caption(connection: Connection, ground: Ground) -> None:
    connection.execute(
        "insert into eros_staging.page_restrictions"
        " select page_name, 'caption', cast(caption_id as string), local_date, local_date"
        " from eros_marts.schedules where message_id = $message_id",
        {"message_id": f"{ground.pages[0]} 0"},
    )


def a_week_beyond_all_that_is_known(connection: Connection, ground: Ground) -> None:
    connection.execute(
        "update eros_marts.page_evidence set complete_week_count = 9, best_week_earnings = 0.01"
        " where page_name = $page",
        {"page": ground.pages[0]},
    )
    change(connection, ground.pages[0], 0, week_expected_revenue=100.0)


def hours_that_nobody_tried(connection: Connection, ground: Ground) -> None:
    connection.execute(
        "update eros_intermediate.int_hour_evidence set has_evidence = false"
        " where page_name = $page",
        {"page": ground.pages[0]},
    )


FAULTS: dict[str, Fault] = {
    "vault_availability": send(0, lambda ground: ground.unavailable),
    "caption_unique_in_week": send(1, lambda ground: ground.captions[ground.pages[0]][0]),
    "price_range": message(0, price=100.01),
    "messages_per_week": sixteen_messages,
    "data_quality": page("data_quality", "data_quality_score", 70),
    "confidence_minimum": message(0, confidence=None),
    "banned_content": message(0, caption_text="pay me by CashApp"),
    "blackout": a_blackout_on_the_first_day,
    "caption_promised_once": send(0, lambda ground: ground.captions[ground.pages[1]][0]),
    "message_spacing": three_hours_less_a_minute,
    "explicit_share": send(3, lambda ground: ground.captions[ground.pages[0]][5]),
    "prime_hour_share": move((0, 0, 3), (1, 1, 3)),
    "eros_score": page("eros_scores", "eros_score", 39.99),
    "confidence_target": message(0, confidence=0.8),
    "category_per_day": four_of_a_category_on_a_day,
    "caption_freshness": sent_thirteen_days_before,
    "weekend_share": move((0, 5, 9), (1, 5, 18), (2, 6, 18)),
    "holiday_factor": two_messages_on_a_holiday_for_one,
    "near_duplicate_captions": say_the_same,
    "declining_page": page("creator_performance", "health_status", "DECLINING"),
    "revenue_evidence": a_week_beyond_all_that_is_known,
    "price_evidence": page("page_evidence", "highest_price", 1),
    "data_evidence": page("page_evidence", "recent_rejected_share", 0.99),
    "hour_evidence": hours_that_nobody_tried,
}
ALSO = {
    "confidence_minimum": {"confidence_target"},
    # messages moved or added lie in hours that nobody tried, which are not prime either
    "messages_per_week": {"hour_evidence", "prime_hour_share"},
    "category_per_day": {"hour_evidence", "prime_hour_share"},
    "prime_hour_share": {"hour_evidence"},
    "hour_evidence": {"prime_hour_share"},
}
"""What a fault breaks beside its own rule: a confidence below the minimum is below the target."""
BOTH_PAGES = {"caption_promised_once"}
"""Rules whose fault is named on both pages."""


def broken(connection: Connection) -> set[tuple[str, str]]:
    """Rules that are broken, each with the page that breaks it."""
    rows = connection.execute("select rule, page_name from eros_marts.schedule_violations")
    return set(rows.fetchall())


def test_clean_weeks_break_no_rule(connection: Connection, ground: Ground) -> None:
    planned = connection.execute(
        "select page_name, count(*) from eros_marts.schedules group by page_name"
    ).fetchall()
    assert dict(planned) == dict.fromkeys(ground.pages, 5)
    assert broken(connection) == set()


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_named_by_its_rule_and_no_other(
    connection: Connection, ground: Ground, rule: str
) -> None:
    FAULTS[rule](connection, ground)
    pages = ground.pages if rule in BOTH_PAGES else ground.pages[:1]
    rules = {rule} | ALSO.get(rule, set())
    assert broken(connection) == {(name, page) for name in rules for page in pages}


def test_every_rule_has_a_fault_and_stands_in_the_rulebook(project: DbtProject) -> None:
    models = project.root / "models" / "rules"
    files = {path.stem.removeprefix("rule_") for path in models.glob("rule_*.sql")}
    rulebook = (project.root / "macros" / "rulebook.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"'(\w+)': [123],", rulebook)) == files == set(FAULTS)


def test_a_banned_caption_is_refused_on_the_days_of_its_ban(
    connection: Connection, ground: Ground
) -> None:
    ban_a_caption(connection, ground)
    assert broken(connection) == {("banned_content", ground.pages[0])}
    connection.execute("update eros_staging.page_restrictions set valid_until = valid_from - 1")
    assert broken(connection) == set()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"caption_id": -1}, "not in the caption bank"),
        ({"page_name": "nobody"}, "no row in the vault matrix"),
    ],
)
def test_what_the_vault_rule_cannot_resolve_is_refused(
    connection: Connection, ground: Ground, values: dict[str, object], reason: str
) -> None:
    message(0, **values)(connection, ground)
    assert reason in refusal(connection)


def test_the_vault_rule_goes_by_the_text_whatever_the_caption_id(
    connection: Connection, ground: Ground
) -> None:
    message(0, caption_text=ground.unavailable.caption_text)(connection, ground)
    assert "The vault does not hold" in refusal(connection)


def refusal(connection: Connection) -> str:
    """What the vault rule says of the only message that breaks it."""
    ((detail,),) = connection.execute(
        "select detail from eros_marts.schedule_violations where rule = 'vault_availability'"
    ).fetchall()
    return str(detail)
