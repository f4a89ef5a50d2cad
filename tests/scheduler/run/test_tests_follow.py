"""Marts are tested while the model is fitted: until then the settings say that they are not."""

from pathlib import Path

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.marts import build
from scheduler.marts.build_settings import Settings, read_settings
from scheduler.moments import format_time
from scheduler.progress import Silent
from scheduler.training.fitted_model import models_dir
from scheduler.warehouse import connect
from tests.scheduler.conftest import AS_OF
from tests.scheduler.run.conftest import Run


def standing() -> Settings:
    with connect() as warehouse:
        settings = read_settings(warehouse)
    assert settings is not None
    return settings


@pytest.fixture
def untested(agency: Path) -> Path:
    """As a run leaves its marts that is killed between its build and its tests."""
    project, moment = build.DbtProject.find(), format_time(AS_OF)
    variables = {"as_of": moment, "tests_follow": True}
    variables["project_fingerprint"] = project.fingerprint()
    project.run(["run", "--select", "settings"], variables, agency, lambda _: None)
    assert not standing().is_tested
    return agency


def test_untested_marts_are_tested_before_they_are_used_and_not_built_again(
    untested: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(build, "build_marts")
    before = standing()
    left = build.ensure_marts(untested, AS_OF, {}, Silent(), trains_next=True)
    assert not left.is_tested
    build.ensure_marts(untested, AS_OF, {}, Silent())
    after = standing()
    assert after.is_tested
    assert after.decisive() == before.decisive()


def test_a_mart_that_fails_its_tests_stops_the_run_before_anything_is_written(
    untested: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise SchedulerError("`dbt build` failed: unique_creators_page_name.")

    with monkeypatch.context() as patch:
        patch.setattr(build, "test_marts", failing)
        with pytest.raises(SchedulerError, match="unique_creators_page_name"):
            run()
    with duckdb.connect(str(untested)) as connection:
        count = "select count(*) from eros_operations.schedule_templates"
        assert connection.execute(count).fetchall() == [(0,)]
    assert not list((tmp_path / "out").glob("*"))
    assert not standing().is_tested

    monkeypatch.setattr(build, "test_marts", lambda *_: None)
    result = run()
    assert not result.any_failed
    # the fit was another process's, which left the model for all
    assert len(list(models_dir(untested).glob("*.model"))) == 1
