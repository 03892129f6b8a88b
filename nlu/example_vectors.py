"""Sentence vectors of the example texts, kept beside the encoder so that each is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from nlu.encoder import Encoder, Vectors

# The 2 stands for vectors computed one by one (nlu/encoder.py); those of batches were others.
FILE = "example-vectors-2.npz"


def remembered_vectors(folder: Path, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The vectors of the examples, one row a text; those known already are read from the encoder's `folder`."""
    file = folder / FILE
    known: dict[str, Vectors] = {}
    try:
        with np.load(file) as kept:
            known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, BadZipFile):
        # Nothing is kept yet, or what was kept was cut short: it is made anew.
        pass
    new = [text for text in dict.fromkeys(texts) if text not in known]
    known.update(zip(new, encoder.encode(new), strict=True))
    kept_texts = list(dict.fromkeys(texts))
    part = file.with_suffix(".part.npz")
    np.savez(part, texts=np.array(kept_texts), vectors=np.stack([known[text] for text in kept_texts]))
    part.replace(file)
    return np.stack([known[text] for text in texts])
