"""How a file writes numbers and dates: told by all its cells together, never guessed from one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

MONTH_FIRST, DAY_FIRST = "month_first", "day_first"

_MONEY = re.compile(
    r"^(?:us|ca|au|nz|c|a)?[$\u20ac\u00a3\u00a5]|[$\u20ac\u00a3\u00a5]$|^(?:usd|eur|gbp|cad|aud)\b|\b(?:usd|eur|gbp|cad|aud)$",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
_GROUPS = {",": re.compile(r"\d{1,3}(?:,\d{3})+"), ".": re.compile(r"\d{1,3}(?:\.\d{3})+")}
_PLAIN = re.compile(r"[0-9.,]+")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"), 1
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?(?:m\.?)?"
_NUMBERED = re.compile(
    rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})[,\s]+(?:at )?{_CLOCK}", re.IGNORECASE
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[/.](\d{{1,2}})[/.](\d{{1,2}})[,\s]+{_CLOCK}", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:[a-z]{{3,9}}\.?,? )?(?:([a-z]{{3,9}})\.? (\d{{1,2}})|(\d{{1,2}})\.?[ -]([a-z]{{3,9}})\.?)"
    rf",?[ -](\d{{4}})[,\s]+(?:at )?{_CLOCK}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of a file are to be read.

    Attributes:
        decimal_mark: `.` or `,`; None when the file contradicts itself.
        date_order: MONTH_FIRST or DAY_FIRST; None when the file does not show it.
        zone: of times that are written without one; None: UTC.
    """

    decimal_mark: str | None = "."
    date_order: str | None = None
    zone: ZoneInfo | None = None

    def number(self, text: str) -> str:
        """A number without currency, grouping and percent sign, with a decimal point.

        Raises:
            ValueError: it is none, or could be two.
        """
        bare, factor = _bare(text)
        if not bare or (self.decimal_mark is None and re.search("[.,]", bare)):
            raise ValueError(text)
        if self.decimal_mark is None:
            return bare
        grouping = "," if self.decimal_mark == "." else "."
        whole, mark, fraction = bare.lstrip("+-").partition(self.decimal_mark)
        if grouping in whole:
            if not _GROUPS[grouping].fullmatch(whole):
                raise ValueError(text)
            whole = whole.replace(grouping, "")
        sign = "-" if bare.startswith("-") else ""
        plain = f"{sign}{whole}{'.' if mark else ''}{fraction}"
        return plain if factor == 1 else repr(float(plain) / factor)

    def moment(self, text: str) -> datetime:
        """A date and time in the order and the zone of the file, as UTC without zone.

        Raises:
            ValueError: it is none, or day and month could be exchanged.
        """
        return self.in_utc(_wall_clock(" ".join(text.split()), self.date_order))

    def in_utc(self, local: datetime) -> datetime:
        """A time on the file's clock as UTC; one that a clock change skips is an hour later."""
        if self.zone is None:
            return local
        try:
            return local.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            raise ValueError(str(local)) from None


def _bare(text: str) -> tuple[str, int]:
    """The digits and marks of a number, and what to divide it by."""
    bare = _BLANKS.sub("", text).replace("\u2212", "-").replace("\u2019", "").replace("'", "")
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    sign = "-" if bare.startswith("-") else ""
    bare = _MONEY.sub("", bare.removeprefix("-"))
    if not sign and bare.startswith("-"):
        sign, bare = "-", bare[1:]
    factor = 100 if bare.endswith("%") else 1
    return sign + bare.removesuffix("%"), factor


def decimal_mark(numbers: Iterable[str], counts: Iterable[str], separator: str) -> str | None:
    """The decimal mark that the cells show.

    Args:
        numbers: distinct cells of columns of numbers.
        counts: of columns of whole numbers, whose only mark groups digits.
        separator: of the file; where `;` is one, the comma is free to be a decimal mark.
    """
    votes = {vote for cell in numbers if (vote := _vote(_bare(cell)[0].lstrip("+-")))}
    for cell in counts:
        bare = _bare(cell)[0].lstrip("+-")
        if "," in bare and _GROUPS[","].fullmatch(bare):
            votes.add(".")
    if len(votes) > 1:
        return None
    return votes.pop() if votes else ("," if separator == ";" else ".")


def _vote(bare: str) -> str | None:
    """The decimal mark that a cell can only have, None when it says nothing."""
    commas, points = bare.count(","), bare.count(".")
    if commas and points:
        last = "," if bare.rindex(",") > bare.rindex(".") else "."
        return last if _PLAIN.fullmatch(bare) and bare.count(last) == 1 else None
    if not commas and not points:
        return None
    mark, other = (",", ".") if commas else (".", ",")
    if commas + points > 1:
        return other if _GROUPS[mark].fullmatch(bare) else None
    if not _PLAIN.fullmatch(bare):
        return None
    if _GROUPS[mark].fullmatch(bare) and not bare.startswith("0"):
        return None
    return mark


def date_order(cells: Iterable[str]) -> str | None:
    """The order of day and month that the cells show; None when none does or they disagree."""
    orders = set()
    for cell in cells:
        if match := _NUMBERED.fullmatch(" ".join(cell.split())):
            first, mark, second = int(match[1]), match[2], int(match[3])
            if mark == "." or first > 12:
                orders.add(DAY_FIRST)
            elif second > 12:
                orders.add(MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else None


def is_ambiguous_date(text: str) -> bool:
    """Whether day and month of a date can only be told by others of the file."""
    return bool(_NUMBERED.fullmatch(" ".join(text.split())))


def _wall_clock(text: str, order: str | None) -> datetime:
    if match := _NUMBERED.fullmatch(text):
        if order is None:
            raise ValueError(text)
        first, _, second, year, *clock = match.groups()
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        return _at(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day), clock)
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day, *clock = match.groups()
        return _at(int(year), int(month), int(day), clock)
    if match := _NAMED.fullmatch(text):
        before, day_after, day_before, after, year, *clock = match.groups()
        number = _MONTHS.get((before or after).lower())
        if number is not None:
            return _at(int(year), number, int(day_after or day_before), clock)
    raise ValueError(text)


def _at(year: int, month: int, day: int, clock: list[str | None]) -> datetime:
    hour, minute, second, half = clock
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(hour)
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    return datetime(year, month, day, hours, int(minute or 0), int(second or 0))
