"""What a run makes of pages that can't be planned, and of data that change under a plan."""

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from scheduler.loading import load_directory
from scheduler.loading.embedded import DuckDBRawTables
from scheduler.marts.build import raw_fingerprint
from scheduler.marts.run_result import BLOCKED, PUBLISHED
from scheduler.warehouse import connect
from tests.scheduler.run.conftest import Run, files

Row = dict[str, str]
Change = Callable[[list[Row]], list[Row]]
Load = Callable[..., None]


@pytest.fixture
def load_changed(built: Path, agency: Path, tmp_path: Path) -> Load:
    """Load newer files: the demo's own, changed table by table."""

    def load(**changes: Change) -> None:
        folder = tmp_path / "newer"
        folder.mkdir(exist_ok=True)
        for table, change in changes.items():
            source = built / "demo" / f"{table}.csv"
            with source.open(newline="", encoding="utf-8", errors="replace") as handle:
                rows = list(csv.DictReader(handle))
            changed = change(rows)
            with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(changed)
        with duckdb.connect(str(agency)) as connection:
            load_directory(DuckDBRawTables(connection), folder)

    return load


def page_of(row: Row) -> str:
    return row["page_name"].strip().lower()


def without(page: str) -> Change:
    return lambda rows: [row for row in rows if page_of(row) != page]


def setting(page: str, where: Callable[[int], bool], **values: str) -> Change:
    """Some rows of a page with other values."""

    def change(rows: list[Row]) -> list[Row]:
        number = 0
        for row in rows:
            if page_of(row) == page:
                number += 1
                row.update(values if where(number) else {})
        return rows

    return change


def pages_of(database: Path) -> list[str]:
    with duckdb.connect(str(database)) as connection:
        rows = connection.execute("select page_name from eros_marts.creators order by 1").fetchall()
    return [row[0] for row in rows]


def alerts_of(database: Path) -> list[tuple[str, str, str]]:
    with duckdb.connect(str(database)) as connection:
        return connection.execute(
            "select alert_type, page_name, detail from eros_operations.system_alerts"
        ).fetchall()


def open_alerts(database: Path, kind: str) -> dict[str, bool]:
    """Page -> whether the alert still holds, in the mart."""
    with duckdb.connect(str(database)) as connection:
        rows = connection.execute(
            "select page_name, is_open from eros_marts.alerts where alert_type = $kind",
            {"kind": kind},
        ).fetchall()
    return dict(rows)


def test_pages_that_cannot_be_planned_are_blocked_with_the_reason_and_the_rest_published(
    agency: Path, run: Run, load_changed: Load, tmp_path: Path
) -> None:
    no_vault, few, dirty, sound = pages_of(agency)
    few_messages = setting(few, lambda number: number > 30, sent_count="10", viewed_count="1")
    bad_fields = setting(dirty, lambda number: number % 4 != 0, viewed_count="9", sent_count="3")
    load_changed(
        vault_matrix=without(no_vault),
        mass_messages=lambda rows: bad_fields(few_messages(rows)),
    )
    result = run()
    assert {name: page.status for name, page in result.pages.items()} == {
        no_vault: BLOCKED, few: BLOCKED, dirty: BLOCKED, sound: PUBLISHED,
    }  # fmt: skip
    assert "No row in vault_matrix" in result.pages[no_vault].reason
    assert "usable messages in the window; 50 are needed" in result.pages[few].reason
    assert "Data quality" in result.pages[dirty].reason
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir() if path.is_file()} == {
        f"{sound}_analysis.txt", f"{sound}_report.html", f"{sound}_schedule.csv",
        f"{sound}_schedule.ics", "agency_report.html", "agency_schedule.csv",
        "agency_schedule.xlsx", "summary.csv",
    }  # fmt: skip
    blocked = [(kind, page) for kind, page, _ in alerts_of(agency)]
    assert sorted(blocked) == [("page_blocked", page) for page in sorted((no_vault, few, dirty))]


