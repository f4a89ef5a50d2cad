"""Rules of dbt-project-evaluator, which is no package of the index: those that we keep, kept here.

Not kept, and why: staging models on one source each (a message has two steps, of which one grows);
no joins in staging (spellings of vault columns); no marts on staging (schedules are written by the
planner and read as they are); at most so many children (the messages and pages are read by all).
"""

from collections.abc import Mapping
from typing import Any

import yaml

from tests.scheduler.project.conftest import Manifest
from tests.scheduler.project.files import ROOT

KEYLESS = {
    "agent_calls": "a log: the same call may be made twice",
    "int_lift_dispersion": "one row",
    "int_weekend_share": "one row",
    "int_bridge_messages": "read by revenue_bridge, whose key is tested",
    "stg_raw_fingerprint": "one row",
    "int_quality_rows": "a view of int_messages, whose key is tested",
    "int_schedule_messages": "read by schedules, whose key is tested",
    "int_run_checks": "read by alert_checks, whose key is tested",
    "int_refused_schedules": "a distinct list",
    "blocking_violations": "a part of schedule_violations, whose key is tested",
    "stg_snapshot_rows": "rows as they are in the file, repeats too",
}
"""Model without a test of its key -> why. Rules are tested together, in schedule_violations."""


def tests_by_model(manifest: Manifest) -> Mapping[str, list[tuple[str, str | None]]]:
    """Node -> its data tests: name and column."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            name = (node.get("test_metadata") or {}).get("name", "")
            found.setdefault(node["attached_node"], []).append((name, node.get("column_name")))
    return found


def keyless(manifest: Manifest) -> set[str]:
    """Models whose key nothing tests: a combination, or one column unique and never NULL."""
    tests, found = tests_by_model(manifest), set()
    for key, node in manifest["nodes"].items():
        if node["resource_type"] != "model" or node["name"].startswith("rule_"):
            continue
        own = tests.get(key, [])
        unique = {column for name, column in own if name == "unique"}
        if not any(name == "unique_combination" for name, _ in own) and not unique:
            found.add(node["name"])
    return found


def unowned(manifest: Manifest) -> list[str]:
    """Models without a group, and marts and rules that are not for everybody."""
    groups = {group["name"] for group in manifest["groups"].values() if group["owner"]["name"]}
    found = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        if node["config"]["group"] not in groups:
            found.append(f"{node['name']} has no owner")
        if node["schema"] == "eros_marts" and node["access"] != "public":
            found.append(f"{node['name']} is {node['access']}")
    return found


def test_the_key_of_every_model_is_tested(manifest: Manifest) -> None:
    assert keyless(manifest) == set(KEYLESS)


def test_every_model_has_an_owner_and_marts_are_public(manifest: Manifest) -> None:
    assert unowned(manifest) == []


def test_a_view_is_read_once_for_all_that_is_never_null(manifest: Manifest) -> None:
    """On BigQuery each test of a view computes it: only dbt's own tables have tests by column."""
    alone = [
        f"{manifest['nodes'][key]['name']}.{column}"
        for key, tests in tests_by_model(manifest).items()
        for name, column in tests
        if name == "not_null" and manifest["nodes"].get(key, {}).get("resource_type") == "model"
    ]
    assert alone == []


def test_every_job_has_what_it_needs_pinned() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
        steps: list[dict[str, Any]] = [step for job in jobs.values() for step in job["steps"]]
        used = [step["uses"] for step in steps if "uses" in step]
        assert used
        assert [action for action in used if len(action.partition("@")[2]) != 40] == []


def test_the_weekly_job_plans_before_it_judges() -> None:
    path = ROOT / ".github" / "workflows" / "weekly.yml"
    steps = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]["plan"]["steps"]
    commands = [step.get("run", "") for step in steps]
    order = [
        next(i for i, text in enumerate(commands) if command in text)
        for command in ("scheduler run", "scheduler validate", "source freshness", "gh issue")
    ]
    assert order == sorted(order)
    assert not any("scheduler build" in text for text in commands)
    assert steps[order[-1]]["if"] == "failure()"
