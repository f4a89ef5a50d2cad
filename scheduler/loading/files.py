"""The rows of one file, before anything is known of their meaning."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scheduler.loading.problems import UnreadableFileError

# Rows turned into Arrow at a time: keeps the Python strings of a file from being alive all at once.
_ROWS_PER_CHUNK = 16_384


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
    """

    names: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    place: str
    numbers: NDArray[np.int64]
    wrong_widths: tuple[tuple[int, int], ...]
    invalid_utf8: NDArray[np.int64]


def read_file(path: Path) -> FileRows:
    """Columns of a `.csv` or `.parquet` file.

    Raises:
        UnreadableFileError: the file isn't what its name says, or its rows can't be told apart.
    """
    try:
        return read_csv(path) if path.suffix.lower() == ".csv" else read_parquet(path)
    except OSError as error:
        raise UnreadableFileError(f"can't be read: {error.strerror or error}") from error


def read_parquet(path: Path) -> FileRows:
    """Columns of a Parquet file."""
    if not path.is_file():
        raise UnreadableFileError("is a directory: write it as one file")
    try:
        # not pq.read_table, which takes directory names such as `day=1` for columns
        with pq.ParquetFile(path) as file:
            table = file.read()
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise UnreadableFileError("is not a Parquet file: write it again") from error
    columns = tuple(_one_array(table.column(i)) for i in range(table.num_columns))
    numbers = np.arange(1, table.num_rows + 1, dtype=np.int64)
    invalid = np.zeros(len(columns), dtype=np.int64)
    return FileRows(tuple(table.schema.names), columns, "row", numbers, (), invalid)


def read_csv(path: Path) -> FileRows:
    """Columns of a CSV file, all of text; line breaks inside quotes belong to the text.

    The csv module reads it, strictly: a quote that is not closed or not doubled is an error, where
    faster readers swallow the rows behind it.
    """
    data = path.read_bytes()
    _refuse_other_formats(data)
    # each byte that is no UTF-8 becomes a lone surrogate, so the cells it is in can be told
    text = data.decode("utf-8-sig", "surrogateescape")
    records = _records(text)
    _, names = next(records, (0, []))
    if not names:
        raise UnreadableFileError("is empty: it needs a header and rows")
    chunks = _Chunks(len(names))
    for number, record in records:
        chunks.add(number, record)
    return chunks.rows(tuple(_repaired(name) for name in names))


def _refuse_other_formats(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError("is UTF-16: save it as CSV UTF-8")
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableFileError("is a spreadsheet or an archive: save it as CSV UTF-8")
    if data.startswith(b"PAR1"):
        raise UnreadableFileError("is a Parquet file: name it .parquet")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is no blank line, with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        first_line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFileError(
                f"has a quote that is not closed or not doubled in the row that begins on line "
                f"{first_line}: write quotes inside a text twice"
            ) from error
        if record:
            yield first_line, record


@dataclass(slots=True)
class _Chunks:
    """Records collected column by column."""

    width: int
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
        return FileRows(names, columns, "line", numbers, tuple(self.wrong_widths), self.invalid)


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
