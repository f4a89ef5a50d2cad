"""What is to be sent to each channel, and sending it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from scheduler import log
from scheduler.errors import SchedulerError
from scheduler.marts.alert_tables import is_run_sent, read_alerts, record_sent
from scheduler.marts.status_facts import read_runs
from scheduler.marts.week_state import built_settings
from scheduler.moments import utc_now
from scheduler.notify import mail, webhook
from scheduler.notify.letters import Letter, letters
from scheduler.notify.mail import Mail
from scheduler.notify.retries import NotSent, Patience, with_patience
from scheduler.notify.webhook import Webhook
from scheduler.warehouse import Warehouse, connect

CHANNELS = ("webhook", "mail")


class Channel(Protocol):
    """A way to people."""

    @property
    def name(self) -> str:
        """`webhook` or `mail`."""

    def send(self, letter: Letter, timeout: float) -> None:
        """Send the letter, or raise `NotSent`."""


@dataclass(frozen=True)
class Due:
    """What people have not been told.

    Attributes:
        letters: channel -> letters in their order.
        as_of: of the marts that say so.
        patience: how often is asked again.
    """

    letters: dict[str, list[Letter]]
    as_of: datetime
    patience: Patience


def channels() -> list[Channel]:
    """The channels that the environment names.

    Raises:
        SchedulerError: there is none, or what it says of one is wrong.
    """
    named = (Webhook.of_environment(), Mail.of_environment())
    found: list[Channel] = [channel for channel in named if channel is not None]
    if not found:
        raise SchedulerError(
            f"Nobody to tell. Set {webhook.VARIABLE}, or {mail.VARIABLE} with {mail.FROM} and"
            f" {mail.TO}."
        )
    return found


def read_due(warehouse: Warehouse, names: Sequence[str]) -> Due:
    """Open alerts that nobody has seen and a channel has not carried, and the last run's summary.

    Raises:
        SchedulerError: the marts are not built.
    """
    settings = built_settings(warehouse)
    unseen = [row for row in read_alerts(warehouse) if row["acknowledged_at"] is None]
    run = next(iter(read_runs(warehouse, 1)), None)
    due = {}
    for name in names:
        fresh = [row for row in unseen if row[f"{name}_sent_at"] is None]
        is_new = run is not None and not is_run_sent(warehouse, name, run)
        due[name] = letters(fresh, run if is_new else None)
    values = settings.values
    patience = Patience(int(values["retry_attempts"]), float(values["retry_backoff_base"]))
    return Due(due, settings.as_of, patience)


def send_due(
    database: Path,
    named: Sequence[Channel],
    due: Due,
    sleep: Callable[[float], None],
) -> Iterator[str]:
    """Send what is due, and keep what was taken: a line for each channel.

    A channel that fails stops no other; what it took before stays sent.

    Raises:
        SchedulerError: at the end, when a channel failed.
    """
    failures = []
    for channel in named:
        alerts = runs = 0
        try:
            for letter in due.letters[channel.name]:
                with_patience(
                    lambda to=channel, what=letter: to.send(what, due.patience.timeout),  # type: ignore[misc]
                    due.patience, sleep,
                )  # fmt: skip
                with connect(database) as warehouse:
                    record_sent(
                        warehouse, channel.name, letter.alerts, letter.run, due.as_of, utc_now()
                    )
                alerts += len(letter.alerts)
                runs += letter.run is not None
        except NotSent as error:
            failures.append(f"{channel.name}: {error}")
        log.event("notification", channel=channel.name, alerts=alerts, runs=runs)
        if alerts or runs:
            more = " and the last run's summary" if runs else ""
            yield f"Sent by {channel.name}: {alerts} alerts{more}."
        elif not due.letters[channel.name]:
            yield f"Nothing new for {channel.name}."
    if failures:
        raise SchedulerError(
            f"Not all was sent. {' '.join(failures)} What is left goes with the next"
            " `scheduler notify`."
        )
