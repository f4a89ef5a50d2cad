"""What one version of a week is expected to earn over another, and how sure that is."""

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
    brings: by the delta method on the covariance of the messages' log means, as in
    `PageResponse.week_variance_of`, with the dollars of `before` counted negative.
    """
    both = _joined(before.planned, after.planned)
    covariance = _covariance(both, response)
    keys = [*_keys(before), *_keys(after)]
    same = np.array([[a == b for b in keys] for a in keys]) & ~np.eye(len(keys), dtype=bool)
    own = both.caption_variance - response.uncertainty.held
    # One caption has one effect, in both weeks alike.
    covariance = covariance + np.where(same, own[:, None], 0.0)
    signed = np.concatenate([-before.dollars, after.dollars])
    deviation = float(np.sqrt(max(signed @ covariance @ signed, 0.0)))
    reach = NormalDist().inv_cdf((1.0 + settings.interval_coverage) / 2.0) * deviation
    mean = round(after.expected - before.expected, 2)
    return Difference(mean, round(mean - reach, 2), round(mean + reach, 2))


def _keys(week: ValuedWeek) -> list[str]:
    return [message.caption_key for message in week.plan.messages]


def _covariance(planned: Planned, response: PageResponse) -> FloatArray:
    return response.uncertainty.excess(planned)


def _joined(before: Planned, after: Planned) -> Planned:
    names = Planned.__dataclass_fields__
    return Planned(
        **{name: np.concatenate([getattr(before, name), getattr(after, name)]) for name in names}
    )
