"""Who reads the marts is written down, and what is written down is so."""

from collections.abc import Iterator, Mapping
from typing import Any

from scheduler.warehouse.base import MARTS
from tests.scheduler.project.conftest import Manifest
from tests.scheduler.project.files import texts
from tests.scheduler.project.test_python_reads import named

COUNTED = {
    "message_count", "tier_2_count", "tier_3_count", "agency_expected_revenue",
    "agency_revenue_low", "agency_revenue_high", "operator_at", "operator_timezone",
}  # fmt: skip
"""What a file counts itself over rows of its marts, or tells on the operator's clock."""
OF_ALL_PAGES = {"run_summary", "agency_html", "agency_workbook", "agency_sheet"}
"""Files of the agency, named after no page."""


def exposures(manifest: Manifest) -> dict[str, Mapping[str, Any]]:
    """Exposures by name."""
    return {item["name"]: item for item in manifest["exposures"].values()}


def read_by(exposure: Mapping[str, Any], manifest: Manifest) -> Iterator[Mapping[str, Any]]:
    """What an exposure depends on."""
    return (manifest["nodes"][key] for key in exposure["depends_on"]["nodes"])


def inner_reads(manifest: Manifest) -> list[str]:
    """Consumers of something that promises nothing: all read what is published."""
    return [
        f"{name} reads {node['name']}"
        for name, exposure in exposures(manifest).items()
        for node in read_by(exposure, manifest)
        if node["schema"] != MARTS and node["fqn"][1] != "marts"
    ]


def sourceless(manifest: Manifest) -> list[str]:
    """Columns of files that no mart the file depends on has."""
    found = []
    for name, exposure in exposures(manifest).items():
        known = {column for node in read_by(exposure, manifest) for column in node["columns"]}
        found += [
            f"{name}: {column['source']}"
            for column in exposure["config"]["meta"].get("columns", ())
            if column["source"] not in known | {"status", "reason"} | COUNTED
        ]
    return found


def wordless(manifest: Manifest) -> list[str]:
    """Exposures that do not say what they are, for whom, or whose they are."""
    return [
        name
        for name, exposure in exposures(manifest).items()
        if not (exposure["description"].strip() and exposure["label"] and exposure["owner"]["name"])
    ]


def test_consumers_read_what_is_published(manifest: Manifest) -> None:
    assert inner_reads(manifest) == []


def test_the_scheduler_s_exposure_is_what_python_reads(manifest: Manifest) -> None:
    """Change a read, and the lineage shows it: the list is in `models/exposures.yml`."""
    read = {name for text in texts(".py", "scheduler").values() for name in named(text)}
    assert {node["name"] for node in read_by(exposures(manifest)["scheduler"], manifest)} == {
        name.removeprefix(f"{MARTS}.") for name in read if name.startswith(MARTS)
    }


def test_the_columns_of_files_are_columns_of_marts(manifest: Manifest) -> None:
    assert sourceless(manifest) == []


def test_a_file_per_page_is_named_after_the_page(manifest: Manifest) -> None:
    names = {
        name: exposure["config"]["meta"]["file_name"]
        for name, exposure in exposures(manifest).items()
        if "file_name" in exposure["config"]["meta"]
    }
    assert set(names) >= {"schedule_sheet", "run_summary", "page_report"}
    assert {name for name, file in names.items() if not file.startswith("{page}_")} == (
        OF_ALL_PAGES
    )


def test_every_exposure_is_explained(manifest: Manifest) -> None:
    assert wordless(manifest) == []


def test_the_checks_catch_an_inner_read_a_lost_column_and_silence() -> None:
    step = {"name": "int_pages", "schema": "eros_intermediate", "fqn": ["eros", "intermediate"],
            "columns": {"page_name": {}}}  # fmt: skip
    file = {"columns": [{"source": "page_name"}, {"source": "gone"}]}
    bad = {
        "nodes": {"step": step},
        "exposures": {
            "x": {
                "name": "sheet", "description": " ", "label": "Sheet", "owner": {"name": "Ann"},
                "depends_on": {"nodes": ["step"]}, "config": {"meta": file},
            }
        },
    }  # fmt: skip
    assert inner_reads(bad) == ["sheet reads int_pages"]
    assert sourceless(bad) == ["sheet: gone"]
    assert wordless(bad) == ["sheet"]
