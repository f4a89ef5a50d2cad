"""Every statement that dbt sends to BigQuery is analyzed by GoogleSQL's own analyzer."""

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scheduler.marts.inputs import read_replay
from tests.bigquery.conftest import Analyzer, Build
from tests.bigquery.servers import PROJECT, ROOT, dbt
from tests.scheduler.warehouse.fake_google import FakeGoogle

COPIED = (
    "dbt_project.yml", ".dbtignore", "macros", "models", "python_models", "seeds", "snapshots",
    "tests",
)  # fmt: skip


def test_no_statement_of_a_build_is_refused(build: Build) -> None:
    sent = [*build.first, *build.second]
    assert [(s["node"], s["refused"]) for s in sent if s["refused"]] == []


def test_every_model_rule_seed_snapshot_test_and_unit_test_was_analyzed(build: Build) -> None:
    nodes = build.manifest["nodes"] | build.manifest["unit_tests"]
    loaded_by_job = {name for name, node in nodes.items() if node["resource_type"] == "seed"}
    hooks = {name for name, node in nodes.items() if node["resource_type"] == "operation"}
    python = {name for name, node in nodes.items() if node.get("language") == "python"}
    analyzed = {statement["node"] for statement in build.first}
    assert set(nodes) - loaded_by_job - hooks - python - analyzed == set()


def test_what_grows_is_merged_the_second_time(build: Build) -> None:
    growing = {
        name
        for name, node in build.manifest["nodes"].items()
        if node["config"].get("materialized") in ("incremental", "snapshot")
    }
    merged = {s["node"] for s in build.second if s["kind"] == "MERGE"}
    assert merged == growing


BAD = {
    "strftime(date '2026-01-01', '%Y')": "Function not found: strftime",
    "date_part('hour', timestamp '2026-01-01')": "Function not found: date_part",
    "epoch(timestamp '2026-01-01')": "Function not found: epoch",
    "list_sum([1, 2])": "Function not found: list_sum",
    "regexp_matches('a', 'b')": "Function not found: regexp_matches",
    "cast('a' as string) + 1": "No matching signature for operator +",
    "date '2026-01-01' > 3": "No matching signature for operator >",
    "coalesce('a', 1)": "No matching signature for function COALESCE",
    "no_such_column": "Unrecognized name: no_such_column",
    "'1'::int64": "Syntax error",
    "2.5 ^ 2": "Bitwise operator ^",
    "7 % 2": "Syntax error",
    "1 as planted_one, planted_one + 1": "Unrecognized name: planted_one",
    "cast(1 as double)": "Type not found: double",
    "count(*) filter (where true)": "Syntax error",
    "length(1)": "No matching signature for function LENGTH",
}
"""Expression that DuckDB takes or a slip -> what GoogleSQL says."""
PLANTED = (
    "strftime(date '2026-01-01', '%Y')",
    "date '2026-01-01' > 3",
    "no_such_column",
    "1 as planted_one, planted_one + 1",
)
"""A function of DuckDB, a wrong type, a column that is not there, a name used where it is given."""
BAD_STATEMENTS = {
    "select * from eros_marts.no_such_mart": "Table not found",
    "select no_such_column from eros_marts.creators": "Unrecognized name",
    "select page_name, count(*) from eros_marts.creators": "neither grouped nor aggregated",
    "select * from eros_marts.creators where page_name = 1": "No matching signature",
    "select * exclude (page_name) from eros_marts.creators": "Syntax error",
    "select distinct on (page_name) * from eros_marts.creators": "Syntax error",
    "insert into eros_operations.model_skill by name select 1 as value": "BY",
    "update eros_operations.model_skill set value = 1": "must have a WHERE clause",
    "update eros_operations.model_skill set value = 'a' where true": "STRING",
    "select * from eros_marts.creators where page_name = $page": "Syntax error",
    "select * from eros_marts.creators where page_name = @page": "Query parameter 'page' not found",
}


@pytest.mark.parametrize(("expression", "said"), BAD.items())
def test_a_wrong_expression_is_refused(
    analyzer: Analyzer, build: Build, expression: str, said: str
) -> None:
    assert said in (analyzer.refusal(f"select {expression} as planted") or "accepted")


@pytest.mark.parametrize(("statement", "said"), BAD_STATEMENTS.items())
def test_a_wrong_statement_is_refused(
    analyzer: Analyzer, build: Build, statement: str, said: str
) -> None:
    assert said in (analyzer.refusal(statement) or "accepted")


