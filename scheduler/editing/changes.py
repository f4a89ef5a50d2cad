"""Single changes of a published week: judged at once and in memory, applied as a new version.

week = prepare_week(standing, "lunavale")            # slow, once per version
judge_changes(week, [Move(message, local_at)])       # what it earns and breaks; nothing is saved
apply_changes(standing, week, [Move(message, local_at)], hand)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.editing.difference import Difference, difference
from scheduler.editing.merged_week import FieldChange
from scheduler.editing.prepared_week import PreparedWeek, ValuedWeek, standing_version
from scheduler.editing.quick_rules import BrokenRule, broken_rules
from scheduler.editing.versions import Version, new_version, publish_if_allowed
from scheduler.errors import SchedulerError
from scheduler.marts.content_ids import message_id
from scheduler.marts.edit_tables import Hand
from scheduler.planning.promised import Kept
from scheduler.training.standing import Standing

OF_CAPTION = (
    "caption_id", "caption_key", "caption_text", "content_category", "content_category_key",
    "content_type", "content_class", "price_tier", "energy",
)  # fmt: skip


@dataclass(frozen=True)
class Move:
    """Send a message at another time on the page's clock."""

    message_id: str
    local_at: datetime


@dataclass(frozen=True)
class Reprice:
    """Ask another price, dollars."""

    message_id: str
    price: float


@dataclass(frozen=True)
class Swap:
    """Send another caption, one of `PreparedWeek.captions`."""

    message_id: str
    caption_id: int


@dataclass(frozen=True)
class Delete:
    """Leave a message out."""

    message_id: str


@dataclass(frozen=True)
class Add:
    """One message more."""

    local_at: datetime
    price: float
    caption_id: int


@dataclass(frozen=True)
class PriceTest:
    """Send a message's caption once more that week, at another price, to learn which is better."""

    message_id: str
    local_at: datetime
    price: float


MessageChange = Move | Reprice | Swap | Delete | Add | PriceTest


