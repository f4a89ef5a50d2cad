"""The Python API: each function, with the keys and the formats that its users know."""

import csv
import inspect
import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scheduler
from scheduler import api, log
from scheduler.analysis.caption_ranking import supported
from scheduler.errors import SchedulerError
from scheduler.progress import Progress
from scheduler.warehouse import connect


class Listener:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def detail(self, text: str) -> None: ...

    def pages(self, count: int) -> None: ...
    def page(self, page: str, text: str) -> None: ...


@pytest.fixture(scope="module")
def agency(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One copy of the built agency for the whole file: no test minds what another planned."""
    folder = tmp_path_factory.mktemp("asked")
    shutil.copyfile(built / "agency.duckdb", folder / "agency.duckdb")
    shutil.copytree(built / ".agency_dbt", folder / ".agency_dbt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EROS_DUCKDB_PATH", str(folder / "agency.duckdb"))
        patch.setenv("DBT_WRITE_JSON", "false")
        yield folder
    log.stop()


@pytest.fixture(scope="module")
def pages(agency: Path) -> list[str]:
    with connect() as warehouse:
        rows = warehouse.query(
            "select page_name from eros_marts.creators where is_active order by 1"
        )
    names: list[str] = rows.column("page_name").to_pylist()
    return names


@pytest.fixture(scope="module")
def planned(agency: Path, pages: list[str]) -> dict[str, dict[str, Any]]:
    """A batch with one name that nobody has."""
    return api.process_all_creators([*pages, " Nobody "], agency / "out", max_workers=2)


def test_the_package_offers_these_functions_and_no_others() -> None:
    assert all(inspect.isfunction(getattr(scheduler, name)) for name in scheduler.__all__)
    assert len(scheduler.__all__) == 8


def test_an_empty_list_plans_no_page(agency: Path, tmp_path: Path) -> None:
    assert api.process_all_creators([], tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_is_that_names_result_and_nobody_elses(
    planned: dict[str, dict[str, Any]], pages: list[str]
) -> None:
    assert sorted(planned) == sorted([*pages, "nobody"])
    assert planned["nobody"]["status"] == "blocked"
    assert planned["nobody"]["errors"][0].startswith("Unknown page 'nobody'")
    done = [page for page in pages if planned[page]["status"] == "success"]
    assert done
    assert sum(planned[page]["projected_revenue"] for page in done) > 0
    with connect() as warehouse:
        sql = (
            "select count(*) as n from eros_operations.batch_execution_log where page_name = $page"
        )
        assert warehouse.query(sql, {"page": "nobody"}).to_pylist() == [{"n": 0}]


def test_a_batch_of_unknown_names_alone_plans_nothing(agency: Path, tmp_path: Path) -> None:
    results = api.process_all_creators(["nobody", "no one"], tmp_path)
    assert {name: result["status"] for name, result in results.items()} == {
        "nobody": "blocked", "no one": "blocked",
    }  # fmt: skip


def test_a_planned_page_prints_as_its_users_print_it(
    planned: dict[str, dict[str, Any]], agency: Path
) -> None:
    page = next(name for name, result in planned.items() if result["status"] == "success")
    result = api.generate_schedule_for_creator(page, agency / "out")
    assert Path(result["csv_path"]).is_file()
    assert Path(result["report_path"]).is_file()
    assert float(f"{result['projected_revenue']:.2f}") > 0
    assert f"{result['confidence_score']:.2%}" != "nan%"
    assert result["revenue_low"] <= result["projected_revenue"] <= result["revenue_high"]
    assert len(result["messages"]) > 0
    blocked = planned["nobody"]
    assert f"{blocked['projected_revenue']:.2f} {blocked['confidence_score']:.2%}" == "nan nan%"
    with pytest.raises(SchedulerError, match="Unknown page"):
        api.generate_schedule_for_creator("nobody", agency / "out")


def test_a_page_s_standing_has_figures_and_a_model_of_one_short_line(pages: list[str]) -> None:
    found = api.analyze_creator_performance(f" {pages[0].upper()} ")
    low, high = found["optimal_price_range"]
    assert low <= high
    assert f"{found['ml_accuracy']:.1%}".endswith("%")
    assert all(0 <= hour <= 23 for hour in found["prime_hours"])
    assert len(repr(found["ml_model"])) < 200
    assert len(repr(found)) < 2_000
    assert found["ml_model"].page_name == pages[0]


def test_a_score_prints_also_where_nothing_was_scheduled(pages: list[str]) -> None:
    found = api.calculate_eros_score(pages[0], lookback_days=30)
    for name in ("revenue_per_send", "conversion_rate", "execution_rate", "caption_diversity"):
        assert f"{found[name]:.1%}".endswith("%"), name
    assert math.isnan(found["execution_rate"])
    assert 0 <= found["overall_score"] <= 100
    assert set(found["components"]) == {"rps", "conversion", "execution", "diversity"}
    with pytest.raises(SchedulerError, match="No EROS score over 12 days"):
        api.calculate_eros_score(pages[0], lookback_days=12)


def test_captions_are_ranked_by_what_their_sends_support(
    pages: list[str], planned: dict[str, dict[str, Any]]
) -> None:
    page = next(name for name, result in planned.items() if result["status"] == "success")
    rows = api.select_captions(page, "evening", num_captions=8)
    assert 0 < len(rows) <= 8
    scores = [row["performance_score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert rows[0]["confidence"] > 0
    assert all(0 <= row["confidence"] <= 1 for row in rows)
    week = planned[page]["projected_revenue"]
    assert all(0 < row["expected_revenue"] < week / 2 for row in rows)
    tier = rows[0]["price_tier"]
    assert {row["price_tier"] for row in api.select_captions(page, "night", 3, tier)} == {tier}
    with pytest.raises(SchedulerError, match="Unknown time of day"):
        api.select_captions(page, "noon")


def test_what_no_send_supports_counts_no_more_than_the_median() -> None:
    value = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    drawn = supported(value, np.array([0.0, 0.0, 0.0, 1.0, 0.0]))
    assert drawn.tolist() == pytest.approx([1.0, 2.0, 4.0, 8.0, 4.0])


def test_a_week_is_written_as_csv_from_a_result_or_from_its_messages(
    planned: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    page = next(name for name, result in planned.items() if result["status"] == "success")
    whole = Path(api.format_schedule_csv(planned[page], page, tmp_path / "a.csv"))
    rows = Path(api.format_schedule_csv(planned[page]["messages"], page, tmp_path / "b.csv"))
    assert whole.read_bytes() == rows.read_bytes()
    with whole.open(encoding="utf-8-sig", newline="") as handle:
        assert len(list(csv.DictReader(handle))) == len(planned[page]["messages"])
    with pytest.raises(SchedulerError, match="holds no message of 'nobody'"):
        api.format_schedule_csv(planned[page], "nobody", tmp_path / "c.csv")


def test_a_training_says_what_it_does_and_the_same_one_again_is_read(
    agency: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = api.retrain_ml_model()
    assert "Marts of" in capsys.readouterr().err
    listener = Listener()
    assert api.retrain_ml_model(progress=listener) == first
    assert "Response model unchanged: reused." in listener.steps
    assert first["row_count"] > 0
    assert "r2_earnings" in first["metrics"]


def test_later_calls_keep_to_the_history_of_the_last_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, Any]] = []

    class Model:
        training_hash = "h"

        class skill:  # noqa: N801 - stands for an object
            skill = 0.5

            @staticmethod
            def table() -> Any:
                class Rows:
                    def to_pylist(self) -> list[dict[str, Any]]:
                        return []

                return Rows()

    class Standing:
        model = Model()
        warehouse = None

        class training:  # noqa: N801
            num_rows = 7

    @contextmanager
    def fresh(_: Progress, **options: Any) -> Iterator[Standing]:
        asked.append(dict(options.get("overrides") or {}))
        yield Standing()

    monkeypatch.setattr(api, "fresh_marts", fresh)
    monkeypatch.setattr(api, "page_score", lambda *_: {})
    monkeypatch.setattr(api, "score_result", lambda row: row)
    api.retrain_ml_model(lookback_days=60, min_sample_size=5)
    api.calculate_eros_score("a")
    api.retrain_ml_model()
    api.calculate_eros_score("a")
    assert asked == [{"training_days": 60, "min_sent_count": 5}] * 2 + [{}] * 2


def test_a_low_score_is_explained(pages: list[str]) -> None:
    found = api.diagnose_low_scores(pages[0])
    assert set(found["components"]) == {"rps", "conversion", "execution", "diversity"}
    assert found["recommendations"]
    assert found["page_name"] == pages[0]
    with pytest.raises(SchedulerError, match="Unknown page"):
        api.diagnose_low_scores("nobody")


def test_a_call_leaves_a_log_with_the_traceback_of_what_should_not_happen(
    agency: Path, pages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setenv("EROS_LOG_DIR", str(tmp_path))
    monkeypatch.setattr(api, "page_score", broken)
    with pytest.raises(ZeroDivisionError):
        api.calculate_eros_score(pages[0])
    text = (tmp_path / log.FILE_NAME).read_text(encoding="utf-8")
    assert "nobody thought of this" in text
    assert '"command": "calculate_eros_score"' in text
