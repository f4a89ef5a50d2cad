from datetime import UTC, datetime

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.loading import LoadError, append, load_directory, read_directory
from scheduler.loading.contract import RAW_TABLES
from scheduler.loading.embedded import DuckDBRawTables

from .samples import (
    CAPTION,
    CREATOR,
    MESSAGE,
    VAULT,
    rows_of,
    write_all,
    write_csv,
    write_parquet,
)

NOON = datetime(2025, 11, 1, 12)
anew = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def connection():
    with duckdb.connect(config={"threads": 1}) as opened:
        yield opened


def added(report):
    return {table.table: (table.rows_added, table.rows_known) for table in report.tables}


def message(row_id, **cells):
    return MESSAGE | {"row_id": str(row_id), "message": f"good morning {row_id}"} | cells


def current(connection, table):
    """What staging sees of a snapshot: the rows of the latest load."""
    rows = connection.table(f"eros_raw.{table}")
    latest = rows.max("_loaded_at").fetchall()[0][0]
    is_latest = duckdb.ColumnExpression("_loaded_at") == duckdb.ConstantExpression(latest)
    return sorted(rows.filter(is_latest).select("* exclude (_loaded_at)").fetchall(), key=repr)


def test_the_first_load_makes_the_tables_and_says_what_it_did(connection, tmp_path):
    report = load_directory(DuckDBRawTables(connection), write_all(tmp_path), NOON)

    assert report.loaded_at == NOON
    assert report.absent == ()
    assert report.lines() == [
        "mass_messages.csv: 1 row read, 1 added",
        "caption_bank.csv: 1 row read, 1 added",
        "vault_matrix.csv: 1 row read, 1 added",
        "active_creators.csv: 1 row read, 1 added",
    ]
    described = connection.execute("describe eros_raw.mass_messages").fetchall()
    assert [(name, type_) for name, type_, *_ in described] == [
        ("row_id", "VARCHAR"),
        ("page_name", "VARCHAR"),
        ("message", "VARCHAR"),
        ("sending_time", "TIMESTAMP"),
        ("price", "DOUBLE"),
        ("sent_count", "BIGINT"),
        ("viewed_count", "BIGINT"),
        ("purchased_count", "DOUBLE"),
        ("earnings", "DOUBLE"),
        ("message_type", "VARCHAR"),
        ("_loaded_at", "TIMESTAMP"),
    ]
    assert rows_of(connection, "vault_matrix", "*") == [("mayahill", True, False, NOON)]


def test_the_report_counts_known_rows_broken_text_and_absent_files(connection, tmp_path):
    path = write_csv(tmp_path, "mass_messages", MESSAGE, message(2))
    path.write_bytes(path.read_bytes().replace(b"good", b"go\xffd", 1))
    load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    write_csv(tmp_path / "b", "mass_messages", message(2), message(3))
    path = write_csv(tmp_path / "b", "active_creators", CREATOR)
    path.write_bytes(path.read_bytes().replace(b"mayahill", b"\xff"))
    assert load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON).lines() == [
        "mass_messages.csv: 2 rows read, 1 added, 1 known already",
        "active_creators.csv: 1 row read, 1 added, 1 cell not UTF-8 (now with \ufffd)",
        "No file for caption_bank, vault_matrix: left as before",
    ]


def test_loading_twice_changes_nothing(connection, tmp_path):
    write_all(tmp_path, [MESSAGE, MESSAGE, message(2, price="", message="")])
    load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    before = {table.name: rows_of(connection, table.name, "*") for table in RAW_TABLES}
    report = load_directory(DuckDBRawTables(connection), tmp_path, datetime(2025, 11, 2))

    assert report.loaded_at is None
    assert all(table.rows_added == 0 for table in report.tables)
    assert {table.name: rows_of(connection, table.name, "*") for table in RAW_TABLES} == before


def test_the_same_rows_as_csv_and_as_parquet_are_the_same_rows(connection, tmp_path):
    rows = [message(i, price="" if i % 2 else f"{i}.10") for i in range(6)]
    write_csv(tmp_path / "csv", "mass_messages", *rows)
    load_directory(DuckDBRawTables(connection), tmp_path / "csv", NOON)
    columns = {name: [row[name] for row in rows] for name in MESSAGE}
    columns["row_id"] = list(range(6))
    columns["price"] = [None if i % 2 else i + 0.1 for i in range(6)]
    columns["sending_time"] = [datetime(2025, 10, 1, 18, 5)] * 6
    write_parquet(tmp_path / "parquet", "mass_messages", columns)
    report = load_directory(DuckDBRawTables(connection), tmp_path / "parquet", NOON)
    assert added(report) == {"mass_messages": (0, 6)}


