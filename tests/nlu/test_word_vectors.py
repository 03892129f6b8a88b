"""French word vectors: like words make like texts, whatever else is typed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spacy.strings import StringStore
from spacy.vectors import Vectors

from nlu.word_vectors import WIDTH, WordVectors, write_word_vectors


@pytest.fixture
def words(tmp_path: Path) -> WordVectors:
    """ "salaire" and "paye" are nearly one word, "vision", "rendez-vous" and "l'" others, "je" a stop word."""
    data = np.zeros((6, WIDTH), np.float32)
    data[0, 0], data[1, :2], data[2, 2], data[3, 3], data[4, 4], data[5, 5] = 5, (2, 0.2), 3, 1, 1, 1
    strings = StringStore()
    vectors = Vectors(data=data, strings=strings)
    for row, word in enumerate(("salaire", "paye", "vision", "je", "rendez-vous", "l'")):
        vectors.add(strings.add(word), row=row)
    vectors.to_disk(tmp_path)
    write_word_vectors(tmp_path, tmp_path / "words.npz")
    return WordVectors(tmp_path / "words.npz")


def test_words_that_mean_the_same_make_texts_alike(words: WordVectors) -> None:
    asked, same, other = words.of("le salaire?"), words.of("la paye"), words.of("la vision")
    assert asked @ same > 0.9
    assert asked @ other == pytest.approx(0, abs=1e-3)


def test_a_text_has_length_one_however_long(words: WordVectors) -> None:
    assert np.linalg.norm(words.of("Salaire salaire vision!")) == pytest.approx(1)


def test_a_stop_word_weighs_less_than_a_subject(words: WordVectors) -> None:
    both = words.of("je vision")
    assert both @ words.of("vision") > both @ words.of("je") > 0


@pytest.mark.parametrize("text", ["", "👍", "xyzzy", "?!"])
def test_unknown_words_have_no_vector_and_break_nothing(words: WordVectors, text: str) -> None:
    np.testing.assert_array_equal(words.of(text), np.zeros(WIDTH))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("un rendez-vous", "rendez-vous"),
        ("vision-paye", "vision paye"),
        ("L’vision", "l' vision"),
        ("vision? (paye)", "paye vision"),
    ],
)
def test_a_word_is_found_within_hyphens_apostrophes_and_signs(
    words: WordVectors, text: str, same: str
) -> None:
    np.testing.assert_allclose(words.of(text), words.of(same), atol=1e-6)
    assert words.of(text).any()
