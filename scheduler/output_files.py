"""Files that are there whole or not at all, under names that stay in their folder."""

import os
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


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write UTF-8 text or bytes so that a reader sees the old file or the new one, never a part.

    Raises:
        SchedulerError: the folder can't be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name[:40]}.", delete=False
        ) as handle:
            handle.write(data)
        partial = Path(handle.name)
        partial.chmod(0o644)
        partial.replace(path)
    except OSError as error:
        raise SchedulerError(
            f"{path} cannot be written ({error.strerror}). Check the directory's permissions."
        ) from error
    return path


def check_output_dir(path: Path) -> None:
    """Make the output directory and see that files can be written there, before any work is done.

    Raises:
        SchedulerError: it is a file, or can't be created or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
        writable = os.access(path, os.W_OK)
    except (FileExistsError, NotADirectoryError) as error:
        raise SchedulerError(
            f"{path} is a file, not a directory. Use another --output-dir."
        ) from error
    except OSError as error:
        raise SchedulerError(
            f"The output directory {path} cannot be written ({error.strerror}). "
            "Check its permissions, or use another --output-dir."
        ) from error
    if not writable:
        raise SchedulerError(
            f"The output directory {path} is read-only. "
            "Check its permissions, or use another --output-dir."
        )
