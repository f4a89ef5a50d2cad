"""What the vault held is on record, whatever it says today."""

from datetime import timedelta
from pathlib import Path

import duckdb

from scheduler.moments import format_time
from scheduler.warehouse import DbtProject
from tests.scheduler.conftest import AS_OF

LATER = AS_OF + timedelta(days=7)
JUST_AFTER = LATER + timedelta(microseconds=1)


def vault_of(database: Path, page: str) -> list[tuple[object, ...]]:
    """A page's history: content type, available, from, to."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            "select content_type, is_available, valid_from, valid_to from eros_marts.vault_history"
            " where page_name = $page order by content_type, valid_from",
            {"page": page},
        ).fetchall()


def change_and_build(database: Path, as_of: object, *changes: str) -> None:
    with duckdb.connect(str(database)) as connection:
        for sql in changes:
            connection.execute(sql)
    models = ["int_vault", "vault_snapshot", "vault_history"]
    kinds = ["--resource-type", "model", "--resource-type", "snapshot"]
    variables = {"as_of": format_time(as_of)}  # type: ignore[arg-type]
    DbtProject.find().run(["build", "--select", *models, *kinds], variables, database, print)


def test_a_cell_that_flips_and_a_page_that_vanishes_stay_on_record(agency: Path) -> None:
    with duckdb.connect(str(agency)) as connection:
        gone, flipped, *_ = [
            name
            for (name,) in connection.execute(
                "select distinct page_name from eros_marts.vault_history order by 1"
            ).fetchall()
        ]
    before = {page: vault_of(agency, page) for page in (gone, flipped)}
    assert {row[2:] for rows in before.values() for row in rows} == {(AS_OF, None)}
    content = next(row[0] for row in before[flipped] if row[1])
    where = "where page_name ilike"
    cell = f"update eros_raw.vault_matrix set \"{content}\" = {{}} {where} '{flipped}'"  # noqa: S608
    vanish = f"delete from eros_raw.vault_matrix {where} '{gone}'"  # noqa: S608
    change_and_build(agency, LATER, cell.format("false"), vanish)
    # a build of the past adds to the history too, and does not rewrite it
    change_and_build(agency, AS_OF, cell.format("true"))
    assert [row[2:] for row in vault_of(agency, gone)] == [(AS_OF, LATER)] * len(before[gone])
    after = vault_of(agency, flipped)
    assert [row[1:] for row in after if row[0] == content] == [
        (True, AS_OF, LATER),
        (False, LATER, JUST_AFTER),
        (True, JUST_AFTER, None),
    ]
    untouched = [row for row in before[flipped] if row[0] != content]
    assert [row for row in after if row[0] != content] == untouched
