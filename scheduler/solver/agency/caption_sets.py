"""Which captions each page may use: what it was given and its part of the rest, nobody's twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scheduler.solver.agency.kept_places import Fixture
from scheduler.solver.engine.assignment import assign
from scheduler.solver.rules import OF_PAGE
from scheduler.solver.week_problem import Float, Int, PageProblem


@dataclass(frozen=True, eq=False)
class Share:
    """What one page was given: captions of its places (None: not all can be filled), its keys."""

    chosen: Int | None
    keys: frozenset[str]


def repaired(fixtures: list[Fixture], given: list[Int]) -> list[Share]:
    """Captions that keep every rule of their page, from its share and what nobody was given."""
    shares = [Share(ks, _keys(f, ks)) for f, ks in zip(fixtures, given, strict=True)]
    taken = {key for share in shares for key in share.keys}
    out = []
    for f, ks, share in zip(fixtures, given, shares, strict=True):
        if (ks >= 0).all() and f.places.is_valid(ks):
            out.append(share)
            continue
        taken -= share.keys
        found = _fill(f, np.flatnonzero([k not in taken for k in f.problem.caption_keys]))
        out.append(Share(found, share.keys if found is None else _keys(f, found)))
        taken |= out[-1].keys
    return out


def as_given(fixtures: list[Fixture], given: list[Int]) -> list[Share]:
    """What each page was given; places of a shorter week must be chosen anew."""
    return [
        Share(ks if (ks >= 0).all() and f.places.is_valid(ks) else None, _keys(f, ks))
        for f, ks in zip(fixtures, given, strict=True)
    ]


def _keys(f: Fixture, chosen: Int) -> frozenset[str]:
    return frozenset(f.problem.caption_keys[k] for k in chosen if k >= 0)


def _fill(f: Fixture, allowed: Int) -> Int | None:
    """The best valid captions for the places among these; None when there are none."""
    places = replace(
        f.places,
        score=f.places.score[:, allowed],
        label={rule: label[allowed] for rule, label in f.places.label.items()},
    )
    no_price = {name: np.zeros(len(high)) for name, (_, high) in places.bounds.items()}
    found = assign(places, no_price)
    return None if found is None else np.asarray(allowed[found], dtype=np.int64)


def disjoint_sets(fixtures: list[Fixture], shares: list[Share]) -> list[PageProblem]:
    """Each page with its own captions and those unused ones that it can use best."""
    owner = {key: i for i, share in enumerate(shares) for key in share.keys}
    best: dict[str, tuple[float, int]] = {}
    for i, (f, share) in enumerate(zip(fixtures, shares, strict=True)):
        for key, value in zip(f.problem.caption_keys, _appeal(f, share.chosen), strict=True):
            if key not in owner and value > best.get(key, (-np.inf, -1))[0]:
                best[key] = (float(value), i)
    owner |= {key: i for key, (_, i) in best.items()}
    return [
        f.problem.with_captions(
            np.flatnonzero([owner.get(key) == i for key in f.problem.caption_keys])
        )
        for i, f in enumerate(fixtures)
    ]


def _appeal(f: Fixture, chosen: Int | None) -> Float:
    """(k,) how near each caption comes to one of its kind that the page has, as a share of it."""
    score = f.places.score
    if not score.size:
        return np.full(score.shape[1], -1.0)
    unit = max(float(score.max(axis=1).mean()), 1e-12)
    if chosen is None:  # nothing to compare with: a page in need takes what is best for it
        return np.asarray(score.max(axis=0) / unit)
    now = score[np.arange(len(chosen)), chosen]
    same = np.ones(score.shape, dtype=bool)
    for rule in OF_PAGE:
        if not rule.per_day:
            label = f.places.label[rule.name]
            same &= label[chosen][:, None] == label[None, :]
    gain = score - now[:, None] * np.where(same, 1.0, 2.0)
    return np.asarray(gain.max(axis=0) / unit)
