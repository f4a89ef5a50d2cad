"""dbt started by hand: a whole build counts, and a part of one takes nothing away."""

from pathlib import Path

from scheduler.marts.build import ensure_marts
from scheduler.marts.build_settings import read_settings
from scheduler.moments import format_time
from scheduler.progress import Silent
from scheduler.warehouse import DbtProject, connect
from tests.scheduler.run.conftest import AS_OF
from tests.scheduler.run.test_settings import Heard


def by_hand(agency: Path, *arguments: str) -> None:
    DbtProject.find().run(arguments, {"as_of": format_time(AS_OF)}, agency, lambda _: None)


def fingerprint() -> str:
    with connect() as warehouse:
        settings = read_settings(warehouse)
    assert settings is not None
    return settings.project_fingerprint


def test_marts_built_by_hand_are_not_built_again(agency: Path) -> None:
    before = fingerprint()
    by_hand(agency, "run", "--select", "settings")
    assert fingerprint() not in ("", before)
    heard = Heard()
    ensure_marts(agency, AS_OF, {}, heard)
    assert heard.steps == ["Marts of 2026-03-18 12:00:00 UTC are fresh: reused."]


def test_a_build_of_some_models_leaves_the_settings(agency: Path) -> None:
    before = fingerprint()
    by_hand(agency, "run", "--select", "creator_settings")
    assert fingerprint() == before
    ensure_marts(agency, AS_OF, {}, Silent())
    assert fingerprint() == before
