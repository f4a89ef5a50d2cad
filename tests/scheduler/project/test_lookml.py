"""Looker's project is the marts' own, and joins nothing that would repeat a figure."""

import re
from pathlib import Path

from scheduler.lookml_project import files, write
from tests.scheduler.project.conftest import Manifest


def test_every_mart_and_column_is_in_its_view(manifest: Manifest, tmp_path: Path) -> None:
    write(files(manifest, "agency"), tmp_path)
    marts = [n for n in manifest["nodes"].values() if n.get("schema") == "eros_marts"]
    models = [n for n in marts if n["resource_type"] == "model"]
    assert len(models) > 35
    for node in models:
        text = (tmp_path / "views" / f"{node['name']}.view.lkml").read_text(encoding="utf-8")
        fields = set(re.findall(r"^  dimension(?:_group)?: (\w+)", text, re.MULTILINE))
        assert set(node["columns"]) <= fields
        assert text.count("{") == text.count("}")


def test_explores_join_many_to_one_alone(manifest: Manifest) -> None:
    model = files(manifest, "agency")["eros.model.lkml"]
    assert set(re.findall(r"relationship: (\w+)", model)) == {"many_to_one"}
    violations = model.split("explore: schedule_violations {")[1].split("explore:")[0]
    assert "${schedule_violations.message_id} = ${schedules.message_id}" in violations
    assert "schedule_violations" not in model.split("explore: schedules {")[1].split("explore:")[0]


def test_keys_and_measures_are_those_of_the_project(manifest: Manifest) -> None:
    found = files(manifest, "agency")
    creators, days, messages = (
        found[f"views/{m}.view.lkml"] for m in ("creators", "day_performance", "messages")
    )
    assert re.search(r"dimension: page_name {\n    primary_key: yes", creators)
    assert "dimension: row_key" in days
    assert "type: sum" in messages
    assert "nullif(" in messages
