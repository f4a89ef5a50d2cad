"""Sending again what may work a moment later, a few times."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from scheduler.errors import SchedulerError


class NotSent(SchedulerError):
    """A channel did not take a letter. Says why, and never where to or with which password.

    Attributes:
        may_pass: asking again may work.
    """

    def __init__(self, reason: str, *, may_pass: bool = False) -> None:
        super().__init__(reason)
        self.may_pass = may_pass


@dataclass(frozen=True)
class Patience:
    """How often is asked again.

    Attributes:
        attempts: tries in all.
        backoff_base: seconds before try n + 1 are `backoff_base ** n`.
        timeout: seconds that one try may wait for the other side.
    """

    attempts: int
    backoff_base: float
    timeout: float = 10.0


def with_patience(
    send: Callable[[], None], patience: Patience, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Send, again while that may help.

    Raises:
        NotSent: it did not work, or can't.
    """
    for attempt in range(1, patience.attempts + 1):
        try:
            send()
            return
        except NotSent as error:
            if not error.may_pass:
                raise
            if attempt == patience.attempts:
                tries = f"{attempt} tries" if attempt > 1 else "one try"
                raise NotSent(f"{error} ({tries})") from None
            sleep(patience.backoff_base**attempt)
