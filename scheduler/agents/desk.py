"""The one place that talks to the API: cached, counted, budgeted, timed; it raises nothing."""

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import anthropic
from anthropic import transform_schema
from pydantic import BaseModel, ValidationError

from scheduler.agents.agent_settings import KEY, AgentSettings, ModelPrice, price_of
from scheduler.agents.calls import Call, Outcome, Purse, Usage
from scheduler.agents.prompt_files import prompt
from scheduler.agents.sent_facts import message_text

Reply = TypeVar("Reply", bound=BaseModel)

_FAILURES_IN_A_ROW = 3  # then nobody is asked any more in this run
_FATAL = (Outcome.NO_ACCESS, Outcome.UNKNOWN_MODEL, Outcome.BAD_REQUEST)
_OF_THE_SERVICE = (
    Outcome.RATE_LIMITED, Outcome.OVERLOADED, Outcome.TIMED_OUT, Outcome.NO_CONNECTION,
    Outcome.SERVER_ERROR,
)  # fmt: skip
_CHARACTERS_PER_TOKEN = 2.5  # low, so that an estimate without the API's own count is high


class ReplyStore(Protocol):
    """Replies of earlier runs by key."""

    def get(self, key: str) -> str | None:
        """The reply as JSON, or None."""

    def put(self, key: str, role: str, page: str, model: str, reply: str) -> None:
        """Keep a reply."""


@dataclass(frozen=True)
class Answer(Generic[Reply]):
    """A checked reply, or None, and the call it came from."""

    reply: Reply | None
    call: Call


@dataclass(frozen=True)
class Request:
    """What is sent: all that a reply depends on."""

    system: str
    user: str
    schema: Mapping[str, Any]
    settings: AgentSettings

    @property
    def key(self) -> str:
        """Hash of model, prompt, facts and form of the reply."""
        s = self.settings
        parts = [s.model, s.max_tokens, s.temperature, self.system, self.user, self.schema]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]

    def counted(self) -> dict[str, Any]:
        """The part of the request that tokens are counted of."""
        static = {"type": "text", "text": self.system, "cache_control": {"type": "ephemeral"}}
        return {
            "model": self.settings.model,
            "system": [static],
            "messages": [{"role": "user", "content": self.user}],
            "output_config": {"format": {"type": "json_schema", "schema": dict(self.schema)}},
        }

    def sent(self) -> dict[str, Any]:
        """The whole of it, in the API's own form."""
        body = self.counted() | {"max_tokens": self.settings.max_tokens}
        if self.settings.temperature is not None:
            body["temperature"] = self.settings.temperature
        return body

    def arguments(self) -> dict[str, Any]:
        """The same for the SDK, whose calls know no temperature any more."""
        body = self.sent()
        extra = {name: body.pop(name) for name in ("temperature",) if name in body}
        return body | {"extra_body": extra}


def build_request(
    settings: AgentSettings, role: str, facts: Mapping[str, Any], form: type[BaseModel]
) -> Request:
    """The request of a role."""
    return Request(prompt(role), message_text(facts), transform_schema(form), settings)


def open_client(settings: AgentSettings) -> anthropic.AsyncAnthropic:
    """The SDK's client; it takes key and base URL from the environment, and does the retries."""
    return anthropic.AsyncAnthropic(
        max_retries=max(settings.attempts - 1, 0), timeout=settings.timeout
    )


