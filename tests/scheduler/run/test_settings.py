"""Each setting has one home, and changing it there changes what is planned."""

import shutil
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from scheduler.errors import SchedulerError
from scheduler.marts import build
from scheduler.marts.build_settings import read_settings
from scheduler.marts.run_result import PUBLISHED, RunResult
from scheduler.progress import Silent
from scheduler.run.workers import Effort
from scheduler.warehouse import DbtProject, connect
from tests.scheduler.run.conftest import AS_OF, Run


class Heard(Silent):
    """Keeps the steps that a command told."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, text: str) -> None:
        self.steps.append(text)


def spacings(result: RunResult) -> list[timedelta]:
    return [
        later["send_at"] - earlier["send_at"]
        for page in result.pages.values()
        for earlier, later in pairwise(page.messages)
    ]


def all_messages(result: RunResult) -> list[dict[str, object]]:
    return [dict(message) for page in result.pages.values() for message in page.messages]


def test_a_week_of_77_messages_two_hours_apart_is_supported(agency: Path, run: Run) -> None:
    result = run(overrides={"messages_per_week_max": 77, "min_spacing_hours": 2})
    published = result.with_status(PUBLISHED)
    assert len(published) == len(result.pages)
    assert max(len(page.messages) for page in published) > 15
    assert min(spacings(result)) >= timedelta(hours=2)
    assert not [v for page in published for v in page.violations if v.tier == 1]


def test_the_settings_of_a_week_shape_it(agency: Path, run: Run) -> None:
    overrides = {
        "messages_per_week_max": 6,
        "min_spacing_hours": 9,
        "price_min": 11,
        "price_max": 14,
        "explicit_share": 0.25,
        "explicit_share_tolerance": 0.1,
        "max_same_category_per_day": 1,
        "validation_levels": ["high"],
        "min_freshness_days": 75,
        "eros_score_target": 1,
    }
    result = run(overrides=overrides)
    messages = all_messages(result)
    assert {page.status for page in result.pages.values()} == {PUBLISHED}
    assert all(2 <= len(page.messages) <= 6 for page in result.pages.values())
    assert min(spacings(result)) >= timedelta(hours=9)
    assert all(11 <= message["price"] <= 14 for message in messages)  # type: ignore[operator]
    rules = {violation.rule for page in result.pages.values() for violation in page.violations}
    assert not rules & {"explicit_share", "category_per_day", "eros_score", "caption_freshness"}
    days = Counter((m["page_name"], m["local_date"], m["content_category"]) for m in messages)
    assert max(days.values()) == 1
    with duckdb.connect(str(agency)) as connection:
        levels = connection.execute(
            "select distinct validation_level from eros_staging.stg_caption_bank"
            " where caption_id in (select unnest($ids))",
            {"ids": [message["caption_id"] for message in messages]},
        ).fetchall()
    assert levels == [("high",)]


def test_the_settings_of_the_history_change_what_the_model_learns_from(
    agency: Path, run: Run
) -> None:
    run(dry_run=True)
    seen = "select count(*), min(days_ago), max(days_ago), sum(weight), min(sent_count)"
    with duckdb.connect(str(agency)) as connection:
        before = connection.execute(f"{seen} from eros_marts.training_messages").fetchone()
    run(
        dry_run=True,
        overrides={
            "training_days": 40,
            "decay_days": 7,
            "min_sent_count": 400,
            "skill_origins": 2,
        },
    )
    with duckdb.connect(str(agency)) as connection:
        after = connection.execute(f"{seen} from eros_marts.training_messages").fetchone()
        models = connection.execute(
            "select parameters from eros_operations.model_registry order by trained_at"
        ).fetchall()
    assert before is not None
    assert after is not None
    assert after[0] < before[0]
    assert after[2] < 40 <= before[2]
    assert after[3] < before[3]
    assert after[4] >= 400 > before[4]
    assert len(models) == 2
    assert '"skill_origins": 2' in models[1][0]


def test_the_tables_a_person_tunes_change_the_week(
    agency: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run(dry_run=True)
    root = DbtProject.find().root
    copy = tmp_path / "project"
    copy.mkdir()
    for name in ("models", "macros", "tests", "seeds", "python_models", "scheduler"):
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name)
    for name in ("dbt_project.yml", "profiles.example.yml"):
        shutil.copyfile(root / name, copy / name)
    seeds = copy / "seeds"
    multipliers = (seeds / "day_multipliers.csv").read_text().splitlines()
    quiet = [f"{line.rsplit(',', 1)[0]},0.05" for line in multipliers[1:-3]]
    (seeds / "day_multipliers.csv").write_text(
        "\n".join([multipliers[0], *quiet, *multipliers[-3:]]) + "\n"
    )
    (seeds / "price_points.csv").write_text("price\n13\n")
    monkeypatch.setenv("EROS_PROJECT_DIR", str(copy))
    after = run(dry_run=True)
    assert {message["price"] for message in all_messages(after)} == {13.0}

    def late_share(result: RunResult) -> float:
        days = [message["iso_weekday"] for message in all_messages(result)]
        return sum(day >= 5 for day in days) / len(days)  # type: ignore[operator]

    assert late_share(after) > late_share(before)


def test_marts_are_reused_inside_their_time_to_live_and_renewed_when_anything_changed(
    agency: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[dict[str, object]] = []
    monkeypatch.setattr(
        build,
        "build_marts",
        lambda _p, _d, as_of, overrides, _l, **__: built.append(dict(overrides)),
    )

    def reason(**overrides: object) -> str:
        heard = Heard()
        build.ensure_marts(agency, None, overrides, heard)
        return heard.steps[0]

    assert "reused" in reason()
    assert "other settings" in reason(price_max=50)
    assert "caching is off" in reason(enable_caching=False)
    assert "time to live" in reason(marts_ttl_hours=0)
    with duckdb.connect(str(agency)) as connection:
        connection.execute("delete from eros_raw.active_creators where page_name is not null")
    assert "new data" in reason()
    assert len(built) == 4


def test_another_as_of_time_builds_anew(agency: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "build_marts", lambda *_, **__: None)
    heard = Heard()
    build.ensure_marts(agency, AS_OF + timedelta(hours=1), {}, heard)
    assert "another as-of time" in heard.steps[0]


def test_an_unknown_setting_is_refused(agency: Path, run: Run) -> None:
    with pytest.raises(SchedulerError, match="Unknown setting price_maximum"):
        run(overrides={"price_maximum": 50})


def test_the_vault_rule_cannot_be_switched_off(agency: Path, run: Run) -> None:
    with pytest.raises(SchedulerError, match="vault_matrix_enforcement"):
        run(overrides={"vault_matrix_enforcement": False})


def test_workers_tries_and_time_out_are_settings(agency: Path) -> None:
    from scheduler.run.request import RunRequest  # noqa: PLC0415
    from scheduler.run.solve_pages import effort_of  # noqa: PLC0415

    with connect() as warehouse:
        settings = read_settings(warehouse)
    assert settings is not None
    assert effort_of(RunRequest(), settings) == Effort(10, 3, 2, 120)
    assert effort_of(RunRequest(max_workers=3), settings).max_workers == 3
