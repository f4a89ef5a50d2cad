"""What others read is promised by a contract and described column by column."""

import re
from collections.abc import Iterator
from typing import Any

from tests.scheduler.project.conftest import Manifest
from tests.scheduler.project.files import ROOT, texts


def published(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Models of the marts and of the rules, in SQL or Python."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and (
            node["fqn"][1] in ("marts", "rules") or is_python(node)
        ):
            yield node


def is_python(node: dict[str, Any]) -> bool:
    """Whether it is a Python model: dbt enforces no contract on those, their tests do."""
    return node.get("language") == "python"


def without_contract(manifest: Manifest) -> list[str]:
    """Marts and rules whose columns are not enforced; steps between rules promise nothing."""
    return [
        node["name"]
        for node in published(manifest)
        if not node["name"].startswith("int_")
        and not is_python(node)
        and not node["config"]["contract"]["enforced"]
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


def unguarded(manifest: Manifest) -> list[str]:
    """Rules whose data test is missing, is another rule's, or does not do what their tier says."""
    guards = {
        node["attached_node"]: node
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "no_open_violations"
    }
    found = []
    for key, node in manifest["nodes"].items():
        if not node["name"].startswith("rule_") or node["resource_type"] != "model":
            continue
        rule, guard = node["name"].removeprefix("rule_"), guards.get(key)
        said = re.match(r"Tier ([123])\b", node["description"].strip())
        if guard is None or guard["test_metadata"]["kwargs"]["rule"] != rule:
            found.append(f"{rule} has no test of its own")
        elif "rule" not in guard["config"]["tags"] or said is None:
            found.append(f"{rule} is not tagged as a rule, or its description names no tier")
        elif guard["config"]["severity"].lower() != ("error" if said[1] == "1" else "warn"):
            found.append(
                f"{rule} is of tier {said[1]} and its test is a {guard['config']['severity']}"
            )
    return found


def test_the_analysts_guide_names_every_mart() -> None:
    """The question that a mart answers is the way to find it."""
    marts = ROOT / "models" / "marts"
    named = set(re.findall(r"`(\w+)`", (marts / "README.md").read_text(encoding="utf-8")))
    assert {path.stem for path in marts.glob("*.sql")} - named == set()


def test_the_readme_of_generic_tests_has_each_with_its_arguments() -> None:
    generic = ROOT / "tests" / "generic"
    rows = {
        cells[1].strip(" `"): set(re.findall(r"`(\w+)`", cells[3]))
        for line in (generic / "README.md").read_text(encoding="utf-8").splitlines()
        if len(cells := line.split("|")) == 5 and "`" in cells[1]
    }
    found = (
        re.search(r"{% test (\w+)\((.*)\) %}", path.read_text(encoding="utf-8"))
        for path in generic.glob("*.sql")
    )
    written = {
        test[1]: set(re.findall(r"(\w+)(?:=|,|$)", test[2]))
        - {"model", "column_name", "none", "false"}
        for test in found
        if test is not None
    }
    assert len(written) == len([*generic.glob("*.sql")])
    assert rows == written


def test_every_rule_is_tested_in_the_build_as_its_tier_says(manifest: Manifest) -> None:
    """Tier 1 fails a build, the others do not; what a tier is called in words is what it does."""
    assert unguarded(manifest) == []


def test_the_check_catches_a_rule_without_test_and_one_of_the_wrong_tier() -> None:
    def rule(name: str, tier: int) -> dict[str, Any]:
        return {"resource_type": "model", "name": f"rule_{name}", "description": f"Tier {tier}. X."}

    def guard(name: str, severity: str) -> dict[str, Any]:
        return {
            "resource_type": "test", "name": f"no_open_violations_{name}", "attached_node": name,
            "test_metadata": {"name": "no_open_violations", "kwargs": {"rule": name}},
            "config": {"tags": ["rule"], "severity": severity},
        }  # fmt: skip

    plan = {
        "bare": rule("bare", 1),
        "soft": rule("soft", 1), "soft test": guard("soft", "warn"),
        "good": rule("good", 2), "good test": guard("good", "warn"),
    }  # fmt: skip
    assert unguarded({"nodes": plan}) == [
        "bare has no test of its own", "soft is of tier 1 and its test is a warn"
    ]  # fmt: skip


def test_a_contract_names_types_once_for_both_engines() -> None:
    """GoogleSQL's names; what DuckDB calls otherwise is one macro, not a switch per column."""
    switched = [path for path, text in texts(".yml", "models").items() if "target.type" in text]
    assert switched == []
    assert any("data_type: float64" in text for text in texts(".yml", "models").values())
