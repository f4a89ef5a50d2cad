"""How well a model does on weeks it has not seen. None of it is called accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata

from scheduler.response.rows import FloatArray, IntArray

Row = tuple[str, str, str, float]


@dataclass(frozen=True)
class SkillReport:
    """Out-of-time metrics as rows (scope, scope_value, metric, value)."""

    rows: tuple[Row, ...]

    def value(self, metric: str, scope: str = "agency", scope_value: str = "all") -> float:
        """One metric; NaN when it was not measured."""
        for row in self.rows:
            if row[:3] == (scope, scope_value, metric):
                return row[3]
        return float("nan")

    @property
    def skill(self) -> float:
        """The agency's skill, 0..1: what confidence uses."""
        return self.value("skill")

    def table(self) -> pa.Table:
        """The rows as a table: scope, scope_value, metric, value."""
        names = ("scope", "scope_value", "metric", "value")
        columns = list(zip(*self.rows, strict=True)) or [(), (), (), ()]
        types = (pa.string(), pa.string(), pa.string(), pa.float64())
        arrays = [pa.array(list(c), t) for c, t in zip(columns, types, strict=True)]
        return pa.table(dict(zip(names, arrays, strict=True)))


@dataclass(frozen=True)
class Judged:
    """Messages predicted from an origin: what happened, what was predicted, what naive means say.

    Aligned arrays. A naive mean is what was bought, or earned, per recipient before the origin.
    """

    page: IntArray
    tier: IntArray
    cell: IntArray  # one code per origin, page and week
    sent: FloatArray
    worth: FloatArray  # dollars a purchase earns
    purchases: FloatArray
    earnings: FloatArray
    mean: FloatArray  # predicted purchases
    naive: FloatArray  # dollars, by the agency's mean
    page_naive: FloatArray  # dollars, by the page's own mean, shrunk to the agency's
    naive_mean: FloatArray  # purchases, by the agency's mean
    page_naive_mean: FloatArray  # purchases, by the page's own mean

    def __len__(self) -> int:
        return len(self.page)

    @property
    def predicted(self) -> FloatArray:
        """Predicted dollars."""
        return self.mean * self.worth

    def take(self, mask: np.ndarray) -> "Judged":
        """The messages where `mask` is true."""
        return Judged(*(getattr(self, field.name)[mask] for field in fields(self)))


def pooled(parts: Sequence[Judged]) -> Judged:
    """The messages of several origins, each page-week of each with a code of its own."""
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Judged)
    }
    shift = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    span = 1 + max((int(part.cell.max()) for part in parts if len(part)), default=0)
    columns["cell"] = columns["cell"] + shift * span
    return Judged(**columns)


def r2_per_recipient(judged: Judged, against: FloatArray) -> float:
    """Share of the squared error per recipient, audience-weighted, that `against` leaves."""
    error = np.sum((judged.earnings - judged.predicted) ** 2 / judged.sent)
    naive = np.sum((judged.earnings - against) ** 2 / judged.sent)
    return float(1.0 - error / naive) if naive > 0.0 else 0.0


def deviances(purchases: FloatArray, mean: FloatArray) -> FloatArray:
    """Half the Poisson deviance of each message; it needs no dispersion."""
    floor = np.maximum(mean, 1e-12)
    positive = np.maximum(purchases, 1e-12)
    ratio = np.where(purchases > 0.0, purchases * np.log(positive / floor), 0.0)
    found: FloatArray = ratio - purchases + floor
    return found


def deviance_explained(purchases: FloatArray, mean: FloatArray, naive: FloatArray) -> float:
    """Share of the Poisson deviance of a naive mean that the prediction takes away."""
    base = float(deviances(purchases, naive).sum())
    return 1.0 - float(deviances(purchases, mean).sum()) / base if base > 0.0 else 0.0


def rank_correlation(left: FloatArray, right: FloatArray) -> float:
    """Spearman's; NaN when one side does not vary."""
    if len(left) < 3:
        return float("nan")
    a, b = rankdata(left), rankdata(right)
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def calibration_slope(judged: Judged) -> float:
    """Slope of realised on predicted earnings per recipient, audience-weighted; 1 is right."""
    x, y = judged.predicted / judged.sent, judged.earnings / judged.sent
    centre = np.average(x, weights=judged.sent)
    spread = np.sum(judged.sent * (x - centre) ** 2)
    if spread <= 0.0:
        return float("nan")
    return float(np.sum(judged.sent * (x - centre) * y) / spread)


def week_totals(judged: Judged) -> tuple[FloatArray, FloatArray]:
    """Predicted and realised dollars of every page-week."""
    _, cell = np.unique(judged.cell, return_inverse=True)
    predicted: FloatArray = np.bincount(cell, judged.predicted).astype(np.float64)
    earned: FloatArray = np.bincount(cell, judged.earnings).astype(np.float64)
    return predicted, earned


def metrics(judged: Judged) -> dict[str, float]:
    """Every metric of one group of predicted messages.

    `bias` is predicted over realised dollars of its page-weeks, less 1; `week_error` the mean
    absolute error of a page-week's total over the mean total. `beats_page_mean` is 1 when the
    deviance is below that of the page's own mean.
    """
    r2 = r2_per_recipient(judged, judged.naive)
    predicted, earned = week_totals(judged)
    total = earned.sum()
    nothing = float("nan")
    over_page = deviance_explained(judged.purchases, judged.mean, judged.page_naive_mean)
    return {
        "skill": float(np.clip(r2, 0.0, 1.0)),
        "r2_earnings": r2,
        "r2_over_page_mean": r2_per_recipient(judged, judged.page_naive),
        "deviance_explained": deviance_explained(judged.purchases, judged.mean, judged.naive_mean),
        "deviance_over_page_mean": over_page,
        "beats_page_mean": float(over_page > 0.0),
        "rank_correlation": rank_correlation(
            judged.predicted / judged.sent, judged.earnings / judged.sent
        ),
        "calibration_slope": calibration_slope(judged),
        "bias": float(predicted.sum() / total - 1.0) if total > 0.0 else nothing,
        "week_error": float(np.abs(predicted - earned).sum() / total) if total > 0.0 else nothing,
        "row_count": float(len(judged)),
        "week_count": float(len(predicted)),
    }
