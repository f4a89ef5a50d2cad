"""What one version of a week is expected to earn over another, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from scheduler.editing.prepared_week import ValuedWeek
from scheduler.marts.build_settings import Settings
from scheduler.response import PageResponse
from scheduler.response.read.uncertainty import Planned
from scheduler.response.rows import FloatArray


@dataclass(frozen=True)
class Difference:
    """Dollars that a week is expected to earn more than another; low and high as `intervals`.

    What both weeks have in common cancels: a bad estimate of the page's level moves both.
    """

    expected: float
    low: float
    high: float


def difference(
    before: ValuedWeek, after: ValuedWeek, response: PageResponse, settings: Settings
) -> Difference:
    """Expected revenue of `after` less that of `before`.

    The interval has the settings' coverage and is about what is expected, not about what luck
    brings: by the delta method on the covariance of the messages' log means, with the dollars of
    `before` counted negative (as `PageResponse.week_variance_of`), and the level that all messages
    of the page share, which moves the difference in proportion.
    """
    both = _joined(before.planned, after.planned)
    covariance = response.uncertainty.excess(both) + _alike(
        both, [*_keys(before), *_keys(after)], response.uncertainty.held
    )
    signed = np.concatenate([-before.dollars, after.dollars])
    mean = float(signed.sum())
    variance = float(signed @ covariance @ signed) + response.week_variance * mean**2
    reach = NormalDist().inv_cdf((1.0 + settings.interval_coverage) / 2.0)
    reach *= float(np.sqrt(max(variance, 0.0)))
    told = round(after.expected - before.expected, 2)
    return Difference(told, round(told - reach, 2), round(told + reach, 2))


def _alike(planned: Planned, keys: Sequence[str], held: float) -> FloatArray:
    """What `Uncertainty.excess` leaves out: it knows each message once, against the usual one.

    Its diagonal is less what usual messages vary by, which a difference does not share; and one
    caption has one effect, in both weeks alike.
    """
    same = np.array([[a == b for b in keys] for a in keys])
    once = np.eye(len(keys), dtype=bool)
    shared = np.where(same & ~once, planned.caption_variance[:, None], 0.0)
    return np.asarray(shared + np.where(once, held, 0.0), dtype=np.float64)


def _keys(week: ValuedWeek) -> list[str]:
    return [message.caption_key for message in week.plan.messages]


def _joined(before: Planned, after: Planned) -> Planned:
    names = Planned.__dataclass_fields__
    return Planned(
        **{name: np.concatenate([getattr(before, name), getattr(after, name)]) for name in names}
    )
