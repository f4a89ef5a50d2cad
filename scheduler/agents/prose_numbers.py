"""Every number in prose must be a number of the facts; a sentence with another one is dropped.

A number counts as found when a fact of its unit, rounded as the prose writes it, is that number.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

_SLACK = 1e-12  # of binary fractions
DOLLARS, SHARE, TIMES, COUNT = "dollars", "share", "times", "count"

_WORDS = {
    "zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12,
}  # fmt: skip
_RELATIVE = {
    "half": ("0.5", SHARE), "third": ("0.33", SHARE), "quarter": ("0.25", SHARE),
    "twice": ("2", TIMES), "double": ("2", TIMES), "doubles": ("2", TIMES),
    "doubled": ("2", TIMES), "doubling": ("2", TIMES), "thrice": ("3", TIMES),
    "triple": ("3", TIMES), "triples": ("3", TIMES), "tripled": ("3", TIMES),
    "halves": ("0.5", SHARE), "halved": ("0.5", SHARE), "quadruple": ("4", TIMES),
    "quadrupled": ("4", TIMES), "tenfold": ("10", TIMES), "twofold": ("2", TIMES),
}  # fmt: skip
_ROUGH = r"(?:about|around|roughly|nearly|almost|some|approximately|over|under|~)\s*"
_NUMBER = re.compile(
    rf"(?P<rough>\b{_ROUGH}|~\s*)?(?P<dollar>[$€£]\s?)?"
    r"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<kilo>k\b)?"
    r"(?P<unit>\s?%|\s?percent(?:age points?)?\b|\s?(?:x|\u00d7|times)\b"
    r"|\s?(?:dollars|usd|bucks)\b)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b\d{1,2}:\d{2}\b|\b\d{1,2}\s?(?:am|pm)\b|\b\d{4}-\d{2}-\d{2}\b", re.IGNORECASE
)
_ANY_WORD = re.compile(rf"\b(?:{'|'.join([*_WORDS, *_RELATIVE])})\b", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?])\s+(?=[^\s])")
# Digits of other scripts and full-width forms would pass a check of 0-9 unseen.
_OTHER_DIGIT = re.compile(r"(?![0-9])[\d\u00b2\u00b3\u00b9\u2070-\u2089\u2150-\u218b\u2460-\u249b]")


@dataclass(frozen=True)
class Amount:
    """A number of the facts with its unit; shares are fractions."""

    value: float
    unit: str


@dataclass(frozen=True)
class Known:
    """What prose may say: amounts, and times or dates as the facts spell them."""

    amounts: tuple[Amount, ...]
    spelled: frozenset[str] = frozenset()

    def __or__(self, other: "Known") -> "Known":
        return Known(self.amounts + other.amounts, self.spelled | other.spelled)

    @staticmethod
    def of_texts(texts: Iterable[str]) -> "Known":
        """Times and dates of texts of ours, such as labels of hours."""
        found = [_tidy(match) for text in texts for match in _CLOCK.findall(text)]
        return Known((), frozenset(found) | {_twelve(clock) for clock in found if ":" in clock})


def checked(prose: str, known: Known) -> tuple[str, int]:
    """The prose without the sentences that say a number of their own, and how many those were."""
    kept, dropped = [], 0
    for sentence in sentences(prose):
        if unknown_numbers(sentence, known):
            dropped += 1
        else:
            kept.append(sentence)
    return " ".join(kept), dropped


def sentences(prose: str) -> list[str]:
    """Prose cut at the ends of its sentences, white space folded."""
    folded = " ".join(prose.split())
    return [part for part in _END.split(folded) if part]


def unknown_numbers(sentence: str, known: Known) -> list[str]:
    """The numbers of a sentence that no fact has, as written."""
    found = [match.group() for match in _OTHER_DIGIT.finditer(sentence)]

    def clock(match: re.Match[str]) -> str:
        if _tidy(match.group()) not in known.spelled:
            found.append(match.group())
        return " "

    rest = _CLOCK.sub(clock, sentence)
    found += [m.group().strip() for m in _NUMBER.finditer(rest) if not _is_known(m, known.amounts)]
    for match in _ANY_WORD.finditer(_NUMBER.sub(" ", rest)):
        word = match.group().lower()
        text, unit = _RELATIVE.get(word, (str(_WORDS.get(word)), COUNT))
        if not any(_says(Decimal(text), _step(text), amount, unit) for amount in known.amounts):
            found.append(match.group())
    return found


def _is_known(match: re.Match[str], amounts: Sequence[Amount]) -> bool:
    text = match["number"].replace(",", "")
    value, step = Decimal(text), _step(text, rough=bool(match["rough"]))
    if match["kilo"]:
        value, step = value * 1000, step * 1000
    unit = _unit(match)
    if unit == SHARE:
        value, step = value / 100, step / 100
    return any(_says(value, step, amount, unit) for amount in amounts)


def _unit(match: re.Match[str]) -> str:
    mark = (match["unit"] or "").strip().lower()
    if match["dollar"] or mark in ("dollars", "usd", "bucks"):
        return DOLLARS
    if mark == "%" or mark.startswith("percent"):
        return SHARE
    return TIMES if mark in ("x", "\u00d7", "times") else COUNT


def _step(text: str, *, rough: bool = False) -> Decimal:
    """The place that a number as written is rounded to."""
    if "." in text:
        return Decimal(1).scaleb(-len(text.split(".")[1]))
    zeros = len(text) - len(text.rstrip("0"))
    # "about 400" may be 396, never 350: two digits stay
    return Decimal(1).scaleb(min(zeros, len(text) - 2)) if rough and len(text) > 2 else Decimal(1)


def _says(value: Decimal, step: Decimal, amount: Amount, unit: str) -> bool:
    half = float(step) / 2
    return any(
        abs(fact - float(value)) <= half + _SLACK * abs(fact) for fact in _readings(amount, unit)
    )


def _readings(amount: Amount, unit: str) -> list[float]:
    """What a fact may be called in a unit: 1.31 times is 31 % more, a plain number is any count."""
    value = abs(amount.value)
    if unit == amount.unit:
        return [value, abs(value - 1)] if unit == SHARE and value > 1 else [value]
    if unit == SHARE and amount.unit == TIMES:
        return [abs(value - 1), value]
    if unit == TIMES and amount.unit == COUNT:
        return [value]  # "sent 4 times"
    if unit == COUNT and amount.unit in (TIMES, SHARE):
        return [value]  # "an index of 1.31"
    return []


def _tidy(clock: str) -> str:
    return clock.lower().replace(" ", "")


def _twelve(clock: str) -> str:
    """The time 20:00 as 8pm."""
    hour = int(clock.split(":", maxsplit=1)[0])
    return f"{(hour - 1) % 12 + 1}{'am' if hour % 24 < 12 else 'pm'}"
