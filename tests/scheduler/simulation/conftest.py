"""One agency of the size of the demo and one as small as tests use, made once."""

from datetime import UTC, datetime

import pytest

from scheduler.simulation import Agency, simulate_agency

AS_OF = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def agency() -> Agency:
    return simulate_agency(seed=7, as_of=AS_OF)


@pytest.fixture(scope="session")
def small_agency() -> Agency:
    return simulate_agency(pages=3, messages=900, captions=400, seed=7, as_of=AS_OF)
