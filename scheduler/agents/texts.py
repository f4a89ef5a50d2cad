"""What a library reads off a caption's text: language, sentiment, and which captions say the same.

Two captions say the same when the character n-grams of their words point the same way (cosine). The
n-grams are hashed, without weights learned from a library of captions: a caption compares the same
whenever it is read, so each is read once. Sources: Broder (1997), "On the resemblance and
containment of documents"; Hutto and Gilbert (2014), "VADER", for sentiment.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

_FEATURES = 2**18
_BLOCK = 512  # rows compared at once
_LANGUAGE_SURE = 0.9  # probability below which the language is not told
_LANGUAGE_LETTERS = 20  # letters below which it is not told either


@dataclass(frozen=True)
class TextTag:
    """What a caption's text says without a model.

    Attributes:
        language: ISO 639-1; None where the text is too short or unclear.
        sentiment: VADER's compound, -1 to 1; of English.
        group: key of the first caption known that says the same; its own when none does.
        similarity: cosine to the nearest caption of that group, 0-1; 1 for the first.
    """

    caption_key: str
    language: str | None
    sentiment: float
    group: str
    similarity: float


def text_tags(
    fresh: Mapping[str, str], known: Sequence[tuple[str, str, str]], threshold: float
) -> list[TextTag]:
    """Tags of captions that were not read before, in order of key.

    Args:
        fresh: caption key -> text.
        known: (key, group, text) of captions read before, in order of key.
        threshold: cosine from which two captions say the same.
    """
    keys = sorted(fresh)
    groups = _groups(keys, [fresh[key] for key in keys], known, threshold)
    return [
        TextTag(key, language(fresh[key]), sentiment(fresh[key]), group, round(similarity, 4))
        for key, (group, similarity) in zip(keys, groups, strict=True)
    ]


def similarity(first: str, second: str) -> float:
    """How much two captions say the same, cosine, 0-1."""
    vectors = _vectors([first, second])
    return float((vectors[0] @ vectors[1].T).toarray()[0, 0])


def _groups(
    keys: Sequence[str],
    texts: Sequence[str],
    known: Sequence[tuple[str, str, str]],
    threshold: float,
) -> list[tuple[str, float]]:
    """Group and similarity of each caption: those of the nearest one before it, else its own."""
    if not keys:
        return []
    start = len(known)
    vectors = _vectors([*(text for _, _, text in known), *texts])
    group = [name for _, name, _ in known]
    found: list[tuple[str, float]] = []
    for first in range(start, len(group) + len(keys), _BLOCK):
        last = min(first + _BLOCK, start + len(keys))
        near = (vectors[first:last] @ vectors[:last].T).tocsr()
        for row in range(first, last):
            begin, end = near.indptr[row - first], near.indptr[row - first + 1]
            other, cosine = near.indices[begin:end], near.data[begin:end]
            is_near = (other < row) & (cosine >= threshold)
            own = (keys[row - start], 1.0)
            if is_near.any():
                # the most similar; of equals the first
                best = np.lexsort((other[is_near], -np.round(cosine[is_near], 6)))[0]
                own = (group[other[is_near][best]], min(float(cosine[is_near][best]), 1.0))
            group.append(own[0])
            found.append(own)
    return found


def _vectors(texts: Sequence[str]) -> sparse.csr_matrix:
    vectorizer = HashingVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), n_features=_FEATURES, alternate_sign=False,
        norm="l2", dtype=np.float32,
    )  # fmt: skip
    return vectorizer.transform([_words(text) for text in texts]).tocsr()


def _words(text: str) -> str:
    """Letters, digits and currency signs; the rest is spacing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (c if c.isalnum() or unicodedata.category(c) == "Sc" else " " for c in folded)
    return " ".join("".join(kept).split())


@cache
def _analyzer() -> Any:
    return import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()


def sentiment(text: str) -> float:
    """VADER's compound score, -1 (negative) to 1 (positive)."""
    return float(_analyzer().polarity_scores(text)["compound"])


@cache
def _identifier() -> Any:
    # its model takes a second to load
    room = import_module("py3langid.langid")
    return room.LanguageIdentifier.from_model_file(room.MODEL_FILE, norm_probs=True)


def language(text: str) -> str | None:
    """ISO 639-1 code, or None where the text does not tell."""
    words = _words(text)
    if sum(c.isalpha() for c in words) < _LANGUAGE_LETTERS:
        return None
    code, probability = _identifier().classify(words)
    return str(code) if probability >= _LANGUAGE_SURE else None
