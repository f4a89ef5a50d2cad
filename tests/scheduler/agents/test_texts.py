"""What a library reads off captions: which say the same, and that each is read once."""

import pytest

from scheduler.agents.texts import language, sentiment, similarity, text_tags

TEXTS = {
    "a": "I made you something special tonight, open it when you're alone 😘",
    "b": "made something special for you tonight - open when you are alone!!",
    "c": "Good morning sunshine, coffee first and then this video",
    "d": "GOOD MORNING sunshine!! coffee first, and then this video ☕",
}


def test_captions_that_say_the_same_share_the_group_of_the_first() -> None:
    tags = text_tags(TEXTS, [], 0.8)
    assert [tag.group for tag in tags] == ["a", "a", "c", "c"]
    assert [tag.similarity == 1 for tag in tags] == [True, False, True, True]


def test_a_caption_read_later_joins_the_group_it_would_have_had() -> None:
    known = [(tag.caption_key, tag.group, TEXTS[tag.caption_key])
             for tag in text_tags({"a": TEXTS["a"], "c": TEXTS["c"]}, [], 0.8)]  # fmt: skip
    later = text_tags({"b": TEXTS["b"], "d": TEXTS["d"]}, known, 0.8)
    assert [tag.group for tag in later] == ["a", "c"]


def test_a_stricter_threshold_keeps_them_apart() -> None:
    assert [tag.group for tag in text_tags(TEXTS, [], 0.99)] == ["a", "b", "c", "c"]


def test_nothing_to_read_is_nothing() -> None:
    assert text_tags({}, [("a", "a", "text")], 0.8) == []


def test_texts_without_words_resemble_nothing() -> None:
    assert similarity("😘", "😘") == 0.0
    assert [tag.group for tag in text_tags({"x": "😘", "y": ""}, [], 0.8)] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hey you, i was thinking of you all morning, open this when you're alone", "en"),
        ("j'ai pensé à toi toute la journée, ouvre quand tu es seul ce soir", "fr"),
        ("hi", None),
        ("😘🔥", None),
    ],
)
def test_language_is_told_where_the_text_is_long_enough(text: str, code: str | None) -> None:
    assert language(text) == code


def test_sentiment_has_a_sign() -> None:
    assert sentiment("I love this, it is wonderful") > 0.5
    assert sentiment("This is awful, I hate it") < -0.5
