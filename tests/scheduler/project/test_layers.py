"""Data flows one way: raw -> staging -> intermediate -> marts -> rules."""

from collections.abc import Iterator
from typing import Any

from tests.scheduler.project.conftest import Manifest

LAYERS = ("raw", "staging", "intermediate", "marts", "rules")
PREFIX = {
    "eros_staging": ("stg_",),
    "eros_intermediate": ("int_",),
    "eros_rules": ("rule_", "int_"),
}
"""How a model is called, by the schema it is built in; in `eros_marts` it is a plain noun."""
NOT_READ = {
    # Built last, as the stamp of a complete build: an order of building, no row is read.
    ("settings", "schedules"),
    ("settings", "schedule_captions"),
    ("settings", "schedule_violations"),
    ("settings", "blocking_violations"),
    ("settings", "schedule_weeks"),
}


def layer(node: dict[str, Any]) -> str:
    """Layer of a model by its folder; Python models are marts, seeds and sources the beginning."""
    if node.get("language") == "python":
        return "marts"
    return str(node["fqn"][1]) if node["resource_type"] == "model" else "raw"


def reads(manifest: Manifest) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every model with each node that it reads; a snapshot stands for what it keeps."""
    every = {**manifest["nodes"], **manifest["sources"]}

    def read_by(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for key in node["depends_on"]["nodes"]:
            if every[key]["resource_type"] == "snapshot":
                yield from read_by(every[key])
            else:
                yield every[key]

    return [
        (node, read)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for read in read_by(node)
    ]


def strangers(manifest: Manifest) -> list[str]:
    """Models outside the folders of the layers."""
    models = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return [f"{node['name']} is in no layer" for node in models if layer(node) not in LAYERS]


def later_reads(manifest: Manifest) -> list[str]:
    """Models that read a later layer."""
    return [
        f"{node['name']} ({layer(node)}) reads {read['name']} ({layer(read)})"
        for node, read in reads(manifest)
        if LAYERS.index(layer(node)) < LAYERS.index(layer(read))
        and (node["name"], read["name"]) not in NOT_READ
    ]


def raw_reads(manifest: Manifest) -> list[str]:
    """Models past staging that read a raw table."""
    return [
        f"{node['name']} ({layer(node)}) reads the raw table {read['name']}"
        for node, read in reads(manifest)
        if read["resource_type"] == "source"
        and read["schema"] == "eros_raw"
        and layer(node) != "staging"
    ]


def misnamed(manifest: Manifest) -> list[str]:
    """Models whose name does not say the schema they are in."""
    prefixes = tuple({prefix for known in PREFIX.values() for prefix in known})
    found = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        name, schema = node["name"], node["schema"]
        fits = (
            name.startswith(PREFIX[schema]) if schema in PREFIX else not name.startswith(prefixes)
        )
        if not fits:
            found.append(f"{name} is in {schema}")
    return found


def test_every_model_is_in_a_layer(manifest: Manifest) -> None:
    assert strangers(manifest) == []


def test_no_model_reads_a_later_layer(manifest: Manifest) -> None:
    assert later_reads(manifest) == []


def test_only_staging_reads_raw_tables(manifest: Manifest) -> None:
    assert raw_reads(manifest) == []


def test_a_name_says_the_layer(manifest: Manifest) -> None:
    assert misnamed(manifest) == []


def test_every_exception_is_in_use(manifest: Manifest) -> None:
    assert {(node["name"], read["name"]) for node, read in reads(manifest)} >= NOT_READ


def planted(folder: str, name: str, *read: str) -> dict[str, Any]:
    return {
        "resource_type": "model", "fqn": ["eros", folder, name], "name": name,
        "schema": f"eros_{folder}", "depends_on": {"nodes": list(read)},
    }  # fmt: skip


def test_the_checks_catch_what_goes_backwards() -> None:
    bad = {
        "sources": {
            "raw": {"resource_type": "source", "name": "mass_messages", "schema": "eros_raw"}
        },
        "nodes": {
            "mart": planted("marts", "creators"),
            "step": planted("intermediate", "int_pages", "mart", "raw"),
            "kept": planted("snapshots", "settings_snapshot", "mart")
            | {"resource_type": "snapshot"},
            "past": planted("intermediate", "int_past", "kept"),
            "rule": planted("rules", "rule_price", "mart"),
            "lost": planted("intermediate", "pages"),
            "noun": planted("marts", "int_noun"),
            "odd": planted("reports", "weekly"),
        },
    }
    assert later_reads(bad) == [
        "int_pages (intermediate) reads creators (marts)",
        "int_past (intermediate) reads creators (marts)",
    ]
    assert raw_reads(bad) == ["int_pages (intermediate) reads the raw table mass_messages"]
    assert misnamed(bad) == ["pages is in eros_intermediate", "int_noun is in eros_marts"]
    assert strangers(bad) == ["weekly is in no layer"]
