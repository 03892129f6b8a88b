"""What people type is cut into words and does not stay in memory."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

import pytest

from actions.choices import sessions_meant
from booking.demo import demo_sessions
from knowledge import tokens as tokenizing
from knowledge.masking import mask
from knowledge.tokens import tokens
from nlu.follow_up import asks_why
from nlu.services import names_only_others
from tests.booking.builders import NOW


@pytest.fixture(autouse=True)
def _soon_replaced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tokenizing, "MOST_CHARACTERS", 2_000)
    tokenizing._tokenizer.cache_clear()
    yield
    tokenizing._tokenizer.cache_clear()


def odd_words(count: int) -> Iterator[str]:
    letters = random.Random(1)
    for _ in range(count):
        yield "".join(letters.choices(string.ascii_lowercase, k=10))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_new_words_are_not_kept_for_ever(language: str) -> None:
    known = len(tokens("", language).vocab.strings)
    most = max(len(tokens(word, language).vocab.strings) for word in odd_words(2_000))
    assert known < most <= known + 4 * 2_000 / 10
    assert "".join(odd_words(1)) not in tokens("hello", language).vocab.strings


def test_a_text_longer_than_one_tokenizer_reads_is_read() -> None:
    assert len(tokens("how old " * 1_000, "en")) == 2_000


def test_what_looks_for_words_goes_on_finding_them() -> None:
    offered = demo_sessions(NOW)
    for word in odd_words(200):
        tokens(word, "en")
        tokens(word, "fr")
        if word < "c":
            assert mask(f"my name is {word.title()}") == "my name is [name]"
            assert sessions_meant(f"{word} the third one", offered, NOW.date()).sessions == [offered[2]]
            assert asks_why("but why is that?")
            assert names_only_others(f"rcmp {word}")
