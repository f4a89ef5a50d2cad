"""The project on an emulator of BigQuery: built by the real adapter, run, and equal to DuckDB's."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.bigquery.conftest import Analyzer, Emulated
from tests.bigquery.relations import differences
from tests.bigquery.servers import ROOT

LACKING: dict[str, str] = {}
"""Test the emulator cannot run -> what it says. Each must still fail, or it is to be struck."""
MARTS = sorted(path.stem for path in (ROOT / "models" / "marts").glob("*.sql"))
RULES = sorted(path.stem for path in (ROOT / "models" / "rules").glob("*.sql"))
GOOD = ("success", "pass", "no-op", "warn")
OWN = {
    "started_at", "finished_at", "seconds", "page_seconds", "seconds_per_page", "written_at",
    "trained_at", "tagged_at", "logged_at", "alert_id",
}  # fmt: skip
"""Columns with the wall clock of a run, and the key that hashes a time as the engine writes it."""
OWN_SETTINGS = {"built_at", "raw_fingerprint"}


def wrong(found: Mapping[str, str]) -> dict[str, str]:
    return {name: said for name, said in found.items() if said.split(":")[0] not in GOOD}


def test_the_adapter_builds_and_tests_the_whole_project(emulated: Emulated) -> None:
    unexpected = {
        name: said
        for name, said in wrong(emulated.results).items()
        if LACKING.get(name.split(".")[2], said + "?") not in said
    }
    assert unexpected == {}


def test_what_the_emulator_lacks_it_still_lacks(emulated: Emulated) -> None:
    failing = {name.split(".")[2] for name in wrong(emulated.results)}
    assert set(LACKING) - failing == set()


def test_a_week_has_the_same_bytes_on_both_engines(emulated: Emulated) -> None:
    ours, theirs = (files(folder) for folder in (emulated.embedded_output, emulated.output))
    assert any(name.endswith("_schedule.csv") for name in ours)
    assert sorted(theirs) == sorted(ours)
    assert [name for name in ours if ours[name] != theirs[name]] == []


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_every_statement_of_the_scheduler_is_googlesql(
    emulated: Emulated, analyzer: Analyzer
) -> None:
    known = set[str]()
    for built in emulated.relations_built():
        if built.dataset_id not in known:
            known.add(built.dataset_id)
            analyzer.add_dataset(built.dataset_id)
        fields = [field.to_api_repr() for field in built.schema]
        analyzer.add_table(built.dataset_id, built.table_id, fields)
    refused, count = {}, 0
    for entry in emulated.scheduler_entries():
        if "fields" in entry:
            analyzer.add_table(entry["dataset"], entry["table"], entry["fields"])
            continue
        count += 1
        said = analyzer.refusal(entry["sql"], entry["parameters"], dry=False)
        if said is not None:
            refused[entry["sql"]] = said
    assert count > 0
    assert refused == {}


def test_a_load_adds_the_same_rows_on_both_engines(emulated: Emulated) -> None:
    for here, there in emulated.loads:
        assert there == here
    again, later = (here.splitlines() for here, _ in emulated.loads)
    assert all(" 0 added, " in line for line in again)
    # three corrected and two told again, and all that was said before of the same four messages
    assert ", 9 added, " in later[0]
    assert [line.split(", ")[1] for line in later[1:3]] == ["2 added", "0 added"]


def test_the_rows_of_a_load_are_added_together_or_not_at_all(emulated: Emulated) -> None:
    sent = [e["sql"] for e in emulated.scheduler_entries() if "sql" in e]
    added = [i for i, sql in enumerate(sent) if sql.startswith("insert into `offline.eros_raw")]
    demo, again, later = added[:4], added[4:5], added[5:]
    assert len(later) == 2
    for inserts in (demo, again, later):
        begun, ended = (
            [i for i, sql in enumerate(sent) if sql == f"{word} transaction"]
            for word in ("begin", "commit")
        )
        before = max(i for i in begun if i < inserts[0])
        assert min(i for i in ended if i > before) > inserts[-1]


@pytest.mark.parametrize("name", [*MARTS, *RULES])
def test_a_relation_has_the_same_rows_on_both_engines(emulated: Emulated, name: str) -> None:
    relation = emulated.relations[name]
    with duckdb.connect(str(emulated.database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        columns = connection.execute(f"describe {relation}").fetchall()
        names = [column[0] for column in columns if column[0] not in OWN]
        asked = f"select {', '.join(names)} from {relation}"  # noqa: S608
        ours = connection.execute(asked).fetchall()
    theirs = [tuple(row.values()) for row in emulated.client.query(asked).result()]
    if name == "settings":
        ours, theirs = (
            [row for row in rows if row[0] not in OWN_SETTINGS] for rows in (ours, theirs)
        )
    assert differences(ours, theirs, names)[:10] == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ([("a", 1.0, 1), ("b", 2.0, 2)], []),
        ([("b", 2.0 + 1e-12, 2), ("a", 1.0, 1)], []),
        ([("a", 1.0, 1), ("b", 2.001, 2)], ["rate"]),
        ([("a", 1.0, 1), ("b", None, 2)], ["rate"]),
        ([("a", 1.0, 1), ("c", 2.0, 2)], ["name"]),
        ([("a", 1.0, 1), ("b", 2.0, 2.0)], ["count"]),
        ([("a", 1.0, 1)], ["2 rows against 1"]),
    ],
)
def test_the_comparison_tells_equal_from_unequal(
    other: Sequence[tuple[Any, ...]], said: Sequence[str]
) -> None:
    rows = [("a", 1.0, 1), ("b", 2.0, 2)]
    found = differences(rows, other, ["name", "rate", "count"])
    assert [text.split(":")[0] for text in found] == list(said)
