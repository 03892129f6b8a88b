"""An example that a person types is scored as the example that it is."""

from __future__ import annotations

import numpy as np
import pytest

from nlu.encoder import Encoder
from nlu.sentence_encoder import built_encoder


@pytest.mark.model
def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    texts = [
        "how old must i be",
        "pay?",
        "a much longer story that goes on and on before it asks anything at all",
    ]
    encoder = Encoder(built_encoder())
    np.testing.assert_array_equal(encoder.encode_each(texts), [encoder.encode_one(text) for text in texts])
