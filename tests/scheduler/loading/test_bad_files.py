import os

import pyarrow as pa
import pytest

from scheduler.errors import SchedulerError
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


def complaint(directory):
    with pytest.raises(LoadError) as caught:
        read_directory(directory)
    return str(caught.value)


def without(row, *names):
    return {name: cell for name, cell in row.items() if name not in names}


def test_a_directory_that_does_not_exist(tmp_path):
    path = tmp_path / "nowhere"
    assert complaint(path) == (
        f"{path} does not exist: name the directory that has the files. Nothing was loaded."
    )


def test_a_file_in_place_of_the_directory(tmp_path):
    path = write_csv(tmp_path, "vault_matrix", VAULT)
    assert complaint(path) == (
        f"{path} is not a directory: name the directory that has the files. Nothing was loaded."
    )


def test_a_directory_without_files(tmp_path):
    assert complaint(tmp_path) == (
        f"{tmp_path} has none of the files mass_messages, caption_bank, vault_matrix and "
        "active_creators as .csv or .parquet: name the directory that has them. "
        "Nothing was loaded."
    )


def test_the_same_table_as_csv_and_as_parquet(tmp_path):
    write_csv(tmp_path, "active_creators", CREATOR)
    write_parquet(tmp_path, "active_creators", {"page_name": ["a"]})
    assert complaint(tmp_path) == (
        f"active_creators.csv and active_creators.parquet are both in {tmp_path}: "
        "keep one of them. Nothing was loaded."
    )


def test_a_missing_column(tmp_path):
    write_csv(tmp_path, "caption_bank", without(CAPTION, "price_tier"))
    assert complaint(tmp_path) == (
        "caption_bank.csv has no column price_tier: add it. Nothing was loaded."
    )


def test_missing_columns(tmp_path):
    write_csv(tmp_path, "mass_messages", without(MESSAGE, "price", "sent_count", "earnings"))
    assert complaint(tmp_path) == (
        "mass_messages.csv has no columns price, sent_count and earnings: add them. "
        "Nothing was loaded."
    )


def test_a_missing_column_says_its_other_name(tmp_path):
    write_csv(tmp_path, "active_creators", {"name": "mayahill"})
    assert complaint(tmp_path) == (
        "active_creators.csv has no column page_name or username: add it (did you mean 'name' for "
        "page_name? Rename it, or say so in a map, --map). Nothing was loaded."
    )


def test_columns_that_are_nearly_right_are_named(tmp_path):
    near = {"Sent": "sent_count", "Views": "viewed_count", "Earned": "earnings"}
    other = {theirs: MESSAGE[ours] for theirs, ours in near.items()}
    write_csv(tmp_path, "mass_messages", without(MESSAGE, *near.values()) | other)
    text = complaint(tmp_path)
    assert "'sent' for sent_count" in text
    assert "'earned' for earnings" in text


@pytest.mark.parametrize(
    ("column", "cell", "wanted"),
    [
        ("sent_count", "1.5", "a whole number of at most 64 bits, or nothing"),
        ("viewed_count", "many", "a whole number of at most 64 bits, or nothing"),
        ("price", "12.5.0", "a finite number such as 12.5, or nothing"),
        ("earnings", "inf", "a finite number such as 12.5, or nothing"),
        ("row_id", "1.23457E+18", "an id in full, not one rounded like 1.2E+18"),
        (
            "sending_time",
            "2025-10-01",
            "a date and time such as 2025-10-31 18:05:00, in UTC or with its offset, or nothing",
        ),
    ],
)
def test_a_cell_of_the_wrong_type(tmp_path, column, cell, wanted):
    write_csv(tmp_path, "mass_messages", MESSAGE, MESSAGE | {column: cell})
    assert complaint(tmp_path) == (
        f"mass_messages.csv, column {column}: line 3 has {cell!r}; it must be {wanted}. "
        "Nothing was loaded."
    )


def test_a_vault_cell_that_is_neither_true_nor_false(tmp_path):
    write_csv(tmp_path, "vault_matrix", VAULT | {"BG": "maybe"})
    assert complaint(tmp_path) == (
        "vault_matrix.csv, column BG: line 2 has 'maybe'; it must be true or false "
        "(also t/f, yes/no, 1/0), or nothing. Nothing was loaded."
    )


