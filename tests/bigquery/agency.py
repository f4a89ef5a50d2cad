"""A small made-up agency, the same rows on DuckDB and on the emulator."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from tests.bigquery.servers import AS_OF, PROJECT, ROOT

PAGE = "ivorycanyon"
SIZE = ("--pages", "2", "--messages", "1200", "--captions", "300", "--seed", "3")


def scheduler(database: Path, *arguments: str | Path, **environment: str) -> str:
    """Run one command of the scheduler and give what it prints."""
    done = subprocess.run(
        [Path(sys.executable).with_name("scheduler"), *arguments],
        env=os.environ | {"EROS_DUCKDB_PATH": str(database)} | environment,
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def demo(database: Path, folder: Path, **environment: str) -> None:
    """Make the agency up and load it."""
    made = ("demo", "--as-of", AS_OF, *SIZE, "--output-dir", folder)
    scheduler(database, *made, **environment)


def table_of_another_tool(database: Path, endpoint: str) -> None:
    """A raw table that is there before the first load, with fewer columns and a type of its own."""
    made = "create table eros_raw.active_creators (page_name {text}, is_active {text})"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema eros_raw")
        connection.execute(made.format(text="varchar"))
    google = client(endpoint)
    google.create_dataset("eros_raw")
    google.query(made.format(text="string")).result()


def later_files(demo: Path, folder: Path) -> Path:
    """Files as they come a day later: a message corrected, one told twice, a content type more."""
    folder.mkdir()
    header, *rows = _cells(demo / "mass_messages.csv")
    price = header.index("price")
    corrected = [row.copy() for row in rows[-3:]]
    for row in corrected:
        row[price] = "19.5"
    extra = [[*rows[0][:price], "7.25", *rows[0][price + 1 :]]] * 2
    _write(folder / "mass_messages.csv", [header, *rows, *corrected, *extra])
    header, *rows = _cells(demo / "vault_matrix.csv")
    _write(folder / "vault_matrix.csv", [[*header, "Spoken"], *([*row, "true"] for row in rows)])
    _write(folder / "active_creators.csv", _cells(demo / "active_creators.csv"))
    return folder


def _cells(path: Path) -> list[list[str]]:
    # as the loader reads them: a byte that is no UTF-8 becomes the same letter on both engines
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.reader(file))


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def questions(week: Path, folder: Path) -> list[Sequence[str | Path]]:
    """The commands that ask the warehouse about a published week, whose files are given."""
    return [
        ("train", "--output-dir", folder),
        ("score",),
        ("analyze", PAGE),
        ("diagnose", PAGE),
        ("captions", PAGE),
        ("validate", *sorted(set(week.glob("*_schedule.csv")) - {week / "agency_schedule.csv"})),
        ("export", "--output-dir", folder),
        ("doctor",),
    ]


def client(endpoint: str) -> bigquery.Client:
    """Google's own client, talking to a server of the tests."""
    return bigquery.Client(
        project=PROJECT, location="US", credentials=AnonymousCredentials(),
        client_options={"api_endpoint": endpoint},
    )  # fmt: skip


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
