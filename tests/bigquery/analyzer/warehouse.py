"""A warehouse with tables, columns and types but no rows: what a statement needs to be judged."""

import re
from dataclasses import dataclass, field
from typing import Any

from analyzer.googlesql import Columns, GoogleSql, RefusedStatement, Statement, Type

TableName = tuple[str, str]


@dataclass
class Table:
    """A table or view: its columns and what else REST says of it."""

    columns: dict[str, Type]
    kind: str = "TABLE"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What a script did.

    Attributes:
        kind: kind of its last statement, as REST names it.
        columns: the last statement's columns when it is a query.
        target: the table it made, changed or dropped.
        one_row: whether it is a query that gives one row even of nothing, such as a count.
    """

    kind: str
    columns: Columns | None = None
    target: TableName | None = None
    one_row: bool = False


class EmptyWarehouse:
    """Analyzes statements in the order they come and keeps what they would create."""

    def __init__(self, google: GoogleSql, project: str) -> None:
        self.project = project
        self.datasets: set[str] = set()
        self.tables: dict[TableName, Table] = {}
        self._google = google

    def run(self, sql: str, parameters: Columns, *, dry: bool) -> Answer:
        """Analyze a script; unless dry, create, alter and drop what it says.

        Raises:
            RefusedStatement: GoogleSQL does not accept it.
        """
        answer = None
        # Only what the script may name: a small catalog is read in a fraction of the time.
        named = {name: t.columns for name, t in self.tables.items() if name[1] in sql}
        catalog = self._google.catalog(self.project, named)
        sql = re.sub(r"`([\w.-]+)`", _quoted_path, sql)  # a quote inside a text is none
        for statement in self._google.statements(sql, catalog, parameters):
            answer = self._apply(statement, dry)
        if answer is None:
            raise RefusedStatement("The script holds no statement")
        return answer

    def _apply(self, statement: Statement, dry: bool) -> Answer:
        kind, resolved = _innermost(statement)
        if kind == "query_stmt":
            columns = {c.name: c.column.type for c in resolved.output_column_list}
            return Answer("SELECT", columns, one_row=_counts(resolved.query))
        if kind == "drop_stmt":
            target = _name(resolved)
            if not dry:
                self.tables.pop(target, None)
            return Answer("DROP_TABLE", target=target)
        if kind == "create_schema_stmt":
            self.datasets.add(_field(resolved, "name_path")[-1])
        if kind == "alter_table_stmt":
            return self._alter(resolved, dry)
        if kind in ("create_table_stmt", "create_table_as_select_stmt", "create_view_stmt"):
            return self._create(kind, resolved, dry)
        return Answer(kind.removesuffix("_stmt").upper())

    def _create(self, kind: str, resolved: Any, dry: bool) -> Answer:
        target = _name(resolved)
        if target[0] not in self.datasets:
            raise RefusedStatement(f"Dataset not found: {target[0]}")
        view = kind == "create_view_stmt"
        if view:
            columns = {c.name: c.column.type for c in _field(resolved, "output_column_list")}
        else:
            columns = {c.name: c.type for c in _field(resolved, "column_definition_list")}
        if not dry:
            self.tables[target] = Table(columns, "VIEW" if view else "TABLE")
        return Answer(kind.removesuffix("_stmt").upper(), target=target)

    def _alter(self, resolved: Any, dry: bool) -> Answer:
        target = _name(resolved)
        if target not in self.tables:
            raise RefusedStatement(f"Table not found: {'.'.join(target)}")
        for action in _field(resolved, "alter_action_list"):
            kind, change = _innermost(action)
            if kind == "add_column_action" and not dry:
                column = change.column_definition
                self.tables[target].columns[column.name] = column.type
        return Answer("ALTER_TABLE", target=target)


def _innermost(message: Any) -> tuple[str, Any]:
    """The statement inside the wrappers of its class, and its kind."""
    kind = ""
    while "node" in message.DESCRIPTOR.oneofs_by_name:
        kind = message.WhichOneof("node")
        message = getattr(message, kind)
    return kind.removeprefix("resolved_").removesuffix("_node"), message


def _counts(scan: Any) -> bool:
    """Whether a query aggregates without groups: it has one row, whatever there is to read."""
    kind, found = _innermost(scan)
    if kind == "aggregate_scan":
        return not _field(found, "group_by_list")
    if kind in ("project_scan", "with_scan"):
        return _counts(found.input_scan if kind == "project_scan" else found.query)
    return False


def _field(message: Any, name: str) -> Any:
    """A field of a statement, or of the class it extends."""
    while name not in message.DESCRIPTOR.fields_by_name:
        message = message.parent
    return getattr(message, name)


def _name(resolved: Any) -> TableName:
    path = _field(resolved, "name_path")
    return path[-2], path[-1]


def _quoted_path(found: re.Match[str]) -> str:
    """A path inside one pair of quotes, as BigQuery reads it: `a.b.c` is `a`.`b`.`c`."""
    return "`" + found[1].replace(".", "`.`") + "`"
