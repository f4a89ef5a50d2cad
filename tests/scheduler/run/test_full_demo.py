"""The demo at its full size, as `make schedule` makes it."""

from pathlib import Path

import duckdb
import pytest

from scheduler.cli.demo import DemoSize, load_demo
from scheduler.marts.run_result import PUBLISHED
from scheduler.progress import Silent
from tests.scheduler.run.conftest import AS_OF, Run


@pytest.mark.full
def test_at_least_36_of_38_pages_are_published_and_the_rest_have_a_reason(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "full.duckdb"
    monkeypatch.setenv("EROS_DUCKDB_PATH", str(database))
    load_demo(DemoSize(38, 52_000, 36_000, 7), AS_OF, tmp_path / "demo", Silent())
    result = run()
    published = result.with_status(PUBLISHED)
    assert len(result.pages) == 38
    assert len(published) >= 36
    assert all(page.reason for page in result.pages.values() if page.status != PUBLISHED)
    with duckdb.connect(str(database)) as connection:
        broken = connection.execute(
            "select rule, count(*) from eros_marts.schedule_violations"
            " where tier = 1 or rule in ('message_spacing', 'explicit_share') group by rule"
        ).fetchall()
        shared = connection.execute(
            "select caption_key from eros_marts.schedules where status = 'active'"
            " group by caption_key having count(*) > 1"
        ).fetchall()
    assert broken == []
    assert shared == []
    assert max(page.of_week("gap") for page in published) <= 0.02
