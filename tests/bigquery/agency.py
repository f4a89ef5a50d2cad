"""A small made-up agency, the same rows on DuckDB and on the emulator."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from tests.bigquery.servers import AS_OF, PROJECT, ROOT

PAGE = "ivorycanyon"
SIZE = ("--pages", "2", "--messages", "1200", "--captions", "300", "--seed", "3")
_KINDS = {
    "BIGINT": "INT64", "BOOLEAN": "BOOL", "DATE": "DATE", "DOUBLE": "FLOAT64", "INTEGER": "INT64",
    "TIMESTAMP": "TIMESTAMP", "VARCHAR": "STRING",
}  # fmt: skip


def scheduler(database: Path, *arguments: str | Path, **environment: str) -> str:
    """Run one command of the scheduler and give what it prints."""
    done = subprocess.run(
        [Path(sys.executable).with_name("scheduler"), *arguments],
        env=os.environ | {"EROS_DUCKDB_PATH": str(database)} | environment,
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def make(folder: Path) -> Path:
    """The agency's rows in a DuckDB file."""
    database = folder / "agency.duckdb"
    scheduler(database, "demo", "--as-of", AS_OF, *SIZE, "--output-dir", folder / "demo")
    return database


def questions(week: Path, folder: Path) -> list[Sequence[str | Path]]:
    """The commands that ask the warehouse about a published week, whose files are given."""
    return [
        ("train", "--output-dir", folder),
        ("score",),
        ("analyze", PAGE),
        ("diagnose", PAGE),
        ("captions", PAGE),
        ("validate", *sorted(week.glob("*_schedule.csv"))),
        ("export", "--output-dir", folder),
        ("doctor",),
    ]


def client(endpoint: str) -> bigquery.Client:
    """Google's own client, talking to a server of the tests."""
    return bigquery.Client(
        project=PROJECT, location="US", credentials=AnonymousCredentials(),
        client_options={"api_endpoint": endpoint},
    )  # fmt: skip


def upload(database: Path, endpoint: str) -> None:
    """Load the raw tables of a DuckDB file as a person would: load jobs of JSON."""
    google = client(endpoint)
    google.create_dataset("eros_raw")
    with duckdb.connect(str(database), read_only=True) as connection:
        for (table,) in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'eros_raw'"
        ).fetchall():
            rows = connection.execute(f'select * from eros_raw."{table}"')  # noqa: S608
            names = [(column[0], str(column[1])) for column in rows.description]
            schema = [bigquery.SchemaField(name, _KINDS[kind]) for name, kind in names]
            records = [_record([n for n, _ in names], row) for row in rows.fetchall()]
            config = bigquery.LoadJobConfig(schema=schema)
            google.load_table_from_json(records, f"eros_raw.{table}", job_config=config).result()


def _record(names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    return json.loads(json.dumps(dict(zip(names, row, strict=True)), default=str))


def build(database: Path, target: Path) -> None:
    """Build every model and snapshot on DuckDB."""
    done = subprocess.run(
        [
            sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build",
            "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test",
            "--project-dir", ROOT, "--profiles-dir", ROOT, "--target", "duckdb",
            "--target-path", target, "--log-path", target / "logs",
            "--vars", repr({"as_of": AS_OF}),
        ],
        env=os.environ | {"EROS_DUCKDB_PATH": str(database)},
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
