"""A made-up agency with a known truth, to try the scheduler on and to judge it by."""

from datetime import datetime
from pathlib import Path

from scheduler.simulation.agency import Agency, simulate_agency
from scheduler.simulation.score import as_sends, expected_revenue, score_schedule
from scheduler.simulation.write import write_tables

__all__ = [
    "Agency",
    "as_sends",
    "expected_revenue",
    "make_demo",
    "score_schedule",
    "simulate_agency",
    "write_tables",
]


def make_demo(
    directory: Path,
    *,
    pages: int = 38,
    messages: int = 52_000,
    captions: int = 36_000,
    seed: int = 7,
    as_of: datetime,
) -> Agency:
    """Simulate an agency and write its four raw tables as CSV files.

    Args:
        directory: where the files go; made when it does not exist.
        pages: active pages.
        messages: messages of the history, before the dirt.
        captions: caption ids.
        seed: the same seed and `as_of` write the same bytes.
        as_of: the moment of the simulation; the history ends in the day before it.

    Raises:
        ValueError: a size makes no agency.
        OSError: the directory cannot be written.
    """
    agency = simulate_agency(
        pages=pages, messages=messages, captions=captions, seed=seed, as_of=as_of
    )
    write_tables(agency.tables, directory)
    return agency
