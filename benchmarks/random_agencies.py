"""Random agencies: pages that draw their captions from one bank and like the same ones."""

from dataclasses import replace

import numpy as np

from benchmarks.random_pages import Shape, page
from scheduler.solver.week_problem import PageProblem


def agency(seed: int, pages: int, bank: int, shape: Shape) -> list[PageProblem]:
    """Pages with `shape.captions` of the bank's captions each, valued alike but for taste."""
    rng = np.random.default_rng(seed)
    quality = rng.lognormal(0, 0.8, bank)
    category = rng.choice(shape.categories, bank, p=rng.dirichlet(np.full(shape.categories, 0.7)))
    out = []
    for i in range(pages):
        own = page(seed * 1000 + i, shape, name=f"page_{i:02d}")
        index = np.sort(rng.choice(bank, shape.captions, replace=False))
        taste = 20 * rng.lognormal(0, 1) * np.exp(rng.normal(0, 0.15, shape.captions))
        out.append(
            replace(
                own,
                caption_keys=tuple(f"{j:06d}" for j in index),
                caption_value=quality[index] * taste,
                caption_category=category[index],
                caption_is_explicit=category[index] % 5 < 3,
            )
        )
    return out