@dataclass(frozen=True, eq=False)
class Judgement:
    """What changes of a week would come to. Nothing was saved.

    Attributes:
        rows: the week as it would be, in time order, see `kept_message`.
        changes: fields that would differ.
        before: the week that stands.
        after: the week as it would be.
        difference: of the week's expected revenue, dollars.
        broken: rules that the week would break, worst first; those that it breaks already are
            marked.
    """

    week: PreparedWeek
    rows: tuple[Kept, ...]
    changes: tuple[FieldChange, ...]
    before: ValuedWeek
    after: ValuedWeek
    difference: Difference
    broken: tuple[BrokenRule, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether no rule of tier 1 would be broken that the week keeps now."""
        return not any(rule.tier == 1 and rule.is_new for rule in self.broken)

    @property
    def expected(self) -> dict[str, float]:
        """Message id -> dollars expected of it in the changed week."""
        return self.after.by_message


def judge_changes(week: PreparedWeek, changes: Sequence[MessageChange]) -> Judgement:
    """Say what changes would earn and break, without a warehouse and without saving.

    The rules are those that depend on the week's messages, checked here as the solver knows them;
    `apply_changes` asks the rulebook itself, which has the last word.

    Args:
        week: see `prepare_week`.
        changes: made one after the other.

    Raises:
        SchedulerError: no such message, a time outside the week or past, a caption that is not
            allowed.
    """
    edited = _Edited(week)
    for change in changes:
        edited.make(change)
    rows = tuple(sorted(edited.rows.values(), key=lambda row: (row["send_at"], row["message_id"])))
    if not rows:
        raise SchedulerError("A week needs a message: this would delete the last one.")
    after = week.valued(rows)
    return Judgement(
        week=week,
        rows=rows,
        changes=tuple(edited.changes),
        before=week.now,
        after=after,
        difference=difference(week.now, after, week.response, week.inputs.settings),
        broken=broken_rules(week, after),
    )


def apply_changes(
    standing: Standing, week: PreparedWeek, changes: Sequence[MessageChange], hand: Hand
) -> Version:
    """Make changes, publish the new version, and note who made them.

    What was changed by hand is locked from then on; approvals of the week are void.

    Args:
        standing: an open warehouse with fresh marts.
        week: see `prepare_week`.
        changes: made one after the other.
        hand: whose they are.

    Raises:
        RefusedChange: the rulebook refuses the week; nothing is changed.
        SchedulerError: another version stands by now, or see `judge_changes`.
    """
    stands, _ = standing_version(standing.warehouse, week.page_name, week.week)
    if stands != week.schedule_id:
        raise SchedulerError(
            f"The week of {week.week} of {week.page_name} was changed meanwhile: look at it again."
        )
    judgement = judge_changes(week, changes)
    if not judgement.changes:
        raise SchedulerError("That is what the week is already. Nothing was changed.")
    version = new_version(week, judgement.rows, judgement.changes)
    publish_if_allowed(standing.warehouse, version, hand)
    return version


class _Edited:
    """A week's messages on their way."""

    def __init__(self, week: PreparedWeek) -> None:
        self.week = week
        self.as_of = week.inputs.settings.as_of
        self.zone = ZoneInfo(week.rows[0]["timezone"])
        self.rows: dict[str, Kept] = {row["message_id"]: row for row in week.rows}
        self.changes: list[FieldChange] = []

    def make(self, change: MessageChange) -> None:
        makers: Mapping[type, Callable[[Any], None]] = {
            Move: self._move, Reprice: self._reprice, Swap: self._swap, Delete: self._delete,
            Add: self._add, PriceTest: self._test_price,
        }  # fmt: skip
        makers[type(change)](change)

    def _row(self, message: str) -> Kept:
        row = self.rows.get(message)
        if row is None:
            raise SchedulerError(
                f"{self.week.page_name} has no message {message} in the week of {self.week.week}."
            )
        if row["send_at"] <= self.as_of:
            raise SchedulerError(f"Message {message} was due before now: it can't be changed.")
        return row

    def _set(self, message: str, kind: str, field: str, values: Mapping[str, Any]) -> None:
        row = self._row(message)
        if row[field] == values[field]:
            return
        self.changes.append(FieldChange(message, kind, field, row[field], values[field]))
        by_hand = {"is_locked": True, "strategy_note": "Changed by hand."}
        self.rows[message] = {**row, **values, **by_hand}

    def _move(self, change: Move) -> None:
        self._set(change.message_id, "moved", "send_at", self._moment(change.local_at))

    def _reprice(self, change: Reprice) -> None:
        price = {"price": self._price(change.price)}
        self._set(change.message_id, "repriced", "price", price)

    def _swap(self, change: Swap) -> None:
        caption = self._caption(change.caption_id)
        self._set(change.message_id, "swapped", "caption_id", caption)

    def _delete(self, change: Delete) -> None:
        row = self._row(change.message_id)
        del self.rows[change.message_id]
        self.changes = [c for c in self.changes if c.message_id != change.message_id]
        self.changes.append(
            FieldChange(change.message_id, "deleted", "message", row["caption_id"], None)
        )

    def _add(self, change: Add) -> None:
        moment, caption = self._moment(change.local_at), self._caption(change.caption_id)
        price = self._price(change.price)
        row = added_row(self.week, moment, caption, price)
        self.rows[row["message_id"]] = row
        self.changes.append(
            FieldChange(row["message_id"], "added", "message", None, change.caption_id)
        )

    def _test_price(self, change: PriceTest) -> None:
        row, price = self._row(change.message_id), self._price(change.price)
        if price == row["price"]:
            raise SchedulerError(f"Both arms would ask ${price:g}: choose another price.")
        caption = {name: row[name] for name in OF_CAPTION}
        arm = added_row(self.week, self._moment(change.local_at), caption, price)
        for each, other in ((row, arm), (arm, row)):
            note = (
                f"A price test: the same caption asks ${other['price']:g} on"
                f" {other['local_at']:%A at %H:%M}."
            )
            tested = {"is_locked": True, "is_price_test": True, "strategy_note": note}
            self.rows[each["message_id"]] = {**each, **tested}
        self.changes.append(
            FieldChange(arm["message_id"], "price_tested", "price", row["price"], price)
        )

    def _caption(self, caption: int) -> dict[str, Any]:
        found = self.week.captions.get(caption)
        if found is None:
            raise SchedulerError(
                f"Caption {caption} is none that {self.week.page_name} may be given that week."
                f" `scheduler captions {self.week.page_name}` lists them."
            )
        return {name: found[name] for name in OF_CAPTION}

    @staticmethod
    def _price(price: float) -> float:
        if not 0 < price < 1e6:
            raise SchedulerError(f"{price} is no price: write dollars above 0.")
        return round(float(price), 2)

    def _moment(self, local: datetime) -> dict[str, Any]:
        """The columns that say when."""
        sent = local.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)
        if sent.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None) != local:
            raise SchedulerError(f"{local:%Y-%m-%d %H:%M} does not exist in {self.zone.key}.")
        if sent <= self.as_of:
            raise SchedulerError(f"{local:%Y-%m-%d %H:%M} is over: choose a later time.")
        if not 0 <= (local.date() - self.week.week).days < 7:
            raise SchedulerError(f"{local:%Y-%m-%d} is outside the week of {self.week.week}.")
        return local_columns(sent, local)


def local_columns(sent: datetime, local: datetime) -> dict[str, Any]:
    """The columns of a message that say when it is sent."""
    return {
        "send_at": sent, "local_at": local, "local_date": local.date(), "local_hour": local.hour,
        "iso_weekday": local.isoweekday(),
    }  # fmt: skip


def added_row(
    week: PreparedWeek, moment: Mapping[str, Any], caption: Mapping[str, Any], price: float
) -> dict[str, Any]:
    """A message that a person adds to a week."""
    drawn = dict.fromkeys(("is_explored", "propensity", "revenue_given_up"))
    return {
        **week.rows[0], **drawn, **moment, **caption,
        "message_id": message_id(week.schedule_id, moment["send_at"], caption["caption_key"]),
        "price": price, "is_locked": True, "is_price_test": False,
        "strategy_note": "Added by hand.",
    }  # fmt: skip
