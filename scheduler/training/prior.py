"""The shipped prior: what an agency with hardly a history leans on.

Messages of three made-up pages of the simulated agency (`scheduler demo`). They fill up what an
agency lacks of the messages that a model needs, and weigh the less the more it has: a page's own
audience, rates and prices soon outweigh them. Out of time nothing can be said of such a model, so
its skill counts as none.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from scheduler.response import ResponseModel, SkillReport

PAGE_PREFIX = "(prior "
"""What the names of its pages begin with; no page of an agency has such a name."""

_NO_SKILL = SkillReport((("agency", "all", "skill", 0.0),))


def lacks_history(training: pa.Table, min_rows: int) -> bool:
    """Whether an agency has fewer usable priced messages than a model needs."""
    return bool(training.num_rows < min_rows)


def with_prior(training: pa.Table, as_of: datetime, min_rows: int) -> pa.Table:
    """The agency's messages and, where they are too few, those of the prior.

    Args:
        training: rows of `training_messages`.
        as_of: the clock; the prior's messages are counted back from it.
        min_rows: messages that a model needs.
    """
    if not lacks_history(training, min_rows):
        return training
    prior = _read(training.schema, as_of)
    share = pa.scalar(1.0 - training.num_rows / min_rows)
    weight = pc.multiply(prior.column("weight"), share)
    place = prior.schema.get_field_index("weight")
    return pa.concat_tables([training, prior.set_column(place, "weight", weight)])


def of_own_pages(rows: pa.Table) -> pa.Table:
    """Rows of a table by page without the prior's pages."""
    is_prior = pc.starts_with(rows.column("page_name"), PAGE_PREFIX)
    return rows.filter(pc.invert(is_prior))


def without_skill(model: ResponseModel) -> ResponseModel:
    """A model of the prior: what it foretells of made-up pages says nothing of the agency."""
    return replace(model, skill=_NO_SKILL)


def _read(schema: pa.Schema, as_of: datetime) -> pa.Table:
    path = resources.files("scheduler.training") / "prior.csv"
    with path.open("rb") as handle:
        told = csv.read_csv(handle, convert_options=csv.ConvertOptions(strings_can_be_null=True))
    days = told.column("days_ago").to_pylist()
    sent = [as_of - timedelta(days=day, hours=12) for day in days]
    columns = {name: told.column(name) for name in told.column_names} | {
        "sent_at": pa.array(sent, pa.timestamp("us")),
        "local_date": pa.array([moment.date() for moment in sent], pa.date32()),
    }
    arrays = [
        columns[field.name].cast(field.type)
        if field.name in columns
        else pa.nulls(told.num_rows, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)
