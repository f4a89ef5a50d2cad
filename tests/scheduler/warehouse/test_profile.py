"""One configuration: the dbt profile says which warehouse, and how to reach it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.oauth2.credentials import Credentials

from scheduler.errors import SchedulerError
from scheduler.warehouse import (
    DbtProject,
    DuckDBWarehouse,
    connect,
    database_path,
    overriding,
    place,
)
from scheduler.warehouse.bigquery import BigQueryWarehouse
from scheduler.warehouse.bigquery import open as opening
from scheduler.warehouse.bigquery.credentials import bigquery_credentials
from scheduler.warehouse.profile import Target, read_target
from tests.scheduler.warehouse.fake_google import FakeGoogle

SECRET = "s3cr3t-t0ken"  # noqa: S105 - made up, to be searched for
BASE = {
    "type": "bigquery", "method": "oauth-secrets", "token": SECRET, "project": "demo",
    "dataset": "eros", "location": "US",
}  # fmt: skip
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Make a profile the one in force, whose output `bigquery` has these values."""

    def make(**values: Any) -> Path:
        outputs = {
            "duckdb": {"type": "duckdb", "path": "x.duckdb", "schema": "eros"},
            "bigquery": BASE | values,
        }
        profile = {"target": "{{ env_var('EROS_TARGET', 'duckdb') }}", "outputs": outputs}
        (tmp_path / "profiles.yml").write_text(yaml.safe_dump({"eros": profile}))
        return tmp_path

    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
    monkeypatch.delenv("DBT_TARGET", raising=False)
    monkeypatch.delenv("EROS_TARGET", raising=False)
    return make


