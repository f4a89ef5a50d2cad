"""Runs a dbt Python model as BigQuery's notebook would, on bigframes' local session.

Usage: `local_session.py MODEL.py DRAWS.parquet RESULT.parquet`, with bigframes' own interpreter.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import SimpleNamespace

import pandas as pd
from bigframes.enums import DefaultIndexKind
from bigframes.testing.polars_session import TestSession


def notebook_session() -> TestSession:
    """A session as dbt's notebook sets it up: rows have no order of their own and no index."""
    session = TestSession()
    session._strictly_ordered, session._allow_ambiguity = False, True
    session._default_index_type = DefaultIndexKind.NULL
    return session


def main(model: str, draws: str, result: str) -> None:
    spec = spec_from_file_location("model", model)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    session = notebook_session()
    frame = session.read_pandas(pd.read_parquet(draws)).reset_index(drop=True)
    assert not frame._block.has_index
    read = {"stg_response_draws": frame}
    config = SimpleNamespace(config=lambda **_: None, ref=read.__getitem__)
    found = module.model(config, session)
    assert type(found).__module__.startswith("bigframes.")
    kinds = {name: str(kind) for name, kind in found.dtypes.items()}
    assert kinds == {name: kind.removesuffix("[pyarrow]") for name, kind in module.TYPES.items()}
    found.to_pandas().to_parquet(result)


if __name__ == "__main__":
    main(*sys.argv[1:])
