"""Files that are there whole or not at all, under names that stay in their folder."""

import tempfile
from pathlib import Path

from scheduler.errors import SchedulerError
from scheduler.file_names import safe_file_stem


def page_file_name(page: str, suffix: str) -> str:
    """File name of a page's output.

    Args:
        page: the page name as the warehouse has it.
        suffix: such as `_schedule.csv`.
    """
    return safe_file_stem(page) + suffix


def write_whole(path: Path, text: str) -> Path:
    """Write UTF-8 text so that a reader sees the old file or the new one, never a part.

    Raises:
        SchedulerError: the folder can't be written.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            dir=path.parent,
            prefix=f".{path.name}.",
            delete=False,
            encoding="utf-8",
            newline="",
        ) as handle:
            handle.write(text)
        partial = Path(handle.name)
        partial.chmod(0o644)
        partial.replace(path)
    except OSError as error:
        raise SchedulerError(
            f"{path} cannot be written ({error.strerror}). Check the directory's permissions."
        ) from error
    return path
