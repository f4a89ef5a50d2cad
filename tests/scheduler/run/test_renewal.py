"""Caption candidates and the marts of curves follow each training; these also as twins in SQL."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from scheduler.errors import SchedulerError
from scheduler.marts import build
from scheduler.marts.build_settings import read_settings
from scheduler.progress import Silent
from scheduler.training.standing import fresh_marts
from scheduler.warehouse import connect
from tests.scheduler.conftest import AS_OF, RENEWING

MARTS = {"saturation": "weekly_volume", "price_response": "price"}


# Pairs of a class in the wrong order: a caption stands before one that the training finds better.
MISPLACED = """
    with candidates as (
        select
            c.page_name, c.content_category_key, c.energy, c.candidate_rank,
            coalesce(e.log_effect, u.log_effect, 0) as log_effect
        from eros_marts.caption_candidates as c
        left join eros_operations.caption_effects as e using (caption_key)
        left join eros_operations.untried_effects as u
            on u.price_tier = coalesce(c.price_tier, '')
    )
    select count(*) from candidates as a inner join candidates as b
        on a.page_name = b.page_name and a.content_category_key = b.content_category_key
        and a.energy = b.energy and a.candidate_rank < b.candidate_rank
        and a.log_effect < b.log_effect
"""


@pytest.fixture
def renewing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RENEWING.items():
        monkeypatch.setattr(build, name, value)


def misplaced(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as connection:
        return int(connection.execute(MISPLACED).fetchall()[0][0])


def shown(database: Path) -> dict[str, tuple[str, pd.DataFrame]]:
    """Kind and rows of the marts of curves."""
    with duckdb.connect(str(database), read_only=True) as connection:
        kinds = dict(
            connection.execute(
                "select table_name, table_type from information_schema.tables"
                " where table_schema = 'eros_marts'"
            ).fetchall()
        )
        return {
            mart: (kinds[mart], connection.table(f"eros_marts.{mart}").order("all").df())
            for mart in MARTS
        }


@pytest.mark.usefixtures("renewing")
def test_a_training_renews_the_marts_and_the_twins_in_sql_show_the_same(
    agency: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {mart: len(rows) for mart, (_, rows) in shown(agency).items()} == dict.fromkeys(MARTS, 0)

    with fresh_marts(Silent(), as_of=AS_OF, trained=True) as standing:
        settings = standing.settings
        assert standing.model is not None
        names = {*standing.model.labels.pages, "(pool)"}
    assert misplaced(agency) == 0
    by_python = shown(agency)
    for kind, rows in by_python.values():
        assert kind == "BASE TABLE"
        assert set(rows["page_name"]) == names
        assert rows.groupby("page_name")["is_best"].sum().to_list() == [1] * len(names)
    with connect(agency) as warehouse:
        # the stamp of the build outlives what only follows a training
        assert read_settings(warehouse) == settings

    monkeypatch.setenv("EROS_PYTHON_MODELS", "false")
    project = build.DbtProject.find()
    project.run(["run", "--select", *MARTS], {}, agency, lambda _: None)
    for mart, (kind, rows) in shown(agency).items():
        assert kind == "VIEW"
        pd.testing.assert_frame_equal(rows, by_python[mart][1], rtol=1e-9)


class Told(Silent):
    """Keeps the steps it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, text: str) -> None:
        self.lines.append(text)


@pytest.mark.usefixtures("renewing")
def test_curves_that_fail_are_told_and_stop_nothing(
    agency: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dbt, told = build.DbtProject.run, Told()

    def fail(project: build.DbtProject, words: list[str], *rest: Any) -> None:
        if any(word.startswith("saturation,") for word in words):
            raise SchedulerError("`dbt build` failed.")
        dbt(project, words, *rest)

    monkeypatch.setattr(build.DbtProject, "run", fail)
    with fresh_marts(told, as_of=AS_OF, trained=True):
        pass
    assert "still those of the last build" in told.lines[-1]
    assert misplaced(agency) == 0


@pytest.mark.usefixtures("renewing")
def test_a_run_that_was_killed_before_the_candidates_were_renewed_renews_them_when_started_again(
    agency: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def killed(*_: object) -> None:
            raise SchedulerError("`dbt build` failed.")

        patch.setattr(build.DbtProject, "run", killed)
        with pytest.raises(SchedulerError), fresh_marts(Silent(), as_of=AS_OF, trained=True):
            pass
    assert misplaced(agency) > 0

    again = Told()
    for _ in range(2):
        with fresh_marts(again, as_of=AS_OF, trained=True):
            pass
    assert misplaced(agency) == 0
    assert sum("Renewing" in line for line in again.lines) == 1
