"""What is sent to Claude: figures with ids, and texts of others marked as data."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.agents.prose_numbers import COUNT, Amount, Known

_LONGEST_TEXT = 600  # characters of a caption or a page name that are sent
_LINK = re.compile(r"https?:|www\.|\S@\S|<[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Fact:
    """One figure of a page.

    Attributes:
        id: what a reply cites it by, such as `revenue_30`.
        label: what it is, in words.
        value: the figure; shares are fractions. None: not known, and not sent.
        unit: dollars, share, times or count.
        sample: how many messages, days or rows it stands on.
        sample_of: what these are.
    """

    id: str
    label: str
    value: float | None
    unit: str = COUNT
    sample: int | None = None
    sample_of: str = "messages"

    def sent(self) -> dict[str, Any]:
        """As the prompt shows it."""
        row = {"id": self.id, "label": self.label, "value": rounded(self.value), "unit": self.unit}
        return row if self.sample is None else row | {"sample": self.sample, "of": self.sample_of}


def known_of(facts: Iterable[Fact]) -> Known:
    """The numbers that prose on these facts may say."""
    amounts: list[Amount] = []
    labels = []
    for fact in facts:
        labels.append(fact.label)
        if fact.value is not None:
            amounts.append(Amount(fact.value, fact.unit))
        if fact.sample is not None:
            amounts.append(Amount(fact.sample, COUNT))
        # "the last 30 days" is part of what the figure is
        amounts += [Amount(float(number), COUNT) for number in re.findall(r"\b\d+\b", fact.label)]
    return Known(tuple(amounts)) | Known.of_texts(labels)


def rounded(value: float | None) -> float | None:
    """To 4 significant digits: the prompt, and so the key of its reply, follows no noise."""
    return None if value is None else float(f"{value:.4g}")


def message_text(facts: Mapping[str, Any]) -> str:
    """The user's turn: all facts as one JSON document that no text inside can close."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (
        f"<facts>\n{text.replace('<', chr(92) + 'u003c').replace('>', chr(92) + 'u003e')}\n</facts>"
    )


def as_data(text: str | None) -> str:
    """A text of others as it is sent: no control or invisible characters, cut to a length."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text or "")
    plain = "".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co"))
    folded = " ".join(plain.split())
    return folded if len(folded) <= _LONGEST_TEXT else folded[: _LONGEST_TEXT - 1] + "…"


def safe_prose(prose: str, longest: int) -> str:
    """Prose of a reply as plain text; empty when it holds a link, an address or markup."""
    plain = as_data(prose)
    return "" if _LINK.search(plain) or len(plain) > longest else plain
