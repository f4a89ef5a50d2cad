"""Files as spreadsheets, browsers and other tools leave them."""

import gzip
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from scheduler.errors import SchedulerError
from scheduler.loading import LoadError, read_map
from scheduler.loading.contract import RAW_TABLES
from scheduler.loading.read import read_files
from scheduler.loading.zones import known_zone

from .samples import CREATOR, MESSAGE, VAULT, csv_text, write_all, write_csv

NOW = datetime(2026, 4, 1)


def only(directory, **options):
    (file,) = read_files(directory, now=NOW, **options).files
    return file


def complaint(directory, **options):
    with pytest.raises(LoadError) as caught:
        read_files(directory, now=NOW, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        *("vault_matrix (1).csv", "Agency - vault_matrix.csv", "vault_matrix - Sheet1.csv"),
        *("Vault Matrix.CSV", "Copy of vault-matrix.csv", "vault_matrix_2026-03-01.csv"),
        *("Agency - vault_matrix - Sheet1 (2).csv", "vault_matrix - Copy.csv"),
    ],
)
def test_a_name_that_only_had_something_added_is_the_tables(tmp_path, name):
    write_csv(tmp_path, "x", VAULT).rename(tmp_path / name)
    assert only(tmp_path).table.name == "vault_matrix"


@pytest.mark.parametrize("name", ["vault_matrix_old.csv", "the vault.csv", "vault.csv.zip"])
def test_a_vault_that_would_not_be_read_is_refused(tmp_path, name):
    write_csv(tmp_path, "active_creators", CREATOR)
    write_csv(tmp_path, "x", VAULT).rename(tmp_path / name)
    assert f"{name} looks like the vault and would not be read" in complaint(tmp_path)


def test_data_that_is_not_read_is_named(tmp_path):
    write_all(tmp_path)
    write_csv(tmp_path, "payouts", {"a": "b"})
    (tmp_path / "README.txt").write_text("not data")
    assert read_files(tmp_path).unread == ("payouts.csv",)


def test_two_files_for_one_table_are_refused_with_both_names(tmp_path):
    write_csv(tmp_path, "vault_matrix", VAULT)
    write_csv(tmp_path, "vault_matrix (1)", VAULT)
    assert "vault_matrix (1).csv and vault_matrix.csv are both in" in complaint(tmp_path)


def workbook(rows, title="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def packed(name, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"export/{name}", data)
        archive.writestr("__MACOSX/._x.csv", b"x")
    return buffer.getvalue()


TEXT = csv_text([MESSAGE])
SENT = datetime(2025, 10, 1, 18, 5)
TYPED = ["1", "mayahill", "good morning", SENT, 12.5, 4000, 900, 7, 87.5, "ppv"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mass_messages.csv", b"sep=,\r\n" + TEXT.encode()),
        ("mass_messages.csv", ("sep=;\n" + TEXT.replace(",", ";")).encode()),
        ("mass_messages.csv", TEXT.replace(",", ";").encode()),
        ("mass_messages.tsv", TEXT.replace(",", "\t").encode()),
        ("mass_messages.csv", gzip.compress(TEXT.encode())),
        ("mass_messages.csv.gz", gzip.compress(TEXT.encode())),
        ("mass_messages.csv", TEXT.encode("utf-16")),
        ("mass_messages.csv", TEXT.encode("utf-16-le")),
        ("mass_messages.csv", TEXT.encode("utf-16-be")),
        ("mass_messages.csv", TEXT.encode("utf-32")),
        ("mass_messages.csv", TEXT.encode() + b"\x1a"),
        ("mass_messages.csv", TEXT.rstrip().encode() + b"\x1a\r\n"),
        ("export.zip", packed("mass_messages (3).csv", TEXT)),
        (
            "mass_messages.xlsx",
            workbook([list(MESSAGE), TYPED]),
        ),
    ],
)  # fmt: skip
def test_a_file_says_the_same_in_every_wrapping(tmp_path, name, data):
    write_csv(tmp_path / "plain", "mass_messages", MESSAGE)
    (tmp_path / name).write_bytes(data)
    assert only(tmp_path).rows.equals(only(tmp_path / "plain").rows)


