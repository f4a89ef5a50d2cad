"""All pages' places and captions in one program: a caption goes where it is worth most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.solver.agency.kept_places import Fixture
from scheduler.solver.engine.reduced_rewards import Duals
from scheduler.solver.mixed_integer import Model, Program, RuleRows
from scheduler.solver.rules import OF_PAGE, UNIQUENESS
from scheduler.solver.rules.rule import price_of
from scheduler.solver.week_problem import Bool, Float, Int

# Captions offered to each place at first: the best few, and some of the rest for when those go.
_BEST = 10
_SPREAD = 40
# Times that captions are let in after the relaxation, how many per place, and when to stop: what
# they could still add, as a part of the whole.
_PRICINGS = 8
_LET_IN = 10
_MISS = 1e-3
# Columns that cost the relaxation more than this part of it are left out of the MILP.
_KEEP = 2e-4
_EFFORT = (4, 1e-4)


@dataclass(frozen=True, eq=False)
class _Part:
    """One page's part of the program: pairs (place, caption) in play and their columns and rows."""

    place: Int
    caption: Int
    columns: Int
    place_rows: Int
    rules: Mapping[str, RuleRows]


@dataclass(frozen=True, eq=False)
class _Joint:
    """The program, its parts by page, and the rows that keep each key (by number) to one place."""

    program: Program
    parts: list[_Part]
    keys: Int
    key_rows: Int


@dataclass(frozen=True, eq=False)
class Sharing:
    """One page's captions, and what they cost it while all pages want them.

    Attributes:
        chosen: (places,) caption of each place, -1 where none is left.
        prices: row prices of the relaxation, by the fixture's captions and labels as numbered
            there. A caption has the same price, 0 or more, on every page.
    """

    chosen: Int
    prices: Duals


def share_out(fixtures: Sequence[Fixture]) -> list[Sharing]:
    """For each page the caption of each place: no key twice, the rules kept.

    The best sum of objectives over all pages. Where the captions do not suffice, places stay empty
    or a page's mix gives way; the caller mends those pages.
    """
    joint, prices = _relax(fixtures)
    values = joint.program.solve(*_EFFORT).values
    return [
        Sharing(_read(f, part, values), of_page)
        for f, part, of_page in zip(fixtures, joint.parts, prices, strict=True)
    ]


def sharing_prices(fixtures: Sequence[Fixture]) -> list[Duals]:
    """The prices alone of each page's `Sharing`."""
    return _relax(fixtures)[1]


def _relax(fixtures: Sequence[Fixture]) -> tuple[_Joint, list[Duals]]:
    """The program with the captions in play that its relaxation needs, and each page's prices."""
    keys = sorted({k for f in fixtures for k in f.problem.caption_keys})
    number = {key: i for i, key in enumerate(keys)}
    numbers = [
        np.array([number[k] for k in f.problem.caption_keys], dtype=np.int64) for f in fixtures
    ]
    play = [_first_in_play(f, sum(len(g.slots) for g in fixtures)) for f in fixtures]
    for i in range(_PRICINGS):
        joint = _build(fixtures, numbers, play)
        prices = joint.program.prices(_KEEP)
        duals = _duals(fixtures, numbers, joint, prices)
        if prices is None or i == _PRICINGS - 1:
            break
        missed = [
            _let_in(f, kept, of_page, prices[part.place_rows])
            for f, kept, of_page, part in zip(fixtures, play, duals, joint.parts, strict=True)
        ]
        if sum(missed) <= _MISS * joint.program.relaxed_objective:
            break
    return joint, duals


