"""What a user is told when something is wrong: one line, with what to do next."""


class SchedulerError(Exception):
    """Something the user can mend. The message is one line: what is wrong, then what to do."""