def test_a_sheet_may_have_the_name_and_ids_in_text_cells_stay_whole(tmp_path):
    rows = [["page_name", "timezone", ""], ["mayahill", "Europe/Rome"], [], ["b", None]]
    (tmp_path / "Agency.xlsx").write_bytes(workbook(rows, "active_creators"))
    assert only(tmp_path).rows.to_pylist() == [
        {"page_name": "mayahill", "timezone": "Europe/Rome"},
        {"page_name": "b", "timezone": None},
    ]


def test_a_text_of_any_length_is_read(tmp_path):
    write_csv(tmp_path, "mass_messages", MESSAGE | {"message": "x" * 200_000})
    assert len(only(tmp_path).rows["message"][0].as_py()) == 200_000


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["$12.50", "1,234.50", "(3.00)"], [12.5, 1234.5, -3.0]),
        (["12,50 €", "1.234,5", "1.234"], [12.5, 1234.5, 1234.0]),
        (["1,234", "US$ 7", "-$2"], [1234.0, 7.0, -2.0]),
        (["1 234,5", "2\u202f000", "8"], [1234.5, 2000.0, 8.0]),
        (["12.345", "0.012", "7"], [12.345, 0.012, 7.0]),
    ],
)
def test_numbers_are_read_as_the_whole_file_writes_them(tmp_path, cells, numbers):
    write_csv(tmp_path, "mass_messages", *(MESSAGE | {"price": "", "earnings": c} for c in cells))
    assert only(tmp_path).rows["earnings"].to_pylist() == numbers


def test_a_file_with_both_decimal_marks_is_refused_with_the_cause(tmp_path):
    rows = [MESSAGE | {"price": "", "earnings": cell} for cell in ("12,5", "12.5")]
    write_csv(tmp_path, "mass_messages", *rows)
    assert "the file has both decimal points and decimal commas" in complaint(tmp_path)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("sent_count", "8811885339416701618"), ("earnings", "1e30"), ("purchased_count", "3e9")],
)
def test_a_number_that_slipped_into_the_column_is_refused_with_its_line(tmp_path, column, cell):
    write_csv(tmp_path, "mass_messages", MESSAGE, MESSAGE | {column: cell})
    text = complaint(tmp_path)
    assert f"mass_messages.csv, column {column}: line 3 has '{cell}'; it can't be more than" in text


@pytest.mark.parametrize(
    ("cells", "moments"),
    [
        (["3/5/2026 6:05 PM", "3/25/2026 12:30 AM"], ["2026-03-05 18:05", "2026-03-25 00:30"]),
        (["05/03/2026 18:05", "25/03/2026 00:30:10"], ["2026-03-05 18:05", "2026-03-25 00:30:10"]),
        (["5.3.2026 18:05", "06.03.26 7:00"], ["2026-03-05 18:05", "2026-03-06 07:00"]),
        (["Mar 5, 2026 6:05 PM", "5 March 2026, 18:05"], ["2026-03-05 18:05"] * 2),
        (["2026/3/5 18:05", "2026-03-05T18:05Z"], ["2026-03-05 18:05"] * 2),
    ],
)
def test_dates_are_read_in_the_order_that_the_file_shows(tmp_path, cells, moments):
    write_csv(tmp_path, "mass_messages", *(MESSAGE | {"sending_time": c} for c in cells))
    expected = [datetime.fromisoformat(moment) for moment in moments]
    assert only(tmp_path).rows["sending_time"].to_pylist() == expected


def test_dates_that_could_be_two_are_refused_with_the_cause(tmp_path):
    write_csv(tmp_path, "mass_messages", MESSAGE | {"sending_time": "3/5/2026 18:05"})
    assert "day and month can't be told apart in this file" in complaint(tmp_path)


@pytest.mark.parametrize("name", ["e" * 300, "a/b", "a\\b", "a\tb\x07c", "CON", ".."])
def test_a_page_name_that_no_file_can_have_is_refused_with_its_line(tmp_path, name):
    write_csv(tmp_path, "active_creators", CREATOR, CREATOR | {"page_name": name})
    assert complaint(tmp_path).startswith("active_creators.csv, column page_name: line 3 has ")


@pytest.mark.parametrize("name", ['Say "hi"', "a`b", "back\\slash", "x" * 300])
def test_a_content_type_that_no_column_can_be_called_is_refused(tmp_path, name):
    write_csv(tmp_path, "vault_matrix", VAULT | {name: "true"})
    assert complaint(tmp_path).startswith("vault_matrix.csv, column ")


