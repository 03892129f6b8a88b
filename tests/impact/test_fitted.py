"""The fitted classifiers are kept whole, so that a comparison begins at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlu.examples import Example
from nlu.fitted import Fitted, kept_fitted
from nlu.hybrid import Examples, HybridModel
from tests.impact.builders import ENCODER, examples_of, subjects


def _fitted() -> Fitted:
    model = HybridModel.fit(examples_of(subjects(), "en"))
    return Fitted({"en": model}, (Example("hello there", "greet", "en"),))


def test_what_is_kept_scores_and_changes_alike(tmp_path: Path) -> None:
    file = tmp_path / "known" / "a.fitted"
    fitted = kept_fitted(file, _fitted)
    again = kept_fitted(file, lambda: pytest.fail("read again"))
    assert again.acts == fitted.acts
    assert again.vectors["en"].keys() == fitted.vectors["en"].keys()
    model, kept = fitted.models["en"], again.models["en"]
    texts = ["how old", "is the academy hard"]
    vectors = ENCODER.encode(texts)
    np.testing.assert_array_equal(kept.scores(texts, vectors), model.scores(texts, vectors))
    added = Examples(("how old please",), ("age",), ENCODER.encode(["how old please"]))
    mine, other = kept.changed([1], added), model.changed([1], added)
    np.testing.assert_allclose(mine.scores(texts, vectors), other.scores(texts, vectors), atol=1e-6)
    assert mine.base is kept


def test_what_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.fitted"
    file.write_bytes(b"half a file")
    assert kept_fitted(file, _fitted).models["en"].classes
    assert kept_fitted(file, lambda: pytest.fail("read again")).models["en"].classes