JOBS = {
    "creation_time": "TIMESTAMP", "statement_type": "STRING", "total_bytes_billed": "INT64",
    "total_bytes_processed": "INT64",
}  # fmt: skip
"""Of the view of all jobs. Source: cloud.google.com/bigquery/docs/information-schema-jobs."""


@pytest.fixture(scope="module")
def with_jobs(analyzer: Analyzer, build: Build) -> Callable[[str], str]:
    """A table with the columns of BigQuery's view of jobs, and SQL that reads it in its place."""
    texts = [{"name": name, "type": "STRING"} for name in ("key", "value")]
    labels = {"name": "labels", "type": "RECORD", "mode": "REPEATED", "fields": texts}
    columns = [{"name": name, "type": kind} for name, kind in JOBS.items()]
    analyzer.add_table("eros_raw", "all_jobs", [*columns, labels])
    view = r"`(?:\w+\.)?region-us`?\.INFORMATION_SCHEMA\.JOBS_BY_PROJECT`?"
    return lambda sql: re.sub(view, "eros_raw.all_jobs", sql)


def test_what_the_scheduler_asks_beside_a_week_is_googlesql(
    analyzer: Analyzer, with_jobs: Callable[[str], str]
) -> None:
    google = FakeGoogle()
    read_replay(google.warehouse())
    google.warehouse().billed(30)
    assert len(google.jobs) == 3
    refused = {}
    for job in google.jobs.values():
        query = job["configuration"]["query"]
        sql = with_jobs(query["query"]).replace("`demo.", f"`{PROJECT}.")
        types = {p["name"]: p["parameterType"] for p in query["queryParameters"]}
        refused[sql] = analyzer.refusal(sql, types)
    assert set(refused.values()) == {None}, refused


@pytest.mark.parametrize(
    "page", ["docs/deployment.md", "docs/operations.md", "models/marts/README.md"]
)
def test_sql_that_a_page_shows_is_googlesql(
    analyzer: Analyzer, with_jobs: Callable[[str], str], page: str
) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sql\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    refused = {sql: analyzer.refusal(with_jobs(sql)) for sql in blocks}
    assert refused
    assert set(refused.values()) == {None}, refused


def test_a_planted_mistake_in_a_model_turns_the_build_red(
    analyzer: Analyzer, build: Build, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "scheduler", "bigquery")
            shutil.copytree(ROOT / name, project / name, ignore=ignored)
        elif (ROOT / name).is_file():
            project.mkdir(exist_ok=True)
            shutil.copyfile(ROOT / name, project / name)
    planted = plant(project, {name: BAD[name] for name in PLANTED}, build.manifest["nodes"])
    before = len(analyzer.statements())
    done = dbt(
        analyzer.endpoint, tmp_path / "target", ["run", "--select", *planted], project=project
    )
    assert done.returncode != 0
    refused = {
        statement["node"].split(".")[-1]: statement["refused"]
        for statement in analyzer.statements()[before:]
        if statement["refused"]
    }
    assert set(refused) == set(planted)
    assert {name: said for name, said in planted.items() if said not in refused[name]} == {}


def plant(project: Path, mistakes: Mapping[str, str], nodes: Mapping[str, Any]) -> dict[str, str]:
    """Put one mistake at the end of a model each; model -> what must be said of it.

    No model is built from another one of them: dbt leaves out what comes after a failure.
    """
    left, planted = list(mistakes.items()), dict[str, str]()
    for model in sorted((project / "models" / "intermediate").glob("*.sql")):
        body, found, last = model.read_text(encoding="utf-8").rstrip().rpartition("select * from ")
        name = f"model.eros.{model.stem}"
        related = any(
            above in ancestors(below, nodes)
            for other in planted
            for above, below in ((name, f"model.eros.{other}"), (f"model.eros.{other}", name))
        )
        if not found or not last.isidentifier() or related or not left:
            continue
        expression, planted[model.stem] = left.pop()
        changed = f"{body}select *, {expression} as planted_last from {last}\n"  # noqa: S608
        model.write_text(changed, encoding="utf-8")
    assert not left
    return planted


def ancestors(name: str, nodes: Mapping[str, Any]) -> set[str]:
    """Every node that a node is built from."""
    parents = {parent for parent in nodes[name]["depends_on"].get("nodes", ()) if parent in nodes}
    return parents.union(*(ancestors(parent, nodes) for parent in parents))