def test_lines_are_counted_as_an_editor_shows_them(tmp_path):
    rows = [MESSAGE | {"message": "one\ntwo\r\nthree"}, MESSAGE, MESSAGE | {"price": "x"}]
    text = csv_text(rows).replace("1,mayahill,good", "\r\n1,mayahill,good", 1)
    (tmp_path / "mass_messages.csv").write_bytes(text.encode())
    # header, three lines of the first row, a blank line, the second row
    assert "column price: line 7 has 'x';" in complaint(tmp_path)


def test_of_many_bad_cells_the_first_are_shown_and_all_are_counted(tmp_path):
    rows = [MESSAGE | {"price": "free"} for _ in range(13)]
    write_csv(tmp_path, "mass_messages", MESSAGE, *rows)
    assert complaint(tmp_path) == (
        "mass_messages.csv, column price: line 3 has 'free', line 4 has 'free' and line 5 has "
        "'free' (and 10 more); it must be a finite number such as 12.5, or nothing. "
        "Nothing was loaded."
    )


def test_a_long_or_many_lined_value_is_shown_short_and_on_one_line(tmp_path):
    write_csv(tmp_path, "mass_messages", MESSAGE | {"price": "a\nb" + "c" * 200})
    text = complaint(tmp_path)
    assert "\n" not in text
    assert r"'a\nb" + "c" * 36 + "…'" in text


def test_parquet_places_are_rows(tmp_path):
    columns = {name: pa.array([cell] * 3) for name, cell in MESSAGE.items()}
    columns["sent_count"] = pa.array([1.0, 2.5, float("inf")])
    columns["row_id"] = pa.array([1.0, 2.0, 2.0**60])
    columns["viewed_count"] = pa.array([1, 2, 2**64 - 1], pa.uint64())
    columns["earnings"] = pa.array([1.0, float("-inf"), 2.0])
    columns["price"] = pa.array([True, False, None])
    write_parquet(tmp_path, "mass_messages", columns)
    assert complaint(tmp_path).splitlines() == [
        "Nothing was loaded: correct these 5 problems and run `scheduler load` again.",
        "- mass_messages.parquet, column row_id: row 3 has '1.152921504606847e+18'; "
        "it must be an id in full, not one rounded like 1.2E+18.",
        "- mass_messages.parquet, column price: holds bool; "
        "it must be a finite number such as 12.5, or nothing.",
        "- mass_messages.parquet, column sent_count: row 2 has '2.5' and row 3 has 'inf'; "
        "it must be a whole number of at most 64 bits, or nothing.",
        "- mass_messages.parquet, column viewed_count: row 3 has '18446744073709551615'; "
        "it must be a whole number of at most 64 bits, or nothing.",
        "- mass_messages.parquet, column earnings: row 2 has '-inf'; "
        "it must be a finite number such as 12.5, or nothing.",
    ]


def test_rows_of_another_width_than_the_header(tmp_path):
    text = "page_name,timezone\na,b,c\nd,e\nf\n"
    (tmp_path / "active_creators.csv").write_text(text)
    assert complaint(tmp_path) == (
        "active_creators.csv: the header has 2 columns, but line 2 has 3 and line 4 has 1: "
        "give each row one value per column. Nothing was loaded."
    )


@pytest.mark.parametrize("row", ['a,"b', 'a,"b\nc,d', 'a,"b" c', 'a,"b\nc,"d"'])
def test_a_quote_that_is_not_closed_or_not_doubled_swallows_no_row(tmp_path, row):
    (tmp_path / "active_creators.csv").write_text(f"page_name,timezone\nok,ok\n{row}\nz,z\n")
    assert complaint(tmp_path) == (
        "active_creators.csv has a quote that is not closed or not doubled in the row that begins "
        "on line 3: write quotes inside a text twice. Nothing was loaded."
    )


def test_a_quote_inside_an_unquoted_text_is_text(tmp_path):
    (tmp_path / "active_creators.csv").write_text('page_name,timezone\na 5" b,c\n')
    (file,) = read_directory(tmp_path)
    assert file.rows["page_name"].to_pylist() == ['a 5" b']


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty: it needs a header and rows"),
        (b"\n\n", "is empty: it needs a header and rows"),
        (b"\xd0\xcf\x11\xe0...", "is an old Excel workbook (.xls): save it as .xlsx or CSV UTF-8"),
        (b"<!DOCTYPE html>", "is a web page, perhaps of a login: export the file again"),
        (b'[{"page_name": 1}]', "is JSON: export it as CSV UTF-8"),
        (b"\x1f\x8b\x08\x00", "is a gzip file that is cut off: export it again"),
        (b"PK\x03\x04...", "is a spreadsheet or an archive: save it as CSV UTF-8"),
        (b"PAR1...", "is a Parquet file: name it .parquet"),
        (
            b"page_name,is_active\n",
            "has no rows below its header: leave it out to keep active_creators as it is",
        ),
    ],
)
def test_content_that_is_no_csv_with_rows(tmp_path, content, reason):
    (tmp_path / "active_creators.csv").write_bytes(content)
    assert complaint(tmp_path) == f"active_creators.csv {reason}. Nothing was loaded."


