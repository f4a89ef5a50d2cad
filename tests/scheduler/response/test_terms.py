"""Terms: one list, one design matrix, one table of documentation."""

from dataclasses import replace

import numpy as np
import pytest

from scheduler.response import ResponseSettings, fit_response
from scheduler.response.design import Coefficients, Layout, make_design
from scheduler.response.fit.normal import Penalties, gradient, posterior
from scheduler.response.rows import read_rows
from scheduler.response.stats import page_stats
from scheduler.response.terms import TERMS
from scheduler.response.terms.table import terms_table
from tests.scheduler.project.files import ROOT
from tests.scheduler.response.conftest import World


def test_the_documentation_lists_the_terms_as_they_are() -> None:
    shown = (ROOT / "docs" / "model.md").read_text(encoding="utf-8").splitlines()
    start = shown.index(terms_table()[0])
    assert shown[start : start + len(terms_table())] == terms_table()


def test_page_blocks_solve_what_one_dense_system_does(world: World) -> None:
    """Elimination page by page gives the inverse of the whole penalised information."""
    settings = ResponseSettings()
    rows, labels, _ = read_rows(world.training, settings)
    rows = rows.take(np.arange(400))
    stats = page_stats(rows, labels, settings)
    layout = Layout(len(labels.pages), len(labels.contents))
    design = make_design(rows, stats, layout)
    s, d, pages = design.shared.shape[1], design.own.shape[1], layout.pages
    random = np.random.default_rng(2)
    penalties = Penalties(random.uniform(1, 5, s), random.uniform(1, 5, d))
    weight = random.uniform(0.1, 2.0, len(rows))
    dense = np.zeros((len(rows), s + pages * d))
    dense[:, :s] = design.shared
    for row, page in enumerate(design.page.tolist()):
        dense[row, s + page * d : s + (page + 1) * d] = design.own[row]
    ridge = np.concatenate([penalties.shared, np.tile(penalties.own, pages)])
    covariance = np.linalg.inv(dense.T @ (dense * weight[:, None]) + np.diag(ridge))
    found = posterior(design, weight, penalties, pages)
    whole = dense @ covariance @ dense.T
    assert found.covariance(design) == pytest.approx(whole, abs=1e-9)
    assert found.variance(design) == pytest.approx(np.diag(whole), abs=1e-9)
    score = random.normal(0, 1, len(rows))
    step = found.times(gradient(design, score, pages))
    flat = covariance @ (dense.T @ score)
    assert step.shared == pytest.approx(flat[:s], abs=1e-9)
    assert step.own[:-1].ravel() == pytest.approx(flat[s:], abs=1e-9)


def test_a_page_nobody_has_seen_is_as_uncertain_as_the_prior_of_its_own_effects(
    world: World,
) -> None:
    settings = ResponseSettings()
    rows, labels, _ = read_rows(world.training, settings)
    rows = rows.take(np.arange(200))
    stats = page_stats(rows, labels, settings)
    layout = Layout(len(labels.pages), len(labels.contents))
    design = make_design(rows, stats, layout)
    s, d = design.shared.shape[1], design.own.shape[1]
    penalties = Penalties(np.ones(s), np.full(d, 4.0))
    found = posterior(design, np.ones(len(rows)), penalties, layout.pages)
    strangers = replace(design, page=np.full(len(rows), layout.pages))
    known = found.variance(replace(strangers, own=np.zeros_like(design.own)))
    extra = found.variance(strangers) - known
    assert extra == pytest.approx((design.own**2).sum(axis=1) / 4.0)
    nothing = Coefficients(np.zeros(s), np.zeros((layout.pages + 1, d)))
    assert (strangers @ nothing).tolist() == [0.0] * len(rows)


@pytest.mark.parametrize("name", [term.name for term in TERMS if term.name != "level"][::4])
def test_a_model_without_a_term_is_fitted_and_read_all_the_same(world: World, name: str) -> None:
    settings = ResponseSettings(without=(name,), skill_origins=1)
    model = fit_response(world.training.slice(0, 1_500), settings)
    response = model.page_response("page1")
    assert np.isfinite(response.log_base)
    assert np.isfinite(model.curves().column("estimate").to_numpy()).all()
