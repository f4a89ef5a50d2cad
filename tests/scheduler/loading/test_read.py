import contextlib
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.loading import LoadError, read_directory

from .samples import (
    CAPTION,
    CREATOR,
    MESSAGE,
    VAULT,
    csv_text,
    write_all,
    write_csv,
    write_parquet,
)

anew = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def only(directory):
    (file,) = read_directory(directory)
    return file


def test_columns_come_typed(tmp_path):
    files = {f.table.name: f.rows for f in read_directory(write_all(tmp_path))}

    assert files["mass_messages"].to_pylist() == [
        {
            "row_id": "1",
            "page_name": "mayahill",
            "message": "good morning",
            "sending_time": datetime(2025, 10, 1, 18, 5),
            "price": 12.5,
            "sent_count": 4000,
            "viewed_count": 900,
            "purchased_count": 7.0,
            "earnings": 87.5,
            "message_type": "ppv",
        }
    ]
    assert files["caption_bank"].to_pylist()[0]["caption_id"] == -4611686018427387905
    assert files["vault_matrix"].to_pylist() == [
        {"page_name": "mayahill", "BG": True, "Solo": False}
    ]
    assert files["active_creators"].to_pylist() == [CREATOR | {"is_active": True}]


def test_a_directory_with_some_of_the_files_gives_those(tmp_path):
    write_csv(tmp_path, "vault_matrix", VAULT)
    write_csv(tmp_path, "notes", {"a": "b"})
    assert [file.table.name for file in read_directory(tmp_path)] == ["vault_matrix"]


def test_file_names_are_found_in_any_case(tmp_path):
    write_csv(tmp_path, "Vault_Matrix", VAULT).rename(tmp_path / "Vault_Matrix.CSV")
    assert only(tmp_path).file_name == "Vault_Matrix.CSV"


@anew
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
def test_any_text_survives_csv(tmp_path, texts):
    write_csv(tmp_path, "mass_messages", *(MESSAGE | {"message": text} for text in texts))
    messages = only(tmp_path).rows["message"].to_pylist()
    assert messages == [text or None for text in texts]


def test_line_breaks_curly_quotes_and_emoji_stay_in_the_text(tmp_path):
    text = 'line one\r\nline “two”, it\u2019s\n\n"four"\t😘\u2028five\x85six'
    write_csv(tmp_path, "caption_bank", CAPTION | {"caption_text": text})
    file = only(tmp_path)
    assert file.rows["caption_text"].to_pylist() == [text]
    assert file.invalid_utf8_cells == 0


def test_bytes_that_are_no_utf8_become_replacement_characters_and_are_counted(tmp_path):
    rows = [MESSAGE | {"row_id": str(i), "message": f"text {i} \ufffd"} for i in range(3)]
    path = write_csv(tmp_path, "mass_messages", *rows)
    broken_surrogate = b"\xed\xa0\xbd"
    path.write_bytes(
        path.read_bytes().replace(b"text 0", b"caf\xe9").replace(b"text 2", broken_surrogate)
    )
    file = only(tmp_path)
    # the U+FFFD that was written as such is valid, and not counted
    assert file.rows["message"].to_pylist() == [
        "caf\ufffd \ufffd",
        "text 1 \ufffd",
        "\ufffd\ufffd\ufffd \ufffd",
    ]
    assert file.invalid_utf8_cells == 2


@anew
@given(st.binary(max_size=20).filter(lambda b: not set(b) & set(b'",\r\n')))
def test_any_bytes_read_alike_from_csv_and_parquet(tmp_path, cell):
    data = b"platform,page_name\r\n" + cell + b",mayahill\r\n"
    (tmp_path / "csv").mkdir(exist_ok=True)
    (tmp_path / "csv" / "active_creators.csv").write_bytes(data)
    columns = {"platform": pa.array([cell], pa.binary()), "page_name": ["mayahill"]}
    write_parquet(tmp_path / "parquet", "active_creators", columns)
    from_csv, from_parquet = only(tmp_path / "csv"), only(tmp_path / "parquet")
    assert from_csv.rows.to_pylist() == from_parquet.rows.to_pylist()
    assert from_csv.invalid_utf8_cells == from_parquet.invalid_utf8_cells