def test_repeats_inside_a_file_are_kept_for_staging_to_flag(connection, tmp_path):
    write_csv(tmp_path, "mass_messages", MESSAGE, MESSAGE)
    load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    assert len(rows_of(connection, "mass_messages")) == 2


def test_a_corrected_message_is_added_by_a_later_load(connection, tmp_path):
    write_csv(tmp_path / "a", "mass_messages", message(1), message(2))
    write_csv(tmp_path / "b", "mass_messages", message(1, earnings="99"), message(2), message(3))
    load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)
    report = load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)

    assert added(report) == {"mass_messages": (2, 1)}
    latest = "select row_id, arg_max(earnings, _loaded_at) from eros_raw.mass_messages group by 1"
    assert sorted(connection.execute(latest).fetchall()) == [("1", 99.0), ("2", 87.5), ("3", 87.5)]


def test_what_is_taken_back_is_current_again(connection, tmp_path):
    for load, earnings in enumerate(["1", "2", "1", "1"]):
        write_csv(tmp_path / str(load), "mass_messages", message(1, earnings=earnings))
    reports = [
        load_directory(DuckDBRawTables(connection), tmp_path / str(load), NOON) for load in range(4)
    ]
    assert [added(report)["mass_messages"] for report in reports] == [(1, 0)] * 3 + [(0, 1)]


@pytest.mark.parametrize("column", [name for name in MESSAGE if name != "row_id"])
def test_a_value_that_becomes_null_is_a_correction(connection, tmp_path, column):
    # a row number would not say that it is the same message
    sent = MESSAGE | {"row_id": "8811885339416701618"}
    write_csv(tmp_path / "a", "mass_messages", sent)
    write_csv(tmp_path / "b", "mass_messages", sent | {column: ""})
    load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)
    assert added(load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)) == {
        "mass_messages": (1, 0)
    }
    assert added(load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)) == {
        "mass_messages": (0, 1)
    }


@pytest.mark.parametrize(
    ("table", "row"),
    [("caption_bank", CAPTION), ("vault_matrix", VAULT), ("active_creators", CREATOR)],
)
def test_a_row_that_vanished_from_a_snapshot_is_not_current_any_more(
    connection, tmp_path, table, row
):
    key = next(iter(row))
    other = row | {key: "7"}
    write_csv(tmp_path / "a", table, row, other)
    write_csv(tmp_path / "b", table, other)
    load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)
    assert added(load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)) == {
        table: (1, 0)
    }
    assert len(current(connection, table)) == 1
    assert len(rows_of(connection, table)) == 3
    # and back again: the older snapshot is not the current one, so it is written anew
    assert added(load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)) == {
        table: (2, 0)
    }
    assert len(current(connection, table)) == 2


def test_a_snapshot_is_the_same_in_any_row_order_but_not_with_a_repeat(connection, tmp_path):
    other = VAULT | {"page_name": "other"}
    write_csv(tmp_path / "a", "vault_matrix", VAULT, other)
    write_csv(tmp_path / "b", "vault_matrix", other, VAULT)
    write_csv(tmp_path / "c", "vault_matrix", other, VAULT, VAULT)
    write_csv(tmp_path / "d", "vault_matrix", other, other, VAULT)
    counts = [
        added(load_directory(DuckDBRawTables(connection), tmp_path / name, NOON)) for name in "abcd"
    ]
    assert [c["vault_matrix"] for c in counts] == [(2, 0), (0, 2), (3, 0), (3, 0)]


@pytest.mark.parametrize("cell", ["false", ""])
def test_a_vault_cell_that_flips_is_current(connection, tmp_path, cell):
    write_csv(tmp_path / "a", "vault_matrix", VAULT)
    write_csv(tmp_path / "b", "vault_matrix", VAULT | {"BG": cell})
    load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)
    load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)
    assert current(connection, "vault_matrix") == [("mayahill", False if cell else None, False)]


def test_a_content_type_that_vanished_is_null_and_a_new_one_is_a_new_column(connection, tmp_path):
    write_csv(tmp_path / "a", "vault_matrix", VAULT)
    write_csv(tmp_path / "b", "vault_matrix", {"page_name": "mayahill", "BG": "1", "Toys": "1"})
    load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)
    load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)
    sql = 'select page_name, "BG", "Solo", "Toys" from eros_raw.vault_matrix order by _loaded_at'
    assert connection.execute(sql).fetchall() == [
        ("mayahill", True, False, None),
        ("mayahill", True, None, True),
    ]