def test_a_parquet_file_that_is_none(tmp_path):
    (tmp_path / "vault_matrix.parquet").write_text("page_name,BG\n")
    assert complaint(tmp_path) == (
        "vault_matrix.parquet is not a Parquet file: write it again. Nothing was loaded."
    )


def test_a_parquet_dataset_of_many_files(tmp_path):
    (tmp_path / "vault_matrix.parquet").mkdir()
    assert complaint(tmp_path) == (
        "vault_matrix.parquet is a directory: write it as one file. Nothing was loaded."
    )


def test_a_csv_file_that_can_not_be_opened(tmp_path):
    (tmp_path / "vault_matrix.csv").mkdir()
    assert complaint(tmp_path) == (
        f"vault_matrix.csv can't be read: {os.strerror(21)}. Nothing was loaded."
    )


def test_a_vault_without_content_types(tmp_path):
    write_csv(tmp_path, "vault_matrix", {"page_name": "mayahill"})
    assert complaint(tmp_path) == (
        "vault_matrix.csv has no content type: add one true/false column for each. "
        "Nothing was loaded."
    )


def test_two_spellings_of_one_content_type(tmp_path):
    write_csv(tmp_path, "vault_matrix", VAULT | {"b/g": "false"})
    assert complaint(tmp_path) == (
        "vault_matrix.csv has the same column 2 times, as 'BG' and 'b/g': keep one. "
        "Nothing was loaded."
    )


def test_a_content_type_that_no_category_could_match(tmp_path):
    write_csv(tmp_path, "vault_matrix", VAULT | {"***": "true"})
    assert complaint(tmp_path) == (
        "vault_matrix.csv, column '***': a content type's name needs a letter or digit. "
        "Nothing was loaded."
    )


def test_a_column_twice(tmp_path):
    (tmp_path / "active_creators.csv").write_text("page_name,Timezone,timezone \na,b,c\n")
    assert complaint(tmp_path) == (
        "active_creators.csv has the same column 2 times, as 'timezone' and 'timezone': keep one. "
        "Nothing was loaded."
    )


def test_values_below_no_name(tmp_path):
    write_csv(tmp_path, "active_creators", {"": "0"} | CREATOR)
    assert complaint(tmp_path) == (
        "active_creators.csv, column 1: name it in the header or delete it. Nothing was loaded."
    )


def test_every_problem_of_every_file_is_told_at_once(tmp_path):
    write_all(tmp_path)
    write_csv(tmp_path, "mass_messages", MESSAGE | {"price": "x", "sent_count": "y"})
    write_csv(tmp_path, "caption_bank", without(CAPTION, "caption_text"))
    write_csv(tmp_path, "vault_matrix", VAULT | {"Solo": "z"})
    assert complaint(tmp_path).splitlines() == [
        "Nothing was loaded: correct these 4 problems and run `scheduler load` again.",
        "- mass_messages.csv, column price: line 2 has 'x'; "
        "it must be a finite number such as 12.5, or nothing.",
        "- mass_messages.csv, column sent_count: line 2 has 'y'; "
        "it must be a whole number of at most 64 bits, or nothing.",
        "- caption_bank.csv has no column caption_text: add it.",
        "- vault_matrix.csv, column Solo: line 2 has 'z'; "
        "it must be true or false (also t/f, yes/no, 1/0), or nothing.",
    ]


def test_a_file_that_is_wrong_all_over_does_not_fill_the_screen(tmp_path):
    vault = {"page_name": "mayahill"} | {f"type {i}": "?" for i in range(49)}
    write_csv(tmp_path, "vault_matrix", vault)
    lines = complaint(tmp_path).splitlines()
    assert lines[0].startswith("Nothing was loaded: correct these 49 problems")
    assert lines[-1] == "- and 29 more."
    assert len(lines) == 22


def test_a_problem_can_be_asked_for_its_file_and_column(tmp_path):
    write_csv(tmp_path, "mass_messages", MESSAGE | {"price": "x"})
    with pytest.raises(SchedulerError) as caught:
        read_directory(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("mass_messages.csv", "price")
