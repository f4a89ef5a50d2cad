"""Random mixtures of what spoils real exports, from the files to the week that comes back."""

import csv
import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scheduler.loading import LoadError, load_directory
from scheduler.loading.embedded import DuckDBRawTables
from scheduler.marts.run_result import PUBLISHED, PageResult
from tests.scheduler.loading.test_messages import current
from tests.scheduler.run.conftest import AS_OF, Run
from tests.scheduler.run.test_command_line import scheduler

Row = dict[str, str]
WEEKS_BEYOND = 5
IDENTITY = "concat_ws('|', page_name, sent_at, plain_text_key)"


@dataclass(frozen=True)
class Mixture:
    """What happened to an export on its way.

    Attributes:
        ids: `same`, `none`, `rounded` by a spreadsheet, or `anew` in each export.
        times: their format; empty as the platform writes them.
        decimals: `point`, `dollars` with a sign, or `comma`.
        holes: column that is empty, and in which rows: every so many.
        slips: rows whose purchases are the views of another message: every so many.
        zone: what `active_creators` says of every page.
        separator, encoding, is_packed: of the bytes.
    """

    ids: str = "same"
    times: str = ""
    decimals: str = "point"
    holes: tuple[tuple[str, int], ...] = ()
    slips: int = 0
    zone: str = "America/New_York"
    separator: str = ","
    encoding: str = "utf-8"
    is_packed: bool = False

    def bytes_of(self, rows: list[Row]) -> bytes:
        """A table as this export writes it."""
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, list(rows[0]), delimiter=self.separator)
        writer.writeheader()
        writer.writerows(rows)
        data = buffer.getvalue().encode(self.encoding, "replace")
        return gzip.compress(data) if self.is_packed else data

    def message(self, row: Mapping[str, str], number: int) -> Row:
        """A message as this export has it."""
        told = dict(row) | {name: "" for name, every in self.holes if number % every == 0}
        if self.slips and number % self.slips == 0:
            told["purchased_count"] = str(int(float(row["sent_count"] or 0)) // 3)
        identity = row["row_id"]
        ids = {"none": "", "rounded": identity[:15] + "0" * len(identity[15:]), "anew": str(number)}
        told["row_id"] = ids.get(self.ids, identity)
        for name in ("price", "earnings"):
            told[name] = self._money(told[name])
        if self.times and told["sending_time"]:
            told["sending_time"] = datetime.fromisoformat(told["sending_time"]).strftime(self.times)
        return told

    def _money(self, cell: str) -> str:
        if not cell or self.decimals == "point":
            return cell
        text = f"{float(cell):.2f}"
        return text.replace(".", ",") if self.decimals == "comma" else f"${text}"


SPREADSHEET = Mixture(
    ids="anew", times="%m/%d/%Y %H:%M:%S", decimals="comma", holes=(("viewed_count", 1),),
    slips=90, zone="Eastern Time", separator=";", encoding="utf-16",
)  # fmt: skip

mixtures = st.builds(
    Mixture,
    ids=st.sampled_from(["same", "none", "rounded", "anew"]),
    times=st.sampled_from(["", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S"]),
    decimals=st.sampled_from(["point", "dollars", "comma"]),
    holes=st.lists(
        st.tuples(
            st.sampled_from(["viewed_count", "purchased_count", "earnings", "message_type"]),
            st.sampled_from([1, 3, 11]),
        ),
        max_size=2,
    ).map(tuple),
    slips=st.sampled_from([0, 40, 200]),
    zone=st.sampled_from(["Eastern Time", "Nowhere", "", "GMT+1"]),
    separator=st.sampled_from([";", "\t"]),
    encoding=st.sampled_from(["utf-8-sig", "utf-16"]),
    is_packed=st.booleans(),
)


def rows_of(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8", errors="replace") as handle:
        return list(csv.DictReader(handle))


def load(database: Path, demo: Path, folder: Path, mixture: Mixture) -> bool:
    """Load the demo's history again as an export has it; whether it was taken."""
    folder.mkdir(exist_ok=True)
    messages = [
        mixture.message(row, number)
        for number, row in enumerate(rows_of(demo / "mass_messages.csv"), 1)
    ]
    pages = [row | {"timezone": mixture.zone} for row in rows_of(demo / "active_creators.csv")]
    for name, rows in (("mass_messages", messages), ("active_creators", pages)):
        (folder / f"{name}.csv").write_bytes(mixture.bytes_of(rows))
    with duckdb.connect(str(database)) as connection:
        before = current(connection, IDENTITY)
        try:
            load_directory(DuckDBRawTables(connection), folder, AS_OF)
            taken = True
        except LoadError:
            taken = False
        assert current(connection, IDENTITY) == before, "a message is lost or doubled"
    return taken


def best_weeks(database: Path) -> dict[str, float]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select page_name, best_week_earnings from eros_marts.page_evidence"
        ).fetchall()
    return dict(rows)


def is_beyond(page: PageResult, best: Mapping[str, float]) -> bool:
    expected = page.of_week("expected_revenue")
    known = best.get(page.page_name)
    return known is not None and expected is not None and expected > WEEKS_BEYOND * known


def lives_through(mixture: Mixture, database: Path, demo: Path, folder: Path, run: Run) -> bool:
    """Whether files of this mixture were taken, planned, and read again as a sheet."""
    if not load(database, demo, folder / "spoilt", mixture):
        return False
    result = run(overrides={"enable_parallel_processing": False})
    assert not result.any_failed
    best = best_weeks(database)
    for page in result.with_status(PUBLISHED):
        rules = {doubt.rule for doubt in page.doubts}
        assert not is_beyond(page, best) or "revenue_evidence" in rules
        sheet = folder / "out" / f"{page.page_name}_schedule.csv"
        again = folder / sheet.name
        again.write_bytes(Mixture(separator=";", encoding="utf-16").bytes_of(rows_of(sheet)))
        ended = scheduler("validate", again)
        assert "Traceback" not in ended.stderr
        assert ended.returncode == 0, ended.stdout + ended.stderr
    return True


def test_a_spreadsheet_s_history_without_views_is_planned_as_the_platform_s_own(
    built: Path, agency: Path, run: Run, tmp_path: Path
) -> None:
    assert lives_through(SPREADSHEET, agency, built / "demo", tmp_path, run)
    with duckdb.connect(str(agency), read_only=True) as connection:
        rows = connection.execute(
            "select page_name, sum(expected_revenue) from eros_marts.schedules"
            " where status = 'active' group by page_name"
        ).fetchall()
    best = best_weeks(agency)
    assert rows
    for page, expected in rows:
        assert expected < WEEKS_BEYOND * best[page]


@pytest.mark.full
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(mixtures)
def test_no_mixture_loses_a_message_or_publishes_nonsense_without_a_word(
    built: Path, agency: Path, run: Run, tmp_path: Path, mixture: Mixture
) -> None:
    lives_through(mixture, agency, built / "demo", tmp_path, run)
