"""Weeks ready to be judged while somebody drags a message."""

import threading
from collections import OrderedDict
from datetime import date

from scheduler.editing.prepared_week import PreparedWeek, prepare_week
from scheduler.web.web_store import Store

_WEEKS_KEPT = 4


class PreparedWeeks:
    """Weeks that were looked at last, ready to be judged: reading one takes seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[tuple[object, ...], PreparedWeek] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, name: str, wanted: date | None) -> PreparedWeek:
        """A page's week as it stands.

        Raises:
            SchedulerError: nothing is published, or there is no model.
        """
        shown = self._store.shown()
        week = shown.week(wanted).week
        key = (shown.read_at, name, week)
        with self._guard:
            if key not in self._known:
                with self._store.looking() as standing:
                    self._known[key] = prepare_week(standing, name, week)
            self._known.move_to_end(key)
            while len(self._known) > _WEEKS_KEPT:
                self._known.popitem(last=False)
            return self._known[key]
