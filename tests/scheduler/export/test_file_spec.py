"""A file's exposure is its definition: what the exposure says is what is written."""

from pathlib import Path

import pytest

from scheduler.errors import SchedulerError
from scheduler.export.file_spec import read_spec
from scheduler.export.schedule_csv import EXPOSURE, schedule_csv, table_csv
from scheduler.export.summary_csv import summary_row
from scheduler.export.week_files import SUMMARY
from scheduler.marts.run_result import BLOCKED, AgencyInterval, PageResult
from scheduler.sheet.sheet_table import REQUIRED
from tests.scheduler.export.test_schedule_csv import message

SCHEDULE_HEADER = (
    "Day,Date,Hour,Caption,Price,Expected_Revenue,Confidence,Content_Category,Strategy_Note,"
    "Time,Timezone,Page_Name,Caption_ID,Revenue_Low,Revenue_High,Schedule_ID,Message_ID,Locked"
)
SUMMARY_HEADER = (
    "Page_Name,Status,Reason,Messages,Expected_Revenue,Revenue_Low,Revenue_High,Gap,EROS_Score,"
    "Confidence"
)
OTHER_FILE = """
exposures:
  - name: schedule_sheet
    config:
      meta:
        file_name: "{page}_week.csv"
        columns:
          - {header: Text, source: caption_text, format: text}
          - {header: At, source: local_at, format: clock}
"""


def project(folder: Path, exposures: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout with these exposures, which the environment names."""
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text("name: other\n", encoding="utf-8")
    (folder / "models" / "exposures.yml").write_text(exposures, encoding="utf-8")
    monkeypatch.setenv("EROS_PROJECT_DIR", str(folder))


def summary(agency: AgencyInterval | None = None) -> list[str]:
    blocked = PageResult("lunavale", BLOCKED, reason="No vault row, so nothing to send.")
    return table_csv(read_spec(SUMMARY), [summary_row(blocked, agency)]).splitlines()


def test_the_headers_are_the_contract() -> None:
    assert schedule_csv([]).splitlines() == [SCHEDULE_HEADER]
    assert summary()[0].startswith(SUMMARY_HEADER)
    assert set(REQUIRED) <= set(SCHEDULE_HEADER.split(",")), "what `validate` reads back"


def test_a_page_without_a_week_has_empty_figures_and_its_reason_in_the_summary() -> None:
    assert summary()[1:] == [
        'lunavale,blocked,"No vault row, so nothing to send.",0,,,,,,,,0,0,,,,,,,,,,'
    ]


def test_each_row_of_the_summary_has_the_interval_of_all_pages_together() -> None:
    header, row = (line.split(",") for line in summary(AgencyInterval(10.0, 4.0, 20.5)))
    assert header[-4:-1] == ["Agency_Expected_Revenue", "Agency_Revenue_Low", "Agency_Revenue_High"]
    assert row[-4:-1] == ["10.00", "4.00", "20.50"]


def test_another_exposure_makes_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, OTHER_FILE, monkeypatch)
    rows = [message(), message(caption_text=None)]
    assert schedule_csv(rows).splitlines() == ["Text,At", "hello,19:00", ",19:00"]
    assert read_spec(EXPOSURE).path(tmp_path, "lunavale").name == "lunavale_week.csv"


@pytest.mark.parametrize(
    ("exposures", "said"),
    [
        (OTHER_FILE.replace("clock", "watch"), "unknown format watch"),
        ("exposures: []", "what schedule_sheet looks like .it is not there"),
        ("exposures: {", "^.*exposures.yml.*Restore the file.$"),
        (OTHER_FILE.replace("header: At", "title: At"), "title"),
        (OTHER_FILE.replace("file_name", "name"), "file_name"),
    ],
)
def test_an_exposure_that_describes_no_file_is_named(
    exposures: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, exposures, monkeypatch)
    with pytest.raises(SchedulerError, match=said):
        read_spec(EXPOSURE)