def test_a_content_type_spelled_anew_stays_one_column(connection, tmp_path):
    write_csv(tmp_path / "a", "vault_matrix", {"page_name": "a", "B/G": "1", "Solo": "0"})
    write_csv(tmp_path / "b", "vault_matrix", {"page_name": "a", "BG": "1", "SOLO": "0"})
    load_directory(DuckDBRawTables(connection), tmp_path / "a", NOON)
    report = load_directory(DuckDBRawTables(connection), tmp_path / "b", NOON)
    assert added(report) == {"vault_matrix": (0, 1)}


@pytest.mark.parametrize(
    "name", ["B/G 'x'", "a;b--", "select", "Café ☕", "2 girls", "x'y", "%s ?"]
)
def test_a_content_type_may_have_any_name(connection, tmp_path, name):
    write_csv(tmp_path, "vault_matrix", {"page_name": "a", name: "1"})
    load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    names = [row[0] for row in connection.execute("describe eros_raw.vault_matrix").fetchall()]
    assert names == ["page_name", name, "_loaded_at"]
    assert rows_of(connection, "vault_matrix") == [("a", True)]


def test_extra_columns_are_part_of_a_row(connection, tmp_path):
    write_csv(tmp_path / "a", "mass_messages", MESSAGE)
    write_csv(tmp_path / "b", "mass_messages", MESSAGE | {"Campaign": "spring"})
    loads = [load_directory(DuckDBRawTables(connection), tmp_path / name, NOON) for name in "abab"]
    assert [added(report)["mass_messages"] for report in loads] == [(1, 0), (1, 0), (0, 1), (0, 1)]
    assert rows_of(connection, "mass_messages", "campaign") == [("spring",), (None,)]


def test_every_load_is_later_than_all_before_it_even_when_the_clock_goes_back(connection, tmp_path):
    loaded_at = []
    for load in range(3):
        write_csv(tmp_path / str(load), "active_creators", CREATOR | {"platform": str(load)})
        when = datetime(2025, 11, 1, 12 - load)
        loaded_at.append(
            load_directory(DuckDBRawTables(connection), tmp_path / str(load), when).loaded_at
        )
    assert loaded_at == [
        NOON,
        datetime(2025, 11, 1, 12, 0, 0, 1),
        datetime(2025, 11, 1, 12, 0, 0, 2),
    ]
    # another table's load counts too
    write_csv(tmp_path / "m", "mass_messages", MESSAGE)
    assert (
        load_directory(DuckDBRawTables(connection), tmp_path / "m", NOON).loaded_at > loaded_at[-1]
    )


def test_by_default_a_load_is_dated_now(connection, tmp_path):
    before = datetime.now(UTC).replace(tzinfo=None)
    report = load_directory(DuckDBRawTables(connection), write_all(tmp_path))
    assert before <= report.loaded_at <= datetime.now(UTC).replace(tzinfo=None)


def test_tables_of_another_tool_are_one_earliest_load(connection, tmp_path):
    connection.execute("create schema eros_raw")
    connection.execute(
        "create table eros_raw.mass_messages as select 1 as row_id, 'mayahill' as page_name,"
        " 'good morning' as message, timestamptz '2025-10-01 18:05:00+00' as sending_time,"
        " cast(12.5 as decimal(9, 2)) as price, 4000 as sent_count, 900 as viewed_count,"
        " 7 as purchased_count, 87.5::double as earnings, 'ppv' as message_type"
    )
    connection.execute('create table eros_raw.vault_matrix ("PAGE_NAME" varchar, "b/g" boolean)')
    connection.execute("insert into eros_raw.vault_matrix values ('mayahill', true)")
    connection.execute("set timezone = 'America/Los_Angeles'")
    write_csv(tmp_path, "mass_messages", MESSAGE, message(2))
    write_csv(tmp_path, "vault_matrix", {"page_name": "mayahill", "BG": "true"})
    report = load_directory(DuckDBRawTables(connection), tmp_path, NOON)

    assert added(report) == {"mass_messages": (1, 1), "vault_matrix": (0, 1)}
    sql = "select row_id, epoch(sending_time), _loaded_at from eros_raw.mass_messages order by 1"
    assert connection.execute(sql).fetchall() == [
        (1, 1759341900.0, None),
        (2, 1759341900.0, NOON),
    ]