def test_an_empty_pool_says_which_filter_emptied_it_and_what_each_cut(
    agency: Path, run: Run, load_changed: Load
) -> None:
    def unknown_only(rows: list[Row]) -> list[Row]:
        return [row | {"content_category": "Mystery"} for row in rows]

    load_changed(caption_bank=unknown_only)
    result = run()
    for page in result.pages.values():
        assert page.status == BLOCKED
        assert "the filter category_known emptied the pool" in page.reason
        assert "validation_level -" in page.reason


def test_a_week_made_illegal_by_new_data_is_named_in_an_alert_and_replaced(
    agency: Path, run: Run, load_changed: Load
) -> None:
    flipped, vanished, *others = pages_of(agency)
    first = run()
    used = {message["content_type"] for message in first.pages[flipped].messages} - {None}
    taken_away = sorted(used)[0]
    load_changed(
        vault_matrix=lambda rows: setting(flipped, lambda _: True, **{taken_away: "false"})(
            without(vanished)(rows)
        )
    )
    second = run()
    assert str(first.pages[flipped].schedule_id) in " ".join(second.remarks)
    assert str(first.pages[vanished].schedule_id) in " ".join(second.notices)
    assert str(first.pages[flipped].schedule_id) not in " ".join(second.notices)
    illegal = {page for kind, page, _ in alerts_of(agency) if kind == "active_week_illegal"}
    assert illegal == {flipped, vanished}
    assert open_alerts(agency, "active_week_illegal") == {flipped: False, vanished: True}
    replaced = second.pages[flipped]
    assert replaced.status == PUBLISHED
    assert taken_away not in {message["content_type"] for message in replaced.messages}
    assert second.pages[vanished].status == BLOCKED
    assert all(second.pages[name].status == PUBLISHED for name in others)


def test_a_corrected_message_changes_the_plan_s_inputs(
    agency: Path, run: Run, load_changed: Load
) -> None:
    page, *_ = pages_of(agency)
    first = run()
    richer = setting(page, lambda number: number % 2 == 0, earnings="500")
    load_changed(mass_messages=richer)
    second = run()
    assert (
        second.pages[page].creator["avg_daily_revenue"]
        > (first.pages[page].creator["avg_daily_revenue"])
    )
    assert second.pages[page].schedule_id != first.pages[page].schedule_id


@pytest.mark.usefixtures("agency")
def test_rows_loaded_in_another_order_give_the_same_bytes(
    built: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forwards, backwards, folder = (tmp_path / name for name in ("forth", "back", "turned"))
    run(output_dir=forwards)
    folder.mkdir()
    for source in (built / "demo").glob("*.csv"):
        with source.open(newline="", encoding="utf-8", errors="replace") as handle:
            header, *rows = list(csv.reader(handle))
        with (folder / source.name).open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([header, *reversed(rows)])
    database = tmp_path / "turned.duckdb"
    with duckdb.connect(str(database)) as connection:
        load_directory(DuckDBRawTables(connection), folder)
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    run(output_dir=backwards)
    assert files(forwards) == files(backwards)


def test_a_vault_cell_changed_in_place_after_the_build_is_seen_before_anything_is_published(
    agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    flipped, *_ = pages_of(agency)
    first = run(dry_run=True)
    used = {message["content_type"] for message in first.pages[flipped].messages} - {None}
    taken_away = sorted(used)[0]
    # The build is over when the cell changes, and dbt is not asked again.
    monkeypatch.setattr("scheduler.marts.build._stale_because", lambda *_: None)
    with duckdb.connect(str(agency)) as connection:
        connection.execute(
            f'update eros_raw.vault_matrix set "{taken_away}" = false'  # noqa: S608 - of the fixture
            " where lower(trim(page_name)) = $page",
            {"page": flipped},
        )
    second = run()
    assert second.pages[flipped].status == BLOCKED
    assert "vault_availability" in second.pages[flipped].reason


@pytest.mark.usefixtures("agency")
def test_the_marts_are_not_of_a_vault_that_was_changed_in_place() -> None:
    with connect() as warehouse:
        before = raw_fingerprint(warehouse)
        warehouse.execute("update eros_raw.vault_matrix set page_name = page_name || ' '")
        assert raw_fingerprint(warehouse) != before
