"""The log: one line of JSON per event, in one file that rotates and never stops the work."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler import log


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("EROS_LOG_DIR", str(tmp_path / "logs"))
    log.start("run")
    yield tmp_path / "logs"
    log.stop()


def lines(folder: Path) -> list[dict[str, Any]]:
    text = (folder / log.FILE_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_an_event_is_one_line_with_its_time_its_command_and_what_is_bound(folder: Path) -> None:
    with log.bound(run_id="r1"):
        log.event("query", rows=3)
    log.event("query", rows=4)
    inside, outside = lines(folder)
    assert inside["at"].endswith("+00:00")
    assert {name: inside[name] for name in ("kind", "level", "command", "run_id", "rows")} == {
        "kind": "query", "level": "info", "command": "run", "run_id": "r1", "rows": 3,
    }  # fmt: skip
    assert "run_id" not in outside


def test_a_timed_block_is_logged_also_when_it_breaks(folder: Path) -> None:
    with log.timed("build", arguments=["build"]) as told:
        told["rows"] = 1
    with pytest.raises(ValueError, match="boom"), log.timed("build"):
        raise ValueError("boom")
    done, broken = lines(folder)
    assert done["rows"] == 1
    assert done["seconds"] >= 0
    assert "failed" not in done
    assert broken["failed"] == "ValueError"


def test_a_figure_that_is_none_is_null_and_the_line_stays_json(folder: Path) -> None:
    log.event("training", skill=float("nan"))
    assert "NaN" not in (folder / log.FILE_NAME).read_text()
    assert lines(folder)[0]["skill"] is None


def test_the_file_rotates_and_old_ones_are_dropped(folder: Path) -> None:
    for _ in range(40):
        log.event("query", sql="x" * 1_000_000)
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == [log.FILE_NAME, *(f"{log.FILE_NAME}.{n}" for n in range(1, 6))]


def test_a_folder_that_cannot_be_written_stops_nothing_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("EROS_LOG_DIR", str(tmp_path / "taken"))
    log.start("run")
    log.event("query", rows=1)
    log.event("query", rows=2)
    assert log.place() is None
    assert "--debug" in log.pointer()
    assert capfd.readouterr() == ("", "")
    log.stop()


def test_debug_shows_tracebacks_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.start("run", show_tracebacks=True)
    log.event("query", rows=1)
    try:
        raise ValueError("boom")
    except ValueError as error:
        log.failure("page_failure", log.traceback_of(error), page="luna")
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert shown.rstrip().endswith("ValueError: boom")


def test_a_message_loses_the_texts_and_amounts_that_it_quotes() -> None:
    told = log.without_data("Caption 'a long text of somebody, who wrote it' at $24.50 of 'luna'.")
    assert told == "Caption ... at ... of 'luna'."


def test_no_line_reaches_a_handler_of_the_root(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = logging.StreamHandler()
    logging.getLogger().addHandler(handler)
    try:
        log.event("query", rows=1)
    finally:
        logging.getLogger().removeHandler(handler)
    assert capsys.readouterr().err == ""
    assert len(lines(folder)) == 1


def test_without_a_start_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.stop()
    monkeypatch.chdir(tmp_path)
    log.event("query", level=logging.ERROR)
    assert list(tmp_path.iterdir()) == []
