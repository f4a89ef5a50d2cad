"""Pages whose level lies far from the others'."""

import numpy as np
import pyarrow as pa
import pytest

from scheduler.response.fit.response import fit_rows
from scheduler.response.read.predict import Response, expected_purchases
from scheduler.response.rows import Labels, Rows, read_rows
from scheduler.response.settings import ResponseSettings
from tests.scheduler.response.conftest import World, with_columns

EAGER = ("page4", "page5")


@pytest.fixture(scope="module")
def training(world: World) -> pa.Table:
    """Two pages where few look and most of those buy, fifty times the share of the other pages."""
    random = np.random.default_rng(4)
    is_eager = np.isin(world.training.column("page_name").to_pylist(), EAGER)
    sent, price = (world.training.column(n).to_numpy() for n in ("sent_count", "price"))
    viewed = world.training.column("viewed_count").to_numpy().copy()
    bought = world.training.column("purchased_count").to_numpy().copy()
    sent, share = np.where(is_eager, 45_000, sent), random.beta(4, 2, len(sent))
    viewed[is_eager] = random.poisson(180, is_eager.sum())
    bought[is_eager] = np.round(share * viewed)[is_eager]
    return with_columns(
        world.training, sent_count=sent, viewed_count=viewed, purchased_count=bought,
        earnings=bought * price,
    )  # fmt: skip


def over_bought(response: Response, rows: Rows, labels: Labels, page: str) -> float:
    """Expected over realised purchases of a page."""
    own = rows.take(rows.page == labels.pages.index(page))
    return float(expected_purchases(response, own).sum() / own.purchases.sum())


def test_a_page_far_above_the_others_is_foretold_at_its_own_level(training: pa.Table) -> None:
    rows, labels, _ = read_rows(training, ResponseSettings())
    response = fit_rows(rows, labels, ResponseSettings())
    for page in EAGER:
        assert over_bought(response, rows, labels, page) == pytest.approx(1.0, abs=0.1)


def test_so_is_one_that_begins_after_the_fit_before(training: pa.Table) -> None:
    rows, labels, _ = read_rows(training, ResponseSettings())
    others = rows.take(rows.page != labels.pages.index(EAGER[1]))
    before = fit_rows(others, labels, ResponseSettings())
    response = fit_rows(rows, labels, ResponseSettings(), before)
    assert over_bought(response, rows, labels, EAGER[1]) == pytest.approx(1.0, abs=0.1)