class Desk:
    """Where roles ask. After a few failures in a row it asks nobody any more."""

    def __init__(
        self,
        settings: AgentSettings,
        client: anthropic.AsyncAnthropic,
        store: ReplyStore,
        prices: tuple[ModelPrice, ...],
    ) -> None:
        self.settings, self._client, self._store = settings, client, store
        self._price = price_of(settings.model, prices)
        self._places = asyncio.Semaphore(settings.concurrency)
        self._failures = 0
        self._is_closed = False

    async def ask(
        self, role: str, page: str, facts: Mapping[str, Any], form: type[Reply], purse: Purse
    ) -> Answer[Reply]:
        """A role's reply to these facts, or why there is none. Nothing is raised."""
        request = build_request(self.settings, role, facts, form)
        blank = Call(role, page, self.settings.model, request.key, Outcome.NOT_ASKED)
        known = self._store.get(request.key)
        if known is not None and (reply := _parsed(known, form)) is not None:
            return Answer(reply, replace(blank, outcome=Outcome.CACHED))
        async with self._places:
            if self._is_closed:
                return Answer(None, blank)
            reserved = await self._reserve(request, purse)
            if reserved is None:
                return Answer(None, replace(blank, outcome=Outcome.OVER_BUDGET))
            started = time.monotonic()
            text, outcome, usage = await self._send(request)
        reply = None
        if outcome is Outcome.OK:
            reply = _parsed(text, form)
            outcome = Outcome.OK if reply is not None else Outcome.MALFORMED
        dollars = usage.dollars(self._price)
        purse.give_back(reserved[0] - usage.total, reserved[1] - dollars)
        if reply is not None:
            self._store.put(request.key, role, page, self.settings.model, reply.model_dump_json())
        self._watch(outcome)
        seconds = round(time.monotonic() - started, 3)
        call = replace(blank, outcome=outcome, usage=usage, dollars=dollars, seconds=seconds)
        return Answer(reply, call)

    async def _reserve(self, request: Request, purse: Purse) -> tuple[float, float] | None:
        """Set aside what the call costs at most; None when that is not there."""
        tokens = await self._count(request)
        most = self.settings.max_tokens
        # whether the static part is cached is known afterwards: writing it costs most
        dollars = Usage(output=most, cache_write=tokens).dollars(self._price)
        return (tokens + most, dollars) if purse.take(tokens + most, dollars) else None

    async def _count(self, request: Request) -> int:
        """Input tokens as the API counts them; a high estimate where it does not answer."""
        try:
            async with asyncio.timeout(self.settings.timeout / 4):
                counter = self._client.with_options(max_retries=0).messages
                counted = await counter.count_tokens(**request.counted())
            tokens = int(counted.input_tokens)
        except (anthropic.AnthropicError, TimeoutError, ValueError, TypeError, AttributeError):
            tokens = 0
        if tokens > 0:
            return tokens
        return int((len(request.system) + len(request.user)) / _CHARACTERS_PER_TOKEN)

    async def _send(self, request: Request) -> tuple[str, Outcome, Usage]:
        """Text of the reply, how the call ended, and what it used."""
        try:
            # the SDK's time-outs are per read: a server that drips bytes never reaches them
            async with asyncio.timeout(self.settings.timeout):
                message = await self._client.messages.create(**request.arguments())
        except Exception as error:
            return "", outcome_of(error), Usage()
        usage = usage_of(message)
        reason = getattr(message, "stop_reason", None)
        if reason == "refusal":
            return "", Outcome.REFUSED, usage
        if reason == "max_tokens":
            return "", Outcome.CUT_OFF, usage
        text = text_of(message)
        return (text, Outcome.OK, usage) if text else ("", Outcome.MALFORMED, usage)

    def _watch(self, outcome: Outcome) -> None:
        """Stop asking when it is no use."""
        self._failures = self._failures + 1 if outcome in _OF_THE_SERVICE else 0
        if outcome in _FATAL or self._failures >= _FAILURES_IN_A_ROW:
            self._is_closed = True


def outcome_of(error: Exception) -> Outcome:
    """Which outcome an error is. Its message is not kept: a server may say anything there."""
    if isinstance(error, TimeoutError | anthropic.APITimeoutError):
        return Outcome.TIMED_OUT
    if isinstance(error, anthropic.APIConnectionError):
        return Outcome.NO_CONNECTION
    if isinstance(error, anthropic.APIStatusError):
        by_status = {
            401: Outcome.NO_ACCESS, 402: Outcome.NO_ACCESS, 403: Outcome.NO_ACCESS,
            404: Outcome.UNKNOWN_MODEL, 408: Outcome.TIMED_OUT, 429: Outcome.RATE_LIMITED,
            529: Outcome.OVERLOADED,
        }  # fmt: skip
        below = Outcome.BAD_REQUEST if error.status_code < 500 else Outcome.SERVER_ERROR
        return by_status.get(error.status_code, below)
    return Outcome.MALFORMED


def text_of(message: Any) -> str:
    """The reply's text, or the input of its tool call; empty where it holds the key or nothing."""
    parts = []
    for block in getattr(message, "content", None) or ():
        if getattr(block, "type", "") == "text":
            parts.append(str(getattr(block, "text", "") or ""))
        elif getattr(block, "type", "") == "tool_use":
            parts = [json.dumps(getattr(block, "input", None))]
            break
    text = "".join(parts)
    key = os.environ.get(KEY)
    return "" if key and key in text else text


def usage_of(message: Any) -> Usage:
    """Tokens of a reply; what is missing, negative or no number counts as 0."""
    usage = getattr(message, "usage", None)

    def tokens(name: str) -> int:
        value = getattr(usage, name, None)
        return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else 0

    return Usage(
        tokens("input_tokens"),
        tokens("output_tokens"),
        tokens("cache_creation_input_tokens"),
        tokens("cache_read_input_tokens"),
    )


def _parsed(text: str, form: type[Reply]) -> Reply | None:
    try:
        return form.model_validate_json(text)
    except ValidationError:
        return None
