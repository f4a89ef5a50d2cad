"""Which column of a file goes to which column of its raw table."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import pyarrow as pa

from scheduler.loading.columns import convert
from scheduler.loading.contract import IGNORED_COLUMNS, Column, Kind, RawTable, plain_name
from scheduler.loading.files import FileRows
from scheduler.loading.problems import Problem, listed, problem, shown

# What would end a quoted name in SQL, on one engine or the other, and what no line can show.
_UNFIT = re.compile(r"[\"`\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\ufffd]")
_NAME_BYTES = 128
# How alike two names are (0..1) to be taken for one: alone, and with a word in common.
_NEAR, _NEAR_WITH_WORD = 0.55, 0.3


def match_header(
    table: RawTable, rows: FileRows, file: str
) -> tuple[dict[int, str], list[Problem]]:
    """Position in the file -> name in the raw table, of the columns to keep; and what is wrong.

    The contract's names are found in any case, with blanks around or inside; a content type keeps
    its spelling.
    """
    names = [tidy_name(name) for name in rows.names]
    plain = [plain_name(name) for name in names]
    contract_names = {column.name for column in table.columns}
    renamed = {
        alias: column.name
        for column in table.columns
        if column.name not in plain
        for alias in column.aliases
    }
    targets: dict[int, str] = {}
    problems: list[Problem] = []
    for index, (name, key) in enumerate(zip(names, plain, strict=True)):
        target = renamed.get(key, key)
        if key in IGNORED_COLUMNS:
            continue
        if name:
            is_content_type = table.has_content_types and target not in contract_names
            targets[index] = name if is_content_type else target
        elif not _is_blank(rows.columns[index]):
            text = f"{file}, column {index + 1}: name it in the header or delete it"
            problems.append(problem(text, file))
    problems += _missing_problems(table, list(targets.values()), rows, file)
    problems += _name_problems(table, list(targets.values()), file)
    return targets, problems


def tidy_name(name: str) -> str:
    """A header's name on one line, without byte order mark and without blanks around it."""
    return " ".join(name.replace("\ufeff", "").split())


def _is_blank(column: pa.Array) -> bool:
    """Whether nothing is in the column, as behind a comma too many at the end of each line."""
    return bool(convert(column, Kind.TEXT).values.null_count == len(column))


def _missing_problems(
    table: RawTable, names: Sequence[str], rows: FileRows, file: str
) -> Iterator[Problem]:
    missing = [c for c in table.columns if c.is_required and c.name not in names]
    if missing:
        wanted = listed([" or ".join((c.name, *c.aliases)) for c in missing])
        plural, advice = ("", "add it") if len(missing) == 1 else ("s", "add them")
        near = _near(table, missing, names)
        if near:
            advice += f" (did you mean {listed(near)}? Rename it, or say so in a map, --map)"
        column = missing[0].name if len(missing) == 1 else None
        yield problem(f"{file} has no column{plural} {wanted}: {advice}", file, column)
    elif table.has_content_types and len(names) == len(table.columns):
        yield problem(f"{file} has no content type: add one true/false column for each", file)


def _near(table: RawTable, missing: Sequence[Column], names: Sequence[str]) -> list[str]:
    """`theirs for ours`, for columns of the file that are nearly what is missing."""
    if table.has_content_types:
        return []
    spare = {plain_name(n): n for n in names if n not in {c.name for c in table.columns}}
    found = []
    for column in missing:
        likely = [n for n in spare if _words(n) & _words(column.name)]
        cutoff = _NEAR_WITH_WORD if likely else _NEAR
        close = get_close_matches(column.name, likely or list(spare), n=1, cutoff=cutoff)
        if close:
            found.append(f"{shown(spare.pop(close[0]))} for {column.name}")
    return found


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[\W_]+", name) if len(word) > 2}


def _name_problems(table: RawTable, names: Sequence[str], file: str) -> Iterator[Problem]:
    by_identity: dict[str, list[str]] = {}
    for name in names:
        by_identity.setdefault(table.identity(name), []).append(name)
    for name in by_identity.pop("", []):
        text = f"{file}, column {shown(name)}: a content type's name needs a letter or digit"
        yield problem(text, file, name)
    for name in names:
        if table.has_content_types and (found := _UNFIT.search(name)):
            text = f"{file}, column {shown(name)}: no column's name can have {shown(found.group())}"
            yield problem(f"{text}, take it out", file, name)
        elif len(name.encode()) > _NAME_BYTES:
            text = f"{file}, column {shown(name)}: a column's name has at most {_NAME_BYTES} bytes"
            yield problem(f"{text}, shorten it", file, name)
    for same in by_identity.values():
        if len(same) > 1:
            spelled = listed([shown(name) for name in same])
            text = f"{file} has the same column {len(same)} times, as {spelled}: keep one"
            yield problem(text, file, same[0])
