import subprocess
import sys
from datetime import datetime

import duckdb
import pytest

from scheduler.loading import LoadError, append, load_directory
from scheduler.loading.embedded import DuckDBRawTables
from scheduler.loading.raw_tables import RawTables

from .samples import CREATOR, MESSAGE, VAULT, rows_of, tables_of, write_all, write_csv

NOON = datetime(2025, 11, 1, 12)
KILLED_BEFORE_ITS_LAST_TABLE = """
import os, sys
from datetime import datetime
from pathlib import Path
import duckdb
from scheduler.loading import load_directory
from scheduler.loading.embedded import DuckDBRawTables
from scheduler.loading.raw_tables import RawTables

insert = RawTables.insert
def insert_or_die(self, incoming, *rest):
    if incoming.table == "active_creators":
        os._exit(9)
    return insert(self, incoming, *rest)
RawTables.insert = insert_or_die
raw = DuckDBRawTables(duckdb.connect(sys.argv[1]))
load_directory(raw, Path(sys.argv[2]), datetime(2025, 11, 1, 12))
"""


def test_a_bad_file_keeps_the_good_ones_out(tmp_path):
    write_all(tmp_path)
    write_csv(tmp_path, "active_creators", CREATOR | {"is_active": "perhaps"})
    with duckdb.connect() as connection:
        with pytest.raises(LoadError, match="is_active"):
            load_directory(DuckDBRawTables(connection), tmp_path, NOON)
        assert tables_of(connection) == []


def test_a_table_that_can_not_be_written_keeps_the_others_out(tmp_path):
    with duckdb.connect() as connection:
        connection.execute("create schema eros_raw")
        connection.execute("create view eros_raw.active_creators as select 'a' as page_name")
        with pytest.raises(LoadError) as caught:
            load_directory(DuckDBRawTables(connection), write_all(tmp_path), NOON)
        assert tables_of(connection) == ["eros_raw.active_creators"]
    assert str(caught.value) == (
        "eros_raw.active_creators is a view, which can't be written: make it a table. "
        "Nothing was loaded."
    )


def test_new_columns_are_taken_back_too(tmp_path, monkeypatch):
    write_csv(tmp_path / "a", "vault_matrix", VAULT)
    write_csv(tmp_path / "b", "vault_matrix", VAULT | {"Toys": "1"})

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with duckdb.connect() as connection:
        load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)
        with monkeypatch.context() as patch:
            patch.setattr(RawTables, "insert", interrupted)
            with pytest.raises(KeyboardInterrupt):
                load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)
        assert rows_of(connection, "vault_matrix") == [("mayahill", True, False)]
        load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)
        assert len(rows_of(connection, "vault_matrix")) == 2


def test_a_killed_load_leaves_nothing_and_can_be_run_again(tmp_path):
    write_all(tmp_path)
    database = str(tmp_path / "x.duckdb")
    command = [sys.executable, "-c", KILLED_BEFORE_ITS_LAST_TABLE, database, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 9
    with duckdb.connect(database) as connection:
        assert tables_of(connection) == []
        load_directory(DuckDBRawTables(connection), tmp_path, NOON)
        assert len(tables_of(connection)) == 4
        assert len(rows_of(connection, "mass_messages")) == 1


def test_a_warehouse_that_refuses_is_one_clear_line(tmp_path):
    write_csv(tmp_path, "mass_messages", MESSAGE)
    path = tmp_path / "x.duckdb"
    duckdb.connect(str(path)).close()
    with duckdb.connect(str(path), read_only=True) as reader, pytest.raises(LoadError) as caught:
        load_directory(DuckDBRawTables(reader), tmp_path, NOON)
    text = str(caught.value)
    assert text.startswith("The warehouse refused the load (")
    assert "read-only mode" in text
    assert text.endswith("): mend that and load again. Nothing was loaded.")
    assert "\n" not in text


def test_nothing_to_load_is_nothing_loaded():
    with duckdb.connect() as connection:
        assert append(DuckDBRawTables(connection), [], NOON).tables == ()
        assert tables_of(connection) == []
