"""The dbt project's macros, for SQL that is asked outside of dbt.

A definition that a model and a command share is written once, as a macro, and rendered here for the
command. Only macros that need nothing of dbt but dispatch can be: no relation, no var, no query.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jinja2

_QUOTES = {"duckdb": '"', "bigquery": "`"}
_DEFINED = re.compile(r"{%-?\s*macro\s+(\w+)\(")


class Macros:
    """The macros of a project for one engine: each is a function from SQL to SQL."""

    def __init__(self, root: Path, engine: str) -> None:
        """Read `root/macros`; `engine` is `duckdb` or `bigquery`."""
        self._engine = engine
        mark = _QUOTES[engine]
        self._macros: dict[str, Any] = {}
        self._columns: Mapping[str, str] = {}
        sources = [p.read_text(encoding="utf-8") for p in sorted((root / "macros").glob("*.sql"))]
        environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701 - SQL, not HTML
        environment.globals |= {
            "adapter": SimpleNamespace(dispatch=self._dispatch, quote=lambda n: f"{mark}{n}{mark}"),
            # dbt's own ends the macro with a value; where the value is all of its text, it is this
            "return": lambda value: value,
            "target": SimpleNamespace(type=engine),
            "dbt": SimpleNamespace(type_string=lambda: "string"),
        }
        # a template looks its names up when it is made, so each is there beforehand
        for name in (name for source in sources for name in _DEFINED.findall(source)):
            environment.globals[name] = self._later(name)
        for source in sources:
            module = environment.from_string(source).module
            self._macros |= {n: m for n, m in vars(module).items() if not n.startswith("_")}
        # what dbt looks up in the warehouse, told by the caller
        self._macros["raw_columns"] = lambda _table: {
            name.lower(): SimpleNamespace(name=name, dtype=type_)
            for name, type_ in self._columns.items()
        }

    def sql(self, macro: str, *arguments: object, columns: Mapping[str, str] | None = None) -> str:
        """What the macro makes of its arguments, over a raw table of these columns and types."""
        self._columns = columns or {}
        return cast("str", self._macros[macro](*arguments)).strip()

    def _later(self, name: str) -> Any:
        def call(*arguments: object, **named: object) -> Any:
            return self._macros[name](*arguments, **named)

        return call

    def _dispatch(self, name: str, _project: str) -> Any:
        return self._macros.get(f"{self._engine}__{name}") or self._macros[f"default__{name}"]


@cache
def project_macros(root: Path, engine: str) -> Macros:
    """The macros of the project at `root`, read once."""
    return Macros(root, engine)
