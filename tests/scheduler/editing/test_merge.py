"""A sheet's edits and a newer plan: the week that is meant, or the edits that conflict, named."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings

from scheduler.editing.sheet_merge import merged_week
from scheduler.sheet import read_sheet, understand
from tests.scheduler.editing.scripts import (
    BANK,
    MONDAY,
    PAGE,
    ZONE,
    Script,
    cells_of,
    moment,
    outcome,
    scripts,
    sheet_text,
    versions,
    where_of,
)


class Tables:
    """What `understand` asks a warehouse for, of one page, its versions and the bank."""

    def __init__(self, script: Script) -> None:
        self.published = [vars(row) for version in versions(script) for row in version]
        self.drafts: list[dict[str, Any]] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def append(self, _: str, rows: pa.Table) -> None:
        self.drafts = rows.to_pylist()

    def query(self, sql: str, _: Mapping[str, Any] | None = None) -> pa.Table:
        if ".creators" in sql:
            row = {"page_name": PAGE, "timezone": ZONE, "confidence_score": 0.8}
            return pa.Table.from_pylist([row])
        if ".schedule_captions" in sql:
            return pa.Table.from_pylist([*self._named()])
        return pa.Table.from_pylist(self.published)

    def _named(self) -> Iterator[dict[str, Any]]:
        for draft in self.drafts:
            for caption, text in BANK.items():
                found = (draft["caption_id"] == caption, draft["caption_text"] == text)
                if any(found):
                    yield {
                        "message_id": draft["message_id"], "bank_caption_id": caption,
                        "bank_caption_text": text, "is_of_id": found[0], "is_of_text": found[1],
                    }  # fmt: skip


def holds(script: Script, path: Path) -> None:
    """The sheet of a script, read and merged as `import` does, comes to what is meant."""
    assume(any(script.sheet.kept))  # without a row of the plan there is no version to compare with
    path.write_text(sheet_text(script), encoding="utf-8", newline="")
    sheet = read_sheet(path, {"before": MONDAY, "stands": MONDAY})
    understood = understand(Tables(script), sheet)  # type: ignore[arg-type]
    assert not understood.problems
    stands = versions(script)[1]
    merged = merged_week(understood, (PAGE, MONDAY), stands, moment(script.as_of))
    wheres = {f"caption {row.caption_id.value}": f"{row.where}:" for row in sheet.rows}
    meant = outcome(script)
    told = [str(conflict) for conflict in merged.conflicts]
    where = where_of(script, wheres)
    for subject in meant.conflicts:
        assert any(line.startswith(where(subject)) for line in told), (subject, told)
    for line in told:
        assert any(line.startswith(where(subject)) for subject in meant.conflicts), line
    if not told:
        assert cells_of([*merged.messages, *merged.added]) == meant.cells
        assert bool(merged.changes) == (meant.cells != cells_of(stands))


@given(script=scripts())
@settings(max_examples=150)
def test_a_sheet_comes_to_what_is_meant_or_names_its_conflicts(
    script: Script, tmp_path_factory: pytest.TempPathFactory
) -> None:
    holds(script, tmp_path_factory.getbasetemp() / "edited.csv")


@pytest.mark.full
@given(script=scripts())
@settings(max_examples=1_000)
def test_a_thousand_sheets_come_to_what_is_meant_or_name_their_conflicts(
    script: Script, tmp_path_factory: pytest.TempPathFactory
) -> None:
    holds(script, tmp_path_factory.getbasetemp() / "edited_in_full.csv")
