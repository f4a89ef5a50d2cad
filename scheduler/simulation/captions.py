"""Made-up caption texts, all different, with the oddities of typed text."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.simulation.phrases import (
    CLOSERS,
    EMOJI,
    ENERGIES,
    HOOKS,
    NAME_FIRST,
    NAME_SECOND,
    OPENERS,
    RISKY_STARTS,
)

BROKEN = "\ufffd\ufffd\ufffd"
"""Stands for a lone surrogate: three bytes that are not UTF-8, so three replacement characters."""

_WHITE_SPACE = re.compile(
    "[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
)
_NEUTRAL_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class CaptionTexts:
    """Distinct texts and what is planted in them, all of one length."""

    text: tuple[str, ...]
    key: tuple[str, ...]
    energy: NDArray[np.int64]
    """Index into `ENERGIES`; 0 is neutral."""


def caption_key(text: str) -> str:
    """What makes two texts the same caption: md5 of NFC, white space folded, lower case."""
    folded = _WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip(" ").lower()
    return hashlib.md5(folded.encode(), usedforsecurity=False).hexdigest()


def draw_texts(rng: np.random.Generator, count: int) -> CaptionTexts:
    """Draw `count` texts with different caption keys.

    Args:
        rng: source of randomness.
        count: texts wanted, 1 or more.

    Raises:
        ValueError: more texts are asked for than the word lists can make.
    """
    shares = np.full(len(ENERGIES), (1 - _NEUTRAL_SHARE) / (len(ENERGIES) - 1))
    shares[0] = _NEUTRAL_SHARE
    wanted = rng.multinomial(count, shares)
    texts: list[str] = []
    energies: list[int] = []
    for energy, number in enumerate(wanted):
        texts.extend(_combine(rng, HOOKS[ENERGIES[energy]], int(number)))
        energies.extend([energy] * int(number))
    order = rng.permutation(count)
    shuffled = _decorate(rng, [texts[index] for index in order])
    keys = tuple(caption_key(text) for text in shuffled)
    if len(set(keys)) != count:
        raise ValueError("two caption texts have the same key: the word lists are ambiguous")
    return CaptionTexts(tuple(shuffled), keys, np.array(energies, dtype=np.int64)[order])


def _combine(rng: np.random.Generator, hooks: Sequence[str], count: int) -> list[str]:
    """Different combinations of opener, hook, closer and emoji."""
    faces = tuple(dict.fromkeys(EMOJI))
    sizes = (len(OPENERS), len(hooks), len(CLOSERS), len(faces))
    space = int(np.prod(sizes))
    if count > space:
        raise ValueError(f"the word lists make {space} texts of one energy, {count} were asked for")
    picks = np.unravel_index(rng.choice(space, size=count, replace=False), sizes)
    return [
        f"{OPENERS[a]}, {hooks[b]}. {CLOSERS[c]} {faces[d]}".rstrip()
        for a, b, c, d in zip(*picks, strict=True)
    ]


def _decorate(rng: np.random.Generator, texts: list[str]) -> list[str]:
    """Plant line breaks, curly quotes, capitals, formula-like starts and broken bytes."""
    chance = rng.random((len(texts), 5))
    # The first texts have one oddity each, so that the smallest bank has them all.
    np.fill_diagonal(chance, 0.0)
    start = rng.integers(0, len(RISKY_STARTS), len(texts))
    result = []
    for index, text in enumerate(texts):
        line, curly, capital, risky, broken = chance[index]
        changed = text
        if line < 0.06:
            changed = changed.replace(". ", ".\n\n" if line < 0.02 else "\n", 1)
        if curly < 0.5:
            changed = changed.replace("'", "\u2019")
        if curly < 0.04:
            changed = f"\u201c{changed}\u201d"
        if capital < 0.7:
            changed = changed[0].upper() + changed[1:]
        if risky < 0.012:
            changed = RISKY_STARTS[start[index]] + changed
        if broken < 0.004:
            changed = f"{changed} {BROKEN}"
        result.append(changed)
    return result


def respell(text: str, style: int) -> str:
    """Write `text` another way that keeps its caption key.

    Args:
        text: a caption.
        style: 0 upper case, 1 white space around, 2 no-break and double spaces, 3 decomposed.
    """
    if style == 0:
        return text.upper()
    if style == 1:
        return f"  {text} \n"
    if style == 2:
        return text.replace(" ", "\u00a0 ", 2)
    return unicodedata.normalize("NFD", text)


def draw_page_names(rng: np.random.Generator, count: int) -> tuple[str, ...]:
    """Different made-up page names, lower case letters and digits."""
    names = [first + second for first in NAME_FIRST for second in NAME_SECOND]
    order = rng.permutation(len(names))
    return tuple(
        names[order[index % len(names)]] + ("" if index < len(names) else str(index // len(names)))
        for index in range(count)
    )
