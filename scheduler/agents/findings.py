"""What the figures of a page say by themselves: findings without a key, and who is needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.agents.prose_numbers import DOLLARS, SHARE, TIMES
from scheduler.agents.sent_facts import Fact

_MOST = 5


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        kind: see `replies.KINDS`.
        fact: the figure that shows it, with its sample.
        sentence: what it means.
    """

    kind: str
    fact: Fact
    sentence: str

    def line(self) -> str:
        """The sentence with its figure and sample."""
        return f"{self.sentence} ({evidence(self.fact)})"


@dataclass(frozen=True)
class Limits:
    """Where a figure becomes a finding; every one is a setting, explained in dbt_project.yml."""

    health_growing: float
    health_declining: float
    saturation_under: float
    saturation_over: float
    data_quality_min: float
    weak_conversion: float
    execution_min: float
    big_message_share: float
    price_gain: float
    strong: float
    few: int

    @staticmethod
    def of(values: Mapping[str, Any]) -> "Limits":
        """From the settings of a build."""
        return Limits(
            health_growing=float(values["health_growing"]),
            health_declining=float(values["health_declining"]),
            saturation_under=float(values["saturation_under"]),
            saturation_over=float(values["saturation_over"]),
            data_quality_min=float(values["data_quality_min"]),
            weak_conversion=float(values["finding_weak_conversion"]),
            execution_min=float(values["finding_execution_min"]),
            big_message_share=float(values["finding_big_message_share"]),
            price_gain=float(values["finding_price_gain"]),
            strong=float(values["finding_strong"]),
            few=int(values["finding_min_messages"]),
        )


def evidence(fact: Fact) -> str:
    """A fact in words: "the last 28 days over the 28 before: 0.81 x, 24 messages"."""
    shown = "unknown" if fact.value is None else shown_value(fact.value, fact.unit)
    sample = "" if fact.sample is None else f", {fact.sample:,} {fact.sample_of}"
    return f"{fact.label}: {shown}{sample}"


def shown_value(value: float, unit: str) -> str:
    """A figure in its unit."""
    if unit == DOLLARS:
        return f"${value:,.2f}" if abs(value) < 100 else f"${value:,.0f}"
    if unit == SHARE:
        return f"{100 * value:.1f} %"
    return f"{value:.2f} x" if unit == TIMES else f"{value:,.4g}"


def findings(standing: Sequence[Fact], limits: Limits) -> list[Finding]:
    """Up to five findings, what matters most first. A figure that is not known says nothing."""
    known = {fact.id: fact for fact in standing if fact.value is not None}
    found = [finding for rule in _RULES for finding in rule(known, limits)]
    return found[:_MOST]


Facts = Mapping[str, Fact]


def _value(facts: Facts, name: str) -> float | None:
    return facts[name].value if name in facts else None


def _quality(facts: Facts, limits: Limits) -> list[Finding]:
    score = _value(facts, "data_quality")
    if score is None or score > limits.data_quality_min:
        return []
    text = "The page's data are in doubt, so every figure below is too: mend the loads first."
    return [Finding("low_data_quality", facts["data_quality"], text)]


def _health(facts: Facts, limits: Limits) -> list[Finding]:
    ratio, typical = _value(facts, "health_ratio"), _value(facts, "median_ratio")
    fact = facts.get("median_ratio")
    enough = fact is not None and (fact.sample or 0) >= limits.few
    typical_falls = enough and typical is not None and typical <= limits.health_declining
    found = []
    if ratio is not None and ratio <= limits.health_declining:
        text = "Revenue is falling: read the week before it goes out."
        found.append(Finding("declining", facts["health_ratio"], text))
    elif fact is not None and typical_falls:
        text = "The typical message earns less than before, which the total does not show."
        found.append(Finding("hidden_decline", fact, text))
    elif ratio is not None and ratio >= limits.health_growing:
        text = "Revenue is growing: keep what works."
        found.append(Finding("growing", facts["health_ratio"], text))
    share = _value(facts, "top_message_share")
    if share is not None and share >= limits.big_message_share:
        text = "One message made a large part of the recent earnings: do not plan on another one."
        found.append(Finding("one_big_message", facts["top_message_share"], text))
    return found


def _volume(facts: Facts, limits: Limits) -> list[Finding]:
    ratio = _value(facts, "volume_ratio")
    if ratio is None or (facts["volume_ratio"].sample or 0) < limits.few:
        return []
    if ratio > limits.saturation_over:
        text = "The page sends more than its best volume: fewer messages would earn more."
        return [Finding("oversaturated", facts["volume_ratio"], text)]
    if ratio < limits.saturation_under:
        text = "The page sends less than its best volume: there is room for more messages."
        return [Finding("undersaturated", facts["volume_ratio"], text)]
    return []


def _price(facts: Facts, limits: Limits) -> list[Finding]:
    gain = _value(facts, "price_gain")
    usual, best = _value(facts, "usual_price"), _value(facts, "best_price")
    if gain is None or usual is None or best is None or gain - 1 < limits.price_gain:
        return []
    if usual > best:
        text = "The usual price is above the one that earns most by the page's own curve."
        return [Finding("price_above_best", facts["price_gain"], text)]
    text = "The usual price is below the one that earns most by the page's own curve."
    return [Finding("price_below_best", facts["price_gain"], text)]


def _conversion(facts: Facts, limits: Limits) -> list[Finding]:
    ratio = _value(facts, "conversion_ratio")
    if ratio is None or ratio > limits.weak_conversion:
        return []
    text = "Fewer of those who look buy than on other pages: price and caption deserve a look."
    return [Finding("weak_conversion", facts["conversion_ratio"], text)]


def _execution(facts: Facts, limits: Limits) -> list[Finding]:
    rate = _value(facts, "execution_rate")
    if rate is None or rate >= limits.execution_min:
        return []
    text = "Planned messages were not sent: the plan can only earn what goes out."
    return [Finding("low_execution", facts["execution_rate"], text)]


def _strong(facts: Facts, limits: Limits) -> list[Finding]:
    found = []
    for kind, name, text in (
        ("strong_hour", "best_hour_index", "One hour stands out: the week leans on it."),
        ("strong_content", "best_content_ratio", "One content earns clearly more than the rest."),
    ):
        value = _value(facts, name)
        if value is not None and value >= limits.strong and (facts[name].sample or 0) >= limits.few:
            found.append(Finding(kind, facts[name], text))
    return found


_RULES: tuple[Callable[[Facts, Limits], list[Finding]], ...] = (
    _quality, _health, _volume, _price, _execution, _conversion, _strong,
)  # fmt: skip
