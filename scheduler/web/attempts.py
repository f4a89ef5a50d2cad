"""How often somebody may try to log in."""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

_WINDOW_SECONDS = 15 * 60
_BY_ADDRESS, _BY_NAME = 10, 20
_KEYS_KEPT = 10_000


class Attempts:
    """Failed tries of the last quarter of an hour, by address and by name.

    Held in memory: a restart forgets them. A name takes more tries than an address, so that a
    stranger can't easily keep its owner out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._guard = threading.Lock()

    def admit(self, address: str, name: str) -> int:
        """Count a try before it is judged, so that many at once are not heard as one.

        Returns:
            Seconds until a try is heard; 0 when this one is.
        """
        now = self._clock()
        with self._guard:
            waits = [0.0]
            for key, limit in _keys(address, name):
                recent = self._recent(key, now)
                if len(recent) >= limit:
                    waits.append(recent[-limit] + _WINDOW_SECONDS - now)
            if max(waits) <= 0:
                self._count(address, name, now)
        return math.ceil(max(waits))

    def succeeded(self, address: str, name: str) -> None:
        """The last try was no failure; those of its name before are forgotten."""
        with self._guard:
            (of_address, _), (of_name, _) = _keys(address, name)
            self._failures.pop(of_name, None)
            if self._failures.get(of_address):
                self._failures[of_address].pop()

    def _count(self, address: str, name: str, now: float) -> None:
        for key, _ in _keys(address, name):
            self._failures.setdefault(key, deque()).append(now)
            self._failures.move_to_end(key)
        while len(self._failures) > _KEYS_KEPT:
            self._failures.popitem(last=False)

    def _recent(self, key: tuple[str, str], now: float) -> deque[float]:
        recent = self._failures.get(key, deque())
        while recent and recent[0] <= now - _WINDOW_SECONDS:
            recent.popleft()
        return recent


def _keys(address: str, name: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return (
        (("address", address), _BY_ADDRESS),
        (("name", name.strip().lower()[:64]), _BY_NAME),
    )
