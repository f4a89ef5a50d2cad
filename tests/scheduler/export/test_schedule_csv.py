"""A CSV that a spreadsheet shows as text, and that reads back as it was."""

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.api import format_schedule_csv
from scheduler.errors import SchedulerError
from scheduler.export.schedule_csv import schedule_csv
from scheduler.output_files import page_file_name, write_whole
from scheduler.sheet_text import plain_text, safe_text

RUNS = ("=", "+", "-", "@", "\t", "\r")
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def message(**values: Any) -> dict[str, Any]:
    return {
        "local_at": datetime(2026, 3, 23, 19),
        "send_at": datetime(2026, 3, 24, 2),
        "caption_text": "hello",
        "price": 12.0,
        "expected_revenue": 100.126,
        "confidence": 0.8,
        "content_category": "Solo",
        "strategy_note": "why",
        "timezone": "America/Los_Angeles",
        "page_name": "lunavale",
        "caption_id": -42,
        "revenue_low": 0.0,
        "revenue_high": 250.0,
        "schedule_id": "abc",
        "message_id": "def",
        "is_locked": False,
        "approval": None,
    } | values


@given(text)
def test_no_text_can_run_as_a_formula_and_each_reads_back_whole(caption: str) -> None:
    assert not safe_text(caption).lstrip(" \u00a0\u200b\ufeff").startswith(RUNS)
    assert plain_text(safe_text(caption)) == caption


@given(st.lists(text, min_size=1, max_size=5))
def test_captions_survive_the_file_whole(captions: list[str]) -> None:
    content = schedule_csv([message(caption_text=caption) for caption in captions])
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [plain_text(row["Caption"]) for row in rows] == captions


@pytest.mark.parametrize("caption", ["=1+1", "+1", "-1", "@sum", " =1", "\t=1", "\uff1d1", "'=1"])
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(caption: str) -> None:
    assert safe_text(caption) == f"'{caption}"


def test_a_row_has_local_time_money_in_cents_and_the_caption_s_own_number() -> None:
    row = next(csv.DictReader(io.StringIO(schedule_csv([message()]))))
    assert (row["Day"], row["Date"], row["Hour"], row["Time"]) == (
        "Monday", "2026-03-23", "19", "19:00",
    )  # fmt: skip
    assert (row["Price"], row["Expected_Revenue"], row["Caption_ID"]) == ("12.00", "100.13", "-42")
    assert row["Locked"] == "FALSE"


@pytest.mark.parametrize("page", ["../up", "a/b", "Ünï", "", ".hidden", "a b"])
def test_a_page_name_never_leaves_its_folder_nor_meets_another(page: str) -> None:
    name = page_file_name(page, "_schedule.csv")
    assert Path(name).name == name
    assert not name.startswith(".")
    assert name != page_file_name(page + "_", "_schedule.csv")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "x.csv", "one")
    write_whole(path, "two")
    assert path.read_text() == "two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.csv"]


def test_the_api_writes_one_page_in_time_order(tmp_path: Path) -> None:
    late = message(send_at=datetime(2026, 3, 25, 2), message_id="late")
    other = message(page_name="other")
    path = format_schedule_csv(
        {"messages": [late, other, message()]}, " LunaVale ", tmp_path / "s.csv"
    )
    with Path(path).open(newline="", encoding="utf-8") as handle:
        assert [row["Message_ID"] for row in csv.DictReader(handle)] == ["def", "late"]
    with pytest.raises(SchedulerError, match="holds no message of 'nobody'"):
        format_schedule_csv([message()], "nobody", tmp_path / "s.csv")
