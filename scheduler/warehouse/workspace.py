"""What a writing command works on, from its first look to its last statement."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.warehouse.place import connect, database_path, exclusive, overriding
from scheduler.warehouse.project import DbtProject


@dataclass(frozen=True)
class Workspace:
    """A warehouse and the dbt project that builds it, under one command's settings.

    Attributes:
        project: the dbt project.
        database: the local path that stands for the warehouse, see `database_path`.
        overrides: settings of this command.
    """

    project: DbtProject
    database: Path
    overrides: Mapping[str, Any]

    @classmethod
    def find(cls, overrides: Mapping[str, Any] | None = None) -> "Workspace":
        """That of the environment.

        Raises:
            SchedulerError: there is no project, or an override names no setting.
        """
        project, settings = DbtProject.find(), dict(overrides or {})
        project.with_overrides(settings)
        return cls(project, database_path(), settings)

    def require(self) -> None:
        """See that the warehouse is there and can be opened, before any work is done.

        Raises:
            SchedulerError: it is missing, damaged, or held by another process.
        """
        connect(self.database).close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other writing commands out, across the connections this one opens and closes.

        Every connection inside has the settings of this command.

        Raises:
            SchedulerError: as `require`, or another command holds the warehouse.
        """
        with overriding(self.overrides):
            self.require()
            with exclusive(self.database):
                yield
