"""What a load says and refuses of messages, and what staging makes of the same raw rows."""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from scheduler.loading import LoadError, load_directory
from scheduler.loading.embedded import DuckDBRawTables
from scheduler.warehouse import DbtProject
from scheduler.warehouse.macros import project_macros

from .samples import MESSAGE, write_csv

NOW = datetime(2026, 4, 1)
FIRST = datetime(2026, 3, 1, 18)


@pytest.fixture
def connection():
    with duckdb.connect(config={"threads": 1}) as opened:
        yield opened


def sent(day, row_id="", **cells):
    """A message of the day, its id the day's unless another is given."""
    return (
        MESSAGE
        | {
            "row_id": str(row_id or 8811885339416701600 + day),
            "message": f"hello {day}",
            "sending_time": f"{FIRST + timedelta(days=day)}",
        }
        | {name: str(cell) for name, cell in cells.items()}
    )


def load(connection, directory: Path, *rows, **options):
    write_csv(directory, "mass_messages", *rows)
    return load_directory(DuckDBRawTables(connection), directory, NOW, **options)


def current(connection, wanted="message, sent_at, earnings"):
    """Messages that staging would count, by the macros it is made of."""
    macros = project_macros(DbtProject.find().root, "duckdb")
    described = connection.execute("describe eros_raw.mass_messages").fetchall()
    columns = macros.sql("message_columns", columns={name: kind for name, kind, *_ in described})
    raw = connection.sql("select * from eros_raw.mass_messages").project(columns)
    identity, content = macros.sql("message_identity"), macros.sql("message_content")
    key = "cast(row_number() over () as string) as fact_key"
    raw.project(f"*, {identity} as message_identity, {content} as content, {key}").create_view(
        "facts", replace=True
    )
    chosen = connection.sql(macros.sql("current_messages", "facts"))
    rows = connection.table("facts").join(chosen, "fact_key").filter("occurrence = 1")
    return sorted(rows.project(wanted).fetchall())


def notes(report):
    return [note for table in report.tables for note in table.notes]


def test_the_same_history_under_rounded_ids_is_known_and_counted_once(connection, tmp_path):
    week = [sent(day) for day in range(7)]
    load(connection, tmp_path, *week)
    before = current(connection)
    rounded = [row | {"row_id": row["row_id"][:15] + "0000"} for row in week]
    report = load(connection, tmp_path, *rounded)
    assert (report.tables[0].rows_added, report.tables[0].rows_known) == (0, 7)
    assert notes(report) == [
        "7 messages came back under another id (rounded, or numbered anew): known by page, time and"
        " text, and counted once"
    ]
    assert current(connection) == before


def test_without_ids_a_correction_is_of_the_same_message(connection, tmp_path):
    week = [{k: v for k, v in sent(day).items() if k != "row_id"} for day in range(4)]
    load(connection, tmp_path, *week)
    load(connection, tmp_path, *week[:3], week[3] | {"earnings": "900"})
    assert [earnings for *_, earnings in current(connection)] == [87.5, 87.5, 87.5, 900.0]
    report = load(connection, tmp_path, *(sent(day) for day in range(4)))
    assert report.tables[0].rows_added == 4, "ids where there were none"
    assert len(current(connection)) == 4


@pytest.mark.parametrize("spelling", ["<p>{}</p>", "{}\ufe0f", "\u200b{} ", "&#104;ello {day}"])
def test_another_spelling_of_the_text_is_the_same_message(connection, tmp_path, spelling):
    load(connection, tmp_path, sent(1), sent(2))
    text = spelling.format(sent(1)["message"], day=1).replace("&#104;", "h")
    load(connection, tmp_path, sent(1, row_id="7", message=text), sent(2, row_id="8"))
    assert len(current(connection)) == 2


def test_row_numbers_that_start_anew_lose_no_week(connection, tmp_path):
    for week in range(5):
        rows = [sent(7 * week + day, row_id=day + 1) for day in range(7)]
        report = load(connection, tmp_path, *rows)
    assert len(current(connection)) == 35
    future, renumbered = notes(report)
    assert future == "WARNING 4 rows with a time that has not come: they count as rejected"
    assert renumbered.startswith("7 new messages came under ids that name other messages")


def test_row_numbers_of_overlapping_weeks_lose_and_double_nothing(connection, tmp_path):
    for week in range(4):
        load(connection, tmp_path, *(sent(3 * week + i, row_id=i + 1) for i in range(7)))
    assert len(current(connection)) == 16


