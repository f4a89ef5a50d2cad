"""The text of a CSV file, whatever a spreadsheet, a browser or an old tool made of its bytes."""

import csv
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.loading.contract import plain_name
from scheduler.loading.problems import UnreadableFileError

SEPARATORS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?(\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvText:
    """A file as text.

    Attributes:
        text: from the header on; each byte that is no UTF-8 is a lone surrogate.
        separator: between values, when the file says so itself; else ''.
        lines_before: lines of the file above `text`.
        notes: what was not as in a plain CSV file.
    """

    text: str
    separator: str
    lines_before: int
    notes: tuple[str, ...]


def csv_text(data: bytes) -> CsvText:
    """The bytes of a file as text.

    Raises:
        UnreadableFileError: they are something else than text.
    """
    notes = []
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFileError("is a gzip file that is cut off: export it again") from error
    _refuse_other_formats(data)
    encoding = _unicode_encoding(data)
    if encoding is None:
        # an old tool's mark of the end, and what a cut-off download is filled with
        data = re.sub(rb"\x1a[\x00\x1a\r\n]*\Z", b"", data)
        text = data.decode("utf-8-sig", "surrogateescape")
    else:
        notes.append(f"was {encoding[:6].upper()}")
        text = re.sub(
            r"\x1a[\x00\x1a\r\n]*\Z", "", data.decode(encoding, "replace").removeprefix("\ufeff")
        )
    if found := _SEP_LINE.match(text):
        return CsvText(text[found.end() :], found[1], 1, tuple(notes))
    return CsvText(text, "", 0, tuple(notes))


def _refuse_other_formats(data: bytes) -> None:
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableFileError("is a spreadsheet or an archive: save it as CSV UTF-8")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFileError("is an old Excel workbook (.xls): save it as .xlsx or CSV UTF-8")
    if data.startswith(b"PAR1"):
        raise UnreadableFileError("is a Parquet file: name it .parquet")
    if re.match(rb"\s*(<!doctype|<html|<\?xml)", data[:200], re.IGNORECASE):
        raise UnreadableFileError("is a web page, perhaps of a login: export the file again")
    if re.match(rb"(\xef\xbb\xbf)?\s*[\[{]\s*[\"{\]]", data[:200]):
        raise UnreadableFileError("is JSON: export it as CSV UTF-8")


def _unicode_encoding(data: bytes) -> str | None:
    """The encoding of a file that is not UTF-8 but wider, by its mark or by its zero bytes."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:2000]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if min(len(sample) // 2, 4) and odd > len(sample) // 5 and not even:
        return "utf-16-le"
    if min(len(sample) // 2, 4) and even > len(sample) // 5 and not odd:
        return "utf-16-be"
    return None


def csv_records(source: CsvText, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is no blank line, with the number of its first line.

    The csv module reads it, strictly: a quote that is not closed or not doubled is an error, where
    faster readers swallow the rows behind it.

    Raises:
        UnreadableFileError: a quote is not closed or not doubled.
    """
    # texts of any length: the module's limit is for the whole process, and no use is made of it
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(io.StringIO(source.text, newline=""), strict=True, delimiter=separator)
    while True:
        first_line = reader.line_num + 1 + source.lines_before
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


def header_separator(source: CsvText, known: frozenset[str]) -> str:
    """What separates the values: what makes most known names of the header, else most names.

    Args:
        source: the file.
        known: names of columns, plain as `plain_name` makes them.
    """
    if source.separator:
        return source.separator
    best, found = (-1, 0), ","
    for separator in SEPARATORS:
        names = _header(source, separator)
        score = (sum(plain_name(name) in known for name in names), len(names) > 1)
        if score > best:
            best, found = score, separator
    return found


def _header(source: CsvText, separator: str) -> list[str]:
    try:
        return next(csv_records(source, separator), (0, []))[1]
    except UnreadableFileError:
        return []
