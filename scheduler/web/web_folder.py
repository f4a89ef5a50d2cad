"""The app's own files: users, the key that signs sessions, and its copy of the database.

They lie beside the warehouse and not in it: they are the same for every engine, no export or
analyst ever meets a password hash, and no log-in waits for a run.
"""

import os
import secrets
import tempfile
from pathlib import Path

from scheduler.errors import SchedulerError
from scheduler.warehouse import DbtProject, database_path
from scheduler.warehouse.profile import BIGQUERY

KEY_VARIABLE = "EROS_WEB_KEY"
_SHORTEST_KEY = 32


def web_folder() -> Path:
    """`$EROS_WEB_DIR`, else `.eros_web` beside the database (on BigQuery: beside the project).

    Made when absent; nobody else may look inside.

    Raises:
        SchedulerError: it can't be made.
    """
    named = os.environ.get("EROS_WEB_DIR")
    project = DbtProject.find()
    beside = project.root if project.target().kind == BIGQUERY else database_path().parent
    folder = Path(named).resolve() if named else beside / ".eros_web"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise SchedulerError(
            f"The folder {folder} cannot be made ({error.strerror}). "
            "Set EROS_WEB_DIR to a folder of your own."
        ) from error
    return folder


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner reads, whole or not at all.

    Raises:
        SchedulerError: the folder can't be written.
    """
    try:
        # Such a file is made with mode 600.
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8"
        ) as handle:
            handle.write(content)
        Path(handle.name).replace(path)
    except OSError as error:
        raise SchedulerError(
            f"{path} cannot be written ({error.strerror}). Check the folder's permissions."
        ) from error


def session_key(folder: Path) -> str:
    """What signs the sessions: `$EROS_WEB_KEY`, else a key made once and kept in the folder.

    Raises:
        SchedulerError: the variable's key is too short to be one.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given is not None:
        if len(given) < _SHORTEST_KEY:
            raise SchedulerError(
                f"{KEY_VARIABLE} is shorter than {_SHORTEST_KEY} characters. Make one with "
                "`python3 -c 'import secrets; print(secrets.token_hex(32))'`."
            )
        return given
    path = folder / "session.key"
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()