def test_row_numbers_under_the_same_daily_text_are_refused_and_load_without_them(
    connection, tmp_path
):
    """Nothing but a number says whether the second week corrects the first one's times."""
    weeks = [
        [sent(7 * w + i, row_id=i + 1, message="good morning") for i in range(7)] for w in (0, 1)
    ]
    load(connection, tmp_path, *weeks[0])
    with pytest.raises(LoadError, match=r"7 known messages would be lost.*--ignore-row-ids"):
        load(connection, tmp_path, *weeks[1])
    assert len(current(connection)) == 7
    load(connection, tmp_path, *weeks[1], ignore_row_ids=True)
    assert len(current(connection)) == 14


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sending_time": "2026-03-02 20:00:00"}, "1 message changed time and replaced"),
        ({"message": "hello one"}, "1 message changed text and replaced"),
        ({"page_name": "other"}, "1 message changed page and replaced"),
        ({"sending_time": "2026-02-01 18:00:00"}, "1 message changed time and replaced"),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_an_id_follows_a_correction(connection, tmp_path, change, said, whole):
    week = [sent(day) for day in range(7)]
    load(connection, tmp_path, *week)
    corrected = week[1] | change
    rest = [row for row in week if row is not week[1]] if whole else []
    report = load(connection, tmp_path, corrected, *rest)
    assert any(note.startswith(said) for note in notes(report))
    assert len(current(connection)) == 7
    load(connection, tmp_path, week[1], *rest)
    assert len(current(connection)) == 7, "and it can be taken back"


def test_a_whole_history_in_another_zone_replaces_itself(connection, tmp_path):
    rows = [sent(day, row_id=day + 1) for day in range(20)]
    load(connection, tmp_path, *rows)
    shifted = [
        row
        | {"sending_time": str(datetime.fromisoformat(row["sending_time"]) + timedelta(hours=7))}
        for row in rows
    ]
    load(connection, tmp_path, *shifted)
    assert len(current(connection)) == 20


def test_times_that_were_cut_or_shifted_without_ids_are_refused(connection, tmp_path):
    rows = [sent(day, sending_time=f"2026-03-{day + 1:02d} 18:00:25") for day in range(7)]
    load(connection, tmp_path, *rows)
    cut = [row | {"row_id": "", "sending_time": row["sending_time"][:-3]} for row in rows]
    with pytest.raises(LoadError, match="may be there already at another time"):
        load(connection, tmp_path, *cut)


def test_one_text_to_two_lists_is_two_messages_and_one_of_them_may_be_corrected(
    connection, tmp_path
):
    lists = [sent(1, row_id="a1"), sent(1, row_id="a2", sent_count=90, viewed_count=9)]
    load(connection, tmp_path, *lists)
    assert len(current(connection)) == 2
    load(connection, tmp_path, lists[0] | {"earnings": "99"})
    assert [earnings for *_, earnings in current(connection)] == [87.5, 99.0]
    load(connection, tmp_path, *lists)
    assert [earnings for *_, earnings in current(connection)] == [87.5, 87.5]


def test_a_second_list_that_comes_later_is_a_second_message(connection, tmp_path):
    one, two = sent(1, row_id="a1"), sent(1, row_id="a2", sent_count=90, viewed_count=9)
    load(connection, tmp_path, one)
    load(connection, tmp_path, one, two)
    assert len(current(connection)) == 2


def test_two_lists_without_ids_are_corrected_together(connection, tmp_path):
    one, two = (sent(1, sent_count=n, viewed_count=9) | {"row_id": ""} for n in (90, 900))
    load(connection, tmp_path, one, two)
    load(connection, tmp_path, one | {"sent_count": "91"}, two)
    assert len(current(connection)) == 2


def test_a_check_tells_the_same_and_writes_nothing(connection, tmp_path):
    load(connection, tmp_path, sent(1))
    rows = [sent(1, earnings=99), sent(2)]
    report = load(connection, tmp_path, *rows, check=True)
    assert report.lines()[0] == "mass_messages.csv: 2 rows read, 2 added"
    assert report.lines()[-1] == "Checked only: nothing was written"
    assert len(current(connection)) == 1
    assert load(connection, tmp_path, *rows).tables[0].rows_added == 2


def test_what_a_column_lost_and_what_will_be_rejected_is_said(connection, tmp_path):
    load(connection, tmp_path, *(sent(day) for day in range(3)))
    blank = [sent(day, viewed_count="", purchased_count=0, earnings=-1) for day in range(3, 15)]
    assert notes(load(connection, tmp_path, *blank)) == [
        "WARNING column viewed_count is empty throughout",
        "WARNING column viewed_count had values in earlier loads and has none in this file",
        "WARNING 12 of 12 rows of 2026-03 will be rejected, most as negative_earnings",
    ]
