"""What a user is told when something is wrong: one line, with what to do next."""

from collections.abc import Mapping


class SchedulerError(Exception):
    """Something the user can mend. The message is one line: what is wrong, then what to do."""


class WarehouseBusy(SchedulerError):
    """Another process writes to the warehouse; the same can be asked again when it is done."""


class NoKnownPage(SchedulerError):
    """None of the pages asked for can be planned.

    Attributes:
        reasons: page -> why.
    """

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(next(iter(reasons.values())))
        self.reasons = reasons
