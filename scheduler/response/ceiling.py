"""The ceiling: however many good things come together, only so many of the viewers buy.

The effects of a fit multiply, and many good ones together would sell more often than a message is
viewed. Taken as effects on odds they cannot. How hard the ceiling bites is told, if weakly, by the
history's best messages: where it does not bite, they sell what the effects multiply to.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.response.rows import FloatArray

# Crowdings between which a fit looks: buyers are at most 1 / crowding of the viewers.
CROWDINGS = np.array([0.0, 1.0, 2.0, 3.0])
UNKNOWN = (1.0, 1.0)  # mean and standard deviation before it is judged


@dataclass(frozen=True)
class Ceiling:
    """Of n messages.

    Attributes:
        log_rate: what the log of purchases per recipient is on top of the fit's own effects, (n,).
        view_rate: views per recipient, the page's usual ones, (n,).
        mean_rate: the page's usual purchases per recipient, (n,).
    """

    log_rate: FloatArray
    view_rate: FloatArray
    mean_rate: FloatArray

    def log_share(self, effects: FloatArray, crowding: float) -> FloatArray:
        """Log of what the ceiling leaves of each message's purchases.

        Args:
            effects: (n,) or (n, any) of each message's own.
            crowding: see `CROWDINGS`.
        """
        wide = (slice(None),) + (None,) * (effects.ndim - 1)
        rate = np.exp(self.log_rate[wide] + effects)
        return log_share(rate, self.view_rate[wide], self.mean_rate[wide], crowding)

    def elasticity(self, effects: FloatArray, crowding: float) -> FloatArray:
        """Relative change of each message's purchases by that of its rate, (n,)."""
        rate = np.exp(self.log_rate + effects)
        follows: FloatArray = self.view_rate / (self.view_rate + crowding * rate)
        return follows


def log_share(
    rate: FloatArray, view_rate: FloatArray, mean_rate: FloatArray, crowding: float
) -> FloatArray:
    """Log of what the ceiling leaves of a rate; nothing changes at the page's mean rate.

    Args:
        rate: purchases per recipient as the effects multiply.
        view_rate: views per recipient.
        mean_rate: the page's usual purchases per recipient.
        crowding: see `CROWDINGS`.
    """
    ratio: FloatArray = (view_rate + crowding * mean_rate) / (view_rate + crowding * rate)
    return np.log(ratio)


def bounded_rate(
    rate: FloatArray, view_rate: FloatArray, mean_rate: FloatArray, crowding: float
) -> FloatArray:
    """Purchases per recipient under the ceiling, and no more than view; see `log_share`.

    A page whose views were not counted keeps at least its usual purchases.
    """
    bounded: FloatArray = rate * np.exp(log_share(rate, view_rate, mean_rate, crowding))
    return np.minimum(bounded, np.maximum(view_rate, mean_rate))
