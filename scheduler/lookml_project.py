"""A LookML project from the marts' own words, types and keys: views, measures and explores."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Manifest = Mapping[str, Any]
_TYPES = {"string": "string", "boolean": "yesno", "bool": "yesno"}
_TIMES = {"timestamp": "timestamp", "date": "date", "datetime": "datetime"}
_AGGREGATIONS = {"sum": "sum", "average": "average", "count_distinct": "count_distinct"}


def files(manifest: Manifest, connection: str) -> dict[str, str]:
    """File name -> LookML.

    Explores join many to one alone: each starts at the finest rows, so that no figure is repeated.

    Args:
        manifest: dbt's, parsed.
        connection: name of the connection in Looker.
    """
    models = {n["name"]: n for n in manifest["nodes"].values() if _is_mart(n)}
    views = {f"views/{name}.view.lkml": _view(node, manifest) for name, node in models.items()}
    explores = "\n\n".join(_explore(name, node) for name, node in sorted(models.items()))
    head = f'connection: "{connection}"\n\ninclude: "/views/*.view.lkml"\n\n'
    return {"eros.model.lkml": f"{head}{explores}\n"} | dict(sorted(views.items()))


def write(found: Mapping[str, str], folder: Path) -> None:
    """Write the files; a view of a mart that is gone goes too."""
    for old in folder.glob("views/*.view.lkml"):
        old.unlink()
    for name, text in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _is_mart(node: Mapping[str, Any]) -> bool:
    schema = node.get("schema", "")
    return node["resource_type"] == "model" and schema.endswith("_marts") and bool(node["columns"])


def _view(node: Mapping[str, Any], manifest: Manifest) -> str:
    key = _key(node, manifest)
    parts = [_field(name, column, key) for name, column in node["columns"].items()]
    if len(key) > 1:
        texts = ", '|', ".join(f"coalesce(cast({_inside(c, node)} as string), '')" for c in key)
        parts.append(
            _block("dimension", "row_key", [
                "hidden: yes", "primary_key: yes", f"sql: concat({texts}) ;;",
            ])
        )  # fmt: skip
    parts += [_block("measure", "count", ["type: count"]), *_measures(node, manifest)]
    table = f"sql_table_name: `{node['schema']}.{node['alias']}` ;;"
    body = "\n\n".join(parts)
    return f"# {_line(node['description'])}\nview: {node['name']} {{\n  {table}\n\n{body}\n}}\n"


def _key(node: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """Columns or expressions that tell its rows apart, by its tests."""
    for test in manifest["nodes"].values():
        about = test.get("test_metadata") or {}
        if test.get("attached_node") != node["unique_id"]:
            continue
        if about.get("name") == "unique":
            return [test["column_name"]]
        if about.get("name") == "unique_combination":
            return list(about["kwargs"]["columns"])
    return []


def _field(name: str, column: Mapping[str, Any], key: list[str]) -> str:
    kind = str(column.get("data_type") or "").lower()
    said = [f'description: "{_line(column["description"])}"', f"sql: ${{TABLE}}.{name} ;;"]
    if kind in _TIMES:
        frames = "[raw, date, week, month]" if kind == "date" else "[raw, time, date, week, month]"
        zone = [] if kind == "timestamp" else ["convert_tz: no"]
        parts = ["type: time", f"datatype: {_TIMES[kind]}", f"timeframes: {frames}", *zone, *said]
        return _block("dimension_group", name, parts)
    first = ["primary_key: yes"] if key == [name] else []
    return _block("dimension", name, [*first, f"type: {_TYPES.get(kind, 'number')}", *said])


def _measures(node: Mapping[str, Any], manifest: Manifest) -> Iterator[str]:
    """The measures of the semantic layer, and ratios of two of them."""
    mine: set[str] = set()
    for model in manifest["semantic_models"].values():
        if model["node_relation"]["alias"] != node["alias"]:
            continue
        for measure in model["measures"]:
            kind = _AGGREGATIONS.get(measure["agg"])
            if kind is not None:
                mine.add(measure["name"])
                sql = _inside(str(measure["expr"] or measure["name"]), node)
                name = _measure(measure["name"], node)
                yield _block("measure", name, [f"type: {kind}", f"sql: {sql} ;;"])
    metrics = {m["name"]: m["type_params"] for m in manifest["metrics"].values()}
    plain = {n: (p.get("measure") or {}).get("name") for n, p in metrics.items()}
    for name, params in sorted(metrics.items()):
        sides = [plain.get((params.get(s) or {}).get("name")) for s in ("numerator", "denominator")]
        if sides[0] in mine and sides[1] in mine:
            up, down = (_measure(str(side), node) for side in sides)
            sql = f"sql: ${{{up}}} / nullif(${{{down}}}, 0) ;;"
            overall = f"overall_{name}" if name in node["columns"] else name
            yield _block("measure", overall, ["type: number", "value_format_name: decimal_4", sql])


def _measure(name: str, node: Mapping[str, Any]) -> str:
    return f"total_{name}" if name in node["columns"] or name == "count" else name


def _inside(expression: str, node: Mapping[str, Any]) -> str:
    """An expression whose columns say that they are this view's."""
    names = "|".join(sorted(map(re.escape, node["columns"]), key=len, reverse=True))
    return re.sub(rf"(?<![\w.'])({names})(?![\w'(])", r"${TABLE}.\1", expression)


def _explore(name: str, node: Mapping[str, Any]) -> str:
    joins = []
    if name == "schedule_violations":
        on = " and ".join(
            f"${{{name}.{c}}} = ${{schedules.{c}}}" for c in ("schedule_id", "message_id")
        )
        joins.append(_join("schedules", on))
    if name != "creators" and "page_name" in node["columns"]:
        joins.append(_join("creators", f"${{{name}.page_name}} = ${{creators.page_name}}"))
    return f"explore: {name} {{\n" + "\n".join(joins) + ("\n}" if joins else "}")


def _join(name: str, on: str) -> str:
    parts = ["type: left_outer", "relationship: many_to_one", f"sql_on: {on} ;;"]
    return _block("join", name, parts)


def _block(kind: str, name: str, parts: list[str]) -> str:
    lines = "\n".join(f"    {part}" for part in parts)
    return f"  {kind}: {name} {{\n{lines}\n  }}"


def _line(text: str) -> str:
    return " ".join(text.split()).replace('"', "'")
