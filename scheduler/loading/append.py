"""Adding the files of a load to the raw tables: all of them or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from scheduler.loading.contract import LOADED_AT, RAW_SCHEMA, RAW_TABLES, Kind
from scheduler.loading.mapping import TableMap
from scheduler.loading.message_changes import MessageChanges
from scheduler.loading.messages import Messages
from scheduler.loading.problems import LoadError, Problem
from scheduler.loading.raw_tables import Incoming, RawTables
from scheduler.loading.read import RawFile, read_files
from scheduler.loading.report import LoadReport, TableReport
from scheduler.loading.suspicions import empty_columns


class _Undone(Exception):
    """Ends a transaction whose report is all that was wanted."""

    def __init__(self, tables: tuple[TableReport, ...]) -> None:
        self.tables = tables
        super().__init__()


def load_directory(
    raw: RawTables,
    directory: Path,
    now: datetime | None = None,
    *,
    maps: Mapping[str, TableMap] | None = None,
    ignore_row_ids: bool = False,
    check: bool = False,
) -> LoadReport:
    """Load the raw files of `directory`: everything in them, or nothing when anything is wrong.

    Args:
        raw: the raw tables of an open warehouse, outside a transaction.
        directory: holds files named after `mass_messages`, `caption_bank`, `vault_matrix`,
            `active_creators`, one at least: CSV, Parquet, Excel, packed or not.
        now: UTC without zone, by default the wall clock; it orders loads and says which times have
            not come, and enters nothing else.
        maps: by raw table, how its file names columns.
        ignore_row_ids: leave ids of messages out, which start anew in each file.
        check: report what a load would do, and write nothing.

    Raises:
        LoadError: with every problem of every file.
    """
    moment = now or datetime.now(UTC).replace(tzinfo=None)
    found = read_files(directory, maps, ignore_row_ids=ignore_row_ids, now=moment)
    report = append(raw, found.files, moment, check=check)
    return replace(report, unread=found.unread)


def append(
    raw: RawTables, files: Sequence[RawFile], now: datetime, *, check: bool = False
) -> LoadReport:
    """Add to the raw tables what they don't have yet, in one transaction.

    Messages accumulate: a row that says no more than the current version of its message is not
    added again; repeats inside one file stay repeats. Each other table is a snapshot: nothing is
    written when it equals the current one, else all its rows are.

    Args:
        raw: the raw tables of an open warehouse, outside a transaction.
        files: at most one for each raw table.
        now: UTC without zone; `_loaded_at` is this, or just after the latest load if that is later.
        check: take everything back; on BigQuery, which changes no table inside a transaction,
            tables and columns that a load needs stay, empty.

    Raises:
        LoadError: messages would be lost or count twice, or DuckDB can't take a value or refuses
            to write.
        SchedulerError: BigQuery does.
    """
    try:
        with raw.staged({file.table.name: file.rows for file in files}), raw.transaction():
            last = raw.last_loaded_at()
            loaded_at = now if last is None else max(now, last + timedelta(microseconds=1))
            # tables and columns first: BigQuery changes none once rows were added
            prepared = [(file, _prepare(raw, file)) for file in files]
            tables = tuple(_append_file(raw, *each, loaded_at) for each in prepared)
            if check:
                raise _Undone(tables)
    except _Undone as undone:
        tables = undone.tables
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        text = f"The warehouse refused the load ({reason}): mend that and load again"
        raise LoadError([Problem("", None, text)]) from error
    absent = {table.name for table in RAW_TABLES} - {table.table for table in tables}
    return LoadReport(
        loaded_at=loaded_at if any(table.rows_added for table in tables) and not check else None,
        tables=tables,
        absent=tuple(table.name for table in RAW_TABLES if table.name in absent),
        is_check=check,
    )


def _append_file(
    raw: RawTables, file: RawFile, incoming: Incoming, loaded_at: datetime
) -> TableReport:
    _check_fits(raw, file, incoming)
    added, notes = 0, tuple[str, ...]()
    changes: MessageChanges | None = None
    if not file.table.is_snapshot:
        messages = Messages(raw, incoming)
        added = raw.insert(incoming, loaded_at, messages.fresh_rows())
        changes = messages.changes(loaded_at)
        notes = (*_emptied(raw, file, incoming, loaded_at), *messages.rejected_months(loaded_at))
        if problems := list(changes.problems(file.file_name)):
            raise LoadError(problems)
    elif not raw.equals_current(incoming):
        added = raw.insert(incoming, loaded_at)
    read = int(file.rows.num_rows)
    return TableReport(
        table=file.table.name,
        file_name=file.file_name,
        rows_read=read,
        rows_added=added,
        rows_known=read - added,
        invalid_utf8_cells=file.invalid_utf8_cells,
        notes=(*file.notes, *notes, *(changes.notes() if changes else ())),
    )


def _emptied(
    raw: RawTables, file: RawFile, incoming: Incoming, loaded_at: datetime
) -> Iterator[str]:
    """Columns that had values in earlier loads and have none in this file."""
    for name in empty_columns(file.table, file.rows):
        column = next(c for c, source in incoming.sources.items() if source == name)
        if raw.had_values(incoming, column, loaded_at):
            yield f"WARNING column {name} had values in earlier loads and has none in this file"


def _prepare(raw: RawTables, file: RawFile) -> Incoming:
    """The raw table with every column the contract and the file ask for, matched with the file's.

    A column the table has already keeps its name and type there, however the file spells it.
    """
    table = file.table
    if raw.is_view(table.name):
        text = f"{RAW_SCHEMA}.{table.name} is a view, which can't be written: make it a table"
        raise LoadError([Problem(file.file_name, None, text)])
    kinds = {column.name: column.kind for column in table.columns}
    kinds |= {name: table.kind_of(name) for name in file.rows.column_names}
    present = raw.column_types(table.name)
    if not present:
        raw.create(table.name, kinds | {LOADED_AT: Kind.TIMESTAMP})
        present = raw.column_types(table.name)
    missing: dict[str, Kind] = {}
    if LOADED_AT not in map(str.lower, present):
        missing[LOADED_AT] = Kind.TIMESTAMP
    # of two columns that are one to us, the first by name, so that the match has one outcome
    by_identity = {
        table.identity(name): name
        for name in sorted(present, reverse=True)
        if name.lower() != LOADED_AT
    }
    for name, kind in kinds.items():
        if table.identity(name) not in by_identity:
            missing[name] = kind
            by_identity[table.identity(name)] = name
    if missing:
        raw.add_columns(table.name, missing)
    sources = {
        name if name in present else by_identity[table.identity(name)]: name
        for name in file.rows.column_names
    }
    return Incoming(table.name, raw.column_types(table.name), sources, kinds)


def _check_fits(raw: RawTables, file: RawFile, incoming: Incoming) -> None:
    misfit = raw.first_misfit(incoming)
    if misfit is None:
        return
    column, value = misfit
    text = (
        f"{file.file_name}, column {incoming.sources[column]}: {RAW_SCHEMA}.{incoming.table} has"
        f" it as {incoming.types[column]}, which can't hold {value!r}: change that column's type"
    )
    raise LoadError([Problem(file.file_name, incoming.sources[column], text)])
