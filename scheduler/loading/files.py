"""The rows of one file, before anything is known of their meaning."""

import gzip
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scheduler.loading.find import Source
from scheduler.loading.problems import UnreadableFileError
from scheduler.loading.text import csv_records, csv_text, header_separator
from scheduler.loading.workbook import workbook_records

# Rows turned into Arrow at a time: keeps the Python strings of a file from being alive all at once.
_ROWS_PER_CHUNK = 16_384
# An archive that unpacks to more than this is none of ours.
_UNPACKED_LIMIT = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class FileRows:
    """A file's columns.

    Attributes:
        names: the header as written, one per column.
        columns: each of shape (rows,), of the type the file has (text for CSV).
        place: 'line' or 'row', what `numbers` count.
        numbers: shape (rows,), where each row starts in the file, from 1.
        wrong_widths: (number, values found) of the rows with more or fewer values than the header.
        invalid_utf8: shape (columns,), cells of that column in which bytes became U+FFFD.
        separator: between the values of a line.
        notes: what was not as in a plain file.
    """

    names: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    place: str
    numbers: NDArray[np.int64]
    wrong_widths: tuple[tuple[int, int], ...]
    invalid_utf8: NDArray[np.int64]
    separator: str = ","
    notes: tuple[str, ...] = ()


def read_file(source: Source, known: frozenset[str]) -> FileRows:
    """Columns of a table, from a CSV file, a Parquet file or a workbook, packed or not.

    Args:
        source: where it is.
        known: the names of columns by which a separator is told.

    Raises:
        UnreadableFileError: the file isn't what its name says, or its rows can't be told apart.
    """
    name = source.file_name.lower()
    try:
        data = _bytes(source)
        if name.endswith(".gz"):
            data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
            name = name.removesuffix(".gz")
    except OSError as error:
        raise UnreadableFileError(f"can't be read: {error.strerror or error}") from error
    except (EOFError, RuntimeError, zipfile.BadZipFile) as error:
        raise UnreadableFileError(f"can't be unpacked ({error}): export it again") from error
    if name.endswith(".parquet"):
        return read_parquet(data)
    if name.endswith((".xlsx", ".xlsm")):
        return _rows(workbook_records(data, source.sheet), "row")
    return read_csv(data, known)


def _bytes(source: Source) -> bytes:
    if not source.member:
        if source.path.is_dir() and source.path.suffix.lower() == ".parquet":
            raise UnreadableFileError("is a directory: write it as one file")
        return source.path.read_bytes()
    with zipfile.ZipFile(source.path) as archive:
        if archive.getinfo(source.member).file_size > _UNPACKED_LIMIT:
            raise UnreadableFileError("is larger than 4 GB when unpacked: unpack and split it")
        return archive.read(source.member)


def read_parquet(data: bytes) -> FileRows:
    """Columns of a Parquet file."""
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise UnreadableFileError("is not a Parquet file: write it again") from error
    columns = tuple(_one_array(table.column(i)) for i in range(table.num_columns))
    numbers = np.arange(1, table.num_rows + 1, dtype=np.int64)
    invalid = np.zeros(len(columns), dtype=np.int64)
    return FileRows(tuple(table.schema.names), columns, "row", numbers, (), invalid)


def read_csv(data: bytes, known: frozenset[str]) -> FileRows:
    """Columns of a CSV file, all of text; line breaks inside quotes belong to the text."""
    text = csv_text(data)
    separator = header_separator(text, known)
    rows = _rows(csv_records(text, separator), "line")
    return replace(rows, separator=separator, notes=text.notes)


def _rows(records: Iterable[tuple[int, list[str]]], place: str) -> FileRows:
    """The header, and the records below it column by column."""
    rest = iter(records)
    _, names = next(rest, (0, []))
    if not names:
        raise UnreadableFileError("is empty: it needs a header and rows")
    chunks = _Chunks(len(names), place)
    for number, record in rest:
        chunks.add(number, record)
    return chunks.rows(tuple(_repaired(name) for name in names))


@dataclass(slots=True)
class _Chunks:
    """Records collected column by column."""

    width: int
    place: str
    pending: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    wrong_widths: list[tuple[int, int]] = field(default_factory=list)
    done: list[list[pa.Array]] = field(default_factory=list)
    invalid: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.invalid = np.zeros(self.width, dtype=np.int64)

    def add(self, number: int, record: list[str]) -> None:
        """One more record; one of another width than the header is only remembered."""
        if len(record) != self.width:
            self.wrong_widths.append((number, len(record)))
            return
        self.numbers.append(number)
        self.pending.append(record)
        if len(self.pending) == _ROWS_PER_CHUNK:
            self._flush()

    def _flush(self) -> None:
        columns = []
        for i, cells in enumerate(zip(*self.pending, strict=True)):
            try:
                columns.append(pa.array(cells, pa.large_string()))
            except UnicodeEncodeError:
                repaired = [_repaired(cell) for cell in cells]
                changed = (new is not old for new, old in zip(repaired, cells, strict=True))
                self.invalid[i] += sum(changed)
                columns.append(pa.array(repaired, pa.large_string()))
        self.done.append(columns)
        self.pending = []

    def rows(self, names: tuple[str, ...]) -> FileRows:
        """All that was added."""
        if self.pending:
            self._flush()
        columns = tuple(
            _one_array(pa.chunked_array([chunk[i] for chunk in self.done], pa.large_string()))
            for i in range(self.width)
        )
        numbers = np.array(self.numbers, dtype=np.int64)
        return FileRows(names, columns, self.place, numbers, tuple(self.wrong_widths), self.invalid)


def _repaired(cell: str) -> str:
    """The cell itself when it is valid, else with U+FFFD for what no UTF-8 can say."""
    try:
        cell.encode()
    except UnicodeEncodeError:
        return cell.encode(errors="surrogateescape").decode(errors="replace")
    return cell


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece; long texts get 64-bit offsets first, so that any size fits."""
    if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
        column = column.cast(pa.large_binary())
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
