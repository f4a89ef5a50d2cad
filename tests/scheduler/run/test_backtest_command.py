"""`scheduler backtest` and the model card, on a built agency."""

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from scheduler.backtest import rolling_replay as replay
from scheduler.cli import cli


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_past_is_replayed_into_a_table_and_files_and_the_card_reuses_it(
    agency: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "out")
    shown = invoke("backtest", "--output-dir", folder)
    assert max(len(line) for line in shown.splitlines() if "Written" not in line) <= 80
    for title in ("glm (ours)", "pooled boosted trees", "per page"):
        assert title in shown
    with (tmp_path / "out" / "backtest.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    assert {row["scope"] for row in rows} == {"agency", "tier", "page", "origin"}
    report = json.loads((tmp_path / "out" / "backtest.json").read_text())
    assert len(report["origins"]) == 4

    monkeypatch.setattr(replay, "fit_rows", lambda *_: pytest.fail("the replay was done before"))
    assert invoke("backtest", "--output-dir", folder) == shown
    invoke("train", "--output-dir", folder)
    card = (tmp_path / "out" / "model_card.md").read_text()
    for part in ("Trained on", "By tier", "By page", "naive mean", "leakage", "Limits"):
        assert part in card
    assert "glm (ours)" in card
    assert "no accuracy" in card
    assert card.lower().count("accuracy") == card.lower().count("no accuracy")


def test_an_output_folder_that_cannot_be_is_refused_first(agency: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(cli, ["backtest", "--output-dir", str(tmp_path / "file")])
    assert result.exit_code != 0


def rebuild(connection: duckdb.DuckDBPyConnection, nodes: dict[str, Any], name: str) -> None:
    """Run the compiled SQL of a model again, after that of every model it reads."""
    node = nodes.get(name)
    if node is None or node["resource_type"] != "model":
        return
    for read in node["depends_on"]["nodes"]:
        rebuild(connection, nodes, read)
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    relation = node["relation_name"].replace('"agency".', "")
    connection.execute(f"create or replace {kind} {relation} as {node['compiled_code']}")


def test_outcomes_change_no_feature(agency: Path) -> None:
    """Every message's outcomes become others, still valid; what was known before it stays."""
    manifest = json.loads((agency.parent / ".agency_dbt/target/manifest.json").read_text())
    table = "eros_intermediate.int_priced_messages"
    known = "* exclude (viewed_count, purchased_count, earnings)"
    features = f"select {known} from {table} order by message_key"  # noqa: S608
    sold = f"select sum(purchased_count), sum(earnings) from {table}"  # noqa: S608
    with duckdb.connect(str(agency)) as connection:
        before, earned = (
            connection.execute(features).fetchall(),
            connection.execute(sold).fetchone(),
        )
        connection.execute(
            "update eros_raw.mass_messages set purchased_count = viewed_count - purchased_count,"
            " earnings = earnings + 1 where viewed_count <= sent_count"
            " and purchased_count <= viewed_count and earnings >= 0"
        )
        rebuild(connection, manifest["nodes"], "model.eros.int_priced_messages")
        assert connection.execute(sold).fetchone() != earned
        assert connection.execute(features).fetchall() == before
