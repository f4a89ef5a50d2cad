"""Captions read once: their text by libraries, their tone by Claude through Message Batches."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import anthropic

from scheduler.agents.agent_settings import AgentSettings, ModelPrice
from scheduler.agents.calls import TOLD, Call, Outcome, Purse, Usage
from scheduler.agents.desk import (
    Request,
    build_request,
    open_client,
    outcome_of,
    text_of,
    usage_of,
)
from scheduler.agents.replies import Tag, Tags
from scheduler.agents.sent_facts import as_data

ROLE = "curator"
_ID_LENGTH = 12  # characters of a caption key that stand for it in a prompt
_TOKENS_PER_TAG = 60
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0  # seconds between two looks at a batch


@dataclass(frozen=True)
class Tagged:
    """What tagging came to.

    Attributes:
        tags: caption key -> tag.
        calls: rows of `agent_calls`.
        told: what is left to do, one line each.
    """

    tags: Mapping[str, Tag]
    calls: tuple[Call, ...]
    told: tuple[str, ...]


def tag_captions(
    settings: AgentSettings,
    price: ModelPrice,
    texts: Mapping[str, str],
    open_batches: Sequence[str],
    wait: float,
) -> Tagged:
    """Tags of captions by Message Batches. Nothing is raised; what failed is told and left out.

    Args:
        settings: model and budget.
        price: of the model.
        texts: caption key -> text of captions without a tag.
        open_batches: batches of an earlier command that were not collected. While there are some,
            nothing new is sent: their captions would be paid for twice.
        wait: seconds to wait for a batch; what takes longer is collected by the next command.
    """
    return asyncio.run(_tag(open_client(settings), settings, price, texts, open_batches, wait))


async def _tag(
    client: anthropic.AsyncAnthropic,
    settings: AgentSettings,
    price: ModelPrice,
    texts: Mapping[str, str],
    open_batches: Sequence[str],
    wait: float,
) -> Tagged:
    calls: list[Call] = []
    told: list[str] = []
    batches = list(open_batches)
    if not batches and texts:
        requests, left = await _affordable(client, settings, price, texts)
        if left:
            told.append(f"{left:,} captions are left: {TOLD[Outcome.OVER_BUDGET]}.")
        call = await _submit(client, settings, requests) if requests else None
        if call is not None and call.outcome is not Outcome.SUBMITTED:
            return Tagged({}, (call,), (*told, f"No tags: {TOLD[call.outcome]}."))
        if call is not None:
            calls.append(call)
            batches.append(call.batch_id)
    tags: dict[str, Tag] = {}
    for batch in batches:
        blank = Call(ROLE, "", settings.model, "", Outcome.COLLECTED, batch_id=batch)
        found, call = await _collect(client, blank, price, texts, wait)
        tags |= found
        if call is None:
            told.append(f"Batch {batch} is still at work: run the command again to collect it.")
        else:
            calls.append(call)
            if call.outcome is not Outcome.COLLECTED:
                told.append(f"Batch {batch}: {TOLD[call.outcome]}.")
    return Tagged(tags, tuple(calls), tuple(told))


def requests_of(settings: AgentSettings, texts: Mapping[str, str]) -> list[Request]:
    """Captions in lists of `agents_batch_size`, in order of key."""
    keys, size = sorted(texts), settings.batch_size
    lists = [keys[start : start + size] for start in range(0, len(keys), size)]
    small = replace(
        settings, max_tokens=min(settings.max_tokens, _TOKENS_PER_TAG * size), temperature=0.0
    )
    return [
        build_request(
            small,
            "tagger",
            {"captions": [{"id": k[:_ID_LENGTH], "caption": as_data(texts[k])} for k in keys]},
            Tags,
        )
        for keys in lists
    ]


async def _affordable(
    client: anthropic.AsyncAnthropic,
    settings: AgentSettings,
    price: ModelPrice,
    texts: Mapping[str, str],
) -> tuple[list[Request], int]:
    """The requests that the budget pays for, and how many captions are left."""
    requests = requests_of(settings, texts)
    try:
        async with asyncio.timeout(settings.timeout):
            counted = await client.messages.count_tokens(**requests[0].counted())
            per_character = counted.input_tokens / (len(requests[0].system + requests[0].user))
    except Exception:
        per_character = 0.4
    purse = Purse(settings.budget_tokens, settings.budget_dollars)
    paid = []
    for request in requests:
        tokens = int(len(request.system + request.user) * max(per_character, 0.1))
        most = Usage(output=request.settings.max_tokens, cache_write=tokens)
        if not purse.take(most.total, most.dollars(price, price.batch_factor)):
            break
        paid.append(request)
    return paid, max(len(texts) - len(paid) * settings.batch_size, 0)


async def _submit(
    client: anthropic.AsyncAnthropic, settings: AgentSettings, requests: Sequence[Request]
) -> Call:
    blank = Call(ROLE, "", settings.model, requests[0].key, Outcome.SUBMITTED)
    body: list[Any] = [{"custom_id": r.key, "params": r.sent()} for r in requests]
    try:
        async with asyncio.timeout(settings.timeout):
            batch = await client.messages.batches.create(requests=body)
    except Exception as error:
        return replace(blank, outcome=outcome_of(error))
    if not isinstance(getattr(batch, "id", None), str) or not batch.id:
        return replace(blank, outcome=Outcome.MALFORMED)
    return replace(blank, batch_id=batch.id[:200])


async def _collect(
    client: anthropic.AsyncAnthropic,
    blank: Call,
    price: ModelPrice,
    texts: Mapping[str, str],
    wait: float,
) -> tuple[dict[str, Tag], Call | None]:
    """Tags of a batch and the call; no call while it is still at work."""
    pause = _FIRST_WAIT
    try:
        async with asyncio.timeout(wait):
            while True:
                batch = await client.messages.batches.retrieve(blank.batch_id)
                if batch.processing_status == "ended":
                    break
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_WAIT)
    except TimeoutError:
        return {}, None
    except Exception as error:
        return {}, replace(blank, outcome=outcome_of(error))
    by_id = {key[:_ID_LENGTH]: key for key in texts}
    tags: dict[str, Tag] = {}
    used, dropped, outcome = Usage(), 0, Outcome.COLLECTED
    try:
        async with asyncio.timeout(max(wait, 60.0)):
            async for entry in await client.messages.batches.results(blank.batch_id):
                found, usage, unknown = _read(entry, by_id)
                tags |= found
                dropped += unknown
                used = _sum((used, usage))
    except Exception as error:
        outcome = outcome_of(error)
    dollars = used.dollars(price, price.batch_factor)
    return tags, replace(blank, outcome=outcome, usage=used, dollars=dollars, ids_dropped=dropped)


def _read(entry: Any, by_id: Mapping[str, str]) -> tuple[dict[str, Tag], Usage, int]:
    """Tags of one result of a batch; none of one that failed or is not in its form."""
    result = getattr(entry, "result", None)
    if getattr(result, "type", "") != "succeeded":
        return {}, Usage(), 0
    message = getattr(result, "message", None)
    usage = usage_of(message)
    try:
        reply = Tags.model_validate_json(text_of(message))
    except ValueError:
        return {}, usage, 0
    known = {by_id[tag.caption_id]: tag for tag in reply.tags if tag.caption_id in by_id}
    return known, usage, sum(tag.caption_id not in by_id for tag in reply.tags)


def _sum(usages: Iterable[Usage]) -> Usage:
    total = Usage()
    for usage in usages:
        total = Usage(
            total.input + usage.input,
            total.output + usage.output,
            total.cache_write + usage.cache_write,
            total.cache_read + usage.cache_read,
        )
    return total
