"""What a build makes of planted faults: it fails, warns or logs, and charges the page."""

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.warehouse import DbtProject
from tests.scheduler.mutation.ground import Connection, Ground, append, ask
from tests.scheduler.mutation.test_rules import FAULTS, change
from tests.scheduler.mutation.test_staging import (
    CORRUPT_MESSAGES,
    MESSAGES,
    corrupt_messages,
    sound_message,
)


@pytest.fixture(scope="module")
def folder(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for dbt to run in, so that it reads the project once."""
    made = tmp_path_factory.mktemp("builds")
    shutil.copytree(clean.parent / ".agency_dbt", made / ".agency_dbt")
    return made


@pytest.fixture
def database(clean: Path, folder: Path) -> Path:
    """A fresh copy of the clean one."""
    return Path(shutil.copyfile(clean, folder / "agency.duckdb"))


def test_a_tier_fails_warns_or_is_counted_in_the_log(
    database: Path, ground: Ground, project: DbtProject, variables: dict[str, str]
) -> None:
    """Each in its own way, and only for active weeks: a blocked one is the rulebook working."""
    second = ground.pages[1]

    def with_status(status: str) -> None:
        with duckdb.connect(str(database)) as connection:
            for number in range(5):
                change(connection, second, number, status=status, price=100.01)

    with duckdb.connect(str(database)) as connection:
        FAULTS["explicit_share"](connection, ground)
        FAULTS["holiday_factor"](connection, ground)
    rules = ("price_range", "explicit_share", "holiday_factor")
    test = ["test", "--select", *[f"rule_{rule},test_type:generic" for rule in rules]]
    with_status("blocked")
    lines: list[str] = []
    project.run(test, variables, database, lines.append)
    assert told(lines) == {("WARN", "explicit_share"), ("Tier 3", "holiday_factor")}
    with_status("active")
    with pytest.raises(SchedulerError):
        project.run(test, variables, database, lines.append)
    assert ("FAIL", "price_range") in told(lines)


def told(lines: list[str]) -> set[tuple[str, str]]:
    """How dbt's output speaks of rules."""
    return {
        (sign, rule)
        for line in lines
        for sign in ("FAIL", "WARN", "Tier 3")
        for rule in FAULTS
        if re.search(rf"\b{sign} (?:\d+ )?(?:\w+_)?{rule}\b", line)
    }


def test_data_quality_counts_each_reason_and_charges_the_page(
    database: Path, ground: Ground, project: DbtProject, variables: dict[str, str]
) -> None:
    """All corruptions at once: one row more of each reason, and a lower score of one page."""
    with duckdb.connect(str(database)) as connection:
        before = quality(connection)
        sound = sound_message(connection, ground)
        for reason in CORRUPT_MESSAGES:
            append(connection, MESSAGES, corrupt_messages(sound, reason))
    run = ["run", "--select", "int_messages", "data_quality"]
    project.run(run, variables, database, lambda _: None)
    with duckdb.connect(str(database)) as connection:
        after = quality(connection)
    page = ground.pages[0]
    charged = {f"{reason}_count": 1 for reason in CORRUPT_MESSAGES if reason != "missing_page"}
    assert {name: after[page][name] - before[page][name] for name in charged} == charged
    assert after[page]["data_quality_score"] < before[page]["data_quality_score"]
    assert set(after) - set(before) <= {"(missing)"}
    assert after["(missing)"]["missing_page_count"] == 1 + before.get("(missing)", {}).get(
        "missing_page_count", 0
    )
    others = set(before) - {page, "(missing)"}
    assert {name: after[name] for name in others} == {name: before[name] for name in others}


def quality(connection: Connection) -> dict[str, dict[str, Any]]:
    """Rows of the mart by page."""
    return {
        row["page_name"]: row for row in ask(connection, "select * from eros_marts.data_quality")
    }
