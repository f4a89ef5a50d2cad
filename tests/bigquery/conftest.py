"""The two builds that the tests look at: one analyzed, one on the emulator."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from google.cloud import bigquery

from tests.bigquery import agency
from tests.bigquery.servers import AS_OF, HERE, PROJECT, ROOT, dbt, serving

Json = dict[str, Any]
Statement = Mapping[str, Any]


@dataclass
class Analyzer:
    """The running analyzer and what it has judged."""

    endpoint: str
    log: Path

    def statements(self) -> list[Statement]:
        """Statements in the order they came: sql, kind, the dbt node, why refused or None."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def refusal(
        self, sql: str, parameters: Mapping[str, Json] | None = None, *, dry: bool = True
    ) -> str | None:
        """Why GoogleSQL refuses a statement with parameters of these types, or None."""
        named = [{"name": n, "parameterType": kind} for n, kind in (parameters or {}).items()]
        body = {"query": sql, "queryParameters": named, "dryRun": dry}
        reply = self._post("queries", body)
        assert reply.status_code in (200, 400)
        return reply.json()["error"]["message"] if reply.status_code == 400 else None

    def add_table(self, dataset: str, table: str, fields: Sequence[Json]) -> None:
        """Make a table known, as a load job makes it."""
        reference = {"projectId": PROJECT, "datasetId": dataset, "tableId": table}
        body = {"tableReference": reference, "schema": {"fields": fields}}
        assert self._post(f"datasets/{dataset}/tables", body).ok

    def add_dataset(self, dataset: str) -> None:
        """Make a dataset known."""
        body = {"datasetReference": {"projectId": PROJECT, "datasetId": dataset}}
        assert self._post("datasets", body).ok

    def fill(self) -> None:
        """From now on tables seem to hold rows: what grows is added to, not built anew."""
        assert self._post("something", {}).ok

    def _post(self, what: str, body: Json) -> requests.Response:
        address = f"{self.endpoint}/bigquery/v2/projects/{PROJECT}/{what}"
        return requests.post(address, json=body, timeout=600)


@dataclass(frozen=True)
class Build:
    """A first build of the whole project and a second of what grows."""

    first: Sequence[Statement]
    second: Sequence[Statement]
    manifest: Mapping[str, Any]


@pytest.fixture(scope="session")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analyzer]:
    log = tmp_path_factory.mktemp("analyzer") / "statements.jsonl"
    log.touch()
    cache = ROOT / ".venv-analyzer" / "compiled"
    with serving(".venv-analyzer", "analyzer.server", "--cache", cache, "--log", log) as endpoint:
        yield Analyzer(endpoint, log)


@pytest.fixture(scope="session")
def build(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Build:
    target = tmp_path_factory.mktemp("build")
    with (ROOT / "seeds" / "content_types.csv").open(encoding="utf-8") as file:
        vault = sorted({row["content_type"] for row in csv.DictReader(file)} - {""})
    columns = ", ".join(f"`{name}` bool" for name in vault)
    for statement in (
        "create schema eros_raw",
        f"create table eros_raw.vault_matrix (page_name string, _loaded_at timestamp, {columns})",
    ):
        assert analyzer.refusal(statement, dry=False) is None
    done = dbt(analyzer.endpoint, target, ["build"])
    assert done.returncode == 0, done.stdout[-6000:]
    first = analyzer.statements()
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    analyzer.fill()
    again = [
        "build", "--resource-type", "model", "--resource-type", "snapshot",
        "--select", "config.materialized:incremental", "config.materialized:snapshot",
    ]  # fmt: skip
    done = dbt(analyzer.endpoint, target, again)
    assert done.returncode == 0, done.stdout[-6000:]
    return Build(first, analyzer.statements()[len(first) :], manifest)


@dataclass(frozen=True)
class Emulated:
    """The same agency on DuckDB and on the emulator: one published week, and a build after it.

    Attributes:
        database: the DuckDB file.
        embedded_output: files of the week planned there.
        output: files of the week planned on the emulator.
        results: node -> how its build or test on the emulator ended.
        relations: model or seed -> `schema.name`.
        log: what the emulator was sent.
        loads: what each load said, here and there: the same files again, then later ones.
    """

    database: Path
    client: bigquery.Client
    embedded_output: Path
    output: Path
    results: Mapping[str, str]
    relations: Mapping[str, str]
    log: Path
    loads: Sequence[tuple[str, str]]

    def relations_built(self) -> Iterator[bigquery.Table]:
        """Every table and view that is there, with its columns."""
        for dataset in self.client.list_datasets():
            for found in self.client.list_tables(dataset.dataset_id):
                yield self.client.get_table(found.reference)

    def scheduler_entries(self) -> list[Json]:
        """What the scheduler's own client sent, in order: statements and loads."""
        entries = [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]
        of_dbt = ("eros_staging", "eros_marts")  # its seeds are loads too
        return [
            entry
            for entry in entries
            if (entry["dataset"] not in of_dbt if "fields" in entry else "/* {" not in entry["sql"])
        ]


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    folder = tmp_path_factory.mktemp("agency")
    database = folder / "agency.duckdb"
    log = folder / "statements.jsonl"
    week, target = ["run", "--as-of", AS_OF, "--output-dir"], folder / "target"
    with serving(".venv-emulator", "emulator.server", "--log", log) as endpoint:
        agency.table_of_another_tool(database, endpoint)
        there = {"DBT_PROFILES_DIR": str(HERE), "EROS_BIGQUERY_ENDPOINT": endpoint}
        for elsewhere in ({}, there):
            agency.demo(database, folder / "demo", **elsewhere)
        agency.scheduler(database, *week, folder / "there", **there)
        agency.scheduler(database, *week, folder / "here")
        for command in agency.questions(folder / "there", folder / "answers"):
            agency.scheduler(database, *command, **there)
        later = agency.later_files(folder / "demo", folder / "later")
        loads = [
            (
                agency.scheduler(database, "load", files),
                agency.scheduler(database, "load", files, **there),
            )
            for files in (folder / "demo", later)
        ]
        said = dbt(endpoint, target, ["build"]).stdout
        assert (target / "run_results.json").exists(), said[-6000:]
        agency.build(database, folder / "embedded")
        ended = json.loads((target / "run_results.json").read_text("utf-8"))["results"]
        nodes = json.loads((target / "manifest.json").read_text("utf-8"))["nodes"].values()
        yield Emulated(
            database=database,
            client=agency.client(endpoint),
            embedded_output=folder / "here",
            output=folder / "there",
            results={r["unique_id"]: f"{r['status']}: {r['message']}" for r in ended},
            relations={
                node["name"]: f"{node['schema']}.{node['alias']}"
                for node in nodes
                if node["resource_type"] in ("model", "seed", "snapshot")
            },
            log=log,
            loads=loads,
        )
