"""Saturation: however many good things come together, only viewers buy.

Effects multiply, and many good ones together would sell more often than messages are viewed. Taken
as effects on the odds of buying they cannot. Nothing is fitted: histories seldom come near it, and
what it leaves wrong is corrected by the weeks that were sent as planned.
"""

import numpy as np

from scheduler.response.rows import FloatArray


def log_share(rate: FloatArray, view_rate: float, mean_rate: float) -> FloatArray:
    """Log of what saturation leaves of a rate; nothing changes at the page's mean rate.

    Args:
        rate: purchases per recipient as the effects multiply.
        view_rate: views per recipient.
        mean_rate: the page's usual purchases per recipient.
    """
    ratio: FloatArray = (view_rate + mean_rate) / (view_rate + rate)
    return np.log(ratio)
