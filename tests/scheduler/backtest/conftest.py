"""The known world as a history that can be replayed."""

import numpy as np
import pyarrow as pa
import pytest

from tests.scheduler.response.conftest import PAGES, ROWS, World, world

__all__ = ["world"]  # a fixture of this folder too

DAYS = 84


@pytest.fixture(scope="session")
def messages(world: World) -> pa.Table:
    """As `replay_messages`: nothing of one day alone. Half of the world is enough here."""
    return world.training.drop_columns(["weight", "creator_tier"]).slice(0, ROWS // 2)


@pytest.fixture(scope="session")
def tiers() -> pa.Table:
    """As `creator_tiers`: every page is LARGE from 30 days ago on, MID before."""
    page, day = np.repeat(np.arange(PAGES), DAYS), np.tile(np.arange(DAYS), PAGES)
    return pa.table(
        {
            "page_name": [f"page{number}" for number in page],
            "days_ago": day,
            "creator_tier": np.where(day <= 30, "LARGE", "MID"),
        }
    )
