"""Reading a DuckDB file that others write: from a copy, so that no reader ever holds the file.

DuckDB lets one process write, and a process that reads keeps writers out. A copy is made while
nobody writes, without a lock of any kind; while somebody does, the last copy stands.
"""

import fcntl
import shutil
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# A file that changed just now may change again within one tick of its clock.
_SETTLED_NS = 50_000_000
# `struct flock` of the two systems: who would keep us from reading, asked without taking a lock.
_WHOLE_FILE_READ = (
    struct.pack("qqihh", 0, 0, 0, fcntl.F_RDLCK, 0)
    if sys.platform == "darwin"
    else struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)
)


@dataclass(frozen=True)
class Version:
    """A state of a database file: two that are equal hold the same bytes."""

    inode: int
    size: int
    changed_ns: int
    log_size: int

    @property
    def name(self) -> str:
        """For a folder."""
        return f"{self.changed_ns}-{self.size}-{self.log_size}"


def version(database: Path) -> Version | None:
    """The file's state now; None when it is not there."""
    try:
        found = database.stat()
    except FileNotFoundError:
        return None
    log = _log_of(database)
    log_size = log.stat().st_size if log.exists() else 0
    return Version(found.st_ino, found.st_size, found.st_mtime_ns, log_size)


def is_written(database: Path) -> bool:
    """Whether another process has the file open for writing.

    A process that has the file open itself must not ask: closing a file ends its own locks.
    """
    with database.open("rb") as handle:
        answer = fcntl.fcntl(handle, fcntl.F_GETLK, _WHOLE_FILE_READ)
    kind = struct.unpack_from("h", answer, 20 if sys.platform == "darwin" else 0)[0]
    return bool(kind != fcntl.F_UNLCK)


def take_snapshot(database: Path, folder: Path) -> tuple[Version, Path] | None:
    """Copy the file to `folder`, unless it is being written or changes meanwhile.

    The copy keeps the file's name: views in it name their database.

    Args:
        database: a DuckDB file which this process has not open.
        folder: where copies lie; those of other versions are removed.

    Returns:
        The version and its copy; None when there is no quiet moment now.
    """
    before = version(database)
    if before is None or is_written(database):
        return None
    time.sleep(max(_SETTLED_NS - max(time.time_ns() - before.changed_ns, 0), 0) / 1e9)
    home = folder / before.name
    copy = home / database.name
    if not copy.exists():
        part = folder / "part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for source in (database, _log_of(database)):
            if source.exists():
                shutil.copyfile(source, part / source.name)
        if version(database) != before or is_written(database):
            shutil.rmtree(part, ignore_errors=True)
            return None
        part.rename(home)
    for other in folder.iterdir():
        if other != home:
            shutil.rmtree(other, ignore_errors=True)
    return before, copy


def last_snapshot(database: Path, folder: Path) -> Path | None:
    """The copy that an earlier process left; None without one."""
    found = sorted(folder.glob(f"*/{database.name}")) if folder.is_dir() else []
    return next((path for path in reversed(found) if path.parent.name != "part"), None)


def _log_of(database: Path) -> Path:
    return database.with_name(database.name + ".wal")