@anew
@given(st.one_of(st.binary(max_size=300), st.text(alphabet='a,"\n\r;1\ufeff ', max_size=60)))
def test_any_file_at_all_is_read_or_refused_in_words(tmp_path, content):
    header = b"page_name,timezone\n" if len(content) % 2 else b""
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "active_creators.csv").write_bytes(header + data)
    with contextlib.suppress(LoadError):
        read_directory(tmp_path)


def test_the_header_is_read_in_any_case_with_blanks_and_byte_order_mark(tmp_path):
    text = csv_text([MESSAGE])
    header = "\ufeff Row_ID ,PAGE_NAME, message,Sending Time,price ,sent_count,viewed_count,"
    header += "purchased_count,earnings,message_type"
    (tmp_path / "mass_messages.csv").write_text(
        header + text[text.index("\r") :], encoding="utf-8", newline=""
    )
    assert only(tmp_path).rows.column_names == list(MESSAGE)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n\n"])
def test_line_ends_of_every_system_and_blank_lines(tmp_path, newline, end):
    text = f"\npage_name,timezone\na,b\n\nc,d{end}".replace("\n", newline)
    (tmp_path / "active_creators.csv").write_bytes(text.encode())
    assert only(tmp_path).rows.to_pylist() == [
        {"page_name": "a", "timezone": "b"},
        {"page_name": "c", "timezone": "d"},
    ]


def test_columns_may_come_in_any_order(tmp_path):
    write_csv(tmp_path / "a", "mass_messages", MESSAGE)
    write_csv(tmp_path / "b", "mass_messages", dict(reversed(MESSAGE.items())))
    assert only(tmp_path / "a").rows.to_pylist() == only(tmp_path / "b").rows.to_pylist()


def test_username_is_read_as_page_name(tmp_path):
    write_csv(tmp_path, "active_creators", {"username": "mayahill"})
    assert only(tmp_path).rows.to_pylist() == [{"page_name": "mayahill"}]


def test_username_beside_page_name_is_another_column(tmp_path):
    write_csv(tmp_path, "active_creators", {"username": "@maya", "page_name": "mayahill"})
    assert only(tmp_path).rows.to_pylist() == [{"username": "@maya", "page_name": "mayahill"}]


def test_columns_beyond_the_contract_are_kept_as_text(tmp_path):
    write_csv(tmp_path, "caption_bank", CAPTION | {" Energy ": "007", "Mood Tag": ""})
    rows = only(tmp_path).rows
    assert rows.column_names[-2:] == ["energy", "mood_tag"]
    assert rows.to_pylist()[0]["energy"] == "007"
    assert rows.to_pylist()[0]["mood_tag"] is None


def test_content_types_are_what_the_vault_file_has(tmp_path):
    vault = {"page_name": "mayahill", "B/G 'x'": "t", "Solo 2": "", " Toys\n": "NO"}
    write_csv(tmp_path, "vault_matrix", vault)
    assert only(tmp_path).rows.to_pylist() == [
        {"page_name": "mayahill", "B/G 'x'": True, "Solo 2": None, "Toys": False}
    ]


def test_an_empty_column_without_a_name_and_the_loaders_own_are_left_out(tmp_path):
    write_csv(tmp_path, "active_creators", CREATOR | {"_loaded_at": "2025-10-01", "": ""})
    assert only(tmp_path).rows.column_names == list(CREATOR)


def test_a_messages_file_without_rows_is_a_week_without_messages(tmp_path):
    text = csv_text([MESSAGE])
    (tmp_path / "mass_messages.csv").write_text(text[: text.index("\r")])
    assert only(tmp_path).rows.num_rows == 0


def test_more_rows_than_one_chunk_keep_their_order(tmp_path):
    rows = [CREATOR | {"page_name": f"page{i}"} for i in range(40_000)]
    write_csv(tmp_path, "active_creators", *rows)
    assert only(tmp_path).rows["page_name"].to_pylist() == [row["page_name"] for row in rows]


