"""Every check of captions, pages and the vault names the one corruption planted for it.

The demo is dirty as real data are, so each plant is compared with what was found before it.
"""

import re
from collections import Counter
from typing import Any

import pytest

from scheduler.warehouse import DbtProject
from tests.scheduler.mutation.ground import Connection, Ground, append, ask

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


def found(connection: Connection, sql: str) -> Counter[Any]:
    return Counter(connection.execute(sql).fetchall())


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
    bank = (project.root / "models" / "staging" / "stg_caption_bank.sql").read_text("utf-8")
    assert set(re.findall(r"then '(\w+)'", bank)) | {"repeat"} == set(CORRUPT_CAPTIONS)