def test_the_target_is_chosen_as_dbt_chooses_it(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write()
    assert read_target(folder).kind == "duckdb"
    monkeypatch.setenv("EROS_TARGET", "bigquery")
    assert read_target(folder).kind == "bigquery"
    monkeypatch.setenv("DBT_TARGET", "duckdb")
    assert read_target(folder).kind == "duckdb"
    monkeypatch.setenv("DBT_TARGET", "prod")
    with pytest.raises(SchedulerError, match=r"no target 'prod'.* Use one of: bigquery, duckdb"):
        read_target(folder)


def test_an_unset_variable_and_a_foreign_engine_are_named(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(type="snowflake", token="{{ env_var('NOT_SET') }}")  # noqa: S106
    monkeypatch.setenv("DBT_TARGET", "bigquery")
    with pytest.raises(SchedulerError, match="type 'snowflake'"):
        read_target(folder)
    write(token="{{ env_var('NOT_SET') }}")  # noqa: S106
    with pytest.raises(SchedulerError, match="NOT_SET"):
        bigquery_credentials(read_target(folder))


def test_the_profile_opens_the_warehouse_it_names(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(
        dataset="agency", priority="batch", timeout_seconds=90, maximum_bytes_billed=7_000,
        execution_project="payer", location="US",
    )  # fmt: skip
    google, made = FakeGoogle(), {}

    def client(**values: Any) -> Any:
        made.update(values)
        return google.client()

    monkeypatch.setattr(opening.bigquery, "Client", _keeping_class(client))
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(tmp_path / "x.duckdb"))
    with connect(must_exist=False) as embedded:
        assert isinstance(embedded, DuckDBWarehouse)
    monkeypatch.setenv("DBT_TARGET", "bigquery")
    with connect() as warehouse:
        assert isinstance(warehouse, BigQueryWarehouse)
        assert warehouse.names.table("eros_marts.creators") == "demo.agency_marts.creators"
        limits = warehouse.jobs.limits
    assert (limits.seconds, limits.maximum_bytes_billed, limits.priority) == (90, 7_000, "batch")
    assert (made["project"], made["location"]) == ("payer", "US")
    assert isinstance(made["credentials"], Credentials)
    assert made["credentials"].token == SECRET
    assert database_path().parent.is_dir()


def test_the_settings_of_one_command_reach_its_jobs(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    monkeypatch.setenv("DBT_TARGET", "bigquery")
    google = FakeGoogle(datasets={"landing": "US"})
    monkeypatch.setattr(opening.bigquery, "Client", _keeping_class(lambda **_: google.client()))
    settings = {"retry_attempts": 7, "retry_backoff_base": 1.5, "raw_schema": "landing"}
    with overriding(settings), connect() as warehouse:
        assert isinstance(warehouse, BigQueryWarehouse)
        limits, raw = warehouse.jobs.limits, warehouse.names.raw
    assert (limits.attempts, limits.backoff_base, raw) == (7, 1.5, "landing")
    with pytest.raises(SchedulerError, match="eros_raw does not exist"):
        connect()


@pytest.mark.parametrize(
    ("variables", "limits"),
    [
        ({}, (600, 20_000_000_000, "interactive")),
        ({"TIMEOUT": "90", "MAXIMUM_BYTES": "7000", "PRIORITY": "batch"}, (90, 7_000, "batch")),
    ],
)
def test_limits_of_jobs_come_from_the_example_profile_and_its_variables(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variables: dict[str, str],
    limits: tuple[int, int, str],
) -> None:
    example = DbtProject.find().root / "profiles.example.yml"
    (tmp_path / "profiles.yml").write_text(example.read_text(encoding="utf-8"))
    for name in ("TIMEOUT", "MAXIMUM_BYTES", "PRIORITY"):
        monkeypatch.delenv(f"EROS_BIGQUERY_{name}", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(f"EROS_BIGQUERY_{name}", value)
    found = bigquery_credentials(Target(tmp_path, "bigquery", "bigquery"))
    assert found.priority is not None
    assert (
        found.job_execution_timeout_seconds, found.maximum_bytes_billed, found.priority.value,
    ) == limits  # fmt: skip


def _keeping_class(make: Callable[..., Any]) -> Callable[..., Any]:
    """The fake's own client must still be able to build a real one."""
    real = opening.bigquery.Client

    def build(*args: Any, **values: Any) -> Any:
        return real(*args, **values) if "_http" in values else make(**values)

    return build


@pytest.mark.parametrize(
    ("datasets", "said"),
    [
        ({}, "eros_raw does not exist. Create and fill it"),
        ({"eros_raw": "EU"}, "is in EU, the profile says US. Set `location: EU`"),
    ],
)
def test_a_missing_dataset_and_a_wrong_location_are_told(
    datasets: dict[str, str], said: str
) -> None:
    warehouse = FakeGoogle(datasets=datasets).warehouse()
    with pytest.raises(SchedulerError) as caught:
        opening._check_raw(warehouse.jobs, warehouse.names)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"method": "service-account", "keyfile": "none.json"}, "cannot be read"),
        ({"method": "service-account-json", "keyfile_json": {"private_key": SECRET}}, "key"),
        ({"method": "telepathy"}, "method"),
        ({"job_retries": SECRET}, "job_retries"),
    ],
)
def test_no_error_shows_a_credential(
    write: Write, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], said: str
) -> None:
    write(**values)
    monkeypatch.setenv("DBT_TARGET", "bigquery")
    with pytest.raises(SchedulerError) as caught:
        connect()
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_credentials_at_all_says_how_to_log_in(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(method="oauth")
    monkeypatch.setenv("DBT_TARGET", "bigquery")
    bad = tmp_path / "adc.json"
    bad.write_text(json.dumps({"type": "unknown"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(bad))
    with pytest.raises(SchedulerError, match="gcloud auth application-default login"):
        connect()


def test_a_missing_package_says_how_to_install_it(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    monkeypatch.setenv("DBT_TARGET", "bigquery")

    def without(name: str) -> Any:
        raise ImportError("No module named 'google'")

    monkeypatch.setattr(place, "import_module", without)
    with pytest.raises(SchedulerError, match=r"pip install 'eros-scheduler\[bigquery\]'"):
        place.connect()