def test_a_table_of_another_tool_gets_the_columns_it_lacks(connection, tmp_path):
    connection.execute("create schema eros_raw")
    connection.execute("create table eros_raw.active_creators as select 'old' as username")
    write_csv(tmp_path, "active_creators", CREATOR)
    load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    columns = "username, page_name, timezone, platform, is_active, _loaded_at"
    assert rows_of(connection, "active_creators", columns) == [
        ("old", None, None, None, None, None),
        (None, "mayahill", "Europe/Rome", "fans", True, NOON),
    ]


def test_the_time_of_a_load_is_utc_in_a_column_with_zone_too(connection, tmp_path):
    connection.execute("set timezone = 'America/Los_Angeles'")
    connection.execute("create schema eros_raw")
    made = "create table eros_raw.active_creators (page_name varchar, _loaded_at timestamptz)"
    connection.execute(made)
    write_csv(tmp_path, "active_creators", CREATOR)
    load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    sql = "select epoch(_loaded_at) from eros_raw.active_creators"
    assert connection.execute(sql).fetchall() == [(NOON.replace(tzinfo=UTC).timestamp(),)]


def test_empty_tables_made_by_the_project_are_filled(connection, tmp_path):
    connection.execute("create schema eros_raw")
    connection.execute(
        "create table eros_raw.vault_matrix (page_name varchar, _loaded_at timestamp)"
    )
    load_directory(DuckDBRawTables(connection), write_all(tmp_path), NOON)
    columns = 'page_name, "BG", "Solo", _loaded_at'
    assert rows_of(connection, "vault_matrix", columns) == [("mayahill", True, False, NOON)]


def test_a_value_that_another_tools_type_would_change_is_refused(connection, tmp_path):
    connection.execute("create schema eros_raw")
    connection.execute("create table eros_raw.mass_messages (row_id bigint, price decimal(9, 2))")
    write_csv(tmp_path, "mass_messages", message("a7"))
    with pytest.raises(LoadError) as caught:
        load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    assert str(caught.value) == (
        "mass_messages.csv, column row_id: eros_raw.mass_messages has it as BIGINT, which can't "
        "hold 'a7': change that column's type. Nothing was loaded."
    )
    write_csv(tmp_path, "mass_messages", message(7, price="12.345"))
    with pytest.raises(
        LoadError, match=r"column price: .* DECIMAL\(9,2\), which can't hold 12.345"
    ):
        load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    assert rows_of(connection, "mass_messages", "*") == []


def test_a_database_called_like_the_schema(tmp_path):
    with duckdb.connect(str(tmp_path / "eros_raw.duckdb")) as connection:
        load_directory(DuckDBRawTables(connection), write_all(tmp_path), NOON)
        report = load_directory(DuckDBRawTables(connection), tmp_path, NOON)
    assert report.loaded_at is None


@anew
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.text(max_size=12)),
            # beyond a billion it is an id that slipped into the column, which is refused
            st.one_of(st.none(), st.floats(min_value=-1e9, max_value=1e9)),
        ),
        min_size=1,
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_messages_in_any_order_and_in_any_loads_are_the_same_rows(tmp_path, cells, random):
    rows = [
        message(
            i,
            message=text or "",
            price="" if price is None else repr(price),
            # nearer ones of one text might be the same message in another zone, which is refused
            sending_time=f"2025-10-{2 * i + 1:02d} 18:00:00",
        )
        for i, (text, price) in enumerate(cells)
    ]
    with duckdb.connect() as at_once, duckdb.connect() as in_parts:
        write_csv(tmp_path, "mass_messages", *rows)
        load_directory(DuckDBRawTables(at_once), tmp_path, NOON)
        random.shuffle(rows)
        while rows:
            part = rows[: random.randint(1, len(rows))]
            write_csv(tmp_path, "mass_messages", *part)
            load_directory(DuckDBRawTables(in_parts), tmp_path, NOON)
            # parts may overlap
            rows = rows[random.randint(1, len(part)) :]
        assert rows_of(at_once, "mass_messages") == rows_of(in_parts, "mass_messages")


def test_files_read_once_can_be_appended_to_two_databases(tmp_path):
    files = read_directory(write_all(tmp_path))
    for _ in range(2):
        with duckdb.connect() as connection:
            assert append(DuckDBRawTables(connection), files, NOON).loaded_at == NOON
