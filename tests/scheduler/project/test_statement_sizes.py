"""No statement grows beyond what BigQuery plans in one piece.

`make sizes` prints all of them.
"""

from typing import Any

import pytest

from tests.scheduler.project.conftest import Manifest
from tests.scheduler.project.expanded import Expander, table

REFERENCES = 40
"""To base tables, views and CTEs written out. BigQuery names no number: "query too complex"."""
LENGTH = 256 * 1024
"""Bytes of a statement, its views written out. BigQuery stores views of 256 K characters at most.
Source: cloud.google.com/bigquery/quotas#view_limits."""


def test_every_statement_is_small_once_it_is_written_out(for_bigquery: Manifest) -> None:
    sizes = list(Expander(for_bigquery["nodes"]).sizes())
    large = [s for s in sizes if s.references.total() > REFERENCES or s.length > LENGTH]
    assert len(sizes) > 400
    assert large == [], "\n" + table(large)


def test_the_audit_reads_what_the_rules_share_once(for_bigquery: Manifest) -> None:
    audit = for_bigquery["nodes"]["model.eros.schedule_violations"]
    rules = [name for name in for_bigquery["nodes"] if ".eros.rule_" in name]
    tables, _ = Expander(for_bigquery["nodes"]).expand(audit["compiled_code"])
    assert len(rules) == 24
    assert set(rules) <= set(audit["depends_on"]["nodes"])
    assert tables["eros_marts.creator_settings"] == 1
    assert tables["eros_operations.schedule_templates"] == 2  # and which of them are proposals


def node(sql: str, name: str, materialized: str) -> dict[str, Any]:
    return {
        "schema": "s", "alias": name, "resource_type": "model", "compiled_code": sql,
        "config": {"materialized": materialized},
    }  # fmt: skip


WRITTEN = {
    "select * from s.t": 1,
    "select * from s.t as a inner join s.t as b on a.x = b.x": 2,
    "with a as (select * from s.t) select * from a cross join a as b": 2,
    "with a as (select * from s.t), b as (select * from a cross join a as c)"
    " select * from b cross join b as d": 4,
    "with recursive a as (select * from s.t union all select * from a where false)"
    " select * from a cross join a as b": 1,
    "with recursive a as (select * from s.t union all select * from a where false),"
    " b as (select * from a cross join s.t) select * from b cross join b as c": 3,
    "select * from s.v cross join s.v as w": 4,
    "with t as (select 1 as x) select * from t": 0,
    "with a as (with b as (select * from s.t) select * from b cross join b as c)"
    " select * from a where x in (select x from a)": 4,
}
"""Statement -> how often it reads a table; `s.v` is a view of two reads."""


@pytest.mark.parametrize(("sql", "references"), WRITTEN.items())
def test_references_are_counted_as_bigquery_runs_them(sql: str, references: int) -> None:
    view = "with a as (select * from s.t) select * from a cross join a as b"
    nodes = {"model.p.v": node(view, "v", "view"), "model.p.t": node("select 1 as x", "t", "table")}
    found, length = Expander(nodes).expand(sql)
    assert found.total() == references
    assert length == len(sql) + len(view) * sql.count("s.v")