def test_exchanged_days_and_months_are_told(tmp_path):
    sent = [datetime(2026, 3, day, 18) for day in range(1, 29)]
    rows = [t.replace(day=3, month=t.day) if t.day <= 12 else t for t in sent]
    write_csv(tmp_path, "mass_messages", *(MESSAGE | {"sending_time": str(t)} for t in rows))
    assert any("day and month may be exchanged in 10 rows" in n for n in only(tmp_path).notes)
    write_csv(tmp_path, "mass_messages", *(MESSAGE | {"sending_time": str(t)} for t in sent))
    assert only(tmp_path).notes == ()


def test_time_zones_that_are_read_or_not_known_are_told(tmp_path):
    zones = {"a": "Eastern Time", "b": "Mars", "c": "", "d": "Europe/Rome", "e": "IST"}
    rows = [CREATOR | {"page_name": page, "timezone": zone} for page, zone in zones.items()]
    write_csv(tmp_path, "active_creators", *rows)
    assert only(tmp_path).notes == (
        "WARNING time zone 'Mars' of b is not known: America/Los_Angeles is used instead. Name it"
        " as in America/New_York",
        "WARNING time zone 'IST' of e is not known: America/Los_Angeles is used instead. Name it"
        " as in America/New_York",
        "time zones read: 'Eastern Time' as America/New_York",
    )


@pytest.mark.parametrize(
    ("word", "zone"),
    [
        *(
            ("EST", "America/New_York"),
            ("pacific", "America/Los_Angeles"),
            ("London", "Europe/London"),
        ),
        *(("GMT+1", "Etc/GMT-1"), ("UTC-5", "Etc/GMT+5"), ("UTC \u2212 05:00", "Etc/GMT+5")),
        *(("US/Eastern", "US/Eastern"), ("America/New York", "America/New_York")),
        *(("Miami", "America/New_York"), ("Europe/london ", "Europe/London"), ("Utopia", None)),
    ],
)
def test_everyday_words_for_zones(word, zone):
    assert known_zone(word) == zone


def test_another_tools_columns_are_mapped_with_local_times_and_money(tmp_path):
    row = {
        "Creator": "mayahill", "Message": "good morning", "Date": "10/25/2025", "Time": "6:05 PM",
        "Price": "$12.50", "Sent": "4,000", "Viewed": "900", "Purchased": "7",
        "Earnings": "$87.50", "Synced At": "now",
    }  # fmt: skip
    write_csv(tmp_path, "Creator messages March", row)
    assert only(tmp_path, maps=read_map("crm_messages")).rows.to_pylist() == [
        {
            "page_name": "mayahill", "message": "good morning",
            "sending_time": datetime(2025, 10, 26, 1, 5), "price": 12.5, "sent_count": 4000,
            "viewed_count": 900, "purchased_count": 7.0, "earnings": 87.5, "message_type": "ppv",
        }
    ]  # fmt: skip


def test_a_map_names_what_the_file_has_not(tmp_path):
    write_csv(tmp_path, "messages", {"Creator": "a", "Note": "b"})
    assert (
        "has no column Earnings or Revenue or Net Earnings, which the map takes for earnings"
        in (complaint(tmp_path, maps=read_map("crm_messages")))
    )


@pytest.mark.parametrize("name", ["crm_messages", "ppv_report", "caption_sheet"])
def test_the_shipped_maps_are_whole(name):
    for table, said in read_map(name).items():
        columns = next(t.columns for t in RAW_TABLES if t.name == table)
        required = {column.name for column in columns if column.is_required}
        assert required <= set(said.columns) | set(said.constants)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a", "must name tables at its top"),
        ("mass_messages: {columns: {prise: Price}}", "prise is no column of ours"),
        ("mass_messages: {timezone: Mars}", "timezone Mars is not known"),
        ("mass_messages: {date_order: day}", "date_order must be month_first or day_first"),
        ("mass_messages: {colums: {}}", "it may only say"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_map_that_says_what_none_can_is_refused(tmp_path, text, reason):
    path = tmp_path / "map.yml"
    path.write_text(text)
    with pytest.raises(SchedulerError, match=reason):
        read_map(str(path))
