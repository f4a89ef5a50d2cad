"""Which file of a directory is for which raw table, and which ones are data that nobody reads."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduler.loading.contract import RAW_TABLES, VAULT_MATRIX, RawTable
from scheduler.loading.problems import LoadError, Problem, listed, problem
from scheduler.loading.workbook import sheet_names

_READ = re.compile(r"\.(csv|tsv|txt|parquet|xlsx|xlsm)(\.gz)?$", re.IGNORECASE)
# What people keep tables in; a file of this kind that is not read is named.
_DATA = re.compile(
    r"\.(csv|tsv|parquet|xlsx?|xlsm|ods|numbers|zip|gz|json|jsonl|ndjson|7z|rar)$", re.IGNORECASE
)
# What browsers, spreadsheets and people add to a name: (1), - Copy, Copy of, Sheet1, a date.
_ADDED = re.compile(
    r"\(\d+\)|\b(?:copy of|copy|sheet ?\d*|tabelle ?\d*|hoja ?\d*|export|final|latest)\b"
    r"|\b\d{4}[-_.]?\d{2}[-_.]?\d{2}(?:[t _-]?\d{4,6})?\b|\b\d{1,3}\b",
    re.IGNORECASE,
)
# The word by which a file shows what it means to be, though its name is another.
_WORDS = {
    "mass_messages": "message",
    "caption_bank": "caption",
    "vault_matrix": "vault",
    "active_creators": "creator",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One table in a file.

    Attributes:
        path: the file.
        member: its name inside a zip archive; '' when it is the file itself.
        sheet: of a workbook; '' for the only one.
    """

    path: Path
    member: str = ""
    sheet: str = ""

    @property
    def name(self) -> str:
        """As a user finds it."""
        inside = self.member or self.sheet
        return f"{self.path.name}/{inside}" if inside else self.path.name

    @property
    def file_name(self) -> str:
        """The name that ends in the kind of file."""
        return self.member.rsplit("/", 1)[-1] or self.path.name


@dataclass(frozen=True, slots=True)
class Found:
    """What a directory has.

    Attributes:
        sources: the table that each source is for.
        notes: by table, what to say of the choice.
        unread: names of files that look like data and are not read.
        problems: what keeps a choice from being made.
    """

    sources: tuple[tuple[RawTable, Source], ...]
    unread: tuple[str, ...]
    problems: tuple[Problem, ...]


def find_files(directory: Path, patterns: dict[str, tuple[str, ...]] | None = None) -> Found:
    """The file of each raw table in `directory`.

    Args:
        directory: with files named after the tables, or nearly so.
        patterns: by table, file names with `*` that are its file, from a mapping of columns.

    Raises:
        LoadError: the directory can't be read or holds none.
    """
    paths = _entries(directory)
    sources = [source for path in paths for source in _sources(path)]
    by_table: dict[str, list[Source]] = {}
    for source in sources:
        if table := _table_of(source, patterns or {}):
            by_table.setdefault(table, []).append(source)
    problems = [
        problem(f"{listed([s.name for s in twins])} are both in {directory}: keep one of them")
        for twins in by_table.values()
        if len(twins) > 1
    ]
    chosen = [(t, by_table[t.name][0]) for t in RAW_TABLES if len(by_table.get(t.name, [])) == 1]
    read = {source.path for twins in by_table.values() for source in twins}
    unread = tuple(p.name for p in paths if p not in read and _DATA.search(p.name))
    if not by_table:
        names = listed([table.name for table in RAW_TABLES])
        seen = f"; {listed(unread)} {_are(unread)} not named like one" if unread else ""
        text = f"{directory} has none of the files {names} as .csv or .parquet{seen}"
        raise LoadError([problem(f"{text}: name the directory that has them")])
    if VAULT_MATRIX.name not in by_table:
        problems += _unread_vault(unread)
    return Found(tuple(chosen), unread, tuple(problems))


def _are(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"


def _unread_vault(unread: Iterable[str]) -> Iterator[Problem]:
    """A vault that is there and not read would leave an old one in force."""
    for name in unread:
        if _WORDS[VAULT_MATRIX.name] in name.lower():
            text = f"{name} looks like the vault and would not be read: name it vault_matrix.csv"
            yield problem(f"{text}, or take it out of the directory", name)


def _entries(directory: Path) -> list[Path]:
    if not directory.is_dir():
        reason = "is not a directory" if directory.exists() else "does not exist"
        raise LoadError([problem(f"{directory} {reason}: name the directory that has the files")])
    try:
        paths = sorted(directory.iterdir())
    except OSError as error:
        raise LoadError([problem(f"{directory} can't be read: {error.strerror}")]) from error
    return [path for path in paths if not path.name.startswith((".", "~$"))]


def _sources(path: Path) -> list[Source]:
    """The tables that a file may hold: itself, the members of an archive, the sheets of a book."""
    if path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                names = [info.filename for info in archive.infolist() if not info.is_dir()]
        except (OSError, zipfile.BadZipFile):
            return []
        hidden = ("__MACOSX", ".")
        inside = [n for n in names if not n.startswith(hidden) and "/." not in n]
        return [Source(path, member) for member in inside if _READ.search(member)]
    if not _READ.search(path.name):
        return []
    if path.suffix.lower() in {".xlsx", ".xlsm"} and _named_table(path.name) is None:
        return [Source(path, sheet=sheet) for sheet in sheet_names(path)]
    return [Source(path)]


def _table_of(source: Source, patterns: dict[str, tuple[str, ...]]) -> str | None:
    for table, names in patterns.items():
        if any(Path(source.file_name.lower()).match(name.lower()) for name in names):
            return table
    return _named_table(f"{source.sheet}.xlsx" if source.sheet else source.file_name)


def _named_table(file_name: str) -> str | None:
    """The raw table that a file is named after, whatever was added to the name.

    `vault_matrix - Sheet1.csv`, `Agency - vault_matrix (1).csv` and `Vault Matrix.CSV` are all the
    vault; `vault_matrix_old.csv` is not, since nobody says that it still holds.
    """
    stem = _READ.sub("", file_name).lower()
    parts = [stem, *re.split(r" [-\u2013] |__", stem)]
    plain = {re.sub(r"[\W_]+", "", _ADDED.sub(" ", part.replace("_", " "))) for part in parts}
    found = [table.name for table in RAW_TABLES if table.name.replace("_", "") in plain]
    return found[0] if len(found) == 1 else None
