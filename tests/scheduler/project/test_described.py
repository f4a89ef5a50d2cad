"""Every model, column, source and macro is described, and nothing that is not there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.scheduler.project.conftest import Manifest

Columns = Mapping[tuple[str, str], set[str]]
UNLISTED = {("eros_raw", "vault_matrix")}
"""Tables with columns of the agency's own: a vault has one for each content type."""


@pytest.fixture(scope="module")
def columns(built: Path) -> Columns:
    """Schema and relation of the built agency -> its columns."""
    found: dict[tuple[str, str], set[str]] = {}
    with duckdb.connect(str(built / "agency.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
        ).fetchall()
    for schema, relation, column in rows:
        found.setdefault((schema, relation), set()).add(column.lower())
    return found


def relations(manifest: Manifest) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    """Everything with columns: models, seeds, snapshots and sources."""
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        if node["resource_type"] in ("model", "seed", "snapshot", "source"):
            yield (node["schema"], node.get("identifier") or node.get("alias")), node


def silent(manifest: Manifest, columns: Columns) -> list[str]:
    """Relations and columns without a word."""
    found = []
    for key, node in relations(manifest):
        if not node["description"].strip():
            found.append(node["name"])
        said = {c.lower() for c, about in node["columns"].items() if about["description"].strip()}
        own = columns.get(key, set()) if key not in UNLISTED else set()
        own = {name for name in own if not name.startswith("dbt_")}
        found += [f"{node['name']}.{name}" for name in sorted(own - said)]
    return found


def imagined(manifest: Manifest, columns: Columns) -> list[str]:
    """Described columns that the relation does not have."""
    return [
        f"{node['name']}.{name}"
        for key, node in relations(manifest)
        if key in columns
        for name in node["columns"]
        if name.lower() not in columns[key]
    ]


def test_every_relation_and_column_is_described(manifest: Manifest, columns: Columns) -> None:
    assert len([key for key, _ in relations(manifest) if key in columns]) > 130
    assert silent(manifest, columns) == []


def test_no_column_is_described_that_is_not_there(manifest: Manifest, columns: Columns) -> None:
    assert imagined(manifest, columns) == []


def test_every_macro_is_described(manifest: Manifest) -> None:
    own = [macro for macro in manifest["macros"].values() if macro["package_name"] == "eros"]
    assert len(own) > 150
    assert [macro["name"] for macro in own if not macro["description"].strip()] == []


def test_the_check_catches_what_is_silent_and_what_is_imagined() -> None:
    node = {
        "resource_type": "model", "name": "creators", "schema": "m", "alias": "creators",
        "description": " ", "columns": {"page": {"description": ""}, "gone": {"description": "X."}},
    }  # fmt: skip
    plan = {"nodes": {"a": node}, "sources": {}}
    built = {("m", "creators"): {"page", "score"}}
    assert silent(plan, built) == ["creators", "creators.page", "creators.score"]
    assert imagined(plan, built) == ["creators.gone"]