def test_parquet_types_of_any_tool_become_the_contracts(tmp_path):
    moment = datetime(2025, 10, 1, 18, 5, 0, 250)
    rome = timezone(timedelta(hours=2))
    columns = {
        "row_id": pa.array([-5, None], pa.int64()),
        "page_name": pa.array(["a", "b"]).dictionary_encode(),
        "message": pa.array([b"caf\xc3\xa9", b"caf\xe9"], pa.binary()),
        "sending_time": pa.array(
            [moment.replace(tzinfo=UTC).astimezone(rome), None], pa.timestamp("ns", "Europe/Rome")
        ),
        "price": pa.array([Decimal("12.50"), None], pa.decimal128(9, 2)),
        "sent_count": pa.array([4000.0, math.nan], pa.float64()),
        "viewed_count": pa.array([900, None], pa.uint64()),
        "purchased_count": pa.array([7, 0], pa.int16()),
        "earnings": pa.array([-0.0, math.nan], pa.float32()),
        "message_type": pa.nulls(2),
        "tags": pa.array([["x", "é"], None]),
    }
    write_parquet(tmp_path, "mass_messages", columns)
    file = only(tmp_path)
    assert file.invalid_utf8_cells == 1
    assert file.rows.to_pylist() == [
        {
            "row_id": "-5",
            "page_name": "a",
            "message": "café",
            "sending_time": moment,
            "price": 12.5,
            "sent_count": 4000,
            "viewed_count": 900,
            "purchased_count": 7.0,
            "earnings": 0.0,
            "message_type": None,
            "tags": '["x", "é"]',
        },
        {
            "row_id": None,
            "page_name": "b",
            "message": "caf\ufffd",
            "sending_time": None,
            "price": None,
            "sent_count": None,
            "viewed_count": None,
            "purchased_count": 0.0,
            "earnings": None,
            "message_type": None,
            "tags": None,
        },
    ]


def test_parquet_text_is_parsed_as_csv_text_is(tmp_path):
    write_parquet(tmp_path, "mass_messages", {name: [cell] for name, cell in MESSAGE.items()})
    write_csv(tmp_path / "csv", "mass_messages", MESSAGE)
    assert only(tmp_path).rows.equals(only(tmp_path / "csv").rows)


@pytest.mark.parametrize("values", [[True, False], [1, 0], [1.0, 0.0], ["yes", "F"]])
def test_booleans_of_parquet(tmp_path, values):
    write_parquet(tmp_path, "vault_matrix", {"page_name": ["a", "b"], "BG": values})
    assert only(tmp_path).rows["BG"].to_pylist() == [True, False]


def test_a_float_id_is_an_id_where_floats_are_exact(tmp_path):
    columns = {name: [cell, cell] for name, cell in MESSAGE.items()}
    columns["row_id"] = pa.array([12.0, None])
    write_parquet(tmp_path, "mass_messages", columns)
    assert only(tmp_path).rows["row_id"].to_pylist() == ["12", None]


def test_a_directory_named_like_a_partition_adds_no_column(tmp_path):
    directory = tmp_path / "day=1"
    write_parquet(directory, "active_creators", {"page_name": ["a"]})
    assert only(directory).rows.column_names == ["page_name"]


def test_a_row_group_at_a_time_or_at_once_is_the_same(tmp_path):
    table = pa.table({"page_name": [f"page{i}" for i in range(10)]})
    pq.write_table(table, tmp_path / "active_creators.parquet", row_group_size=3)
    assert only(tmp_path).rows["page_name"].to_pylist() == table["page_name"].to_pylist()


def test_a_date_column_is_refused_as_time(tmp_path):
    columns = {name: [cell] for name, cell in MESSAGE.items()}
    write_parquet(tmp_path, "mass_messages", columns | {"sending_time": [date(2025, 10, 1)]})
    with pytest.raises(LoadError, match=r"column sending_time: holds date32\[day\]; it must be"):
        read_directory(tmp_path)
