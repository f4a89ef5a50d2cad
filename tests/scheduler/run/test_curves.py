"""The marts of curves follow each training, as Python models and as their twins in SQL."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from scheduler.errors import SchedulerError
from scheduler.run import build
from scheduler.run.progress import Silent
from scheduler.run.standing import fresh_marts
from scheduler.settings import read_settings
from scheduler.warehouse import connect
from tests.scheduler.conftest import AS_OF

# As it was before the tests of this room left it out.
RENEW = build.renew_curves
MARTS = {"saturation": "weekly_volume", "price_response": "price"}


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


def test_a_training_renews_the_marts_and_the_twins_in_sql_show_the_same(
    agency: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {mart: len(rows) for mart, (_, rows) in shown(agency).items()} == dict.fromkeys(MARTS, 0)

    monkeypatch.setattr(build, "renew_curves", RENEW)
    with fresh_marts(Silent(), as_of=AS_OF, trained=True) as standing:
        settings = standing.settings
        assert standing.model is not None
        names = {*standing.model.labels.pages, "(pool)"}
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


def test_a_renewal_that_fails_is_told_and_stops_nothing(
    agency: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(agency) as warehouse:
        settings = read_settings(warehouse)
    assert settings is not None
    lines: list[str] = []

    def fail(*_: object) -> None:
        raise SchedulerError("`dbt run` failed.")

    monkeypatch.setattr(build.DbtProject, "run", fail)

    class Told(Silent):
        def step(self, text: str) -> None:
            lines.append(text)

    RENEW(agency, settings, {}, Told())
    assert "still those of the last build" in lines[-1]
