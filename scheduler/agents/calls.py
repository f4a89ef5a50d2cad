"""What a call came to: its outcome, tokens and dollars, and the budget it is paid from."""

from dataclasses import dataclass, replace
from enum import StrEnum

from scheduler.agents.agent_settings import ModelPrice

_MILLION = 1_000_000


class Outcome(StrEnum):
    """How a call ended. Anything but `ok` and `cached` leaves the computed result in place."""

    OK = "ok"
    CACHED = "cached"
    MALFORMED = "malformed"
    REFUSED = "refused"
    CUT_OFF = "cut_off"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    TIMED_OUT = "timed_out"
    NO_CONNECTION = "no_connection"
    OVER_BUDGET = "over_budget"
    UNKNOWN_MODEL = "unknown_model"
    NO_ACCESS = "no_access"
    BAD_REQUEST = "bad_request"
    SERVER_ERROR = "server_error"
    NOT_ASKED = "not_asked"
    SUBMITTED = "submitted"
    COLLECTED = "collected"


TOLD = {
    Outcome.MALFORMED: "the reply was not in the form asked for",
    Outcome.REFUSED: "the model declined to answer",
    Outcome.CUT_OFF: "the reply was cut off: raise agents_max_tokens",
    Outcome.RATE_LIMITED: "the API's rate limit held: lower agents_concurrency or wait",
    Outcome.OVERLOADED: "the API is overloaded: run again later",
    Outcome.TIMED_OUT: "no reply in time: raise agents_timeout or run again later",
    Outcome.NO_CONNECTION: "no connection to the API: check the network and ANTHROPIC_BASE_URL",
    Outcome.OVER_BUDGET: "the budget was reached: raise agents_budget_dollars or _tokens",
    Outcome.UNKNOWN_MODEL: "the model is unknown or retired: set agents_model to a current one",
    Outcome.NO_ACCESS: "the API did not accept the key: check ANTHROPIC_API_KEY",
    Outcome.BAD_REQUEST: "the API did not accept the request: check agents_model and _temperature",
    Outcome.SERVER_ERROR: "the API failed: run again later",
    Outcome.NOT_ASKED: "not asked, as the API had failed before",
}
"""Why there is no reply, in words with what to do next. None of them quotes the server."""


@dataclass(frozen=True)
class Usage:
    """Tokens of one call."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    @property
    def total(self) -> int:
        """All tokens."""
        return self.input + self.output + self.cache_write + self.cache_read

    def dollars(self, price: ModelPrice, factor: float = 1.0) -> float:
        """What they cost; `factor` is that of batches."""
        cost = self.input * price.input + self.output * price.output
        cost += self.cache_write * price.cache_write + self.cache_read * price.cache_read
        return cost * factor / _MILLION


@dataclass(frozen=True)
class Call:
    """One row of `agent_calls`.

    Attributes:
        page_name: empty where a call concerns no page.
        reply_key: hash of model, prompt and facts.
        sentences_dropped: sentences of the reply with a number that no fact has.
        ids_dropped: ids of the reply that were not in the lists sent.
        batch_id: of Message Batches; empty otherwise.
    """

    role: str
    page_name: str
    model: str
    reply_key: str
    outcome: Outcome
    usage: Usage = Usage()
    dollars: float = 0.0
    seconds: float = 0.0
    sentences_dropped: int = 0
    ids_dropped: int = 0
    batch_id: str = ""

    def counted(self, sentences: int, ids: int) -> "Call":
        """The same call with more dropped."""
        return replace(
            self,
            sentences_dropped=self.sentences_dropped + sentences,
            ids_dropped=self.ids_dropped + ids,
        )


class Purse:
    """A budget of tokens and dollars. What a call may cost at most is set aside before it is sent.

    Each page has its own: which page runs out does not depend on which was answered first.
    """

    def __init__(self, tokens: float, dollars: float) -> None:
        self.tokens, self.dollars = tokens, dollars

    def take(self, tokens: float, dollars: float) -> bool:
        """Set an amount aside; false, and nothing is taken, when it is not there."""
        if tokens > self.tokens or dollars > self.dollars:
            return False
        self.tokens -= tokens
        self.dollars -= dollars
        return True

    def give_back(self, tokens: float, dollars: float) -> None:
        """What was set aside and not spent; below 0 where a call cost more."""
        self.tokens += tokens
        self.dollars += dollars
