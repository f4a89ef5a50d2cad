"""Every check of staging names the one corruption planted for it in the demo's raw tables.

The demo is dirty as real data are, so each plant is compared with what was found before it.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from scheduler.warehouse import DbtProject
from tests.scheduler.conftest import AS_OF
from tests.scheduler.mutation.ground import Connection, Ground, append, ask

MESSAGES = "eros_raw.mass_messages"
SOUND_MESSAGE = """
    select raw.*
    from eros_raw.mass_messages as raw
    inner join eros_intermediate.int_messages as messages on raw.row_id = messages.row_id
    where
        messages.page_name = $page and messages.is_usable and messages.is_in_window
        and messages.viewed_count is not null and messages.purchased_count is not null
    order by raw.row_id
    limit 1
"""
CORRUPT_MESSAGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "missing_page": lambda _: {"page_name": "  "},
    "missing_time": lambda _: {"sending_time": None},
    "future_time": lambda _: {"sending_time": AS_OF + timedelta(seconds=1)},
    "repeat": lambda _: {},
    "no_recipients": lambda _: {"sent_count": 0, "viewed_count": 0, "purchased_count": 0.0},
    "views_above_sends": lambda row: {"viewed_count": row["sent_count"] + 1},
    "purchases_above_views": lambda row: {"purchased_count": row["viewed_count"] + 1.0},
    "negative_earnings": lambda _: {"earnings": -0.01},
    "price_out_of_range": lambda _: {"price": 200.01},
}
FLAWED_MESSAGES: dict[str, dict[str, Any]] = {
    "missing_message": {"message": None},
    "missing_sent_count": {"sent_count": None},
    "missing_viewed_count": {"viewed_count": None},
    "missing_purchased_count": {"purchased_count": None},
    "missing_earnings": {"earnings": None},
    "replacement_character": {"message": "it was all \ufffd to me"},
    "small_send": {"sent_count": 49, "viewed_count": 4, "purchased_count": 1.0},
}
"""Flaws that are counted but reject no row."""
REJECTED_MESSAGES = "select row_id, rejection_reason from eros_staging.stg_mass_messages"
REJECTED_CAPTIONS = """
    select caption_id, rejection_reason, repeat_count
    from eros_staging.stg_caption_bank
    where rejection_reason is not null or repeat_count > 0
"""
CORRUPT_CAPTIONS: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "missing_id": ({"caption_id": None}, (None, "missing_id", 0)),
    "missing_text": ({"caption_id": 1, "caption_text": " \u00a0"}, (1, "missing_text", 0)),
    "repeat": ({}, ("its own id", None, 1)),
}


def sound_message(connection: Connection, ground: Ground) -> dict[str, Any]:
    """A valid raw row of the first page, as the load after all others would bring it."""
    (row,) = ask(connection, SOUND_MESSAGE, page=ground.pages[0])
    return row | {"_loaded_at": row["_loaded_at"] + timedelta(days=1)}


def corrupt_messages(sound: dict[str, Any], reason: str) -> list[dict[str, Any]]:
    """Raw rows of which one is to be rejected; a repeat needs a row to repeat."""
    row = sound | CORRUPT_MESSAGES[reason](sound) | {"row_id": f"planted {reason}"}
    return [row, row] if reason == "repeat" else [row]


def found(connection: Connection, sql: str) -> Counter[Any]:
    return Counter(connection.execute(sql).fetchall())


def test_a_sound_message_is_not_rejected(connection: Connection, ground: Ground) -> None:
    before = found(connection, REJECTED_MESSAGES)
    append(connection, MESSAGES, [sound_message(connection, ground) | {"row_id": "planted"}])
    assert found(connection, REJECTED_MESSAGES) - before == Counter({("planted", None): 1})


@pytest.mark.parametrize("reason", CORRUPT_MESSAGES)
def test_a_corrupt_message_is_rejected_for_its_reason_and_no_other_row_is(
    connection: Connection, ground: Ground, reason: str
) -> None:
    before = found(connection, REJECTED_MESSAGES)
    append(connection, MESSAGES, corrupt_messages(sound_message(connection, ground), reason))
    after = found(connection, REJECTED_MESSAGES)
    kept = {(f"planted {reason}", None): 1} if reason == "repeat" else {}
    assert after - before == Counter({(f"planted {reason}", reason): 1} | kept)
    assert before - after == Counter()


@pytest.mark.parametrize("check", CORRUPT_CAPTIONS)
def test_a_corrupt_caption_is_named_and_no_other_is(
    connection: Connection, ground: Ground, check: str
) -> None:
    changes, expected = CORRUPT_CAPTIONS[check]
    sound = ground.captions[ground.pages[0]][0].caption_id
    (row,) = ask(connection, "select * from eros_raw.caption_bank where caption_id = $id", id=sound)
    before = found(connection, REJECTED_CAPTIONS)
    append(connection, "eros_raw.caption_bank", [row | changes])
    after = found(connection, REJECTED_CAPTIONS)
    named = tuple(sound if value == "its own id" else value for value in expected)
    assert after - before == Counter({named: 1})
    assert before - after == Counter()


def test_an_unknown_time_zone_is_flagged(connection: Connection) -> None:
    flagged = (
        "select page_name from eros_staging.stg_active_creators where is_timezone_default"
        " and timezone = 'America/Los_Angeles'"
    )
    before = found(connection, flagged)
    page = "frostedwillow"
    assert (page,) not in before
    connection.execute(
        "update eros_raw.active_creators set timezone = $zone where page_name = $page",
        {"zone": "Mars/Olympus", "page": page},
    )
    assert found(connection, flagged) - before == Counter({(page,): 1})


def test_a_page_that_one_row_switches_off_is_off(connection: Connection) -> None:
    off = "select page_name from eros_staging.stg_active_creators where not is_active"
    assert not found(connection, off)
    connection.execute(
        "insert into eros_raw.active_creators by name"
        " select * replace (false as is_active) from eros_raw.active_creators"
        " where page_name = 'frostedwillow'"
    )
    assert found(connection, off) == Counter({("frostedwillow",): 1})


@pytest.mark.parametrize("doubt", ["update", "insert"])
def test_a_doubtful_vault_cell_is_a_no_for_that_cell_alone(
    connection: Connection, doubt: str
) -> None:
    """A NULL in the page's row; a second row of the page that says no."""
    available = (
        "select page_name, vault_column from eros_staging.stg_vault_matrix where is_available"
    )
    before = found(connection, available)
    page, column = min(before)
    where = f"where lower(trim(page_name)) = '{page}'"
    if doubt == "update":
        connection.execute(f'update eros_raw.vault_matrix set "{column}" = null {where}')  # noqa: S608
    else:
        connection.execute(
            "insert into eros_raw.vault_matrix by name"  # noqa: S608
            f' select * replace (false as "{column}") from eros_raw.vault_matrix {where}'
        )
    after = found(connection, available)
    assert before - after == Counter({(page, column): 1})
    assert after - before == Counter()


def test_every_reason_has_a_corruption(project: DbtProject) -> None:
    macro = (project.root / "macros" / "rejection_reasons.sql").read_text(encoding="utf-8")
    bank = (project.root / "models" / "staging" / "stg_caption_bank.sql").read_text("utf-8")
    assert set(re.findall(r"'(\w+)',", macro)) == set(CORRUPT_MESSAGES)
    assert set(re.findall(r"then '(\w+)'", bank)) | {"repeat"} == set(CORRUPT_CAPTIONS)
