"""What a statement reads on BigQuery, once views and CTEs are written out.

GoogleSQL runs a CTE once for each place that names it, unless it is recursive: only then its rows
are kept. A view is put in the place of its name.
Source: cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#with_clause.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp


@dataclass(frozen=True)
class Size:
    """Size of one statement.

    Attributes:
        name: the dbt node that sends it.
        kind: table, view, incremental, snapshot or test.
        references: how often it reads base tables, by table.
        length: bytes of the statement with every view written out.
    """

    name: str
    kind: str
    references: Counter[str]
    length: int


@dataclass
class _Found:
    """What a part of a statement reads itself, and which kept CTEs it names."""

    tables: Counter[str] = field(default_factory=Counter)
    length: int = 0
    kept: set[int] = field(default_factory=set)

    def add(self, other: "_Found") -> None:
        self.tables.update(other.tables)
        self.length += other.length
        self.kept |= other.kept


class Expander:
    """Writes out statements of one compiled project."""

    def __init__(self, nodes: Mapping[str, Mapping[str, Any]]) -> None:
        """The nodes of dbt's manifest, compiled for BigQuery."""
        self._views = {
            (node["schema"], node["alias"]): name
            for name, node in nodes.items()
            if node["config"].get("materialized") == "view" and node["resource_type"] == "model"
        }
        self._nodes = nodes
        self._kept: list[_Found] = []
        self._view = cache(self._view_of)

    def sizes(self) -> Iterator[Size]:
        """Of every node with a query, in order of name."""
        for name, node in sorted(self._nodes.items()):
            code = node.get("compiled_code") or ""
            if node["resource_type"] in ("model", "snapshot", "test") and code.strip():
                kind = "test" if node["resource_type"] == "test" else node["config"]["materialized"]
                tables, length = self.expand(code)
                yield Size(name.split(".", 2)[2], kind, tables, length)

    def expand(self, sql: str) -> tuple[Counter[str], int]:
        """References to base tables, and the length in bytes with the views written out."""
        found = self._visit(sqlglot.parse_one(sql, dialect="bigquery"), {})
        total, open_, done = Counter(found.tables), set(found.kept), set[int]()
        while open_:
            key = open_.pop()
            done.add(key)
            total.update(self._kept[key].tables)
            open_ |= self._kept[key].kept - done
        lengths = found.length + sum(self._kept[key].length for key in done)
        return total, len(sql.encode()) + lengths

    def _view_of(self, name: str) -> tuple[Counter[str], int]:
        return self.expand(self._nodes[name]["compiled_code"])

    def _visit(self, node: exp.Expression, known: Mapping[str, _Found]) -> _Found:
        found = _Found()
        clause = node.args.get("with_")
        if clause is not None:
            known = dict(known)
            for cte in clause.expressions:
                known[cte.alias] = self._cte(cte, known)
        if isinstance(node, exp.Table) and node.name:
            return self._table(node, known)
        for child in node.iter_expressions():
            if child is not clause:
                found.add(self._visit(child, known))
        return found

    def _cte(self, cte: exp.CTE, known: Mapping[str, _Found]) -> _Found:
        names_itself = any(t.name == cte.alias and not t.db for t in cte.this.find_all(exp.Table))
        if not names_itself:
            return self._visit(cte.this, known)
        self._kept.append(self._visit(cte.this, {**known, cte.alias: _Found()}))
        return _Found(kept={len(self._kept) - 1})

    def _table(self, table: exp.Table, known: Mapping[str, _Found]) -> _Found:
        if not table.db and table.name in known:
            return known[table.name]
        view = self._views.get((table.db, table.name))
        if view is not None:
            tables, length = self._view(view)
            return _Found(Counter(tables), length)
        return _Found(Counter([f"{table.db}.{table.name}"]))


def table(sizes: Iterable[Size]) -> str:
    """Every statement in one table, the largest first."""
    rows = [f"{'references':>10} {'tables':>6} {'bytes':>8}  {'kind':<11} statement"]
    largest = sorted(sizes, key=lambda s: (-s.references.total(), -s.length, s.name))
    rows += [
        f"{size.references.total():>10} {len(size.references):>6} {size.length:>8}"
        f"  {size.kind:<11} {size.name}"
        for size in largest
    ]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    compiled = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["nodes"]
    sys.stdout.write(table(Expander(compiled).sizes()))
