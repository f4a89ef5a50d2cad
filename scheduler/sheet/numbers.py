"""Money, ids and flags as the spreadsheets of the United States and Europe write them."""

import math
import re
from dataclasses import dataclass

from scheduler.sheet.cell_values import CellError, shown, unwrapped

_DOLLARS = r"(?:us)?(?:\$|usd)?"
_MONEY = re.compile(rf"([+-]?){_DOLLARS}([+-]?)([0-9][0-9.,' ]*){_DOLLARS}", re.ASCII)
_OTHER_MONEY = re.compile(
    r"[€£¥₹₽₺₩]|\b(?:eur|gbp|cad|aud|chf|jpy|pln|sek|nok|dkk|brl|mxn)\b", re.IGNORECASE
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})+")
_SCIENTIFIC = re.compile(r"([+-]?)([0-9])(?:[.,]([0-9]+))?e\+?([0-9]{1,3})", re.ASCII)
_MOST_DOLLARS = 1e9
_LARGEST_ID = 2**63 - 1
_DIGITS_OF_A_SPREADSHEET = 15

_YES = "true t yes y 1 x wahr ja vrai oui verdadero si sí vero waar verdadeiro sim prawda ✓ ✔"
_NO = "false f no n 0 falsch nein faux non falso onwaar nee falsk não nao fałsz nie"
_TRUE = frozenset(_YES.split())
_FALSE = frozenset(["", *_NO.split()])


def parse_money(cell: str) -> float | None:
    """Dollars, to the cent; None for an empty cell.

    Raises:
        CellError: it is no amount of dollars, or can be read as two.
    """
    text = unwrapped(cell).lower()
    if not text:
        return None
    if _OTHER_MONEY.search(text):
        raise CellError(f"{shown(cell)} is in another currency; prices are dollars")
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    if match := _SCIENTIFIC.fullmatch(text):
        sign, first, rest, power = match.groups()
        return _cents(float(f"{sign}{first}.{rest or 0}e{power}"), cell)
    match = _MONEY.fullmatch(text.replace(" ", "")) if " " not in text else _spaced(text)
    if match is None or (match[1] and match[2]):
        raise CellError(f"{shown(cell)} is no amount of dollars")
    value = float(_plain_decimal(match[3].strip(), cell))
    return _cents(-value if "-" in (match[1], match[2]) else value, cell)


def _spaced(text: str) -> "re.Match[str] | None":
    """The same where blanks stand beside the sign of the currency or between thousands."""
    tight = re.sub(r"\s*(us\$|\$|usd)\s*", r"\1", text)
    if re.search(r"[0-9] [0-9]", tight) and not re.search(r"[0-9] [0-9]{3}(?![0-9])", tight):
        return None
    return _MONEY.fullmatch(re.sub(r"(?<=[0-9]) (?=[0-9]{3})|^([+-]) ", r"\1", tight))


def _plain_decimal(digits: str, cell: str) -> str:
    """Digits with a decimal point and nothing else."""
    marks = [mark for mark in digits if not mark.isdigit()]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, part = digits.rpartition(last)
    is_decimal = last in ".," and digits.count(last) == 1
    if is_decimal and len(part) == 3 and len(marks) == 1:
        if whole.strip("0") == "":
            return f"0.{part}"
        raise CellError(
            f"{shown(cell)} is {whole}{part} or {whole}.{part}: write {whole}.{part[:2]}"
            f" or {whole}{part}"
        )
    if is_decimal and (not part or len(marks) == 1 or _GROUPED.fullmatch(whole)):
        return f"{re.sub('[^0-9]', '', whole)}.{part or 0}"
    if len(set(marks)) == 1 and _GROUPED.fullmatch(digits):
        return re.sub("[^0-9]", "", digits)
    raise CellError(f"{shown(cell)} is no amount of dollars")


def _cents(value: float, cell: str) -> float:
    if not math.isfinite(value) or abs(value) > _MOST_DOLLARS:
        raise CellError(f"{shown(cell)} is no amount of dollars")
    cents = round(value, 2)
    if abs(value - cents) > 1e-6:
        raise CellError(f"{shown(cell)} has parts of a cent")
    return cents + 0.0


@dataclass(frozen=True)
class IdCell:
    """A caption id as a spreadsheet gave it back.

    Attributes:
        value: the number; None for an empty cell.
        kept: leading digits that are surely those of the id; None when all of them are.
        text: the cell.
    """

    value: int | None
    kept: int | None = None
    text: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the cell shows every digit."""
        return self.value is not None and self.kept is None

    def may_be(self, other: int) -> bool:
        """Whether the cell is that id, whole or as a spreadsheet rounds it."""
        if self.value is None or self.value == other:
            return True
        kept = self.kept
        if kept is None:
            if len(str(abs(self.value))) <= _DIGITS_OF_A_SPREADSHEET:
                return False
            kept = _DIGITS_OF_A_SPREADSHEET
        return abs(self.value - other) <= _unit(other, kept)


def _unit(number: int, kept: int) -> int:
    """What the last of the kept digits of a number counts."""
    return int("1" + "0" * max(len(str(abs(number))) - kept, 0))


def parse_id(cell: str) -> IdCell:
    """A caption id, also one in scientific notation or with marks between thousands.

    Raises:
        CellError: it is no whole number of 64 bits.
    """
    text = unwrapped(cell).replace(" ", "").replace("_", "")
    if not text:
        return IdCell(None, text=cell)
    if match := _SCIENTIFIC.fullmatch(text.lower()):
        sign, first, rest, power = match.groups()
        digits = first + (rest or "")
        kept = digits.rstrip("0") or "0"
        value = int(f"{sign}{digits}" + "0" * max(int(power) - len(rest or ""), 0))
        if int(power) < len(rest or "") or abs(value) > _LARGEST_ID:
            raise CellError(f"{shown(cell)} is no caption id")
        is_whole = int(power) < len(kept)
        return IdCell(value, None if is_whole else len(digits), cell)
    number = re.fullmatch(r"([+-]?)([0-9][0-9.,']*?)(?:[.,]0{1,2})?", text, re.ASCII)
    if number is None or not (number[2].isdigit() or _GROUPED.fullmatch(number[2])):
        raise CellError(f"{shown(cell)} is no number")
    digits = re.sub("[^0-9]", "", number[2])
    if len(digits) > len(str(_LARGEST_ID)) or int(digits) > _LARGEST_ID:
        raise CellError(f"{shown(cell)} has {len(digits)} digits, more than any caption id")
    return IdCell(int(f"{number[1]}{digits}"), None, cell)


def parse_flag(cell: str) -> bool:
    """Yes or no, in the words that spreadsheets of several languages put for a tick.

    Raises:
        CellError: it is neither.
    """
    text = unwrapped(cell).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise CellError(f"{shown(cell)} is neither TRUE nor FALSE")
