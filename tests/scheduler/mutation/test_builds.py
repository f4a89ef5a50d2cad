"""What a build makes of planted faults: it fails, warns or logs, and charges the page."""

import re
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.warehouse import DbtProject
from tests.scheduler.mutation.ground import Connection, Ground, append
from tests.scheduler.mutation.test_rules import FAULTS, change
from tests.scheduler.mutation.test_staging import (
    CORRUPT_MESSAGES,
    FLAWED_MESSAGES,
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


def test_data_quality_counts_each_flaw_of_a_page_and_charges_it(
    database: Path, ground: Ground, project: DbtProject, variables: dict[str, str]
) -> None:
    """All corruptions at once: one row more of each reason, and a lower score of one page."""
    page = ground.pages[0]
    planted = Counter({(page, flaw): 1 for flaw in [*CORRUPT_MESSAGES, *FLAWED_MESSAGES]})
    planted[(page, "missing_page")], planted[("(missing)", "missing_page")] = 0, 1
    # an unknown number of recipients is a small one
    planted[(page, "small_send")] = 2
    with duckdb.connect(str(database)) as connection:
        before, score = flaws(connection), scores(connection)
        sound = sound_message(connection, ground)
        for reason in CORRUPT_MESSAGES:
            append(connection, MESSAGES, corrupt_messages(sound, reason))
        for flaw, change_of in FLAWED_MESSAGES.items():
            append(connection, MESSAGES, [sound | change_of | {"row_id": f"planted {flaw}"}])
    between = "int_messages+,+data_quality int_messages+,+data_quality_reasons"
    project.run(["run", "--select", *between.split()], variables, database, lambda _: None)
    with duckdb.connect(str(database)) as connection:
        after, charged = flaws(connection), scores(connection)
    assert {flaw for _, flaw in before} == {flaw for _, flaw in planted}
    assert after - before == +planted
    assert before - after == Counter()
    assert charged.pop(page) < score.pop(page)
    score.pop("(missing)", None)
    assert {name: charged[name] for name in score} == score


def flaws(connection: Connection) -> Counter[tuple[str, str]]:
    """Rows of the whole window by page and flaw, each flaw of a page that has none too."""
    rows = connection.execute(
        "select page_name, reason, reason_row_count from eros_marts.data_quality_reasons"
        " where window_days = 90"
    )
    return Counter({(page, reason): count for page, reason, count in rows.fetchall()})


def scores(connection: Connection) -> dict[str, float]:
    rows = connection.execute("select page_name, data_quality_score from eros_marts.data_quality")
    return dict(rows.fetchall())
