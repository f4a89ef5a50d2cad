"""The scheduler's verbs on BigQuery: spelling, types, loads, transactions and the lock."""

import json
from datetime import date, datetime

import pyarrow as pa
import pytest
from google.api_core.exceptions import PermissionDenied
from google.cloud.bigquery.table import RowIterator

from scheduler.errors import SchedulerError
from scheduler.warehouse.bigquery import dialect
from scheduler.warehouse.bigquery.table_lock import LOCK
from tests.scheduler.warehouse.fake_google import NAMES, FakeGoogle, table

LOG = "eros_operations.log"
ROWS = pa.table({"id": ["a", "b"], "n": [1, None], "at": [datetime(2026, 3, 1, 5, 6, 7), None]})


@pytest.fixture
def google() -> FakeGoogle:
    return FakeGoogle(tables={LOG: table(LOG, id="STRING", n="INTEGER", at="TIMESTAMP")})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("where week = $week", "where week = @week"),
        ("where id in (select unnest($ids))", "where id in unnest(@ids)"),
        ("from eros_marts.creators as c", "from `demo.eros_marts.creators` as c"),
        ("update eros_operations.log set n = $n", "update `demo.eros_operations.log` set n = @n"),
        ("from eros_raw.mass_messages", "from `demo.landing.mass_messages`"),
        ("select eros_score, '$5' from t", "select eros_score, '$5' from t"),
    ],
)
def test_a_statement_is_turned_into_their_spelling(ours: str, theirs: str) -> None:
    assert dialect.statement(ours, dialect.Names("demo", "eros", "landing")) == theirs


def test_the_layers_are_datasets_beside_that_of_the_profile() -> None:
    names = dialect.Names("demo", "agency", "landing")
    assert names.table("eros_marts.creators") == "demo.agency_marts.creators"
    assert names.table("eros_raw.caption_bank") == "demo.landing.caption_bank"


def test_values_are_bound_with_their_types(google: FakeGoogle) -> None:
    values = {
        "week": date(2026, 3, 23), "now": datetime(2026, 3, 18, 12), "on": True, "n": 2,
        "share": 0.5, "page": "o'neil", "ids": ["a", "b"], "none": [],
    }  # fmt: skip
    google.warehouse().execute("select 1", values)
    (job,) = google.jobs.values()
    bound = {p["name"]: p for p in job["configuration"]["query"]["queryParameters"]}
    kinds = {name: p["parameterType"]["type"] for name, p in bound.items()}
    assert kinds == {
        "week": "DATE", "now": "TIMESTAMP", "on": "BOOL", "n": "INT64", "share": "FLOAT64",
        "page": "STRING", "ids": "ARRAY", "none": "ARRAY",
    }  # fmt: skip
    assert bound["none"]["parameterType"]["arrayType"]["type"] == "STRING"
    assert bound["now"]["parameterValue"]["value"].startswith("2026-03-18 12:00:00")
    assert bound["now"]["parameterValue"]["value"].endswith("+00:00")
    assert bound["page"]["parameterValue"]["value"] == "o'neil"


def test_a_value_that_no_statement_takes_is_refused() -> None:
    with pytest.raises(SchedulerError, match="cannot be bound"):
        dialect.parameters({"page": None})
    with pytest.raises(SchedulerError, match="mixes"):
        dialect.parameters({"ids": ["a", 1]})


def test_rows_come_back_with_the_types_of_the_embedded_warehouse(google: FakeGoogle) -> None:
    google.columns = [("at", "TIMESTAMP"), ("local", "DATETIME"), ("n", "INTEGER"), ("x", "FLOAT")]
    google.rows = [["1772341567000000", "2026-03-01T05:06:07", "7", "0.1"]]
    found = google.warehouse().query("select * from eros_marts.t")
    assert found.schema.types == [pa.timestamp("us")] * 2 + [pa.int64(), pa.float64()]
    assert found.to_pylist() == [
        {
            "at": datetime(2026, 3, 1, 5, 6, 7), "local": datetime(2026, 3, 1, 5, 6, 7), "n": 7,
            "x": 0.1,
        }
    ]  # fmt: skip


