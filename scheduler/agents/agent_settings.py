"""What the Claude layer may do and spend, from the settings; the key only from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from scheduler.agents.prompt_files import prompts_hash
from scheduler.marts.content_ids import content_id

KEY = "ANTHROPIC_API_KEY"
ROLES = ("analyzer", "curator", "architect", "guardian", "orchestrator")


@dataclass(frozen=True)
class AgentSettings:
    """The settings `agents_*` of dbt_project.yml; each is explained there.

    Attributes:
        attempts: tries of one call, the first included.
    """

    enabled: bool
    model: str
    roles: tuple[str, ...]
    max_tokens: int
    temperature: float | None
    budget_tokens: int
    budget_dollars: float
    concurrency: int
    timeout: float
    attempts: int
    changes_max: int
    loss_max: float
    batch_size: int

    @staticmethod
    def of(values: Mapping[str, Any]) -> "AgentSettings":
        """From the settings of a build, overlaid with those of the command."""
        temperature = values["agents_temperature"]
        return AgentSettings(
            enabled=bool(values["agents_enabled"]),
            model=str(values["agents_model"]),
            roles=tuple(role for role in ROLES if role in values["agents_roles"]),
            max_tokens=int(values["agents_max_tokens"]),
            temperature=None if temperature is None else float(temperature),
            budget_tokens=int(values["agents_budget_tokens"]),
            budget_dollars=float(values["agents_budget_dollars"]),
            concurrency=int(values["agents_concurrency"]),
            timeout=float(values["agents_timeout"]),
            attempts=int(values["retry_attempts"]),
            changes_max=int(values["agents_changes_max"]),
            loss_max=float(values["agents_loss_max"]),
            batch_size=int(values["agents_batch_size"]),
        )

    def fingerprint(self) -> list[Any]:
        """What of the settings can change what the agents leave of a week."""
        model = [self.model, self.max_tokens, self.temperature]
        return [*model, list(self.roles), self.changes_max, self.loss_max]

    @property
    def off_because(self) -> str | None:
        """Why nobody is asked, in one line; None when the agents can work."""
        if not self.enabled:
            return "Agents are off. Use --agents, or set agents_enabled."
        if not os.environ.get(KEY):
            return f"Agents are off: {KEY} is not set. The notes are the computed ones."
        if find_spec("anthropic") is None:
            return "Agents are off: the package anthropic is missing. pip install '.[claude]'."
        return None


def advised_id(plain: str, settings: AgentSettings) -> str:
    """Id of a week that agents of these settings and prompts left something on, or of their run.

    Args:
        plain: id of the same without them.
        settings: theirs.
    """
    return content_id([plain, settings.fingerprint(), prompts_hash()])


def as_solved_id(plain: str) -> str:
    """Id of a week that the agents could not read whole: as solved, and to be asked about again."""
    return content_id([plain, "as solved"])


@dataclass(frozen=True)
class ModelPrice:
    """Dollars per million tokens of one model family, by the seed `model_prices`."""

    prefix: str
    input: float
    output: float
    cache_write: float
    cache_read: float
    batch_factor: float


def price_of(model: str, prices: tuple[ModelPrice, ...]) -> ModelPrice:
    """The price of the longest prefix that fits the model; the dearest for an unknown one.

    Raises:
        ValueError: there are no prices.
    """
    fitting = [price for price in prices if model.startswith(price.prefix)]
    if fitting:
        return max(fitting, key=lambda price: len(price.prefix))
    return max(prices, key=lambda price: (price.output, price.prefix))
