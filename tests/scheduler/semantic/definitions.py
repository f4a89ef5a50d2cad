"""Metrics as SQL, from dbt's own account of their definitions.

Only what the definitions use is understood; anything else is an error, never a wrong figure.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Manifest = Mapping[str, Any]
AGGREGATES = {"sum": "sum", "average": "avg", "count": "count", "min": "min", "max": "max"}


class UnknownDefinition(Exception):
    """A metric uses something that is not understood here."""


def metric_sql(manifest: Manifest, name: str, group: Sequence[str]) -> str:
    """A query of a metric: the columns of the group, then `value`.

    Args:
        manifest: dbt's manifest.
        name: a metric.
        group: columns of the semantic model's own table.
    """
    measures = set(_inputs(manifest, name))
    models = {_home(manifest, measure)["name"] for measure in measures}
    if len(models) != 1:
        raise UnknownDefinition(f"{name} joins {sorted(models)}")
    model = _home(manifest, next(iter(measures)))
    columns = ", ".join(group)
    return (
        f"select {columns}, {_expression(manifest, name)} as value"  # noqa: S608
        f" from {_source(model, measures, group)} group by {columns}"
    )


def _metric(manifest: Manifest, name: str) -> Mapping[str, Any]:
    found = [metric for metric in manifest["metrics"].values() if metric["name"] == name]
    if not found or found[0]["filter"]:
        raise UnknownDefinition(name)
    return found[0]


def _inputs(manifest: Manifest, name: str) -> list[str]:
    """Measures that a metric is made of."""
    measures = _metric(manifest, name)["type_params"]["input_measures"]
    for measure in measures:
        if measure["filter"] or measure["join_to_timespine"] or measure["fill_nulls_with"]:
            raise UnknownDefinition(f"{name}: {measure}")
    return [measure["name"] for measure in measures]


def _home(manifest: Manifest, measure: str) -> Mapping[str, Any]:
    """The semantic model of a measure."""
    for model in manifest["semantic_models"].values():
        if any(known["name"] == measure for known in model["measures"]):
            return model  # type: ignore[no-any-return]
    raise UnknownDefinition(measure)


def _measure(manifest: Manifest, name: str) -> Mapping[str, Any]:
    every = _home(manifest, name)["measures"]
    return next(measure for measure in every if measure["name"] == name)  # type: ignore[no-any-return]


def _expression(manifest: Manifest, name: str) -> str:
    """SQL of a metric over the rows of its semantic model."""
    metric = _metric(manifest, name)
    params = metric["type_params"]
    if metric["type"] == "simple":
        measure = _measure(manifest, params["measure"]["name"])
        return f"{AGGREGATES[measure['agg']]}({measure['expr'] or measure['name']})"
    if metric["type"] == "ratio":
        above = _expression(manifest, params["numerator"]["name"])
        below = _expression(manifest, params["denominator"]["name"])
        return f"cast({above} as double) / nullif({below}, 0)"
    if metric["type"] == "derived":
        parts = {
            part["alias"] or part["name"]: _expression(manifest, part["name"])
            for part in params["metrics"]
        }
        names = "|".join(map(re.escape, parts))
        return re.sub(rf"\b({names})\b", lambda found: f"({parts[found[1]]})", params["expr"])
    raise UnknownDefinition(f"{name} is {metric['type']}")


def _source(model: Mapping[str, Any], measures: set[str], group: Sequence[str]) -> str:
    """The rows to aggregate; of what days do not add up, one day per grouping."""
    relation = f"{model['node_relation']['schema_name']}.{model['node_relation']['alias']}"
    limits = [
        measure["non_additive_dimension"]
        for measure in model["measures"]
        if measure["name"] in measures and measure["non_additive_dimension"]
    ]
    if not limits or limits[0]["name"] in group:
        return relation
    limit = limits[0]
    if any(other != limit for other in limits) or len(limits) != len(measures):
        raise UnknownDefinition(f"{sorted(measures)} are of different days")
    entities = {entity["name"]: entity["expr"] or entity["name"] for entity in model["entities"]}
    columns = ", ".join(entities[grouping] for grouping in limit["window_groupings"])
    chosen = f"{AGGREGATES[limit['window_choice']]}({limit['name']})"
    return (
        f"(select * from {relation}"  # noqa: S608
        f" qualify {limit['name']} = {chosen} over (partition by {columns}))"
    )
