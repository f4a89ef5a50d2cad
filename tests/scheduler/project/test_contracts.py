"""What others read is promised by a contract and described column by column."""

from collections.abc import Iterator
from typing import Any

from tests.scheduler.project.conftest import Manifest


def published(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Models of the marts and of the rules."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["fqn"][1] in ("marts", "rules"):
            yield node


def without_contract(manifest: Manifest) -> list[str]:
    """Marts and rules whose columns are not enforced; steps between rules promise nothing."""
    return [
        node["name"]
        for node in published(manifest)
        if not node["name"].startswith("int_") and not node["config"]["contract"]["enforced"]
    ]


def undescribed(manifest: Manifest) -> list[str]:
    """Marts and rules, and their columns, that nothing is said about."""
    found = []
    for node in published(manifest):
        if not node["description"].strip() or not node["columns"]:
            found.append(node["name"])
        found += [
            f"{node['name']}.{name}"
            for name, column in node["columns"].items()
            if not column["description"].strip()
        ]
    return found


def test_every_mart_and_rule_has_an_enforced_contract(manifest: Manifest) -> None:
    assert without_contract(manifest) == []


def test_every_mart_and_rule_and_column_is_described(manifest: Manifest) -> None:
    assert undescribed(manifest) == []


def planted(name: str, *, enforced: bool, said: str) -> dict[str, Any]:
    return {
        "resource_type": "model", "fqn": ["eros", "marts", name], "name": name,
        "config": {"contract": {"enforced": enforced}}, "description": said,
        "columns": {"page_name": {"description": said}},
    }  # fmt: skip


def test_the_checks_catch_a_mart_without_promise_or_words() -> None:
    good = planted("creators", enforced=True, said="One row per page.")
    bad = planted("alerts", enforced=False, said=" ")
    plan = {"nodes": {"good": good, "bad": bad}}
    assert without_contract(plan) == ["alerts"]
    assert undescribed(plan) == ["alerts", "alerts.page_name"]
