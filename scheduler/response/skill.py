"""How well the model does on weeks it has not seen. None of it is called accuracy."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata

from scheduler.response.rows import FloatArray

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
class Outcome:
    """Held-out messages: what happened, what was predicted, what a naive mean says."""

    sent: FloatArray
    purchases: FloatArray
    mean: FloatArray  # predicted purchases
    earnings: FloatArray
    predicted: FloatArray  # dollars
    naive: FloatArray  # dollars, the agency's mean per recipient before the held-out days
    page_naive: FloatArray  # dollars, the page's own mean

    def take(self, mask: np.ndarray) -> "Outcome":
        """The messages where `mask` is true."""
        return Outcome(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


def r2_per_recipient(outcome: Outcome, against: FloatArray) -> float:
    """Share of the squared error per recipient, audience-weighted, that `against` leaves."""
    error = np.sum((outcome.earnings - outcome.predicted) ** 2 / outcome.sent)
    naive = np.sum((outcome.earnings - against) ** 2 / outcome.sent)
    return float(1.0 - error / naive) if naive > 0.0 else 0.0


def deviance_explained(purchases: FloatArray, mean: FloatArray, naive: FloatArray) -> float:
    """Poisson deviance explained against a naive mean; it needs no dispersion."""

    def deviance(expected: FloatArray) -> float:
        floor = np.maximum(expected, 1e-12)
        positive = np.maximum(purchases, 1e-12)
        ratio = np.where(purchases > 0.0, purchases * np.log(positive / floor), 0.0)
        return float(np.sum(ratio - purchases + floor))

    base = deviance(naive)
    return 1.0 - deviance(mean) / base if base > 0.0 else 0.0


def rank_correlation(left: FloatArray, right: FloatArray) -> float:
    """Spearman's; NaN when one side does not vary."""
    if len(left) < 3:
        return float("nan")
    a, b = rankdata(left), rankdata(right)
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def calibration_slope(outcome: Outcome) -> float:
    """Slope of realised on predicted earnings per recipient, audience-weighted; 1 is right."""
    x, y = outcome.predicted / outcome.sent, outcome.earnings / outcome.sent
    centre = np.average(x, weights=outcome.sent)
    spread = np.sum(outcome.sent * (x - centre) ** 2)
    if spread <= 0.0:
        return float("nan")
    return float(np.sum(outcome.sent * (x - centre) * y) / spread)


def metrics(outcome: Outcome) -> dict[str, float]:
    """Every metric of one group of held-out messages."""
    price = np.divide(
        outcome.predicted, outcome.mean, out=np.ones_like(outcome.mean), where=outcome.mean > 0
    )
    r2 = r2_per_recipient(outcome, outcome.naive)
    page = r2_per_recipient(outcome, outcome.page_naive)
    earned = outcome.earnings.sum()
    return {
        "skill": float(np.clip(r2, 0.0, 1.0)),
        "r2_earnings": r2,
        "r2_over_page_mean": page,
        "beats_page_mean": float(page > 0.0),
        "deviance_explained": deviance_explained(
            outcome.purchases, outcome.mean, outcome.naive / price
        ),
        "calibration_slope": calibration_slope(outcome),
        "bias": float(outcome.predicted.sum() / earned - 1.0) if earned > 0 else float("nan"),
        "rank_correlation": rank_correlation(
            outcome.predicted / outcome.sent, outcome.earnings / outcome.sent
        ),
        "row_count": float(len(outcome.sent)),
    }