def _first_in_play(f: Fixture, places_of_all: int) -> Bool:
    """(n, k) the best captions of each place, and evenly spread ones down to the last needed."""
    score = f.places.score
    play = np.zeros(score.shape, dtype=bool)
    if not score.size:
        return play
    order = np.argsort(-score, axis=1, kind="stable")
    depth = np.arange(min(score.shape[1], places_of_all))
    ranks = np.unique(np.concatenate([depth[:_BEST], depth[:: max(len(depth) // _SPREAD, 1)]]))
    np.put_along_axis(play, order[:, ranks], values=True, axis=1)
    labels = np.stack([f.places.label[rule.name] for rule in OF_PAGE])
    for group in np.unique(labels, axis=1).T:
        members = np.flatnonzero((labels == group[:, None]).all(axis=0))
        best = members[np.argsort(-score[:, members].max(axis=0), kind="stable")[:2]]
        play[:, best] = True
    return play


def _build(fixtures: Sequence[Fixture], numbers: list[Int], play: list[Bool]) -> _Joint:
    model = Model()
    parts = [_add_page(model, f, kept) for f, kept in zip(fixtures, play, strict=True)]
    columns = np.concatenate([p.columns for p in parts])
    own = np.concatenate([n[p.caption] for n, p in zip(numbers, parts, strict=True)])
    keys, of = np.unique(own, return_inverse=True)
    key_rows = model.add_rows(of.reshape(-1), columns, high=np.ones(len(keys)))
    return _Joint(Program(model), parts, keys, key_rows)


def _add_page(model: Model, f: Fixture, play: Bool) -> _Part:
    places = f.places
    place, caption = np.nonzero(play)
    n, top = len(f.slots), max(float(places.score.max(initial=0.0)), 1e-9)
    columns = model.add_columns(places.score[place, caption], is_integer=True)
    empty = model.add_columns(np.full(n, -10.0 * top), is_integer=False)
    place_rows = model.add_rows(
        np.concatenate([place, np.arange(n)]),
        np.concatenate([columns, empty]),
        low=np.ones(n),
        high=np.ones(n),
    )
    rules = {}
    for rule in OF_PAGE:
        low, high = places.bounds[rule.name]
        # places may stay empty, so only a least number can be out of reach
        slack = (-20.0 * top, float(n)) if rule.has_floor else None
        rows = places.rows(rule, place, caption)
        rules[rule.name] = rule.add_rows(model, rows, columns, (low, np.maximum(low, high)), slack)
    return _Part(place, caption, columns, place_rows, rules)


def _duals(
    fixtures: Sequence[Fixture], numbers: list[Int], joint: _Joint, prices: Float | None
) -> list[Duals]:
    """Each page's prices, all 0 when the relaxation has none."""
    if prices is None:
        prices = np.zeros(len(joint.program.model.row_low))
    of_key = np.zeros(max((int(own.max(initial=-1)) for own in numbers), default=-1) + 1)
    of_key[joint.keys] = np.maximum(prices[joint.key_rows], 0.0)
    out = []
    for f, own, part in zip(fixtures, numbers, joint.parts, strict=True):
        of = {UNIQUENESS.name: of_key[own]}
        for rule in OF_PAGE:
            rows = part.rules[rule.name]
            paid = prices[rows.rows]
            of[rule.name] = np.zeros(len(f.places.bounds[rule.name][1]))
            of[rule.name][rows.used] = paid if rule.has_floor else np.maximum(paid, 0.0)
        out.append(Duals(of))
    return out


def _let_in(f: Fixture, play: Bool, duals: Duals, of_place: Float) -> float:
    """Put into play what the prices show to be missed; the sum of what the places miss."""
    places = f.places
    reduced = places.score - duals.of[UNIQUENESS.name]
    for rule in sorted(OF_PAGE, key=lambda rule: not rule.per_day):
        reduced = reduced - price_of(duals.of[rule.name], places.grid(rule))
    reduced -= of_place[:, None]
    reduced[play] = 0.0
    # few captions are missed anywhere: only they are put in order
    missed = np.flatnonzero((reduced > 1e-9).any(axis=0))
    worth = reduced[:, missed]
    best = np.argsort(-worth, axis=1, kind="stable")[:, :_LET_IN]
    place = np.arange(len(worth))[:, None]
    play[place, missed[best]] |= worth[place, best] > 1e-9
    return float(np.maximum(reduced.max(axis=1, initial=0.0), 0.0).sum())


def _read(f: Fixture, part: _Part, values: Float | None) -> Int:
    chosen = np.full(len(f.slots), -1, dtype=np.int64)
    if values is not None:
        used = values[part.columns] > 0.5
        chosen[part.place[used]] = part.caption[used]
    return chosen
