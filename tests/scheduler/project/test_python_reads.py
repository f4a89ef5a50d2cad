"""Python reads marts and rules, and the tables that it writes itself; nothing in between."""

import ast
import re
from collections.abc import Iterator

from scheduler.cli import demo
from scheduler.warehouse import base
from tests.scheduler.project.conftest import Manifest
from tests.scheduler.project.files import texts

SCHEMAS = {
    name: value
    for name, value in vars(base).items()
    if isinstance(value, str) and value.startswith("eros_")
}
WRITTEN_BY_PYTHON = ("eros_raw", "eros_operations")
READABLE = ("eros_marts", "eros_rules")
LIVE = {
    # Tells whether the raw tables changed since the marts were built: no mart can say that.
    "eros_staging.stg_raw_fingerprint",
    # The vault as it is now replaces that of the last build before every audit.
    "eros_staging.stg_vault_matrix",
    "eros_intermediate.int_vault",
}


def strings(source: str) -> Iterator[str]:
    """String constants of a module with its schemas filled in; docstrings are no SQL."""
    tree = ast.parse(source)
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(_piece(part) for part in node.values)
        elif isinstance(node, ast.Constant) and node not in prose | parts:
            yield str(node.value)


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    name = part.value if isinstance(part, ast.FormattedValue) else part
    return SCHEMAS.get(name.id, "?") if isinstance(name, ast.Name) else "?"


def named(source: str) -> set[str]:
    """Relations a module names: `schema.table`, or a bare name of an inner layer."""
    joined = "\n".join(strings(source))
    whole = set(re.findall(r"\beros_\w+\.[a-z]\w*", joined))
    bare = set(re.findall(r"(?<![\w.])(?:stg|int)_[a-z]\w*", joined))
    return whole | bare


def forbidden(source: str, relations: set[str]) -> list[str]:
    """Relations of a module that Python should not read, or that do not exist."""
    return sorted(
        name
        for name in named(source)
        if name not in LIVE
        and not name.startswith(WRITTEN_BY_PYTHON)
        and not (name.startswith(READABLE) and name in relations)
    )


def relations(manifest: Manifest) -> set[str]:
    """Models and seeds, as `schema.name`."""
    return {
        f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }


def test_python_names_marts_and_rules_only(manifest: Manifest) -> None:
    known = relations(manifest)
    found = {path: forbidden(text, known) for path, text in texts(".py", "scheduler").items()}
    assert {path: names for path, names in found.items() if names} == {}


def test_every_exception_is_in_use() -> None:
    every = {name for text in texts(".py", "scheduler").values() for name in named(text)}
    assert every >= LIVE


def test_a_new_demo_takes_every_snapshot_out(manifest: Manifest) -> None:
    nodes = manifest["nodes"].values()
    snapshots = {node["alias"] for node in nodes if node["resource_type"] == "snapshot"}
    assert set(demo._SNAPSHOTS) == snapshots


def test_one_room_opens_databases() -> None:
    found = [
        path
        for path, text in texts(".py", "scheduler").items()
        if "duckdb.connect(" in text and not path.startswith("scheduler/warehouse/")
    ]
    assert found == []


def test_the_check_catches_an_inner_layer_and_a_mart_that_is_gone() -> None:
    bad = '''
def read(warehouse):
    """Reads int_messages, says the docstring."""
    warehouse.query(f"select 1 from {STAGING}.stg_mass_messages")
    warehouse.query("select 1 from eros_intermediate.int_messages")
    warehouse.query("select * from int_vault")
    warehouse.query(f"select * from {MARTS}.creators inner join {MARTS}.gone")
    warehouse.query(f"select * from {OPERATIONS}.system_alerts")
'''
    assert forbidden(bad, {"eros_marts.creators"}) == [
        "eros_intermediate.int_messages",
        "eros_marts.gone",
        "eros_staging.stg_mass_messages",
        "int_vault",
    ]
