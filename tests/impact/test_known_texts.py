"""Kept numbers of known texts: the scores are those of the model, each text is computed once, and what is forgotten
is wiped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlu.hybrid import Examples, Floats, HybridModel
from nlu.known_texts import known_texts
from tests.impact.builders import ENCODER, examples_of, subjects

TEXTS = ["how old", "is the academy hard", "do i pay for glasses at night", "zzz", "salaire"]


@pytest.fixture(scope="module")
def base() -> HybridModel:
    return HybridModel.fit(examples_of(subjects(), "en"))


def _added(*texts: str, label: str = "age") -> Examples:
    return Examples(texts, (label,) * len(texts), ENCODER.encode(texts))


def _changed(base: HybridModel, change: str) -> HybridModel:
    new = _added("tell me the age limit", "too young to join", "how old please")
    return {
        "as it was fitted": lambda: base,
        "with examples more": lambda: base.changed([], new),
        "with examples fewer": lambda: base.changed([0, 7, 12], None),
        "with both": lambda: base.changed([0, 7, 12], new),
        "with a label more": lambda: base.changed([3], _added("dogs on duty", "a dog handler", label="dogs")),
        "with a label fewer": lambda: base.changed(
            [n for n, label in enumerate(base.examples.labels) if label == "vision"], None
        ),
    }[change]()


CHANGES = [
    "as it was fitted", "with examples more", "with examples fewer", "with both", "with a label more",
    "with a label fewer",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_scores_are_those_of_a_message(base: HybridModel, tmp_path: Path, change: str) -> None:
    model = _changed(base, change)
    asked = [*TEXTS, *base.examples.texts, *model.examples.texts, "a text that nobody knows"]
    with known_texts(tmp_path, base, ENCODER.encode) as held:
        held.hold(TEXTS)
        scores = held.scores(asked, model)
    np.testing.assert_allclose(scores, model.scores(asked, ENCODER.encode(asked)), atol=2e-4)


class _Counting:
    def __init__(self) -> None:
        self.encoded: list[str] = []

    def __call__(self, texts: list[str]) -> Floats:
        self.encoded += texts
        return ENCODER.encode(texts)


def test_a_text_is_computed_once_for_a_model(base: HybridModel, tmp_path: Path) -> None:
    counting = _Counting()
    for wanted, new in ((TEXTS, 5), (TEXTS, 0), ([*TEXTS, "one more"], 1)):
        with known_texts(tmp_path, base, counting) as held:
            assert held.hold(wanted) == new
    assert sorted(counting.encoded) == sorted([*TEXTS, "one more"])


def test_another_model_has_numbers_of_its_own(base: HybridModel, tmp_path: Path) -> None:
    other = HybridModel.fit(_added("how old", "which age"))
    with known_texts(tmp_path, base, ENCODER.encode) as held:
        held.hold(TEXTS)
    with known_texts(tmp_path, other, ENCODER.encode) as held:
        assert held.hold(TEXTS) == len(TEXTS)
        np.testing.assert_allclose(
            held.scores(TEXTS, other), other.scores(TEXTS, ENCODER.encode(TEXTS)), atol=2e-4
        )


def test_a_forgotten_text_is_wiped_and_its_place_used_again(base: HybridModel, tmp_path: Path) -> None:
    with known_texts(tmp_path, base, ENCODER.encode) as held:
        held.hold(TEXTS)
    (vectors,) = tmp_path.glob("*/vectors")
    size = vectors.stat().st_size
    with known_texts(tmp_path, base, ENCODER.encode) as held:
        held.hold(TEXTS[1:])
    rows = np.fromfile(vectors, np.float32).reshape(len(TEXTS), -1)
    assert [n for n, row in enumerate(rows) if not row.any()] == [0]
    with known_texts(tmp_path, base, ENCODER.encode) as held:
        held.hold([*TEXTS[1:], "something new"])
        asked = [*TEXTS[1:], "something new"]
        np.testing.assert_allclose(
            held.scores(asked, base), base.scores(asked, ENCODER.encode(asked)), atol=2e-4
        )
    assert vectors.stat().st_size == size


def test_no_text_is_kept(base: HybridModel, tmp_path: Path) -> None:
    with known_texts(tmp_path, base, ENCODER.encode) as held:
        held.hold(["call me at the usual place"])
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"usual place" not in kept


def test_an_interrupted_computation_is_done_again(base: HybridModel, tmp_path: Path) -> None:
    def broken(texts: object) -> Floats:
        raise KeyboardInterrupt

    with known_texts(tmp_path, base, ENCODER.encode) as held:
        held.hold(TEXTS[:2])
    with pytest.raises(KeyboardInterrupt), known_texts(tmp_path, base, broken) as held:
        held.hold(TEXTS)
    with known_texts(tmp_path, base, ENCODER.encode) as held:
        assert held.hold(TEXTS) == 3
        np.testing.assert_allclose(
            held.scores(TEXTS, base), base.scores(TEXTS, ENCODER.encode(TEXTS)), atol=2e-4
        )