def test_rows_come_over_rest_where_the_storage_api_is_refused(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.rows = [["7"]]
    real, asked = RowIterator.to_arrow, []

    def to_arrow(rows: RowIterator, *, create_bqstorage_client: bool) -> pa.Table:
        asked.append(create_bqstorage_client)
        if create_bqstorage_client:
            raise PermissionDenied("bigquery.readsessions.create is missing")
        return real(rows, create_bqstorage_client=False)

    monkeypatch.setattr(RowIterator, "to_arrow", to_arrow)
    warehouse = google.warehouse()
    warehouse._storage_api = True
    assert warehouse.query("select n from eros_marts.t").to_pylist() == [{"n": 7}]
    assert asked == [True, False]


def test_an_append_is_a_load_and_one_merge_by_key(google: FakeGoogle) -> None:
    google.warehouse().append(LOG, ROWS, ["id"])
    (lines,) = google.loaded
    assert [json.loads(line) for line in lines.splitlines() if line] == [
        {"id": "a", "n": 1, "at": "2026-03-01 05:06:07.000000 UTC"},
        {"id": "b"},
    ]
    load = next(job for job in google.jobs.values() if "load" in job["configuration"])
    config = load["configuration"]["load"]
    assert config["sourceFormat"] == "NEWLINE_DELIMITED_JSON"
    assert [f["type"] for f in config["schema"]["fields"]] == ["STRING", "INTEGER", "TIMESTAMP"]
    staging = config["destinationTable"]["tableId"]
    (merge,) = google.statements
    into, rest = merge.split(" on ")
    assert (
        into == f"merge into `demo.{LOG}` as held using `demo.eros_operations.{staging}` as fresh"
    )
    assert rest == (
        "held.id = fresh.id when not matched then insert (id, n, at)"
        " values (fresh.id, fresh.n, fresh.at)"
    )
    assert google.asked[-1] == f"DELETE datasets/eros_operations/tables/{staging}"


def test_floats_are_loaded_to_the_last_bit() -> None:
    values = [0.1 + 0.2, 1e-300, float("inf"), float("nan"), 2.0**53 + 2]
    lines = dialect.json_lines(pa.table({"x": values, "k": [2**63 - 1] * 5})).splitlines()
    read = [json.loads(line) for line in lines]
    assert [row["x"] for row in read] == [0.1 + 0.2, 1e-300, "Infinity", "NaN", 2.0**53 + 2]
    assert read[0]["k"] == 2**63 - 1


def test_one_write_alone_needs_no_session(google: FakeGoogle) -> None:
    warehouse = google.warehouse()
    with warehouse.transaction():
        warehouse.append(LOG, ROWS, ["id"])
    assert [sql.split()[0] for sql in google.statements] == ["merge"]


def test_several_writes_are_a_transaction_of_one_session(google: FakeGoogle) -> None:
    warehouse = google.warehouse()
    with warehouse.transaction():
        warehouse.append(LOG, ROWS, ["id"])
        warehouse.execute("update eros_operations.log set n = 1 where true")
        assert google.statements == []
    words = [sql.split()[0] for sql in google.statements]
    assert words == ["begin", "merge", "update", "commit"]
    configs = [job["configuration"] for job in google.jobs.values()]
    queries = [config["query"] for config in configs if "query" in config]
    assert queries[0]["createSession"]
    inside = {"key": "session_id", "value": "session-1"}
    assert all(query["connectionProperties"] == [inside] for query in queries[1:])


def test_a_query_sees_what_its_transaction_wrote_and_a_failure_undoes_it(
    google: FakeGoogle,
) -> None:
    warehouse = google.warehouse()

    def draft() -> None:
        with warehouse.transaction():
            warehouse.append(LOG, ROWS)
            warehouse.query("select n from eros_operations.log")
            raise RuntimeError("not wanted")

    with pytest.raises(RuntimeError, match="not wanted"):
        draft()
    words = [sql.split()[0] for sql in google.statements]
    assert words == ["begin", "merge", "select", "rollback"]
    warehouse.execute("select 2")
    assert "connectionProperties" not in list(google.jobs.values())[-1]["configuration"]["query"]


def test_a_failed_transaction_that_sent_nothing_leaves_nothing(google: FakeGoogle) -> None:
    warehouse = google.warehouse()

    def draft() -> None:
        with warehouse.transaction():
            warehouse.append(LOG, ROWS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        draft()
    assert google.statements == []
    assert google.asked[-1].startswith("DELETE datasets/eros_operations/tables/log__load_")


def test_a_relation_is_there_or_not(google: FakeGoogle) -> None:
    warehouse = google.warehouse()
    assert warehouse.exists(LOG)
    assert not warehouse.exists("eros_marts.creators")


def test_a_second_command_is_refused_while_the_lock_is_held(google: FakeGoogle) -> None:
    with google.warehouse().exclusive():
        assert google.tables[f"eros_operations.{LOCK}"]["expirationTime"]
        second = google.warehouse().exclusive()
        with pytest.raises(SchedulerError, match=r"process \d+.* holds the table"), second:
            raise AssertionError
    with google.warehouse().exclusive():
        pass
    assert f"eros_operations.{LOCK}" not in google.tables


def test_a_lock_whose_answer_was_lost_is_still_ours(google: FakeGoogle) -> None:
    warehouse = google.warehouse()
    google.datasets["eros_operations"] = "US"
    lock = warehouse.exclusive()
    google.lost_answers = 2
    with lock:
        assert f"eros_operations.{LOCK}" in google.tables
    assert f"eros_operations.{LOCK}" not in google.tables


def test_names_are_those_of_the_profile() -> None:
    description = FakeGoogle().warehouse().description
    assert description == f"BigQuery {NAMES.project}.eros_*, US"
